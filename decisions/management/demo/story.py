"""A lived-in year of one demonstration council: children, requests in every state, meetings, decisions.

What is long over is made of the same parts as the services and written a table at a time; what is recent goes through
the services, at the instant it would have happened.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from applications import services as requests
from applications.models import Application
from applications.states import State
from panels import services as panels
from panels.models import Meeting, Panel
from people.services import put_down_together

from . import hours
from .cast import Cast
from .drafts import Drafts
from .hours import LONDON
from .nights import Nights
from .past import Past
from .shelf import Shelf
from .sitting import Sitting
from .trail import Trail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from people.models import User

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SENT = timedelta(days=20)  # before the meeting
LONG_PAST = 11  # meetings of the main panel; the one after them is held and written word by word


class Story:
    """Tells one council's year. `now` is the present; everything else is counted from it."""

    def __init__(self, cast: Cast, *, now: datetime, shift: int) -> None:
        self.cast = cast
        self.now = now
        self.drafts = Drafts(cast, now=now, shift=shift)
        self.shelf = Shelf()
        self.trail = Trail(cast, self.shelf)
        self.past = Past(cast, self.shelf, now=now)

    def tell(self) -> None:
        """A year of past meetings with their decisions, the coming meetings, and what is on its way."""
        main = self.cast.panels[0]
        meetings = self._meetings_past(main, LONG_PAST + 1)
        long_past = [*meetings[:LONG_PAST]]
        for panel in self.cast.panels[1:3]:
            long_past += self._meetings_past(panel, 1)
        self._held(long_past)
        nights = Nights(self.cast, main, now=self.now, write=self.drafts.write, send=self._sent)
        self._held_of_late(meetings[-1], also=nights.before_the_last_meeting(meetings[-1].starts_at))
        coming = {panel.pk: self._coming(panel, 4 if panel == main else 2) for panel in self.cast.panels}
        self._on_the_way(main, coming[main.pk])
        nights.of_today()

    # meetings -----------------------------------------------------------------------------------------------------
    def _first_day(self, panel: Panel, near: date) -> date:
        wanted = self.cast.policy.panel(panel.slug).schedule.weekday or "wednesday"
        return near + timedelta(days=(WEEKDAYS.index(wanted) - near.weekday()) % 7)

    def _meeting(self, panel: Panel, day: date) -> Meeting:
        schedule = self.cast.policy.panel(panel.slug).schedule
        starts = datetime.combine(day, time.fromisoformat(schedule.starts or "10:00"), tzinfo=LONDON)
        return panels.make_meeting(
            panel=panel,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=schedule.length or 120),
            place="Committee room 2",
            chair=self.cast.chairs.get(panel.pk),
            administrator=self.cast.administrator,
            by=self.cast.administrator,
            at=min(starts - timedelta(days=40), self.now - timedelta(days=1)),
            tells_members=False,
        )

    def _meetings_past(self, panel: Panel, count: int) -> list[Meeting]:
        today = self.now.astimezone(LONDON).date()
        days = [self._first_day(panel, today - timedelta(days=28 * back + 9)) for back in range(count, 0, -1)]
        return [self._meeting(panel, day) for day in days]

    def _coming(self, panel: Panel, count: int) -> list[Meeting]:
        today = self.now.astimezone(LONDON).date()
        apart = self.cast.policy.panel(panel.slug).schedule.days or 14
        first = self._first_day(panel, today + timedelta(days=8))
        return [self._meeting(panel, first + timedelta(days=apart * ahead)) for ahead in range(count)]

    def _held(self, meetings: Sequence[Meeting]) -> None:
        """Meetings of long ago with a case each, written together."""
        drafts = self.drafts.write([(m.panel, hours.before(m.starts_at - timedelta(days=24))) for m in meetings])
        pairs = [
            (meeting, draft)
            for meeting, draft in zip(meetings, drafts, strict=True)
            if self.trail.sent(draft, at=hours.before(meeting.starts_at - SENT), starts=meeting.starts_at)
        ]
        self.past.signed([draft for _, draft in pairs])
        held: dict[int, int] = {}
        for turn, (meeting, draft) in enumerate(pairs, start=1):
            held[meeting.panel_id] = held.get(meeting.panel_id, 0) + 1
            self.past.hold(meeting, [draft], number=held[meeting.panel_id], turn=turn)
        self.past.write()

    def _held_of_late(self, meeting: Meeting, *, also: Sequence[Application]) -> None:
        """The last meeting, not signed yet, with two cases and with others that are ready."""
        at, starts = hours.before(meeting.starts_at - SENT), meeting.starts_at
        first, second = self.drafts.write([(meeting.panel, hours.before(starts - timedelta(days=24)))] * 2)
        ready = [first] if self._sent(first, to=State.READY, at=at) else []
        ready += [second] if self.trail.sent(second, at=at, starts=starts) else []
        self.past.write()
        Sitting(self.cast, meeting).hold([*ready, *also], turn=self.drafts.told)

    # requests -----------------------------------------------------------------------------------------------------
    def _sent(self, application: Application, *, to: State, at: datetime) -> bool:
        """Send a request on its way to a state; False where the council's rules stand in the way."""
        try:
            with put_down_together():
                current = requests.submit(application=application, by=application.worker, at=at, skip_notes=True)
            while current.state == State.WITH_MANAGER and to in {State.SUBMITTED, State.READY}:
                at = hours.later(at)
                with put_down_together():
                    current = requests.sign(application=current, by=self._signer(current), at=at)
            if to == State.READY and current.state == State.SUBMITTED:
                with put_down_together():
                    requests.accept(application=current, by=self.cast.administrator, at=hours.later(at))
        except requests.RefusedError:
            return False
        return True

    def _signer(self, application: Application) -> User:
        if application.with_user is not None:
            return application.with_user
        if application.with_role == "team_manager":
            return self.cast.managers[application.team_id]
        return self.cast.by_role[application.with_role]

    def _on_the_way(self, panel: Panel, coming: list[Meeting]) -> None:
        """What the desks of today show: an agenda published, others ready, waiting, returned, being written."""
        before, yesterday = (hours.before(self.now - timedelta(days=ago)) for ago in (6, 1))
        moments = [*[hours.before(before - timedelta(days=10))] * 4, *[before] * 5, *[yesterday] * 2, before]
        drafts = iter(self.drafts.write([(panel, at) for at in moments]))
        listed = [next(drafts) for _ in range(4)]
        waits = next(drafts)
        ready = [one for one in listed if self.trail.sent(one, at=before, starts=coming[0].starts_at)]
        self.trail.sent(waits, at=before, starts=coming[0].starts_at)
        self.past.write()
        Sitting(self.cast, coming[0]).publish(ready[:3], at=hours.before(self.now - timedelta(days=2)))
        self._sent(next(drafts), to=State.SUBMITTED, at=before)
        for _ in range(2):
            self._sent(next(drafts), to=State.WITH_MANAGER, at=yesterday)
        self._returned(next(drafts), at=before)
        for _ in range(2):
            next(drafts)  # these are still being written
        withdrawn = next(drafts)
        requests.withdraw(
            application=withdrawn, reasons="The family found help of their own.", by=withdrawn.worker, at=before
        )

    def _returned(self, application: Application, *, at: datetime) -> None:
        """One that its manager gives back, where somebody has to sign it."""
        self._sent(application, to=State.WITH_MANAGER, at=at)
        application.refresh_from_db()
        if application.state == State.WITH_MANAGER:
            requests.return_to_worker(
                application=application,
                reasons="Say what was tried with the extended family, and bring the costs up to date.",
                by=self._signer(application),
                at=hours.before(self.now - timedelta(days=1)),
            )
