"""Putting the cases of an agenda in the order the policy gives, at one press; standing items keep their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from decisions.models import AgendaItem
from decisions.queries.places import in_order, is_case
from decisions.services.agenda import AgendaRefusedError, policy_on
from decisions.services.dropping import OPEN_FOR_AGENDA, retime
from decisions.services.following import bump
from decisions.states import ItemState
from panels.models import Meeting
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


@transaction.atomic
def put_in_order(*, meeting: Meeting, by: User, at: datetime) -> list[AgendaItem]:
    """Let the waiting cases and reviews change places among themselves until they stand in the policy's order.

    Returns:
        The items of the agenda as they stand now.

    Raises:
        AgendaRefusedError: the meeting is over.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("panel__council").get(pk=meeting.pk)
    if meeting.state not in OPEN_FOR_AGENDA:
        raise AgendaRefusedError(f"The meeting is {meeting.get_state_display()}; its agenda stays as it is.")
    items = list(
        AgendaItem.objects.filter(meeting=meeting)
        .exclude(state=ItemState.WITHDRAWN)
        .select_related("application")
        .prefetch_related("application__lines")
        .order_by("position", "pk")
    )
    waiting = [item for item in items if item.state == ItemState.WAITING and is_case(item)]
    ordered = iter(in_order(waiting, policy=policy_on(meeting), panel=meeting.panel.slug))
    moved = set(waiting)
    placed = [next(ordered) if item in moved else item for item in items]
    retime(meeting, placed)
    bump(meeting, "items")
    people.record(
        council=meeting.panel.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action="agenda.ordered",
        subject="meeting",
        subject_ref=meeting.reference,
        facts={"items": [item.reference for item in placed]},
    )
    return placed
