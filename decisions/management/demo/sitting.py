"""The last meeting of the demonstration: published, held and decided word by word, all through the services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from decisions import services
from decisions.models import AgendaItem
from decisions.queries.agenda import reviews_due
from decisions.states import ItemState
from panels.models import SeatHolder
from people.services import put_down_together

from . import choosing
from .cast import Cast
from .hours import before

if TYPE_CHECKING:
    from applications.models import Application
    from panels.models import Meeting
    from people.models import User


class Sitting:
    """Holds one meeting; each word of the room is noted by itself."""

    def __init__(self, cast: Cast, meeting: Meeting) -> None:
        self.cast = cast
        self.meeting = meeting
        self.administrator = cast.administrator
        assert meeting.chair is not None
        self.chair: User = meeting.chair

    def publish(self, ready: list[Application], *, at: datetime) -> None:
        """List requests that are ready and reviews that are not overdue, and publish the agenda."""
        if not ready:
            return
        for application in ready:
            services.put_on_agenda(
                meeting=self.meeting,
                application=application,
                by=self.administrator,
                at=at,
                reason=choosing.BOOKED,
            )
        for review in reviews_due(self.meeting, user=self.administrator):
            if review.due >= timezone.localdate(at):  # the others were forgotten
                services.put_review_on_agenda(meeting=self.meeting, review=review, by=self.administrator, at=at)
        services.publish_agenda(meeting=self.meeting, by=self.administrator, at=at)

    def hold(self, ready: list[Application], *, turn: int) -> None:
        """Publish, open, decide each case, talk over the reviews and close. Nothing is signed yet."""
        if not ready:
            return
        at = starts = self.meeting.starts_at
        self.publish(ready, at=before(starts - timedelta(days=4)))
        services.open_meeting(meeting=self.meeting, by=self.administrator, at=starts)
        self._come(starts)
        for number, item in enumerate(self._waiting(AgendaItem.Kind.CASE)):
            at += timedelta(minutes=12)
            self._decide(item, turn=turn + number, at=at)
        reviews = [i for i in self._waiting(AgendaItem.Kind.STANDING) if i.origin == AgendaItem.Origin.REVIEW]
        for number, item in enumerate(reviews):
            services.note_standing(item=item, note=choosing.LOOKED_AT[number % 3], by=self.administrator, at=at)
        services.close_meeting(meeting=self.meeting, by=self.administrator, at=max(at, self.meeting.ends_at))

    def _waiting(self, kind: str) -> list[AgendaItem]:
        return list(
            AgendaItem.objects.filter(meeting=self.meeting, kind=kind, state=ItemState.WAITING)
            .select_related("meeting__panel__council", "application__worker")
            .order_by("position")
        )

    def _come(self, at: datetime) -> None:
        held = SeatHolder.objects.filter(panel=self.meeting.panel).on(timezone.localdate(at)).select_related("user")
        for holder, kind in choosing.coming(list(held.order_by("pk")), self.meeting, policy=self.cast.policy):
            services.note_attendance(
                meeting=self.meeting, kind=kind, role=holder.seat, user=holder.user, by=self.administrator, at=at
            )

    def _declare(self, item: AgendaItem, at: datetime) -> None:
        came = self.meeting.attendance.filter(kind="came", user__isnull=False).select_related("user").order_by("pk")
        people = [event.user for event in came if event.user is not None]
        for person in people[: choosing.declaring(self.cast.policy, self.meeting.panel.slug)]:
            services.declare_interest(item=item, user=person, nature="", withdraws=False, by=person, at=at)

    def _decide(self, item: AgendaItem, *, turn: int, at: datetime) -> None:
        self._declare(item, at)
        item = services.call_item(item=item, by=self.administrator, at=at)
        assert item.application is not None
        panel = self.meeting.panel.slug
        minute = choosing.minute_for(item.application, policy=self.cast.policy, panel=panel, turn=turn, at=at)
        try:
            with put_down_together():
                decision = services.record(
                    item=item, minute=minute, item_version=item.version, by=self.chair, at=at + timedelta(minutes=6)
                )
        except services.DecisionRefusedError:
            # The council's rules ask for something the demonstration does not have: the case is heard again.
            services.carry_forward(item=item, reason=choosing.MORE_NEEDED, by=self.administrator, at=at)
            return
        now = timezone.now()
        if choosing.is_done(turn, at=at, now=now):
            for action in decision.actions.all():
                services.mark_done(action=action, by=action.owner, at=at + timedelta(days=9))
        met = choosing.met(turn, at=at, now=now)
        for condition, (evidence, when) in zip(decision.conditions.all(), met, strict=False):
            services.mark_met(condition=condition, evidence=evidence, by=self.administrator, at=when)
