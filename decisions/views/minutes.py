"""The minutes of a meeting, built from what was recorded; decisions and their signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from decisions import services
from decisions.forms import SignForm
from decisions.models import Approval, AttendanceEvent, CostNote, Decision, Interest, Sheet
from decisions.queries import agenda as agenda_questions
from decisions.queries import live as questions
from decisions.queries import runsheet
from decisions.queries.clauses import clauses_of, said_besides
from decisions.queries.costs import cost_wanted, may_record_cost
from decisions.queries.disputes import ladder_of
from decisions.queries.following import in_words
from decisions.queries.funding import shares_in_words
from decisions.queries.money import with_dates
from decisions.queries.outside import newest
from decisions.services import AlreadyDecidedError, DecisionRefusedError, PasswordWrongError
from decisions.services.signing import may_sign_minutes, may_sign_sheet
from decisions.states import DecisionState, ItemState
from decisions.views.found import decision_or_404, meeting_or_404, policy_on_day
from panels.rules.bands import needed_for
from panels.services import policy_of
from panels.states import MeetingState
from people import services as people
from people.access import SignedInRequest, requires
from people.permissions import Permission

if TYPE_CHECKING:
    from django.http import HttpResponse

    from panels.models import Meeting


@requires(Permission.SEE_MEETING)
def minutes(request: SignedInRequest, reference: str) -> HttpResponse:
    """The minutes: who was there, each item with its outcome, actions; the chair signs once the meeting is closed."""
    meeting = meeting_or_404(request, reference)
    may_sign = (
        meeting.state == MeetingState.CLOSED and may_sign_minutes(meeting, by=request.user, at=timezone.now()).allowed
    )
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.sign_minutes(
                meeting=meeting, password=form.cleaned_data["password"], by=request.user, at=timezone.now()
            )
        except PasswordWrongError as wrong:
            form.add_error("password", str(wrong))
        except DecisionRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The minutes are signed.")
            return redirect("decisions:minutes", meeting.reference)
    context = _minutes(request, meeting) | {"form": form, "may_sign": may_sign}
    return render(request, "decisions/minutes.html", context, status=422 if form.is_bound else 200)


def _minutes(request: SignedInRequest, meeting: Meeting) -> dict[str, Any]:
    policy = policy_on_day(meeting)
    items = agenda_questions.listed_of(meeting, user=request.user)
    slots = runsheet.slots_of(items, selected=None, policy=policy, panel=meeting.panel.slug)
    readable = {
        d.item_id: d
        for d in Decision.objects.for_user(request.user)
        .filter(item__meeting=meeting)
        .exclude(state=DecisionState.SUPERSEDED)
        .exclude(item__interests__user=request.user, item__interests__withdraws=True)
        .select_related("application__child", "recorded_by", "signed_by")
        .prefetch_related("conditions", "actions__owner")
    }
    people.note_reads(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_refs=sorted(d.application.reference for d in readable.values()),
        facts={"page": "minutes"},
    )
    events = AttendanceEvent.objects.for_user(request.user).filter(meeting=meeting).select_related("user")
    return {
        "meeting": meeting,
        "rows": [{"slot": s, "decision": readable.get(s.item.pk)} for s in slots],
        "people": questions.room_of(meeting, at=timezone.now()),
        "events": events,
        "interests": Interest.objects.for_user(request.user)
        .filter(item__meeting=meeting)
        .exclude(nature="")
        .exclude(item__state=ItemState.WITHDRAWN)  # it has no number among the items any more
        .select_related("user", "item"),
        "spent": runsheet.spent_in(items) if request.user.may(Permission.SEE_LEDGER) else None,
        "unsigned": sum(d.state == DecisionState.CONFIRMED for d in readable.values()),
    }


@require_GET
@requires(Permission.SEE_NARRATIVE)
def decision(request: SignedInRequest, reference: str) -> HttpResponse:
    """One decision with everything it rests on: words, money, room, clauses, versions, signature."""
    found = decision_or_404(request, reference)
    return show_decision(request, found)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What one of the small forms of a decision's page was refused for, and what was typed into it."""

    part: str  # condition, duty or step
    key: str
    reason: str
    words: str = ""

    @property
    def target(self) -> str:
        """The id of its field, where the error summary leads."""
        return f"{self.part}-{slugify(self.key)}"


def show_decision(
    request: SignedInRequest,
    found: Decision,
    form: SignForm | None = None,
    *,
    wrong: Wrong | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw one decision; a signature, a condition or a duty that was refused is drawn with the reason."""
    meeting = found.item.meeting
    policy = policy_of(found.policy_version)
    labels = {o.code: o.label for o in policy.outcomes(meeting.panel.slug)}
    people.note_read(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_ref=found.application.reference,
        facts={"page": "decision"},
    )
    on = timezone.localdate(found.recorded_at)
    versions = (
        Decision.objects.for_user(request.user)
        .filter(item=found.item)
        .select_related("recorded_by")
        .order_by("-version")
    )
    approvals = list(found.approvals.select_related("given_by"))
    clauses = clauses_of(found, policy=policy, approvals=approvals)
    is_chair = meeting.chair_id == request.user.pk
    stands = found.state != DecisionState.SUPERSEDED
    wanted = cost_wanted(found) if found.state == DecisionState.CONFIRMED else None
    context = {
        "decision": found,
        "meeting": meeting,
        "label": labels.get(found.outcome, found.outcome),
        "approvals": [(policy.role_title(a.role), a) for a in approvals],
        "versions": list(versions),
        "sheet": Sheet.objects.for_user(request.user).filter(decision=found).first(),
        "lines": [
            line
            | {
                "needs": needed_for(policy, line["total_pence"], on=on)
                if line["provider"] and line.get("total_pence")
                else (),
                "paid_by": shares_in_words(line.get("shares", ())),
            }
            for line in with_dates(found.lines)
        ],
        "findings": [
            f for f in said_besides(found, clauses, policy=policy, approvals=approvals) if f.get("effect") != "inform"
        ],
        "clauses": clauses,
        "may_mark_met": stands and request.user.may(Permission.BUILD_AGENDA),
        "answers": [
            {"label": a.label, "words": in_words(a.value), "clause": policy.clause(a.rule)} for a in found.answers.all()
        ],
        "later_reviews": [r for r in found.reviews.all() if found.review_date and r.due > found.review_date],
        "duties": [
            {"duty": d, "clause": policy.clause(d.rule) if d.rule else ""}
            for d in found.duties.select_related("done_by")
        ],
        "wrong": wrong,
        "wants_evidence": policy.panel(meeting.panel.slug).conditions.evidence == "required",
        "cost_leave": may_record_cost(found, by=request.user, at=timezone.now()) if stands else None,
        "cost_note": CostNote.objects.for_user(request.user)
        .filter(decision=found)
        .select_related("confirmed_by")
        .first(),
        "ladder": ladder_of(found, policy=policy, user=request.user, on=timezone.localdate()) if stands else [],
        "form": form or SignForm(),
        "may_sign": stands
        and may_sign_sheet(found, by=request.user, at=timezone.now()).allowed
        and found.state == DecisionState.CONFIRMED
        and all(a.answer == Approval.Answer.AGREED for a in approvals)
        and wanted is None,
        "cost_wanted": wanted,
        "outside": newest(found.application),
        "may_see_meeting": request.user.may(Permission.SEE_MEETING),
        "may_correct": is_chair and stands and meeting.state != MeetingState.SIGNED,
    }
    return render(request, "decisions/decision.html", context, status=status)


@requires(Permission.SIGN_DECISION)
def sign(request: SignedInRequest, reference: str) -> HttpResponse:
    """Sign a decision with one's password; its sheet follows by itself."""
    found = decision_or_404(request, reference)
    if request.method != "POST":
        return redirect("decisions:decision", found.reference)
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            services.sign(decision=found, password=form.cleaned_data["password"], by=request.user, at=timezone.now())
        except PasswordWrongError as wrong:
            form.add_error("password", str(wrong))
        except DecisionRefusedError as refusal:
            form.add_error(None, str(refusal))
        except AlreadyDecidedError as late:
            messages.error(request, f"{late.who} signed or replaced this decision already.")
            return redirect("decisions:decision", found.reference)
        else:
            messages.success(request, "Signed. The sealed sheet is being drawn and will be sent.")
            return redirect("decisions:decision", found.reference)
    return show_decision(request, found, form, status=422)
