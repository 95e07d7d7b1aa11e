"""What the panel of the demonstration decides, who comes and which reviews it looks at: the same for every telling."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from decisions.queries.outside import to_decide
from decisions.services import Minute, NewAction, NewCondition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from applications.models import Application
    from panels.models import Meeting, SeatHolder
    from panels.policy import Policy

REASONS = (
    "The panel agreed. What was tried before is clear, the plan says who does what, and the price is the best found.",
    "The panel agreed and asked for a plan to step down by the first review.",
    "The panel agreed. The school place is kept and the brothers and sisters are seen every week.",
)
BOOKED = "Booked by telephone."
MORE_NEEDED = "More is needed before it can be decided."
VIEWS = "Finance: within the line. Virtual school: supports it. Fostering: no match before the spring."
EVIDENCE = (
    ("The school’s letter, on the child’s file.", timedelta(days=9)),
    ("The report, read by the worker.", timedelta(days=63)),
)
NOTHING_YET = "The assessment does not yet say why support at home cannot do; bring it back."
LOOKED_AT = (
    "Visits happen as agreed and the child is settled. Goes on as it is.",
    "The first goals are met. The worker brings a plan to step down.",
    "The provider reports every month; school attendance is up. Goes on as it is.",
)
FORGOTTEN = 6  # one review in so many is, so that the list of what is overdue shows something
DECLARING = 2  # so many say that they have no interest, where the policy does not want everybody's word
ROOM = 6  # people of an ordinary meeting, where the policy counts no heads
MET_BY, REPORT_BY = timedelta(days=21), timedelta(days=70)  # the days of what an agreement hangs on
IS_RECENT = timedelta(days=60)  # from here on every third action is still to be done


def minute_for(application: Application, *, policy: Policy, panel: str, turn: int, at: datetime) -> Minute:
    """What is decided of a request: mostly agreed, now and then put off or refused, by its turn."""
    wanted = {4: ("defer",), 6: ("refuse", "defer")}.get(turn % 9, ("agree",))
    outcomes = policy.outcomes(panel)
    outcome = next(o for effect in (*wanted, "agree") for o in outcomes if o.effect == effect)
    agreed = outcome.effect == "agree"
    lines = to_decide(application) if agreed else []
    review = _review_day(lines[0].start, lines[0].end) if lines and outcome.review_date != "never" else None
    on = timezone.localdate(at)
    provider = lines[0].provider if lines and lines[0].provider else "The provider"
    settled = NewCondition(
        text="The school says in writing that the place is kept", owner=str(application.worker), due=on + MET_BY
    )
    report = NewCondition(text="A report to the allocated worker before the review", owner=provider, due=on + REPORT_BY)
    tell = NewAction(
        text="Tell the family the decision and the reasons",
        owner=application.worker,
        due=on + timedelta(days=14),
    )
    return Minute(
        outcome=outcome.code,
        reasons=REASONS[turn % 3] if agreed else NOTHING_YET,
        members_views=VIEWS if agreed else "",
        lines=lines,
        conditions=[settled, report] if agreed else [],
        actions=[tell],
        review_date=review,
    )


def _review_day(start: date, end: date | None) -> date:
    return min(start + timedelta(days=84), end) if end else start + timedelta(days=84)


def is_done(turn: int, *, at: datetime, now: datetime) -> bool:
    """Whether an action given in a turn is done by now."""
    return bool(turn % 3) or now - at > IS_RECENT


def met(turn: int, *, at: datetime, now: datetime) -> list[tuple[str, datetime]]:
    """What shows that the first, the second condition given in a turn is met, and since when, as far as they are."""
    if not is_done(turn, at=at, now=now):
        return []
    return [(evidence, at + later) for evidence, later in EVIDENCE if at + later <= now]


def coming(holders: Sequence[SeatHolder], meeting: Meeting, *, policy: Policy) -> list[tuple[SeatHolder, str]]:
    """Who of the seats comes and who sends apologies.

    Everybody comes where the policy counts heads; elsewhere it is a room of ordinary size, and one is away.
    """
    if any(entry.quorum is not None for entry in policy.entries):
        return [(holder, "came") for holder in holders]
    return [
        (holder, "apologies" if number == 4 and holder.user_id != meeting.chair_id else "came")
        for number, holder in enumerate(holders[:ROOM])
    ]


def declaring(policy: Policy, panel: str) -> int | None:
    """How many of those who came say that they have no interest in a case; None for all of them."""
    return None if policy.panel(panel).offices.declarations == "standing_item" else DECLARING
