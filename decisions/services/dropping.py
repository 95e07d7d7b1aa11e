"""Requests withdrawn by their worker leave the agenda they stood on. Requests know nothing of agendas, so it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from applications.states import State
from decisions import states
from decisions.models import AgendaItem
from decisions.rules import starts
from decisions.services.following import bump
from decisions.states import ItemState, ItemStep
from panels.models import Meeting
from panels.states import MeetingState
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from people.models import User

OPEN_FOR_AGENDA = frozenset(
    {MeetingState.PLANNED, MeetingState.PUBLISHED, MeetingState.IN_SESSION, MeetingState.PAUSED}
)
GONE = {"state": ItemState.WAITING, "application__state": State.WITHDRAWN}


def drop_withdrawn(*, meeting: Meeting, by: User | None, at: datetime) -> list[AgendaItem]:
    """Let the waiting items of withdrawn requests leave a meeting's agenda; later times follow, the rows stay.

    Doing it twice changes nothing, and where there is nothing to do it costs one query.

    Args:
        meeting: any; one that is over keeps its agenda.
        by: who works with the agenda, None for the hourly look.
        at: when.

    Returns:
        The items that left now.
    """
    if not AgendaItem.objects.filter(meeting=meeting, **GONE).exists():
        return []
    return _dropped(meeting, by=by, at=at)


@transaction.atomic
def _dropped(meeting: Meeting, *, by: User | None, at: datetime) -> list[AgendaItem]:
    fresh = Meeting.objects.select_for_update(of=("self",)).select_related("panel__council").get(pk=meeting.pk)
    if fresh.state not in OPEN_FOR_AGENDA:
        return []
    gone = list(
        AgendaItem.objects.select_for_update(of=("self",))
        .filter(meeting=fresh, **GONE)
        .select_related("application")
        .order_by("position", "pk")
    )
    for item in gone:
        item.state = states.after_item(ItemState(item.state), ItemStep.WITHDRAW)
        item.version += 1
        AgendaItem.objects.filter(pk=item.pk).update(state=item.state, version=item.version)
        people.record(
            council=fresh.panel.council,
            by=by,
            at=at,
            verb=Verb.ALTERATION,
            action="agenda.withdrawn",
            subject="meeting",
            subject_ref=fresh.reference,
            facts={"item": item.reference, "request": item.application.reference if item.application else None},
        )
    if gone:
        retime(fresh)
        bump(fresh, "items")
    return gone


def drop_withdrawn_everywhere(*, at: datetime) -> int:
    """Look at every meeting to come or in session; says how many items left their agendas."""
    waiting = AgendaItem.objects.filter(meeting__state__in=OPEN_FOR_AGENDA, **GONE).values("meeting_id")
    found = Meeting.objects.filter(pk__in=waiting).order_by("pk")
    return sum(len(drop_withdrawn(meeting=meeting, by=None, at=at)) for meeting in found)


def items_on(meeting: Meeting) -> list[AgendaItem]:
    """The items that stand on a meeting's agenda, in order."""
    return list(
        AgendaItem.objects.filter(meeting=meeting).exclude(state=ItemState.WITHDRAWN).order_by("position", "pk")
    )


def retime(meeting: Meeting, items: Sequence[AgendaItem] | None = None) -> None:
    """Number the items from 1 and let each start when the one before ends."""
    ordered = list(items) if items is not None else items_on(meeting)
    before = [(item.position, item.starts_at) for item in ordered]
    put_in_time(meeting, ordered)
    moved = [item for item, was in zip(ordered, before, strict=True) if was != (item.position, item.starts_at)]
    AgendaItem.objects.bulk_update(moved, ["position", "starts_at"])


def put_in_time(meeting: Meeting, items: Sequence[AgendaItem]) -> None:
    """Number items from 1 and let each start when the one before ends; nothing is written."""
    moments = starts(meeting.starts_at, [i.minutes for i in items])
    for position, (item, moment) in enumerate(zip(items, moments, strict=True), start=1):
        item.position, item.starts_at = position, moment
