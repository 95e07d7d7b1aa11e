"""Making, moving and cancelling meetings; who is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from panels.models import Meeting, MeetingQuerySet, Panel, SeatHolder
from panels.services.chairing import lacks_administrator
from panels.states import IllegalStepError, MeetingState, MeetingStep, after
from people.models import User
from people.models.record import Verb
from people.services import new_reference, owe_messages, record

LONGEST = timedelta(hours=12)


class MeetingRefusedError(Exception):
    """A meeting that cannot be made or changed so, with the reason a page shows."""


@transaction.atomic
def make_meeting(
    *,
    panel: Panel,
    starts_at: datetime,
    ends_at: datetime,
    by: User | None,
    at: datetime,
    place: str = "",
    chair: User | None = None,
    administrator: User | None = None,
    reason: str = "",
    tells_members: bool = True,
) -> Meeting:
    """Plan a meeting of a panel, and owe its members word of it.

    Whether the day fits the panel's schedule is a finding of the policy which the page shows before; it is never a
    reason to refuse, but then `reason` says why.

    Args:
        panel: Which panel sits.
        starts_at: First instant, aware.
        ends_at: Last instant, aware.
        by: Who plans it.
        at: When it is planned.
        place: Where, in words.
        chair: Who leads it.
        administrator: Who looks after it.
        reason: Why it departs from the schedule, where it does.
        tells_members: Whether members are told by message; a year loaded at once is told by its calendar.

    Raises:
        MeetingRefusedError: it ends before it starts, is longer than twelve hours, the panel sits then already, or
            it lacks the administrator the policy asks for.
    """
    _refuse_odd_times(starts_at, ends_at)
    for person in (chair, administrator):
        if person is not None and person.council_id != panel.council_id:
            raise MeetingRefusedError("Chair and administrator are people of the same council.")
    lacking = lacks_administrator(panel, administrator=administrator, on=timezone.localdate(starts_at))
    if lacking:
        raise MeetingRefusedError(lacking)
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(
                panel=panel,
                reference=new_reference("M"),
                starts_at=starts_at,
                ends_at=ends_at,
                place=place,
                chair=chair,
                administrator=administrator,
                reason=reason,
            )
    except IntegrityError:
        raise MeetingRefusedError("The panel has a meeting at this time already.") from None
    if tells_members:
        _tell_members(meeting, template="meeting_planned", by=by, at=at)
    _record(meeting, action="meeting.planned", by=by, at=at)
    return meeting


@transaction.atomic
def move_meeting(
    *,
    meeting: Meeting,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    expected_version: int,
    by: User,
    at: datetime,
) -> Meeting:
    """Move a meeting that has not begun to another time, and owe its members notice of it.

    Raises:
        MeetingRefusedError: it has begun, was changed meanwhile, or the panel sits then already.
    """
    _refuse_odd_times(starts_at, ends_at)
    meeting = _locked(meeting, expected_version)
    if meeting.state not in {MeetingState.PLANNED, MeetingState.PUBLISHED}:
        raise MeetingRefusedError(f"A meeting that is {meeting.get_state_display()} cannot be moved.")
    was = meeting.starts_at
    meeting.starts_at, meeting.ends_at, meeting.reason = starts_at, ends_at, reason
    meeting.version += 1
    try:
        with transaction.atomic():
            meeting.save(update_fields=["starts_at", "ends_at", "reason", "version"])
    except IntegrityError:
        raise MeetingRefusedError("The panel has a meeting at this time already.") from None
    _tell_members(meeting, template="meeting_changed", by=by, at=at)
    _record(meeting, action="meeting.moved", by=by, at=at, was=was)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, expected_version: int, by: User, at: datetime) -> Meeting:
    """Cancel a meeting that has not begun, and owe its members notice of it.

    Raises:
        MeetingRefusedError: it has begun, is over, or was changed meanwhile.
    """
    meeting = _locked(meeting, expected_version)
    try:
        meeting.state = after(MeetingState(meeting.state), MeetingStep.CANCEL)
    except IllegalStepError as refusal:
        raise MeetingRefusedError(str(refusal)) from None
    meeting.reason = reason
    meeting.version += 1
    meeting.save(update_fields=["state", "reason", "version"])
    _tell_members(meeting, template="meeting_cancelled", by=by, at=at)
    _record(meeting, action="meeting.cancelled", by=by, at=at)
    return meeting


def next_meetings(*, panel: Panel, after: datetime, limit: int = 3) -> MeetingQuerySet:
    """The next meetings of a panel that start after an instant and have not begun; the nearest first."""
    coming: MeetingQuerySet = Meeting.objects.filter(
        panel=panel, starts_at__gt=after, state__in=[MeetingState.PLANNED, MeetingState.PUBLISHED]
    )
    return coming.order_by("starts_at")[:limit]


def members_of(meeting: Meeting) -> list[User]:
    """Who belongs to a meeting on its day: the holders of the panel's seats, its chair and its administrator."""
    day = timezone.localdate(meeting.starts_at)
    seats = SeatHolder.objects.filter(panel=meeting.panel).on(day).select_related("user")
    people = {holder.user for holder in seats} | {p for p in (meeting.chair, meeting.administrator) if p is not None}
    return sorted((p for p in people if p.is_active), key=lambda person: person.pk)


def _refuse_odd_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise MeetingRefusedError("The meeting ends before it starts.")
    if ends_at - starts_at > LONGEST:
        raise MeetingRefusedError("A meeting lasts twelve hours at most.")


def _locked(meeting: Meeting, expected_version: int) -> Meeting:
    fresh = Meeting.objects.select_for_update(of=("self",)).select_related("panel__council").get(pk=meeting.pk)
    if fresh.version != expected_version:
        raise MeetingRefusedError("Somebody changed this meeting meanwhile. Look at it again before you change it.")
    return fresh


def _tell_members(meeting: Meeting, *, template: str, by: User | None, at: datetime) -> None:
    owe_messages(
        council=meeting.panel.council,
        recipients=members_of(meeting),
        template=template,
        reference=meeting.reference,
        path=f"/panels/meetings/{meeting.reference}/",
        event=f"{template}:{meeting.reference}:{meeting.version}",
        by=by,
        at=at,
        on=timezone.localdate(meeting.starts_at),
        about=meeting,
    )


def _record(meeting: Meeting, *, action: str, by: User | None, at: datetime, was: datetime | None = None) -> None:
    record(
        council=meeting.panel.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=action,
        subject="meeting",
        subject_ref=meeting.reference,
        facts={"starts_at": meeting.starts_at} | ({"was": was} if was else {}),
    )
