"""The people and the meeting that scenarios are played with: one council, whatever the size of the data set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from django.utils import timezone

from applications.models import (
    Alternative,
    Application,
    Document,
    OtherFunding,
    PlanAction,
    ResourceLine,
    SignOff,
    View,
)
from decisions import services
from decisions.models import AgendaItem
from decisions.states import ItemState
from panels.models import Meeting, SeatHolder
from panels.policy import installed, load
from panels.states import MeetingState
from people.models import Council, RoleHeld, User
from people.permissions import Capacity

from .copying import FAR, Copier, Copy, Model

if TYPE_CHECKING:
    from datetime import datetime

PARTS = (ResourceLine, Alternative, Document, OtherFunding, PlanAction, View, SignOff)
BEYOND = 5_000  # rounds of copying above those that made the data set


@dataclass(frozen=True)
class World:
    """One council of the data set, now."""

    now: datetime

    @cached_property
    def council(self) -> Council:
        """The council that is measured."""
        # The council whose policy says most makes the rules work hardest.
        return Council.objects.get(slug=max(installed(), key=lambda slug: len(load(slug).entries)))

    def somebody(self, capacity: Capacity) -> User:
        """The first person of the council who is this to the panel, and as little else as possible."""
        held = RoleHeld.objects.filter(user__council=self.council, capacity=capacity).order_by("pk")
        offices = {
            role.user_id: RoleHeld.objects.filter(user_id=role.user_id).count() for role in held.select_related("user")
        }
        found: User = User.objects.get(pk=min(offices, key=lambda pk: (offices[pk], pk)))
        return found

    def request(self, state: str) -> Application:
        """The newest request of the demonstration itself in a state."""
        found = Application.objects.filter(council=self.council, state=state, pk__lt=FAR).order_by("-pk")
        return found.select_related("worker")[0]

    @property
    def meeting(self) -> Meeting:
        """The meeting whose agenda is published."""
        found = Meeting.objects.filter(panel__council=self.council, state=MeetingState.PUBLISHED).order_by("starts_at")
        return found.select_related("panel__council", "chair", "administrator")[0]

    def agenda_of(self, wanted: int) -> list[AgendaItem]:
        """Lengthen the published agenda by copies of its first case until so many cases wait."""
        cases = self.cases()
        first = cases[0]
        assert first.application is not None
        copiers = [
            Copier(Application, [first.application.pk]),
            *(Copier(part, list(_of(part, first.application))) for part in PARTS),
            Copier(AgendaItem, [first.pk], {"position": f"position + {{number}} - {BEYOND - 100}"}),
        ]
        for extra in range(wanted - len(cases)):
            number = BEYOND + extra
            moved: dict[Model, int] = dict.fromkeys([Application, AgendaItem, *PARTS], FAR * number)
            for copier in copiers:
                copier.copy(Copy(number=number, days=0, minutes=0, of=moved))
        return self.cases()

    def cases(self) -> list[AgendaItem]:
        """The cases that wait on the published agenda, in order."""
        found = AgendaItem.objects.filter(
            meeting=self.meeting, kind=AgendaItem.Kind.CASE, state=ItemState.WAITING
        ).order_by("position", "pk")
        return list(found.select_related("meeting__panel__council", "application__child", "application__worker"))

    def open(self) -> Meeting:
        """Open the meeting with everybody who has a seat in the room, and nobody with an interest."""
        meeting = self.meeting
        by, at = self.recorder, max(self.now, meeting.starts_at)
        services.open_meeting(meeting=meeting, by=by, at=at)
        day = timezone.localdate(at)
        present = list(SeatHolder.objects.filter(panel=meeting.panel).on(day).select_related("user"))
        for holder in present:
            services.note_attendance(meeting=meeting, kind="came", role=holder.seat, user=holder.user, by=by, at=at)
        return meeting

    def call(self, item: AgendaItem) -> AgendaItem:
        """Put a case on the table, every interest declared."""
        at = max(self.now, item.meeting.starts_at)
        for holder in SeatHolder.objects.filter(panel=item.meeting.panel).on(timezone.localdate(at)).distinct():
            services.declare_interest(item=item, user=holder.user, nature="", withdraws=False, by=holder.user, at=at)
        return services.call_item(item=item, by=self.recorder, at=at)

    @property
    def recorder(self) -> User:
        """Who writes the minutes."""
        return self.somebody(Capacity.ADMINISTRATOR)

    @property
    def chair(self) -> User:
        """Who leads the meeting."""
        chair = self.meeting.chair
        assert chair is not None
        return chair


def _of(part: Model, application: Application) -> list[int]:
    return list(part._default_manager.filter(application=application).values_list("pk", flat=True))  # noqa: SLF001


class _Forms(HTMLParser):
    """Collects what a browser would send of each form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.fields: dict[str, str] = {}
        self.choosing = self.writing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "form":
            self.fields = self.forms.setdefault(said.get("action") or "", {})
        elif tag == "input" and name and said.get("type") not in {"submit", "button", "file"}:
            if said.get("type") not in {"radio", "checkbox"} or "checked" in said:
                self.fields[name] = said.get("value") or ""
        elif tag == "textarea":
            self.writing, self.fields[name] = name, ""
        elif tag == "select":
            self.choosing = name
        elif tag == "option" and self.choosing and "selected" in said:
            self.fields[self.choosing] = said.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.writing = ""
        elif tag == "select":
            self.choosing = ""
        elif tag == "form":
            self.fields = {}

    def handle_data(self, data: str) -> None:
        if self.writing:
            self.fields[self.writing] += data


def form_of(page: str, action: str) -> dict[str, str]:
    """What a browser would send of the form whose address ends so, nothing having been typed."""
    found = _Forms()
    found.feed(page)
    return next(dict(fields) for to, fields in found.forms.items() if to.endswith(action))
