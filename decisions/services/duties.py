"""What the policy wants done after a decision, ticked off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from decisions.models import Decision, Duty
from decisions.services.errors import DecisionRefusedError, Refusal, fitting
from decisions.services.telling import tell_on_file
from panels.services import policy_of
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


@transaction.atomic
def do_duty(*, duty: Duty, evidence: str, by: User, at: datetime) -> Duty:
    """Tick something off with words that show it; what is ticked stays, and ticking twice changes nothing.

    Raises:
        DecisionRefusedError: without words, or the decision was replaced.
    """
    if not evidence.strip():
        raise DecisionRefusedError([Refusal("Say how and when it was done.", "evidence")])
    evidence = fitting(evidence, most=500, field="evidence")
    if Decision.objects.filter(pk=duty.decision_id, superseded_by__isnull=False).exists():
        raise DecisionRefusedError([Refusal("This decision was replaced; its new version has duties of its own.")])
    done = Duty.objects.filter(pk=duty.pk, done_at__isnull=True).update(evidence=evidence, done_at=at, done_by=by)
    if done:
        people.record(
            council=duty.decision.council,
            by=by,
            at=at,
            verb=Verb.ALTERATION,
            action="duty.done",
            subject="decision",
            subject_ref=duty.decision.reference,
            facts={"kind": duty.kind, "code": duty.code},
        )
        _tell_when_on_file(duty, by=by, at=at)
    duty.refresh_from_db()
    return duty


def _tell_when_on_file(duty: Duty, *, by: User, at: datetime) -> None:
    """The last step of putting a decision on the child's file owes the messages of that occasion."""
    decision = duty.decision
    steps = Duty.objects.filter(decision=decision, kind=Duty.Kind.UPLOAD)
    if duty.kind == Duty.Kind.UPLOAD and not steps.open().exists():
        tell_on_file(decision, policy=policy_of(decision.policy_version), by=by, at=at)
