"""Meetings of long ago: judged, numbered and worded by what the services are made of, written a table at a time.

Most of a demonstration's year is over. What the services would write for it, row after row with a look at the
database between, is made here in memory, in the same order; only money is committed as it comes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from applications.models import SignOff
from decisions.models import (
    Action,
    AgendaItem,
    AgendaVersion,
    Answer,
    Approval,
    AttendanceEvent,
    Condition,
    CostNote,
    Decision,
    Duty,
    Interest,
    LiveState,
    Review,
    Sheet,
)
from decisions.queries.agenda import REVIEWS_AHEAD
from panels.models import Meeting, SeatHolder
from panels.services import policy_for
from panels.services.meetings import members_of
from people.models import Message

from . import choosing
from .hours import before, in_hours
from .room import Room
from .shelf import Shelf, write_over
from .signatures import Signatures

if TYPE_CHECKING:
    from applications.models import Application
    from panels.models import Panel
    from people.models import User

    from .cast import Cast

# What is pointed at comes before what points at it; sheets are read from what stands by then.
TABLES = (
    SignOff,
    AgendaItem,
    AgendaVersion,
    LiveState,
    AttendanceEvent,
    Interest,
    Decision,
    Decision.commitments.through,
    Condition,
    CostNote,
    Action,
    Approval,
    Review,
    Answer,
    Duty,
    CostNote,
)
LAST = (Sheet, Message)
OF_MEETINGS = (
    "state",
    "number",
    "version",
    "agenda_version",
    "opened_at",
    "opened_by",
    "closed_at",
    "closed_by",
    "signed_at",
    "signed_by",
)


class Past:
    """Holds the meetings of one council that are long over, those of a panel in order, and writes them together."""

    def __init__(self, cast: Cast, shelf: Shelf, *, now: datetime) -> None:
        self.cast = cast
        self.shelf = shelf
        self.now = now
        self.signatures = Signatures(cast, shelf)
        self.held: list[Meeting] = []
        self.met: list[tuple[Condition, dict[str, Any]]] = []
        self.due: dict[int, list[Review]] = {}  # reviews to be looked at, by panel
        self.planned = 0
        self.seats: dict[int, list[SeatHolder]] = {}  # by panel; nobody comes or goes in this year
        self.members: dict[int, list[User]] = {}  # by panel

    def signed(self, applications: list[Application]) -> None:
        """Write the signatures on the shelf, and read them with these requests."""
        self.shelf.write([SignOff])
        for application in applications:
            application.sign_offs.add()  # nothing is added; what was read before there were any is forgotten
        prefetch_related_objects(applications, "sign_offs", "outside_approvals")

    def hold(self, meeting: Meeting, ready: list[Application], *, number: int, turn: int) -> None:
        """Publish, open, decide each case and close; sign decisions and minutes.

        Args:
            meeting: planned, of a later day than those before of its panel.
            ready: requests that are ready for it, read with their parts and as `signed` reads them.
            number: of the meeting in its panel.
            turn: which outcome comes first.
        """
        if not ready:
            return
        panel, starts = meeting.panel, meeting.starts_at
        under = policy_for(council=self.cast.council, on=timezone.localdate(starts))
        room = Room(self.cast, self.shelf, meeting, under=under, now=self.now)
        reviews = self._to_look_at(meeting)
        room.publish(ready, reviews, members=self._members(meeting), at=before(starts - timedelta(days=4)))
        room.open(number=number, at=starts)
        room.come(choosing.coming(self._seats(meeting), meeting, policy=under[1]), at=starts)
        at, decided = starts, []
        for place, item in enumerate(room.cases):
            at += timedelta(minutes=12)
            written = room.decide(item, turn=turn + place, at=at)
            if written is not None:
                decided.append(written)
                self._plan(panel, written.reviews)
        room.look_at_reviews(at=at)
        ends = max(at, meeting.ends_at)
        room.close(at=ends)
        self.signatures.give(room, decided, at=in_hours(ends + timedelta(hours=2)))
        self.held.append(meeting)
        self.met += room.met

    def _plan(self, panel: Panel, reviews: list[Review]) -> None:
        """Remember reviews for a later meeting; one in so many is forgotten."""
        for review in reviews:
            self.planned += 1
            if self.planned % choosing.FORGOTTEN:
                self.due.setdefault(panel.pk, []).append(review)

    def _to_look_at(self, meeting: Meeting) -> list[Review]:
        """The reviews due by four weeks after a meeting, which looks at them."""
        last = timezone.localdate(meeting.starts_at) + REVIEWS_AHEAD
        due = self.due.get(meeting.panel_id, [])
        now = [review for review in due if review.due <= last]
        self.due[meeting.panel_id] = [review for review in due if review.due > last]
        return now

    def _seats(self, meeting: Meeting) -> list[SeatHolder]:
        if meeting.panel_id not in self.seats:
            held = SeatHolder.objects.filter(panel=meeting.panel).on(timezone.localdate(meeting.starts_at))
            self.seats[meeting.panel_id] = list(held.select_related("user").order_by("pk"))
        return self.seats[meeting.panel_id]

    def _members(self, meeting: Meeting) -> list[User]:
        if meeting.panel_id not in self.members:
            self.members[meeting.panel_id] = members_of(meeting)
        return self.members[meeting.panel_id]

    def write(self) -> None:
        """Write everything held since the last time."""
        write_over(Meeting, self.held, OF_MEETINGS)
        self.held.clear()
        self.shelf.write_requests()
        self.shelf.write(TABLES)
        for condition, facts in self.met:
            facts["condition"] = condition.pk  # it has one from here on
        self.met.clear()
        self.signatures.finish()
        self.shelf.write(LAST)
