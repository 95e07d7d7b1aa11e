"""The cost part of a decision: who may write it is asked of the rules, and it is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from decisions.models import CostNote, Decision
from decisions.queries.following import COMMITS
from decisions.services.errors import DecisionRefusedError, Refusal
from panels.services import policy_of
from panels.services.authority import leave
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from panels.rules import Leave
    from people.models import User


def may_record_cost(decision: Decision, *, by: User, at: datetime) -> Leave | None:
    """Whether somebody may write the cost part, and by which sentence; None where the policy names nobody for it.

    A decision that agrees nothing has no cost part.
    """
    policy, slug = policy_of(decision.policy_version), decision.item.meeting.panel.slug
    if policy.panel(slug).offices.cost_recorded_by is None or decision.effect not in COMMITS or not decision.lines:
        return None
    return leave(policy, panel=slug, act="record_cost", by=by, on=timezone.localdate(at))


@transaction.atomic
def record_cost(*, decision: Decision, words: str, by: User, at: datetime) -> CostNote:
    """Write the cost part of a decision: what its figures rest on.

    Raises:
        DecisionRefusedError: another office's, none is asked for, without words, or written already.
    """
    answer = may_record_cost(decision, by=by, at=at)
    if answer is None:
        raise DecisionRefusedError([Refusal("No cost part is asked for here.")])
    if not answer.allowed:
        raise DecisionRefusedError([Refusal(answer.sentence, clause=answer.clause or "")])
    if not words.strip():
        raise DecisionRefusedError([Refusal("Say what the cost rests on.", "words")])
    try:
        with transaction.atomic():
            note = CostNote.objects.create(
                decision=decision, words=words.strip()[:500], rule=answer.rule or "", confirmed_at=at, confirmed_by=by
            )
    except IntegrityError:
        raise DecisionRefusedError([Refusal("The cost part is written already.")]) from None
    people.record(
        council=decision.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action="cost.recorded",
        subject="decision",
        subject_ref=decision.reference,
        facts={"rule": note.rule},
    )
    return note
