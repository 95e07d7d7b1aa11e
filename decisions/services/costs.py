"""The cost part of a decision is written once, by whom the rules name; a decision that agrees money waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from decisions.models import CostNote, Decision
from decisions.queries.costs import may_record_cost, written_meanwhile
from decisions.services.errors import DecisionRefusedError, Refusal
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


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
    if written := written_meanwhile(decision):
        raise DecisionRefusedError([Refusal(written)])
    if not words.strip():
        raise DecisionRefusedError([Refusal("Say what the cost rests on.", "words")])
    try:
        with transaction.atomic():
            note = CostNote.objects.create(
                decision=decision, words=words.strip(), rule=answer.rule or "", confirmed_at=at, confirmed_by=by
            )
    except IntegrityError:
        raise DecisionRefusedError([Refusal(written_meanwhile(decision))]) from None
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
