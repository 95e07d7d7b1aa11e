"""Days and instants as the policies count them: working days, calendar months, elapsed hours, London time.

A day is a `date` and belongs to nobody's clock. An instant is an aware `datetime`; what people are told of it is in
Europe/London. Nothing here reads the clock.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
#: The last second of a day, by which something due "that day" has to be there.
LAST_SECOND = time(23, 59, 59)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

_ONE_DAY, _NO_TIME = timedelta(days=1), timedelta()
#: Days and instants of which what was worked out is kept: more than the timers of a year's requests run out on.
_KEPT = 4096
_NO_DAYS: frozenset[date] = frozenset()


@lru_cache(maxsize=512)
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of one year in England and Wales, substitute days included."""
    from holidays import country_holidays  # noqa: PLC0415 - half of the start-up time of the command, often not needed

    return frozenset(country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date, *, closed: Collection[date] = _NO_DAYS, opened: Collection[date] = _NO_DAYS) -> bool:
    """Say whether a day is Monday to Friday and no bank holiday.

    Args:
        day: the day asked about.
        closed: further days on which nobody works, as the administrator's table has them.
        opened: bank holidays which that table takes off the list; a Saturday or Sunday is never a working day.
    """
    if day.weekday() >= SATURDAY or day in closed:
        return False
    return day in opened or day not in bank_holidays(day.year)


@lru_cache(maxsize=512)
def working_days(year: int) -> tuple[date, ...]:
    """The working days of one year, in order, where nothing is closed or opened besides."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return tuple(day for day in map(date.fromordinal, range(first, last + 1)) if is_working_day(day))


def working_days_before(
    day: date, days: int, *, closed: Collection[date] = _NO_DAYS, opened: Collection[date] = _NO_DAYS
) -> date:
    """Step back a number of working days; the day itself is not counted (rules.md part 0).

    Raises:
        ValueError: the number is negative.
    """
    return _step(day, days, step=-_ONE_DAY, closed=closed, opened=opened)


def working_days_after(
    day: date, days: int, *, closed: Collection[date] = _NO_DAYS, opened: Collection[date] = _NO_DAYS
) -> date:
    """Step forward a number of working days; the day itself is not counted.

    Raises:
        ValueError: the number is negative.
    """
    return _step(day, days, step=_ONE_DAY, closed=closed, opened=opened)


def _step(day: date, days: int, *, step: timedelta, closed: Collection[date], opened: Collection[date]) -> date:
    if days < 0:
        raise ValueError(f"{days} working days cannot be stepped; give a number from nought")
    if days and not closed and not opened:
        return _nth_before(day, days) if step < _NO_TIME else _nth_after(day, days)
    while days:
        day += step
        if is_working_day(day, closed=closed, opened=opened):
            days -= 1
    return day


def _nth_before(day: date, days: int) -> date:
    year, table = day.year, working_days(day.year)
    place = bisect_left(table, day) - days
    while place < 0:
        year -= 1
        table = working_days(year)
        place += len(table)
    return table[place]


def _nth_after(day: date, days: int) -> date:
    year, table = day.year, working_days(day.year)
    place = bisect_right(table, day) + days - 1
    while place >= len(table):
        place -= len(table)
        year += 1
        table = working_days(year)
    return table[place]


def working_days_between(
    first: date, last: date, *, closed: Collection[date] = _NO_DAYS, opened: Collection[date] = _NO_DAYS
) -> int:
    """Count the working days after the first day, up to and with the last; nought if there are none."""
    return sum(
        is_working_day(first + timedelta(days=offset), closed=closed, opened=opened)
        for offset in range(1, (last - first).days + 1)
    )


def last_weekday_before(day: date, weekday: int) -> date:
    """The last such weekday (Monday 0) strictly before a day."""
    return day - timedelta(days=(day.weekday() - weekday - 1) % 7 + 1)


def first_weekday_after(day: date, weekday: int) -> date:
    """The first such weekday (Monday 0) strictly after a day."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def months_after(day: date, months: int) -> date:
    """The same day of the month some calendar months on, or the last of a month that is too short.

    A negative number goes back: six months before 31 August is 28 (or 29) February.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def birthday(born: date, age: int) -> date:
    """The day on which a child reaches an age; born on 29 February, that is 1 March in a common year."""
    if (born.month, born.day) == (2, 29) and monthrange(born.year + age, 2)[1] == 28:
        return date(born.year + age, 3, 1)
    return born.replace(year=born.year + age)


def london(instant: datetime) -> datetime:
    """The same instant on London's clock, with London's offset of that moment."""
    return instant.astimezone(LONDON)


@lru_cache(maxsize=_KEPT)
def london_day(instant: datetime) -> date:
    """The calendar day it is in London at an instant; times that are equal, however written, fall on one day."""
    return instant.astimezone(LONDON).date()


@lru_cache(maxsize=_KEPT)
def at_london(day: date, at: time) -> datetime:
    """The instant at which London's clock shows a time on a day.

    The answer is in UTC: Python compares two times of one zone by their clocks, which is wrong in the hour that comes
    twice. Of that autumn hour the first is meant; a time that the spring night leaves out is moved on by an hour.
    """
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """23:59:59 in London on a day, as an instant in UTC: what is due that day is in time up to this second."""
    return at_london(day, LAST_SECOND)


def hours_after(instant: datetime, hours: int) -> datetime:
    """The instant, in UTC, after so many elapsed hours (negative: before), whatever the clocks do in between."""
    return instant.astimezone(UTC) + timedelta(hours=hours)


def in_london(instant: datetime) -> str:
    """Write an instant as an ISO date-time with London's offset, to the second."""
    return _written(instant.astimezone(UTC))


@lru_cache(maxsize=_KEPT)
def _written(instant: datetime) -> str:
    """As `in_london`; in UTC no two instants are equal, as those of London's autumn hour are."""
    return instant.astimezone(LONDON).isoformat(timespec="seconds")
