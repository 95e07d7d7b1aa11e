"""Timers: when each runs out, and whether what it waits for was in time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from panels.policy import schema as s
from panels.policy.cel import missed
from panels.rules import calendar
from panels.rules.assessment import Deadline
from panels.rules.engine.asking import Asking
from panels.rules.engine.program import Ready

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Moment = date | datetime
_clock = lru_cache(maxsize=64)(time.fromisoformat)


def deadlines(asking: Asking) -> tuple[Deadline, ...]:
    """Every timer that runs for this request; of several lines with the same timer the one that ends first.

    Tells the conditions of the policy which timers were missed.
    """
    run: dict[str, Deadline] = {}
    unknown: dict[str, tuple[str, ...]] = {}
    for ready in asking.all_here("deadlines", asking.program.deadlines):
        for line in [None] if ready.lines is None else asking.concerned(ready):
            _run(asking, ready, line, run=run, unknown=unknown)
    for timer, other in asking.program.voided:
        if timer in run and other in run and _day(run[timer]) > _day(run[other]):
            del run[timer]
    _tell_missed(asking, run, unknown)
    return tuple([run[timer] for timer in sorted(run)])


def _tell_missed(asking: Asking, run: dict[str, Deadline], unknown: dict[str, tuple[str, ...]]) -> None:
    """Say of each timer whether it was missed; one that does not run was not."""
    told = asking.program.not_missed.copy()
    missing = {timer: paths for timer, paths in unknown.items() if timer not in run}
    for timer, deadline in run.items():
        told[missed(timer)] = deadline.met is False
        if deadline.met is None and asking.facts.at is None:
            waiting = asking.program.timers[timer]
            if all(ready.part.kind == "due" for ready in waiting):
                missing[timer] = _not_told(asking, waiting[-1])
    for timer in missing:
        del told[missed(timer)]
    asking.tell(told, {missed(timer): paths for timer, paths in missing.items()})


def _not_told(asking: Asking, ready: Ready[s.Deadline]) -> tuple[str, ...]:
    name = ready.part.met_by
    return (*(asking.facts.paths(name) if name else ()), "$.as_at")


def _run(
    asking: Asking,
    ready: Ready[s.Deadline],
    line: int | None,
    *,
    run: dict[str, Deadline],
    unknown: dict[str, tuple[str, ...]],
) -> None:
    timer = ready.part.timer
    needed = asking.holds(ready.when, line)
    if needed is False:
        return
    if needed is None:
        names = ready.when.names if ready.when else ()
        unknown[timer] = tuple(p for n in names for p in asking.about(line).paths(n))
        return
    if _over_by_then(asking, ready.part, line):
        return
    due = due_time(asking, ready.part.due, line)
    if due is None:
        unknown[timer] = tuple(p for n in ready.part.due.of for p in asking.about(line).paths(n))
        asking.lacks(*unknown[timer])
        return
    deadline = Deadline(timer, ready.entry.id, due, _met(asking, ready.part, due, line=line))
    if timer not in run or deadline.due < run[timer].due:
        run[timer] = deadline


def _over_by_then(asking: Asking, part: s.Deadline, line: int | None) -> bool:
    """Whether what a timer counts from was over when that happened of which it should be the next."""
    happened = asking.moment(part.next_after, line) if part.next_after else None
    start = None if happened is None else _anchor(asking, part.due, line)
    return happened is not None and start is not None and _instant(start) < _instant(happened)


def _met(asking: Asking, part: s.Deadline, due: datetime, *, line: int | None) -> bool | None:
    happened = asking.moment(part.met_by, line) if part.met_by else None
    if happened is not None:
        return in_time(happened, due, by_day=part.due.at is None and not _by_hours(part.due))
    if part.kind != "due" or asking.facts.at is None:
        return None
    return False if asking.facts.at > due else None


def in_time(happened: Moment, due: datetime, *, by_day: bool) -> bool:
    """Whether something happened by the due time; `by_day` compares London days, for what is due at a day's end."""
    if not isinstance(happened, datetime):
        return happened <= calendar.london_day(due)
    return calendar.london_day(happened) <= calendar.london_day(due) if by_day else happened <= due


def _by_hours(due: s.Due) -> bool:
    return due.hours_after is not None or due.hours_before is not None


def _day(deadline: Deadline) -> date:
    return calendar.london_day(deadline.due)


def due_time(asking: Asking, due: s.Due, line: int | None = None) -> datetime | None:
    """The instant a formula comes to, in London; None while no fact it counts from is known.

    A day's end is 23:59:59 in London unless the formula names an hour.
    """
    start = _anchor(asking, due, line)
    if start is None:
        return None
    if _by_hours(due):
        hours = asking.number(due.hours_after or 0) - asking.number(due.hours_before or 0)
        return calendar.hours_after(start, hours) if isinstance(start, datetime) else None
    day = _due_day(asking, due, calendar.london_day(start) if isinstance(start, datetime) else start)
    return calendar.at_london(day, _clock(due.at)) if due.at else calendar.end_of_day(day)


def _anchor(asking: Asking, due: s.Due, line: int | None) -> Moment | None:
    if len(due.of) == 1:
        return asking.moment(due.of[0], line)
    moments = [asking.moment(name, line) for name in due.of]
    known = [m for m in moments if m is not None]
    if due.pick == "first_known":
        return known[0] if known else None
    if not known or (len(known) < len(moments) and _one_unknown(asking, due, line)):
        return None
    return min(known, key=_instant) if due.pick == "earliest" else max(known, key=_instant)


def _one_unknown(asking: Asking, due: s.Due, line: int | None) -> bool:
    return any(asking.about(line).paths(name) for name in due.of)


def _instant(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else calendar.end_of_day(moment)


def _due_day(asking: Asking, due: s.Due, day: date) -> date:
    weekday = due.weekday_after or due.weekday_before or due.weekday_of_week
    if weekday is not None:
        return _due_weekday(due, day, WEEKDAYS.index(weekday))
    if due.working_days_before is not None:
        return calendar.working_days_before(day, asking.number(due.working_days_before))
    if due.working_days_after is not None:
        return calendar.working_days_after(day, asking.number(due.working_days_after))
    if due.months_after is not None:
        return calendar.months_after(day, asking.number(due.months_after))
    return day + timedelta(days=asking.number(due.days_after or 0) - asking.number(due.days_before or 0))


def _due_weekday(due: s.Due, day: date, weekday: int) -> date:
    if due.weekday_after is not None:
        return calendar.first_weekday_after(day, weekday)
    if due.weekday_before is not None:
        return calendar.last_weekday_before(day, weekday)
    monday = day - timedelta(days=day.weekday(), weeks=due.weeks_before)
    return monday + timedelta(days=weekday)
