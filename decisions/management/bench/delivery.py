"""From the chair's signature until everybody who is told has the letter: through a worker of its own, and its relay.

Times are by the clock, from the moment the signature was committed. The worker is the product's; so is the way of
the letter, into the demonstration's mailbox.
"""

from __future__ import annotations

import statistics
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from applications.models import Application
from decisions import documents, services
from decisions.management.demo.cast import PASSWORD
from decisions.models import Action, AgendaItem, AgendaVersion, Approval, Condition, CostNote, Decision, Review, Sheet
from decisions.queries.costs import cost_wanted
from decisions.services.signing import may_sign_sheet
from decisions.states import DecisionState, SheetState
from people.models import Message
from people.models.message import MessageState

from .copying import FAR, Copier, Copy, Model
from .measure import Figures, WrongAnswerError, p95_of
from .papers import plain_page
from .processes import wait_until
from .world import PARTS, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEYOND = 7_000  # rounds of copying above all others
FOLLOWS: tuple[Model, ...] = (Condition, Action, Approval, Review, CostNote)
TURNS, TOGETHER = 30, 40  # signatures one by one, and at once
WARM = (1, 4, 4, 4)  # signatures that wake both processes of the worker
Signed = dict[int, datetime]  # when each decision was signed, by its key


def put_off_what_is_owed() -> None:
    """Let the worker find nothing but what is measured."""
    later = timezone.now() + timedelta(days=365)
    Sheet.objects.filter(state=SheetState.OWED).update(next_try_at=later)
    Message.objects.filter(state=MessageState.OWED).update(next_try_at=later)
    AgendaVersion.objects.filter(pack_sha256="").update(pack_sha256="put off")


def decisions_to_sign(world: World, wanted: int) -> Iterator[Decision]:
    """So many decisions that wait for nothing but their chair: one of the demonstration, copied with its request.

    Raises:
        WrongAnswerError: the demonstration has none.
    """
    found = Decision.objects.filter(
        council=world.council, state=DecisionState.CONFIRMED, supersedes=None, pk__lt=FAR
    ).select_related("item__meeting__panel__council", "item__meeting__chair", "application", "policy_version")
    first = next((decision for decision in found.order_by("pk") if _may_be_signed(decision, at=world.now)), None)
    if first is None:
        raise WrongAnswerError("no decision of the demonstration waits for nothing but its chair")
    copiers = [
        Copier(Application, [first.application_id]),
        *(Copier(part, _keys(part, application=first.application_id)) for part in PARTS),
        Copier(AgendaItem, [first.item_id], {"position": "position + {number}"}),
        Copier(Decision, [first.pk], {"minute_number": "minute_number || '_{number}'"}),
        *(Copier(part, _keys(part, decision=first.pk)) for part in FOLLOWS),
    ]
    tables: tuple[Model, ...] = (Application, AgendaItem, Decision, *PARTS, *FOLLOWS)
    with transaction.atomic():
        for number in range(BEYOND, BEYOND + wanted):
            this = Copy(number=number, days=0, minutes=0, of=dict.fromkeys(tables, FAR * number))
            for copier in copiers:
                copier.copy(this)
    keys = [first.pk + FAR * number for number in range(BEYOND, BEYOND + wanted)]
    return iter(list(Decision.objects.filter(pk__in=keys).select_related("item__meeting__chair").order_by("pk")))


def _may_be_signed(decision: Decision, *, at: datetime) -> bool:
    chair = decision.item.meeting.chair
    is_approved = not decision.approvals.exclude(answer=Approval.Answer.AGREED).exists()
    return bool(
        chair and is_approved and cost_wanted(decision) is None and may_sign_sheet(decision, by=chair, at=at).allowed
    )


def _keys(model: Model, **where: int) -> list[int]:
    return list(model._default_manager.filter(**where).values_list("pk", flat=True))  # noqa: SLF001


def sign(found: Sequence[Decision]) -> Signed:
    """Let each chair sign, all in one transaction: they stand at the same moment."""
    with transaction.atomic():
        for decision in found:
            chair = decision.item.meeting.chair
            assert chair is not None
            services.sign(decision=decision, password=PASSWORD, by=chair, at=timezone.now())
    return dict.fromkeys([decision.pk for decision in found], timezone.now())


def arrivals(signed: Signed, *, seconds: float) -> list[float]:
    """Wait for the letters about decisions: milliseconds from each signature to the last letter about it.

    Raises:
        WrongAnswerError: letters are missing after so many seconds, or one did not arrive.
    """
    last: Signed = {}

    def have_come() -> bool:
        last.clear()
        letters = Message.objects.filter(
            template="decision_issued", about_model="decisions.decision", about_pk__in=list(signed)
        )
        rows = list(letters.values_list("about_pk", "state", "settled"))
        if lost := {state for _, state, _ in rows} & {MessageState.FAILED, MessageState.UNKNOWN}:
            raise WrongAnswerError(f"a letter is {', '.join(lost)}")
        for pk, _, settled in rows:
            if pk is not None and settled is not None:
                last[pk] = max(settled, last.get(pk, settled))
        return len(last) == len(signed) and all(settled is not None for _, _, settled in rows)

    wait_until(have_come, seconds=seconds, otherwise="the letters did not come")
    return [(last[pk] - at).total_seconds() * 1000 for pk, at in signed.items()]


def warm_up(waiting: Iterator[Decision]) -> None:
    """Wake both processes of the worker; the first one is waited for longest.

    Raises:
        WrongAnswerError: no worker takes anything.
    """
    for number in WARM:
        signed: Signed = {}
        for decision in _next(waiting, number):
            signed |= sign([decision])  # a ring each
        arrivals(signed, seconds=40)


def drawn_here() -> float:
    """A6 + A7 by the clock: milliseconds of a plain page drawn and sealed in this process."""
    begun = time.perf_counter()
    documents.seal(plain_page())
    return (time.perf_counter() - begun) * 1000


def one_by_one(waiting: Iterator[Decision], *, seconds: float = 40) -> tuple[Figures, Figures]:
    """Sign, wait for the letters, and again; in turns with a plain page drawn and sealed here, by the clock."""
    spent: list[float] = []
    drawn: list[float] = []
    drawn_here()
    ends = time.monotonic() + seconds
    while len(spent) < TURNS and time.monotonic() < ends:
        drawn.append(drawn_here())
        spent += arrivals(sign(_next(waiting, 1)), seconds=15)
    return of_clock(spent), of_clock(drawn)


def at_once(waiting: Iterator[Decision]) -> Figures:
    """Sign many in one moment: how long until the last letter of all has come."""
    return of_clock([max(arrivals(sign(_next(waiting, TOGETHER)), seconds=60))])


def of_clock(spent: list[float]) -> Figures:
    """Figures of times that were read off the clock."""
    return Figures(statistics.median(spent), p95_of(spent), 0, 0, len(spent))


def _next(waiting: Iterator[Decision], wanted: int) -> list[Decision]:
    return [next(waiting) for _ in range(wanted)]
