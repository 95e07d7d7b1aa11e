"""One meeting of the demonstration: its agenda published, held, decided, signed, all through the services.

But for who was in the room and had no interest, which of a meeting of long ago is written at once: the same rows.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from decisions import services
from decisions.models import AgendaItem, Approval
from decisions.queries.outside import to_decide
from decisions.services import Minute, NewAction, NewCondition
from decisions.states import DecisionState, ItemState
from panels.models import SeatHolder
from people.services import put_down_together

from . import past
from .cast import PASSWORD, Cast

if TYPE_CHECKING:
    from applications.models import Application
    from decisions.models import Decision
    from panels.models import Meeting
    from people.models import User

REASONS = (
    "The panel agreed. What was tried before is clear, the plan says who does what, and the price is the best found.",
    "The panel agreed and asked for a plan to step down by the first review.",
    "The panel agreed. The school place is kept and the brothers and sisters are seen every week.",
)
VIEWS = "Finance: within the line. Virtual school: supports it. Fostering: no match before the spring."


class Sitting:
    """Holds one meeting; where it `is_recent`, each word of the room is noted by itself."""

    def __init__(self, cast: Cast, meeting: Meeting, *, is_recent: bool) -> None:
        self.cast = cast
        self.meeting = meeting
        self.is_recent = is_recent
        self.administrator = cast.administrator
        assert meeting.chair is not None
        self.chair: User = meeting.chair

    def publish(self, ready: list[Application], *, at: datetime) -> None:
        """List requests that are ready and publish the agenda."""
        if not ready:
            return
        for application in ready:
            services.put_on_agenda(
                meeting=self.meeting,
                application=application,
                by=self.administrator,
                at=at,
                reason="Booked by telephone.",
            )
        services.publish_agenda(meeting=self.meeting, by=self.administrator, at=at)

    def hold(self, ready: list[Application], *, signs: bool, turn: int) -> None:
        """Publish, open, decide each case and close; sign decisions and minutes where `signs`."""
        if not ready:
            return
        starts = self.meeting.starts_at
        self.publish(ready, at=starts - timedelta(days=4))
        services.open_meeting(meeting=self.meeting, by=self.administrator, at=starts)
        self._come(starts)
        at = starts
        decided = []
        for number, item in enumerate(self._cases()):
            at += timedelta(minutes=12)
            decision = self._decide(item, turn=turn + number, at=at)
            if decision is not None:
                decided.append(decision)
        ends = max(at, self.meeting.ends_at)
        services.close_meeting(meeting=self.meeting, by=self.administrator, at=ends)
        if signs:
            self._sign(decided, at=ends + timedelta(hours=2))

    def _cases(self) -> list[AgendaItem]:
        return list(
            AgendaItem.objects.filter(meeting=self.meeting, kind=AgendaItem.Kind.CASE, state=ItemState.WAITING)
            .select_related("meeting__panel__council", "application__worker")
            .order_by("position")
        )

    def _come(self, at: datetime) -> None:
        holders = SeatHolder.objects.filter(panel=self.meeting.panel).on(timezone.localdate(at)).select_related("user")
        # Everybody where the policy counts heads; elsewhere a room of ordinary size, the chair's seat among the first.
        holders = holders.order_by("pk") if self._has_quorum() else holders.order_by("pk")[:6]
        came = []
        for number, holder in enumerate(holders):
            absent = number == 4 and holder.user_id != self.chair.pk and not self._has_quorum()
            came.append((holder, "apologies" if absent else "came"))
        if self.is_recent:
            for holder, kind in came:
                services.note_attendance(
                    meeting=self.meeting, kind=kind, role=holder.seat, user=holder.user, by=self.administrator, at=at
                )
        else:
            past.note_attendance(meeting=self.meeting, came=came, by=self.administrator, at=at)

    def _has_quorum(self) -> bool:
        return any(entry.quorum is not None for entry in self.cast.policy.entries)

    def _declare(self, item: AgendaItem, at: datetime) -> None:
        came = self.meeting.attendance.filter(kind="came", user__isnull=False).select_related("user").order_by("pk")
        # Where the policy wants everybody's word, everybody gives it; elsewhere the first two do.
        offices = self.cast.policy.panel(self.meeting.panel.slug).offices
        people = [event.user for event in came if event.user is not None]
        people = people[: None if offices.declarations == "standing_item" else 2]
        if self.is_recent:
            for person in people:
                services.declare_interest(item=item, user=person, nature="", withdraws=False, by=person, at=at)
        else:
            past.declare_none(item=item, people=people, at=at)

    def _decide(self, item: AgendaItem, *, turn: int, at: datetime) -> Decision | None:
        self._declare(item, at)
        item = services.call_item(item=item, by=self.administrator, at=at)
        assert item.application is not None
        wanted = {4: ("defer",), 6: ("refuse", "defer")}.get(turn % 9, ("agree",))
        outcomes = self.cast.policy.outcomes(self.meeting.panel.slug)
        outcome = next(o for effect in (*wanted, "agree") for o in outcomes if o.effect == effect)
        agreed = outcome.effect == "agree"
        lines = to_decide(item.application) if agreed else []
        review = self._review_day(lines[0].start, lines[0].end) if lines else None
        if outcome.review_date == "never":
            review = None
        minute = Minute(
            outcome=outcome.code,
            reasons=REASONS[turn % 3]
            if agreed
            else "The assessment does not yet say why support at home cannot do; bring it back.",
            members_views=VIEWS if agreed else "",
            lines=lines,
            conditions=[NewCondition(text="A report every month to the allocated worker", owner="The provider")]
            if agreed
            else [],
            actions=[
                NewAction(
                    text="Tell the family the decision and the reasons",
                    owner=item.application.worker,
                    due=timezone.localdate(at) + timedelta(days=14),
                )
            ],
            review_date=review,
        )
        try:
            with put_down_together():
                decision = services.record(
                    item=item, minute=minute, item_version=item.version, by=self.chair, at=at + timedelta(minutes=6)
                )
        except services.DecisionRefusedError:
            # The council's rules ask for something the demonstration does not have: the case is heard again.
            services.carry_forward(
                item=item, reason="More is needed before it can be decided.", by=self.administrator, at=at
            )
            return None
        # Every third action of the last months is still open, so that the lists of what is due show something.
        if turn % 3 or timezone.now() - at > timedelta(days=60):
            for action in decision.actions.all():
                services.mark_done(action=action, by=action.owner, at=at + timedelta(days=9))
        return decision

    @staticmethod
    def _review_day(start: date, end: date | None) -> date:
        return min(start + timedelta(days=84), end) if end else start + timedelta(days=84)

    def _sign(self, decided: list[Decision], *, at: datetime) -> None:
        for decision in decided:
            for approval in decision.approvals.filter(answer=Approval.Answer.WAITING):
                services.answer_approval(
                    approval=approval, agrees=True, reasons="Agreed.", by=self._officer(approval), at=at
                )
            decision.refresh_from_db()
            if decision.state == DecisionState.CONFIRMED:
                services.sign(decision=decision, password=PASSWORD, by=self.chair, at=at)
        services.sign_minutes(meeting=self.meeting, password=PASSWORD, by=self.chair, at=at + timedelta(minutes=5))

    def _officer(self, approval: Approval) -> User:
        return self.cast.by_role[approval.role]
