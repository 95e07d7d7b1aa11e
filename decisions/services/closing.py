"""Ending a meeting: every case has an outcome first, and what was not reached goes on to another meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from applications import services as applications
from decisions import states
from decisions.models import AgendaItem
from decisions.services.agenda import policy_on, put_on_agenda
from decisions.services.dropping import drop_withdrawn
from decisions.services.following import bump
from decisions.services.room import MeetingRefusedError
from decisions.services.telling import tell_closed
from decisions.states import ItemState, ItemStep
from panels.models import Meeting
from panels.states import IllegalStepError, MeetingState, MeetingStep, after
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

OPEN = (ItemState.WAITING, ItemState.CALLED)


@transaction.atomic
def carry_forward(
    *, item: AgendaItem, reason: str, by: User, at: datetime, to: Meeting | None = None
) -> AgendaItem | None:
    """Leave a case for another meeting: this item stays as not reached, a linked new one is made.

    Args:
        item: a case not finished.
        reason: why; kept with both.
        by: who carries it.
        at: when.
        to: the meeting it goes to; left out, it stands among the ready requests until somebody lists it.

    Returns:
        The new item, or None where no meeting was named.

    Raises:
        MeetingRefusedError: no reason, no case, or it is finished.
        AgendaRefusedError: the other meeting cannot take it.
    """
    if not reason.strip():
        raise MeetingRefusedError("Say why the case is carried forward.")
    drop_withdrawn(meeting=item.meeting, by=by, at=at)
    fresh = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if fresh.application is None:
        raise MeetingRefusedError("Only a case is carried forward.")
    state = ItemState(fresh.state)
    try:
        if state == ItemState.CALLED:
            state = states.after_item(state, ItemStep.PUT_BACK)
            applications.mark_put_back(application=fresh.application, by=by, at=at)
        new = states.after_item(state, ItemStep.LEAVE)
    except states.IllegalStepError as refusal:
        raise MeetingRefusedError(str(refusal)) from None
    AgendaItem.objects.filter(pk=fresh.pk).update(state=new, version=fresh.version + 1, reason=reason.strip()[:300])
    applications.mark_unlisted(application=fresh.application, by=by, at=at)
    bump(item.meeting, "items", "current")
    people.record(
        council=item.meeting.panel.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action="item.carried_forward",
        subject="meeting",
        subject_ref=item.meeting.reference,
        facts={"item": fresh.reference, "to": to.reference if to else None},
    )
    if to is None:
        return None
    carried = put_on_agenda(meeting=to, application=fresh.application, by=by, at=at, reason=reason)
    AgendaItem.objects.filter(pk=carried.pk).update(carried_from=fresh, origin=AgendaItem.Origin.CARRIED)
    carried.refresh_from_db()
    return carried


@transaction.atomic
def close_meeting(*, meeting: Meeting, by: User, at: datetime) -> Meeting:
    """Close a meeting whose every case has an outcome; nothing is decided by closing.

    Raises:
        MeetingRefusedError: naming the cases without an outcome, or it is not in session.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("panel__council").get(pk=meeting.pk)
    drop_withdrawn(meeting=meeting, by=by, at=at)
    waiting = AgendaItem.objects.filter(meeting=meeting, state__in=OPEN).select_related("application")
    cases = [i for i in waiting if i.kind == AgendaItem.Kind.CASE]
    if cases:
        named = ", ".join(f"{i.position} ({i.application.reference})" for i in cases if i.application)
        noun = "Case" if len(cases) == 1 else "Cases"
        raise MeetingRefusedError(f"{noun} {named} without an outcome: decide, defer or carry forward first.")
    try:
        meeting.state = after(MeetingState(meeting.state), MeetingStep.CLOSE)
    except IllegalStepError as refusal:
        raise MeetingRefusedError(str(refusal)) from None
    AgendaItem.objects.filter(pk__in=[i.pk for i in waiting]).update(state=ItemState.NOT_REACHED)
    meeting.closed_at, meeting.closed_by = at, by
    meeting.version += 1
    meeting.save(update_fields=["state", "closed_at", "closed_by", "version"])
    bump(meeting, "meeting", "items", "current", item=None)
    tell_closed(meeting, policy=policy_on(meeting), by=by, at=at)
    people.record(
        council=meeting.panel.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action="meeting.closed",
        subject="meeting",
        subject_ref=meeting.reference,
        facts={"number": meeting.number},
    )
    return meeting
