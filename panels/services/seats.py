"""Who holds the seats of a panel."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from panels.models import Panel, SeatHolder
from people.models import User
from people.models.record import Verb
from people.services import record


class SeatRefusedError(Exception):
    """A seat that may not be given, with the reason a page shows."""


@transaction.atomic
def give_seat(
    *, panel: Panel, seat: str, user: User, since: date, by: User | None, at: datetime, until: date | None = None
) -> SeatHolder:
    """Seat somebody on a panel between two days, both included.

    Raises:
        SeatRefusedError: of another council, no days, or seated there already on one of them.
    """
    if user.council_id != panel.council_id:
        raise SeatRefusedError("A seat goes to somebody of the same council.")
    if until is not None and until < since:
        raise SeatRefusedError("The last day lies before the first.")
    standing = SeatHolder.objects.filter(panel=panel, seat=seat, user=user).on(since)
    if standing.exists():
        raise SeatRefusedError("They hold this seat on that day already.")
    holder = SeatHolder.objects.create(panel=panel, seat=seat, user=user, since=since, until=until)
    _record(holder, action="seat.given", by=by, at=at)
    return holder


@transaction.atomic
def leave_seat(*, holder: SeatHolder, last_day: date, by: User | None, at: datetime) -> SeatHolder:
    """End somebody's time in a seat; the row stays. A last day before the first one means the day before it began."""
    holder.until = max(last_day, holder.since - timedelta(days=1))
    holder.save(update_fields=["until"])
    _record(holder, action="seat.left", by=by, at=at)
    return holder


def _record(holder: SeatHolder, *, action: str, by: User | None, at: datetime) -> None:
    record(
        council=holder.panel.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=action,
        subject="panel",
        subject_ref=f"{holder.panel.slug}{':' + holder.panel.area if holder.panel.area else ''}",
        facts={"seat": holder.seat, "user": holder.user_id, "since": holder.since, "until": holder.until},
    )
