"""Everything one run-sheet page shows of one item, gathered in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from decisions.queries import live as questions
from decisions.queries.money import Effect, effect_of
from decisions.queries.outside import to_decide
from decisions.rules import Timer, timer_of
from decisions.states import ItemState
from people.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from decisions.models import AgendaItem, Interest, LiveState
    from decisions.queries.live import CaseRoom
    from decisions.rules import Person
    from panels.models import Meeting
    from panels.policy import Policy
    from people.models import User


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of the list on the left."""

    item: AgendaItem
    number: int
    is_current: bool
    is_selected: bool
    is_done: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class Spent:
    """What this meeting has agreed so far, in pence."""

    count: int
    this_year_pence: int
    next_year_pence: int


def slots_of(items: Sequence[Any], *, selected: AgendaItem | None, policy: Policy, panel: str) -> list[Slot]:
    """The items, from `listed_of`, with their state and, where decided, the outcome in the policy's words."""
    labels = {o.code: o.label for o in policy.outcomes(panel)}
    rows = []
    for number, item in enumerate(items, start=1):
        rows.append(
            Slot(
                item=item,
                number=number,
                is_current=item.state == ItemState.CALLED,
                is_selected=selected is not None and item.pk == selected.pk,
                is_done=item.state in questions.FINISHED,
                outcome=labels.get(item.outcome, item.outcome) or "",
            )
        )
    return rows


def spent_in(items: Sequence[Any]) -> Spent:
    """Add up what the standing decisions of a meeting's items, from `listed_of`, commit."""
    decided = [item for item in items if item.this_year_pence is not None]
    return Spent(
        count=len(decided),
        this_year_pence=sum(item.this_year_pence for item in decided),
        next_year_pence=sum(item.next_year_pence for item in decided),
    )


def answer_of(interests: Sequence[Interest], user: User) -> Interest | None:
    """What somebody declared on a case; None before they have."""
    return next((interest for interest in interests if interest.user_id == user.pk), None)


def must_declare(item: AgendaItem, user: User) -> bool:
    """Whether somebody sits on the panel, so that they are asked about interests before a case's papers open."""
    return (
        item.application_id is not None
        and user.may(Permission.DECLARE_INTEREST)
        and not user.may(Permission.BUILD_AGENDA)
    )


@dataclass(frozen=True, slots=True)
class OnTheTable:
    """The money and the room of one case as they are now."""

    room: CaseRoom
    words: str
    level: str
    effect: Effect
    timer: Timer | None


def on_the_table(
    item: AgendaItem, *, policy: Policy, at: datetime, interests: Sequence[Interest] | None = None
) -> OnTheTable:
    """Work out quorum, money and time of a case at a moment; `interests` where they were read already."""
    room = questions.case_room(item, at=at, interests=interests)
    assert item.application is not None  # noqa: S101
    return OnTheTable(
        room=room,
        words=questions.quorum_words(room, policy=policy),
        level="bad" if room.met is False else "warn" if room.assessment.quorum and room.met is None else "good",
        effect=effect_of(item.application, to_decide(item.application), at=at),
        timer=timer_of(called_at=item.called_at, planned=item.minutes, now=at)
        if item.state == ItemState.CALLED
        else None,
    )


def live_of(meeting: Meeting) -> LiveState | None:
    """The row that says what the room looks at, read with the meeting; None before the agenda was touched."""
    return getattr(meeting, "live", None)


def present(people: Sequence[Person]) -> list[Person]:
    """Those who are in the room."""
    return [p for p in people if p.is_here]


def proposed_review(item: AgendaItem) -> Any:
    """A day offered for the review: the earliest the plan names, else the last day of the first resource to end."""
    application = item.application
    if application is None:
        return None
    planned = [
        a.review for a in application.plan_actions.all() if a.review and a.review > application.created_at.date()
    ]
    ends = [line.end for line in application.lines.all() if line.end]
    soonest_end = min(ends) if ends else None
    soonest = min(planned) if planned else None
    if soonest and soonest_end:
        return min(soonest, soonest_end)
    return soonest or soonest_end
