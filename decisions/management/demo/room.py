"""One meeting of long ago in memory: agenda, room, decisions; put on record in the words of the services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from applications.services.marking import PUBLISHED
from applications.states import Step
from decisions import states
from decisions.models import AgendaItem, AgendaVersion, AttendanceEvent, Decision, Interest, LiveState, Review
from decisions.queries import agenda as questions
from decisions.queries.following import COMMITS
from decisions.queries.funding import funded
from decisions.queries.live import noted_in
from decisions.queries.money import would_cost
from decisions.services.agenda import closing_items, standing_rows
from decisions.services.authority import judged
from decisions.services.dropping import put_in_time
from decisions.services.errors import DecisionRefusedError
from decisions.services.following import count_up
from decisions.services.publishing import snapshot_of
from decisions.services.recording import commit_lines
from decisions.services.rows import (
    PUTS_OFF,
    Written,
    beside,
    decision_of,
    happening_of,
    messages_of,
    minute_number,
    waits_for,
)
from decisions.states import ItemState, ItemStep
from panels.states import MeetingState, MeetingStep, after
from people.models.record import Verb
from people.services import messages_to, new_reference, record_many

from . import choosing
from .shelf import note, put_on_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from applications.models import Application
    from decisions.models import Condition
    from decisions.rules import Person
    from decisions.services.minute import Minute
    from panels.models import Meeting, PolicyVersion, SeatHolder
    from panels.policy import Policy
    from people.models import User

    from .cast import Cast
    from .shelf import Shelf


class Room:
    """A meeting held by its administrator and its chair. Nothing of it is written but what its decisions commit."""

    def __init__(
        self, cast: Cast, shelf: Shelf, meeting: Meeting, *, under: tuple[PolicyVersion, Policy], now: datetime
    ) -> None:
        self.shelf = shelf
        self.meeting = meeting
        self.under = under
        self.policy = under[1]
        self.panel = meeting.panel.slug
        self.now = now
        self.administrator = cast.administrator
        assert meeting.chair is not None
        self.chair: User = meeting.chair
        self.live = LiveState(meeting=meeting)
        self.items: list[AgendaItem] = []
        self.cases: list[AgendaItem] = []
        self.reviews: list[tuple[AgendaItem, Review]] = []
        self.noted: list[AttendanceEvent] = []
        self.met: list[tuple[Condition, dict[str, Any]]] = []  # each with what the record says of it: its key
        self.numbered = 0
        shelf.add(self.live)

    def say(self, action: str, *, at: datetime, by: User | None = None, **facts: Any) -> None:
        """Put on record what was done at the meeting; the administrator does what nobody else is named for."""
        put_on_record(
            self.meeting.panel.council,
            action,
            by=by or self.administrator,
            at=at,
            about=("meeting", self.meeting.reference),
            facts=facts,
        )

    # the agenda ---------------------------------------------------------------------------------------------------
    def publish(
        self, ready: Sequence[Application], reviews: Sequence[Review], *, members: Sequence[User], at: datetime
    ) -> None:
        """List requests that are ready and reviews that are due, and publish the agenda to its members."""
        by = self.administrator
        self.items = standing_rows(self.meeting, policy=self.policy, by=by, at=at)
        self.say("agenda.begun", at=at, standing=len(self.items))
        for application in ready:
            self._list(application, at=at)
        for review in reviews:
            self._list_review(review, at=at)
        self.shelf.add(*self.items)
        snapshot = snapshot_of(self.meeting, self.items, policy=self.policy) | {"number": 1, "changes": []}
        version = AgendaVersion(
            meeting=self.meeting, number=1, snapshot=snapshot, changes=[], published_at=at, published_by=by
        )
        self.shelf.add(version)
        self._move(MeetingStep.PUBLISH, agenda_version=1)
        for application in ready:
            self.shelf.change(application, by=by, at=at, why=PUBLISHED, is_published=True)
            note(application, "published", by=by, at=at)
        count_up(self.live, "meeting", "items")
        self._tell(members, at=at)
        put_on_record(
            self.meeting.panel.council,
            "agenda.published",
            by=by,
            at=at,
            about=("meeting", self.meeting.reference),
            facts={"agenda": 1, "requests": [i.application.reference for i in self.items if i.application]},
            verb=Verb.DISCLOSURE,
        )

    def _list(self, application: Application, *, at: datetime) -> None:
        item = AgendaItem(
            meeting=self.meeting,
            application=application,
            reference=new_reference("I"),
            title=application.title,
            minutes=questions.minutes_for(self.policy, self.panel, is_complex=application.is_complex),
            reason=choosing.BOOKED,
            added_at=at,
            added_by=self.administrator,
        )
        self._insert(item)
        self.cases.append(item)
        self.shelf.step(application, Step.LIST, "listed", by=self.administrator, at=at)
        count_up(self.live, "items")
        self.say("agenda.listed", at=at, item=item.reference, request=application.reference)

    def _list_review(self, review: Review, *, at: datetime) -> None:
        item = AgendaItem(
            meeting=self.meeting,
            reference=new_reference("I"),
            kind=AgendaItem.Kind.STANDING,
            origin=AgendaItem.Origin.REVIEW,
            title=f"Review of minute {review.decision.minute_number}",
            clause=review.rule or self.policy.panel(self.panel).review.rule or "",
            minutes=questions.minutes_for(self.policy, self.panel, is_complex=False),
            reason=f"due {review.due.day} {review.due:%B %Y}",
            added_at=at,
            added_by=self.administrator,
        )
        self._insert(item)
        review.item = item
        self.reviews.append((item, review))
        count_up(self.live, "items")
        self.say("agenda.review_listed", at=at, item=item.reference, decision=review.decision.reference)

    def _insert(self, item: AgendaItem) -> None:
        """After the last case; before the standing items that end every agenda."""
        self.items.insert(len(self.items) - closing_items(self.items, policy=self.policy, panel=self.panel), item)
        put_in_time(self.meeting, self.items)

    def _tell(self, members: Sequence[User], *, at: datetime) -> None:
        told = messages_to(
            members,
            council=self.meeting.panel.council,
            template="agenda_published",
            reference=self.meeting.reference,
            path=reverse("decisions:agenda", args=[self.meeting.reference]),
            event=f"agenda:{self.meeting.reference}:1",
            by=self.administrator,
            at=at,
            on=timezone.localdate(self.meeting.starts_at),
            about=self.meeting,
        )
        self.shelf.add(*told)

    def _move(self, step: MeetingStep, **fields: Any) -> None:
        """Take the meeting one step on."""
        self.meeting.state = after(MeetingState(self.meeting.state), step)
        self.meeting.version += 1
        for name, value in fields.items():
            setattr(self.meeting, name, value)

    # the meeting --------------------------------------------------------------------------------------------------
    def open(self, *, number: int, at: datetime) -> None:
        """Open the meeting, the so-manieth of its panel."""
        self._move(MeetingStep.OPEN, number=number, opened_at=at, opened_by=self.administrator)
        count_up(self.live, "meeting", "items", "current")
        self.live.recorder = self.administrator
        self.say("meeting.opened", at=at, number=number)

    def come(self, seats: Sequence[tuple[SeatHolder, str]], *, at: datetime) -> None:
        """Note who of the seats came and who sent apologies."""
        for holder, kind in seats:
            noted = AttendanceEvent(
                meeting=self.meeting,
                user=holder.user,
                role=holder.seat,
                kind=kind,
                noted_at=at,
                noted_by=self.administrator,
            )
            self.noted.append(noted)
            count_up(self.live, "attendance")
            self.say(f"attendance.{kind}", at=at, user=holder.user_id, role=holder.seat)
        self.shelf.add(*self.noted)

    def decide(self, item: AgendaItem, *, turn: int, at: datetime) -> Written | None:
        """Call a case, hear of no interest and decide it; None where the council's rules want more than there is."""
        application = item.application
        assert application is not None
        interests = self._declare(item, at=at)
        item.state = states.after_item(ItemState(item.state), ItemStep.CALL)
        item.called_at, item.called_by, item.version = at, self.administrator, item.version + 1
        self.shelf.step(application, Step.CALL, "called", by=self.administrator, at=at)
        count_up(self.live, "current", "items", "case")
        self.say("item.called", at=at, item=item.reference)
        minute = choosing.minute_for(application, policy=self.policy, panel=self.panel, turn=turn, at=at)
        people = noted_in(self.noted, at=at)
        try:
            written = self._record(item, minute, (people, interests), at=at + timedelta(minutes=6))
        except DecisionRefusedError:
            self._carry(item, application, at=at)
            return None
        if choosing.is_done(turn, at=at, now=self.now):
            self._do(written, at=at + timedelta(days=9))
        self._meet(written, choosing.met(turn, at=at, now=self.now))
        return written

    def _declare(self, item: AgendaItem, *, at: datetime) -> list[Interest]:
        said = []
        came = [event.user for event in self.noted if event.kind == AttendanceEvent.Kind.CAME and event.user]
        for person in came[: choosing.declaring(self.policy, self.panel)]:
            said.append(Interest(item=item, user=person, declared_at=at, declared_by=person))
            count_up(self.live, "attendance", "case")
            self.say(
                "interest.declared",
                by=person,
                at=at,
                item=item.reference,
                user=person.pk,
                interest=False,
                withdraws=False,
            )
        self.shelf.add(*said)
        return said

    def _record(
        self, item: AgendaItem, minute: Minute, room: tuple[Sequence[Person], Sequence[Interest]], *, at: datetime
    ) -> Written:
        """Decide as `services.record` does: judged, committed, written down, told."""
        application, by = item.application, self.chair
        assert application is not None
        verdict = judged(item, minute, policy=self.policy, by=by, at=at, room=room)
        count_up(self.live, "items", "current", "money", "case")
        agrees = verdict.outcome.effect in COMMITS
        lines = funded(minute.lines, application, policy=self.policy, at=at) if agrees else []
        reference = new_reference("D")
        is_held = bool(waits_for(verdict)) or verdict.in_principle
        committed = [] if is_held else commit_lines(application, lines, f"{reference}:1", by=by, at=at, is_first=True)
        self.numbered += 1
        decision = decision_of(
            item,
            minute,
            verdict,
            under=self.under,
            reference=reference,
            minute_number=minute_number(self.meeting, self.numbered, at=at),
            lines=lines,
            shots=[one.snapshot for one in committed] or would_cost(application, lines, at=at),
            by=by,
            at=at,
        )
        bought = [one.commitment for one in committed]
        written = beside(decision, minute, verdict, commitments=bought, lines=lines, policy=self.policy, decided_at=at)
        is_put_off = decision.effect in PUTS_OFF
        item.version += 1
        item.state = ItemState.DEFERRED if is_put_off else ItemState.DECIDED
        move, action = (Step.DEFER, "deferred") if is_put_off else (Step.DECIDE, "decided")
        has_it = application.worker if is_put_off else None
        self.shelf.step(application, move, action, by=by, at=at, with_user=has_it, with_role="")
        self.shelf.add(decision, *written.conditions, *written.actions, *written.approvals)
        self.shelf.add(*written.reviews, *written.answers, *written.duties, *messages_of(written, by=by, at=at))
        self.shelf.add(*(Decision.commitments.through(decision=decision, commitment=one) for one in bought))
        record_many(council=decision.council, happenings=[happening_of(written, "decision.recorded", by=by, at=at)])
        return written

    def _carry(self, item: AgendaItem, application: Application, *, at: datetime) -> None:
        """Leave a case for another meeting; it stands among the ready requests until somebody lists it."""
        by = self.administrator
        self.shelf.step(application, Step.PUT_BACK, "put_back", by=by, at=at)
        item.state = states.after_item(states.after_item(ItemState.CALLED, ItemStep.PUT_BACK), ItemStep.LEAVE)
        item.version, item.reason = item.version + 1, choosing.MORE_NEEDED
        self.shelf.step(application, Step.UNLIST, "unlisted", by=by, at=at, is_published=False)
        count_up(self.live, "items", "current")
        self.say("item.carried_forward", at=at, item=item.reference, to=None)

    @staticmethod
    def _do(written: Written, *, at: datetime) -> None:
        """Let the actions given be done by those they were given to."""
        decision = written.decision
        for action in written.actions:
            action.done_at, action.done_by = at, action.owner
            put_on_record(
                decision.council,
                "action.done",
                by=action.owner,
                at=at,
                about=("decision", decision.reference),
                facts={"action": action.reference},
            )

    def _meet(self, written: Written, met: Sequence[tuple[str, datetime]]) -> None:
        """Tick conditions as met, each with what shows it."""
        decision, by = written.decision, self.administrator
        for condition, (evidence, at) in zip(written.conditions, met, strict=False):
            condition.met_at, condition.met_by, condition.evidence = at, by, evidence
            facts: dict[str, Any] = {}
            self.met.append((condition, facts))
            about = ("decision", decision.reference)
            put_on_record(decision.council, "condition.met", by=by, at=at, about=about, facts=facts)

    def look_at_reviews(self, *, at: datetime) -> None:
        """Talk over the reviews on the agenda and note what was said."""
        for number, (item, review) in enumerate(self.reviews):
            item.note, item.state, item.version = choosing.LOOKED_AT[number % 3], ItemState.DECIDED, item.version + 1
            review.done_at, review.done_by = at, self.administrator
            count_up(self.live, "items")
            self.say("item.noted", at=at, item=item.reference)

    def close(self, *, at: datetime) -> None:
        """Close the meeting; standing items that nobody noted were not reached."""
        for item in self.items:
            if item.state == ItemState.WAITING:
                item.state = ItemState.NOT_REACHED
        self._move(MeetingStep.CLOSE, closed_at=at, closed_by=self.administrator)
        count_up(self.live, "meeting", "items", "current")
        self.say("meeting.closed", at=at, number=self.meeting.number)

    def sign_minutes(self, *, at: datetime) -> None:
        """Let the chair sign the minutes of the closed meeting."""
        self._move(MeetingStep.SIGN, signed_at=at, signed_by=self.chair)
        count_up(self.live, "meeting")
        self.say("minutes.signed", by=self.chair, at=at, number=self.meeting.number)
