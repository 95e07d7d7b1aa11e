"""What was noted at meetings of long ago, written at once: the rows the services would write one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decisions.models import AttendanceEvent, Interest
from decisions.services.following import bump
from people.models.record import Verb
from people.services import record_many
from people.services.record import Happening

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from decisions.models import AgendaItem
    from panels.models import Meeting, SeatHolder
    from people.models import User


def note_attendance(*, meeting: Meeting, came: Sequence[tuple[SeatHolder, str]], by: User, at: datetime) -> None:
    """Note who of the seats came to a meeting and who sent apologies."""
    AttendanceEvent.objects.bulk_create(
        AttendanceEvent(meeting=meeting, user=holder.user, role=holder.seat, kind=kind, noted_at=at, noted_by=by)
        for holder, kind in came
    )
    bump(meeting, "attendance")
    record_many(
        council=meeting.panel.council,
        happenings=[
            _happening(meeting, f"attendance.{kind}", by=by, at=at, facts={"user": holder.user_id, "role": holder.seat})
            for holder, kind in came
        ],
    )


def declare_none(*, item: AgendaItem, people: Iterable[User], at: datetime) -> None:
    """Write down that each of these people has no interest in a case."""
    people = list(people)
    Interest.objects.bulk_create(
        Interest(item=item, user=person, declared_at=at, declared_by=person) for person in people
    )
    bump(item.meeting, "attendance", "case")
    record_many(
        council=item.meeting.panel.council,
        happenings=[
            _happening(
                item.meeting,
                "interest.declared",
                by=person,
                at=at,
                facts={"item": item.reference, "user": person.pk, "interest": False, "withdraws": False},
            )
            for person in people
        ],
    )


def _happening(meeting: Meeting, action: str, *, by: User, at: datetime, facts: dict[str, object]) -> Happening:
    return Happening(
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=action,
        subject="meeting",
        subject_ref=meeting.reference,
        facts=facts,
    )
