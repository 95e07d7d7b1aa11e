"""When a panel meets: the next days its schedule suggests, and what a chosen time departs from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from panels.policy import Policy
from panels.policy.schema import Panel, Schedule
from panels.rules.assessment import Finding
from panels.rules.calendar import is_working_day, london, months_after, working_days_after

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


LAST = -1


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting that is planned or was held: its first and last instant."""

    starts: datetime
    ends: datetime

    @property
    def day(self) -> date:
        """Its day in London."""
        return london(self.starts).date()


def proposed_days(
    panel: Panel, *, after: date, held: Sequence[Sitting], most: int = 4, level: str | None = None
) -> list[date]:
    """Days on which the panel's schedule would have it meet, nearest first; none where the text gives no rhythm.

    A day that is no working day gives way to the next one that is. Days that have a meeting are left out.

    Args:
        panel: As the policy describes it.
        after: The last day that is too early.
        held: Meetings of the panel, past and planned.
        most: How many days at most.
        level: Only days on which cases of this level are heard, where the policy has levels.
    """
    schedule = panel.schedule
    weekday = WEEKDAYS.index(schedule.weekday) if schedule.weekday else _usual_weekday(held)
    if schedule.every == "days" and schedule.days:
        days = _by_rhythm(after=after, step=schedule.days, held=held, weekday=weekday, most=most)
    elif schedule.every == "month" and weekday is not None and (ranks := _ranks(schedule, level)):
        days = _by_month(after=after, ranks=ranks, weekday=weekday, most=most + len(held))
    else:
        return []
    taken = {sitting.day for sitting in held}
    free = [day if is_working_day(day) else working_days_after(day, 1) for day in days]
    return [day for day in dict.fromkeys(free) if day > after and day not in taken][:most]


def _usual_weekday(held: Sequence[Sitting]) -> int | None:
    latest = max(held, key=lambda sitting: sitting.starts, default=None)
    return latest.day.weekday() if latest else None


def _by_rhythm(*, after: date, step: int, held: Sequence[Sitting], weekday: int | None, most: int) -> list[date]:
    """Every so many days, counted on from the latest meeting; from the day after where there was none."""
    latest = max((sitting.day for sitting in held), default=None)
    day = latest + timedelta(days=step) if latest else after + timedelta(days=1)
    if latest is None and weekday is not None:
        day += timedelta(days=(weekday - day.weekday()) % 7)
    while day <= after:
        day += timedelta(days=step)
    return [day + timedelta(days=step * number) for number in range(most)]


def _ranks(schedule: Schedule, level: str | None) -> tuple[int, ...]:
    """Which such weekdays of a month: those of the level or the policy; spread, where it says only how many."""
    if level is not None and schedule.levels:
        return schedule.levels.get(level, ())
    if schedule.ranks or not schedule.meetings:
        return schedule.ranks
    return {1: (2,), 2: (1, 3), 3: (1, 2, 3)}.get(schedule.meetings, (1, 2, 3, 4))


def nth_weekday(month: date, *, weekday: int, rank: int) -> date | None:
    """The n-th such weekday of a month (0 is Monday), the last for rank -1; None where the month has no such day."""
    first = month.replace(day=1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7, weeks=max(rank, 1) - 1)
    while rank == LAST and (day + timedelta(weeks=1)).month == first.month:
        day += timedelta(weeks=1)
    return day if day.month == first.month else None


def _by_month(*, after: date, ranks: Sequence[int], weekday: int, most: int) -> list[date]:
    """On these weekdays of each month."""
    days: list[date] = []
    month = after.replace(day=1)
    while len(days) < most:
        found = {nth_weekday(month, weekday=weekday, rank=rank) for rank in ranks}
        days += sorted(day for day in found if day is not None and day > after)
        month = months_after(month, 1)
    return days


def departures(policy: Policy, panel: Panel, *, chosen: Sitting, held: Sequence[Sitting]) -> list[Finding]:
    """What a chosen time departs from: a warning with its clause for each; empty where it fits or the text is silent.

    Args:
        policy: Whose clauses are named.
        panel: As the policy describes it.
        chosen: The time thought of.
        held: The panel's other meetings.
    """
    schedule = panel.schedule
    rule = schedule.rule or panel.rule
    clause = policy.clause(rule)
    texts = [
        _odd_weekday(schedule.weekday, chosen),
        _odd_clock(schedule.starts, chosen),
        _too_long(schedule.length, chosen, is_limit=schedule.at_most),
        _too_many_in_a_month(schedule.meetings if schedule.every == "month" else None, chosen, held),
        _off_rhythm(schedule.days if schedule.every == "days" else None, chosen, held),
    ]
    found = [Finding(rule, clause, "warn", "list", text) for text in texts if text]
    if not is_working_day(chosen.day):
        found.append(Finding(rule, clause, "inform", "list", "This day is no working day."))
    return found


def _odd_weekday(weekday: str | None, chosen: Sitting) -> str:
    if weekday is None or WEEKDAYS[chosen.day.weekday()] == weekday:
        return ""
    return f"The panel meets on a {weekday.capitalize()}; this is a {chosen.day:%A}."


def _odd_clock(starts: str | None, chosen: Sitting) -> str:
    clock = f"{london(chosen.starts):%H:%M}"
    return "" if starts is None or starts == clock else f"The panel starts at {starts}; this starts at {clock}."


def _too_long(length: int | None, chosen: Sitting, *, is_limit: bool) -> str:
    minutes = (chosen.ends - chosen.starts) // timedelta(minutes=1)
    if length is None or minutes <= length:
        return ""
    return f"A meeting lasts {'at most ' if is_limit else ''}{length} minutes; this lasts {minutes}."


def _too_many_in_a_month(meetings: int | None, chosen: Sitting, held: Sequence[Sitting]) -> str:
    if meetings is None:
        return ""
    same = [s for s in held if (s.day.year, s.day.month) == (chosen.day.year, chosen.day.month)]
    if len(same) < meetings:
        return ""
    return (
        f"The panel meets {meetings} times a month; with this it would meet {len(same) + 1} times in {chosen.day:%B}."
    )


def _off_rhythm(days: int | None, chosen: Sitting, held: Sequence[Sitting]) -> str:
    earlier = [sitting.day for sitting in held if sitting.day < chosen.day]
    if days is None or not earlier:
        return ""
    gap = (chosen.day - max(earlier)).days
    return "" if gap == days else f"The panel meets every {days} days; this is {gap} days after the meeting before."
