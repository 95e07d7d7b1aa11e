"""What follows decisions: my actions, reviews due, approvals after panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from decisions import services
from decisions.forms import AnswerForm
from decisions.models import Action, Approval, Condition, Decision, Review
from decisions.queries.money import with_dates
from decisions.services import AlreadyDecidedError, DecisionRefusedError
from decisions.states import DecisionState
from decisions.views.found import decision_or_404
from decisions.views.minutes import Wrong, show_decision
from panels.services import policy_of
from people import services as people
from people.access import SignedInRequest, requires
from people.permissions import Permission

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_GET
@requires(Permission.SIGNED_IN)
def my_actions(request: SignedInRequest) -> HttpResponse:
    """One's own actions, those due first; a reference and one's own words only, so nobody needs the case for it."""
    mine = (
        Action.objects.for_user(request.user)
        .filter(owner=request.user)
        .exclude(decision__state=DecisionState.SUPERSEDED)
        .select_related("decision__application", "decision__item__meeting__panel")
    )
    readable = set(
        Decision.objects.for_user(request.user).filter(actions__owner=request.user).values_list("pk", flat=True)
    )
    context = {
        "open": mine.filter(done_at__isnull=True),
        "done": mine.filter(done_at__isnull=False).order_by("-done_at")[:20],
        "readable": readable,
        "today": timezone.localdate(),
    }
    return render(request, "decisions/my_actions.html", context)


@require_POST
@requires(Permission.SIGNED_IN)
def action_done(request: SignedInRequest, reference: str) -> HttpResponse:
    """Mark an action done."""
    mine = Action.objects.for_user(request.user).filter(owner=request.user)
    action = get_object_or_404(mine.select_related("decision__item__meeting", "decision__council"), reference=reference)
    services.mark_done(action=action, by=request.user, at=timezone.now())
    messages.success(request, "Done.")
    return redirect("decisions:my_actions")


@require_POST
@requires(Permission.BUILD_AGENDA)
def condition_met(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """Mark a condition of a decision met; without the evidence the policy asks for the page comes back and says so."""
    decision = decision_or_404(request, reference)
    condition = get_object_or_404(Condition.objects.for_user(request.user), pk=number, decision=decision)
    evidence = request.POST.get("evidence", "").replace("\x00", "")
    try:
        services.mark_met(condition=condition, evidence=evidence, by=request.user, at=timezone.now())
    except DecisionRefusedError as refusal:
        wrong = Wrong("condition", str(condition.pk), str(refusal), evidence)
        return show_decision(request, decision, wrong=wrong, status=422)
    return redirect("decisions:decision", decision.reference)


@require_GET
@requires(Permission.SEE_NARRATIVE)
def reviews(request: SignedInRequest) -> HttpResponse:
    """Reviews that are due or will be, the soonest first."""
    found = (
        Review.objects.for_user(request.user)
        .filter(done_at__isnull=True)
        .exclude(decision__state=DecisionState.SUPERSEDED)
        .select_related(
            "decision__application__child",
            "decision__application__worker",
            "decision__item__meeting__panel",
            "item__meeting",
        )
        .order_by("due")[:200]
    )
    rows = list(found)
    people.note_reads(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_refs=sorted({r.decision.application.reference for r in rows}),
        facts={"page": "reviews"},
    )
    return render(request, "decisions/reviews.html", {"reviews": rows, "today": timezone.localdate()})


def _mine(request: SignedInRequest) -> list[Approval]:
    """Approvals that wait for an office this person holds or covers today, on decisions they may read."""
    waiting = (
        Approval.objects.for_user(request.user)
        .filter(answer=Approval.Answer.WAITING)
        .exclude(decision__state=DecisionState.SUPERSEDED)
        .select_related("decision__application__child", "decision__item__meeting__panel", "decision__policy_version")
    )
    day = timezone.localdate()
    acts: dict[str, bool] = {}
    mine = []
    for approval in waiting:
        if approval.role not in acts:
            acts[approval.role] = people.may_act_as(user=request.user, role=approval.role, on=day) is not None
        if acts[approval.role]:
            mine.append(approval)
    return mine


@require_GET
@requires(Permission.APPROVE_BEYOND_PANEL)
def approvals(request: SignedInRequest) -> HttpResponse:
    """What waits for this officer's approval after panel, with the clause."""
    rows = [(a, policy_of(a.decision.policy_version)) for a in _mine(request)]
    return render(
        request,
        "decisions/approvals.html",
        {
            "rows": [
                {"approval": a, "title": p.role_title(a.role), "clause": p.clause(a.rule) if a.rule else ""}
                for a, p in rows
            ]
        },
    )


@requires(Permission.APPROVE_BEYOND_PANEL)
def approve(request: SignedInRequest, reference: str, role: str) -> HttpResponse:
    """Give or refuse an approval after panel."""
    decision = decision_or_404(request, reference)
    approval = get_object_or_404(Approval.objects.for_user(request.user), decision=decision, role=role)
    policy = policy_of(decision.policy_version)
    if people.may_act_as(user=request.user, role=role, on=timezone.localdate()) is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_approval(
                approval=approval,
                agrees=form.cleaned_data["agrees"] == "yes",
                reasons=form.cleaned_data["reasons"],
                by=request.user,
                at=timezone.now(),
            )
        except DecisionRefusedError as refusal:
            for reason in refusal.refusals:
                form.add_error(reason.field or None, reason.message)
        except AlreadyDecidedError as late:
            messages.error(request, f"{late.who} answered already.")
            return redirect("decisions:approvals")
        else:
            messages.success(request, "Your answer is recorded.")
            return redirect("decisions:approvals")
    people.note_read(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_ref=decision.application.reference,
        facts={"page": "approval"},
    )
    labels = {o.code: o.label for o in policy.outcomes(decision.item.meeting.panel.slug)}
    context = {
        "decision": decision,
        "lines": with_dates(decision.lines),
        "approval": approval,
        "form": form,
        "title": policy.role_title(role),
        "clause": policy.clause(approval.rule) if approval.rule else "",
        "label": labels.get(decision.outcome, decision.outcome),
    }
    return render(request, "decisions/approve.html", context, status=422 if form.is_bound else 200)
