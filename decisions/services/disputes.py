"""Disagreement: a step of the council's ladder is opened with words, goes to its officer, and is ended with words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.queries import signers
from decisions.models import Decision, Dispute, Duty
from decisions.queries.disputes import before, due_of_step, ends, may_raise
from decisions.queries.following import wanted_of_step
from decisions.services.errors import DecisionRefusedError, Refusal, fitting
from decisions.states import DecisionState
from panels.services import policy_of
from panels.services.authority import roles_covered, roles_held
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from panels.policy import Policy
    from people.models import User

LONGEST = 4000  # of what is disagreed with, and of how it ended


@transaction.atomic
def raise_dispute(*, decision: Decision, code: str, raised_by: str, words: str, by: User, at: datetime) -> Dispute:
    """Open a step of the ladder; the office it goes to is told, and what the policy then asks is owed.

    One that comes late is marked so, never refused.

    Args:
        decision: the version that stands.
        code: the step's code in the policy the decision was taken under.
        raised_by: `practitioner` or `family`.
        words: what is disagreed with, and why.
        by: who stands for the request; for the family the administrator too.
        at: when.

    Raises:
        DecisionRefusedError: no such step, not for this outcome, not theirs to raise, without words, taken already, or
            the step before has neither ended nor lapsed.
    """
    decision = Decision.objects.select_related(
        "item__meeting__panel", "application__team", "application__council", "policy_version", "council"
    ).get(pk=decision.pk)
    policy = policy_of(decision.policy_version)
    steps = policy.dispute_steps(decision.item.meeting.panel.slug, raised_by)
    step = next((step for step in steps if step.code == code), None)
    if step is None:
        raise DecisionRefusedError([Refusal("The policy has no such step.")])
    clause = policy.clause(step.rule)
    if decision.state == DecisionState.SUPERSEDED:
        raise DecisionRefusedError([Refusal("This decision was replaced; disagree with the version that stands.")])
    if not may_raise(decision, raised_by=raised_by, user=by):
        raise DecisionRefusedError([Refusal("This is raised by those who stand for the request.", clause=clause)])
    if not words.strip():
        raise DecisionRefusedError([Refusal("Say what is disagreed with, and why.", "words", clause)])
    words = fitting(words, most=LONGEST, field="words", clause=clause)
    missing = before(decision, step, raised_by=raised_by, policy=policy, on=timezone.localdate(at))
    if missing:
        raise DecisionRefusedError([Refusal(missing, clause=clause)])
    try:
        with transaction.atomic():
            dispute = Dispute.objects.create(
                decision=decision,
                code=code,
                raised_by=raised_by,
                goes_to=step.goes_to or "",
                rule=step.rule,
                words=words,
                due=due_of_step(decision, step),
                opened_at=at,
                opened_by=by,
            )
    except IntegrityError:
        raise DecisionRefusedError([Refusal("This step was taken already.", clause=clause)]) from None
    _owe_duties(dispute, policy=policy)
    _tell(dispute, by=by, at=at)
    _note(dispute, "dispute.raised", by=by, at=at)
    return dispute


@transaction.atomic
def end_dispute(*, dispute: Dispute, result: str, by: User, at: datetime) -> Dispute:
    """End a step with words; the next step is open then. Ended once, it stays as it is.

    Raises:
        DecisionRefusedError: another office's, without words, or ended already.
    """
    day = timezone.localdate(at)
    policy = policy_of(dispute.decision.policy_version)
    clause = policy.clause(dispute.rule)
    if not ends(dispute, offices=roles_held(by, on=day) | roles_covered(by, on=day), user=by):
        office = policy.role_title(dispute.goes_to or "panel_administrator")
        raise DecisionRefusedError([Refusal(f"The {office} ends this step.", clause=clause)])
    if not result.strip():
        raise DecisionRefusedError([Refusal("Say how it ended.", "result", clause)])
    result = fitting(result, most=LONGEST, field="result", clause=clause)
    won = Dispute.objects.filter(pk=dispute.pk, ended_at__isnull=True).update(result=result, ended_at=at, ended_by=by)
    if not won:
        raise DecisionRefusedError([Refusal("This step has ended already.", clause=clause)])
    dispute.refresh_from_db()
    _note(dispute, "dispute.ended", by=by, at=at)
    return dispute


def _owe_duties(dispute: Dispute, *, policy: Policy) -> None:
    """What the policy wants written down of a step; once, where practitioner and family raise the same."""
    decision = dispute.decision
    categories = [line.category for line in decision.application.lines.all()]
    wanted = wanted_of_step(policy, decision.item.meeting.panel.slug, dispute.code, categories=categories)
    duties = [Duty(decision=decision, kind=w.kind, code=w.code, title=w.title, rule=w.rule) for w in wanted]
    Duty.objects.bulk_create(duties, ignore_conflicts=True)


def _tell(dispute: Dispute, *, by: User, at: datetime) -> None:
    decision = dispute.decision
    if not dispute.goes_to:
        return
    for officer in signers(decision.application, role=dispute.goes_to, on=timezone.localdate(at)):
        people.owe_message(
            council=decision.council,
            recipient=officer,
            template="dispute_raised",
            reference=decision.reference,
            path=decision.get_absolute_url(),
            dedupe_key=f"dispute:{dispute.pk}:{officer.pk}",
            by=by,
            at=at,
            about=decision,
        )


def _note(dispute: Dispute, action: str, *, by: User, at: datetime) -> None:
    people.record(
        council=dispute.decision.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=action,
        subject="decision",
        subject_ref=dispute.decision.reference,
        facts={"step": dispute.code, "raised_by": dispute.raised_by},
    )
