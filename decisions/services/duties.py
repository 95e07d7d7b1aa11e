"""What the policy asks beside a decision: answers and reviews written with it, duties ticked after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from decisions.models import Answer, Decision, Duty, Review
from decisions.queries.following import COMMITS, planned_reviews, wanted_after
from decisions.services.errors import DecisionRefusedError, Refusal
from decisions.services.telling import tell_on_file
from panels.services import policy_of
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from decisions.queries.money import AgreedLine
    from decisions.services.authority import Verdict
    from decisions.services.minute import Minute
    from panels.policy import Policy
    from people.models import User


def write_reviews(decision: Decision, lines: Sequence[AgreedLine], *, policy: Policy, at: datetime) -> None:
    """Write the day the chair gave and the later ones of the panel's plan, in the caller's transaction."""
    if decision.review_date is None or decision.effect not in COMMITS:
        return
    first = decision.review_date
    planned = planned_reviews(policy, decision.item.meeting.panel.slug, lines=lines, decided_on=timezone.localdate(at))
    days = [first, *(day for day in planned if day > first)]
    Review.objects.bulk_create(Review(decision=decision, due=day) for day in days)


def write_asked(decision: Decision, minute: Minute, verdict: Verdict, *, policy: Policy) -> None:
    """Write the answers given and the duties the policy brings, in the caller's transaction."""
    Answer.objects.bulk_create(
        Answer(decision=decision, code=a.code, label=a.label, rule=a.rule, value=a.value) for a in minute.answers
    )
    wanted = wanted_after(
        policy,
        decision.item.meeting.panel.slug,
        outcome=verdict.outcome,
        categories=[line.category for line in decision.application.lines.all()],
        deadlines=verdict.room.assessment.deadlines,
    )
    Duty.objects.bulk_create(
        Duty(decision=decision, kind=w.kind, code=w.code, title=w.title, who=w.who, how=w.how, rule=w.rule, due=w.due)
        for w in wanted
    )


@transaction.atomic
def do_duty(*, duty: Duty, evidence: str, by: User, at: datetime) -> Duty:
    """Tick something off with words that show it; what is ticked stays, and ticking twice changes nothing.

    Raises:
        DecisionRefusedError: without words, or the decision was replaced.
    """
    if not evidence.strip():
        raise DecisionRefusedError([Refusal("Say how and when it was done.", "evidence")])
    if Decision.objects.filter(pk=duty.decision_id, superseded_by__isnull=False).exists():
        raise DecisionRefusedError([Refusal("This decision was replaced; its new version has duties of its own.")])
    done = Duty.objects.filter(pk=duty.pk, done_at__isnull=True).update(
        evidence=evidence.strip()[:500], done_at=at, done_by=by
    )
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
