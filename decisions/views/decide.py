"""Deciding a case: typed on the run sheet, shown before it is done, recorded at one press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from applications.forms import from_fact
from decisions import services
from decisions.forms import CorrectForm, DecideForm
from decisions.queries import live as questions
from decisions.queries.agenda import is_urgent
from decisions.queries.following import asked_here, in_words, planned_reviews
from decisions.queries.funding import funded, shares_in_words
from decisions.queries.money import effect_of, lines_from_json
from decisions.queries.outside import to_decide
from decisions.services import AlreadyDecidedError, DecisionRefusedError, NotOnTheTableError
from decisions.services.authority import judged
from decisions.states import ItemState
from decisions.views.found import decision_or_404, item_or_404, policy_on_day
from decisions.views.showing import decide_form, show, to_next
from people import services as people
from people.access import SignedInRequest, requires
from people.permissions import Permission

if TYPE_CHECKING:
    from decisions.models import AgendaItem, Decision
    from panels.policy import Policy

MOST_DRAFT = 60_000  # characters of everything typed for one case
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "confirm", "base_version"})


def _typed(request: SignedInRequest) -> dict[str, str]:
    """Everything typed on the page; NUL is left out, as no database column can hold it."""
    return {
        name.replace("\x00", ""): str(value).replace("\x00", "")
        for name, value in request.POST.items()
        if name not in NOT_TYPED
    }


@require_POST
@requires(Permission.RECORD_DECISION)
def draft(request: SignedInRequest, item: str) -> HttpResponse:
    """Keep what is being typed, valid or not; it has no effect."""
    chosen = item_or_404(request, item)
    fields = _typed(request)
    if sum(len(str(value)) for value in fields.values()) > MOST_DRAFT:
        return JsonResponse({"message": "This is more than can be kept. Shorten it."}, status=413)
    now = timezone.now()
    services.keep_draft(item=chosen, fields=fields, base_version=chosen.version, by=request.user, at=now)
    return JsonResponse({"version": chosen.version, "saved": timezone.localtime(now).strftime("%H:%M")})


@require_POST
@requires(Permission.RECORD_DECISION)
def decide(request: SignedInRequest, item: str) -> HttpResponse:
    """Show what confirming will do; confirmed, record it."""
    chosen = item_or_404(request, item)
    form = decide_form(request, chosen, policy=policy_on_day(chosen.meeting), data=request.POST)
    if not form.is_valid():
        return _back(request, chosen, form)
    try:
        return _recorded(request, chosen, form) if "confirm" in request.POST else _confirm(request, chosen, form)
    except DecisionRefusedError as refusal:
        return _back(request, chosen, form, refusal=refusal)
    except AlreadyDecidedError as late:
        if late.decision is not None and _is_own_second_press(late, request, form):
            return _said(request, late.decision)
        return _too_late(request, chosen, form)
    except NotOnTheTableError:
        return _too_late(request, chosen, form)


def _recorded(request: SignedInRequest, chosen: AgendaItem, form: DecideForm) -> HttpResponse:
    decision = services.record(
        item=chosen,
        minute=form.minute(),
        item_version=form.cleaned_data["item_version"],
        by=request.user,
        at=timezone.now(),
    )
    return _said(request, decision)


def _said(request: SignedInRequest, decision: Decision) -> HttpResponse:
    messages.success(request, f"Minute {decision.minute_number} is recorded.")
    return to_next(decision.item)


def _is_own_second_press(late: AlreadyDecidedError, request: SignedInRequest, form: DecideForm) -> bool:
    """Whether somebody pressed twice: the answer is then the same as to the first press."""
    same = late.decision is not None and late.decision.outcome == form.cleaned_data["outcome"]
    return same and late.who == request.user


def _back(
    request: SignedInRequest, chosen: AgendaItem, form: DecideForm, *, refusal: DecisionRefusedError | None = None
) -> HttpResponse:
    """The run sheet again with what was typed and every reason beside its field."""
    for reason in refusal.refusals if refusal else ():
        words = f"{reason.message} ({reason.clause})" if reason.clause else reason.message
        form.refuse(reason.field, words)
    _keep(request, chosen)
    return show(request, chosen, form=form, status=422)


def _keep(request: SignedInRequest, chosen: AgendaItem) -> None:
    fields = _typed(request)
    if sum(len(str(value)) for value in fields.values()) <= MOST_DRAFT:
        services.keep_draft(item=chosen, fields=fields, base_version=chosen.version, by=request.user, at=timezone.now())


def _confirm(request: SignedInRequest, chosen: AgendaItem, form: DecideForm) -> HttpResponse:
    """The same figures as will be posted, the quorum, what waits for whom; nothing is written but the draft."""
    if chosen.version != form.cleaned_data["item_version"] or chosen.state != ItemState.CALLED:
        return _too_late(request, chosen, form)
    now = timezone.now()
    policy = policy_on_day(chosen.meeting)
    minute = form.minute()
    verdict = judged(chosen, minute, policy=policy, by=request.user, at=now)
    assert chosen.application is not None  # noqa: S101
    lines = funded(minute.lines, chosen.application, policy=policy, at=now)
    effect = effect_of(chosen.application, lines, at=now)
    _keep(request, chosen)
    people.note_read(
        by=request.user, at=now, subject="request", subject_ref=chosen.application.reference, facts={"page": "confirm"}
    )
    context = {
        "meeting": chosen.meeting,
        "item": chosen,
        "minute": minute,
        "outcome": verdict.outcome,
        "effect": effect,
        "weeks": [weeks for line, weeks in zip(lines, effect.weeks, strict=False) if line.unit != "one_off"],
        "funded": [(line, shares_in_words(line.shares)) for line in lines if line.shares],
        "quorum": questions.quorum_words(verdict.room, policy=policy),
        "answers": [(a.label, in_words(a.value)) for a in minute.answers],
        "later_reviews": [
            day
            for day in planned_reviews(
                policy, chosen.meeting.panel.slug, lines=minute.lines, decided_on=timezone.localdate(now)
            )
            if minute.review_date and day > minute.review_date
        ],
        "approvals": [(policy.role_title(role), policy.clause(rule), given) for role, rule, given in verdict.approvals],
        "in_principle": verdict.in_principle,
        "posted": [(name, value) for name, value in request.POST.items() if name not in NOT_TYPED],
        "findings": [
            f for f in verdict.room.assessment.findings if f.stage == "decide" and f.effect in {"warn", "block"}
        ],
    }
    return render(request, "decisions/confirm.html", context)


def _too_late(request: SignedInRequest, chosen: AgendaItem, form: DecideForm) -> HttpResponse:
    """Say who decided and when, and give back every word that was typed."""
    _keep(request, chosen)
    return render(
        request,
        "decisions/too_late.html",
        {
            "item": chosen,
            "meeting": chosen.meeting,
            "standing": questions.standing_decision(chosen),
            "typed": typed_in(form),
        },
        status=409,
    )


def typed_in(form: DecideForm) -> list[tuple[str, str]]:
    """Everything in a form that has words, by its label."""
    said = []
    for field in form:
        value = field.value()
        if field.is_hidden or value in (None, "", False, []):
            continue
        words = " ".join(str(part) for part in value if part) if isinstance(value, (list, tuple)) else str(value)
        if field.name == "outcome" and words in form.outcomes:
            words = form.outcomes[words].label
        if words:
            said.append((str(field.label), words))
    return said


@requires(Permission.RECORD_DECISION)
def correct(request: SignedInRequest, reference: str) -> HttpResponse:
    """Replace a decision by a new version; the old one stays readable."""
    decision = decision_or_404(request, reference)
    policy = policy_on_day(decision.item.meeting)
    form = _correction_form(request, decision, policy)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                new = services.correct(
                    decision=decision,
                    minute=form.minute(),
                    why=form.cleaned_data["why"],
                    expected_version=decision.version,
                    by=request.user,
                    at=timezone.now(),
                )
            except DecisionRefusedError as refusal:
                for reason in refusal.refusals:
                    form.refuse(reason.field, reason.message)
            except AlreadyDecidedError:
                return _too_late(request, decision.item, form)
            else:
                messages.success(request, f"Version {new.version} of minute {new.minute_number} stands now.")
                return redirect("decisions:decision", new.reference)
    people.note_read(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_ref=decision.application.reference,
        facts={"page": "correct"},
    )
    context = {
        "decision": decision,
        "meeting": decision.item.meeting,
        "item": decision.item,
        "decide_form": form,
    }
    return render(request, "decisions/correct.html", context, status=status)


def _correction_form(request: SignedInRequest, decision: Decision, policy: Policy) -> CorrectForm:
    questions_asked = asked_here(policy, decision.item)
    lines = {line.line_id: line for line in lines_from_json(decision.lines)}
    asked = to_decide(decision.application)
    initial: dict[str, Any] = {
        "item_version": decision.item.version,
        "outcome": decision.outcome,
        "reasons": decision.reasons,
        "members_views": decision.members_views,
        "review_date": decision.review_date,
        "no_review_reason": decision.no_review_reason,
    }
    kinds = {asked.question.code: asked.question.kind for asked in questions_asked}
    initial |= {f"ask_{a.code}": from_fact(kinds.get(a.code, "text"), a.value) for a in decision.answers.all()}
    for line in asked:
        was = lines.get(line.line_id)
        key = f"line_{line.line_id}"
        initial |= (
            {f"{key}_pence": was.pence, f"{key}_start": was.start, f"{key}_end": was.end}
            if was
            else {f"{key}_left_out": bool(lines)}
        )
    for n, condition in enumerate(decision.conditions.all(), start=1):
        initial |= {
            f"condition_{n}_text": condition.text,
            f"condition_{n}_owner": condition.owner,
            f"condition_{n}_due": condition.due,
        }
    for n, action in enumerate(decision.actions.all(), start=1):
        initial |= {
            f"action_{n}_text": action.text,
            f"action_{n}_owner": action.owner_id,
            f"action_{n}_due": action.due,
        }
    return CorrectForm(
        request.POST if request.method == "POST" else None,
        outcomes=policy.outcomes(decision.item.meeting.panel.slug),
        lines=asked,
        questions=questions_asked,
        viewer=request.user,
        is_emergency=is_urgent(decision.application),
        initial=initial,
    )
