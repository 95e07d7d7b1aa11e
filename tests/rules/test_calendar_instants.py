"""London's clock on both nights on which it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panels.rules import calendar as c


def is_summer_in_london(at: datetime) -> bool:
    """The oracle: from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last of October."""

    def last_sunday(month: int) -> datetime:
        day = date(at.year, month, 31)
        while day.isoweekday() != 7:
            day -= timedelta(days=1)
        return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)

    return last_sunday(3) <= at < last_sunday(10)


instants = st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2020, 1, 1), date(2029, 12, 31))


@given(instants)
def test_an_instant_is_written_with_londons_offset_of_that_moment(at: datetime) -> None:
    at = at.replace(microsecond=0)
    hours = 1 if is_summer_in_london(at) else 0

    written = c.in_london(at)

    assert written == (at + timedelta(hours=hours)).strftime(f"%Y-%m-%dT%H:%M:%S+0{hours}:00")
    assert c.london_day(at) == (at + timedelta(hours=hours)).date()


@given(days)
def test_a_day_ends_a_second_before_londons_midnight(day: date) -> None:
    due = c.end_of_day(day)

    assert c.london_day(due) == day
    assert c.london_day(due.astimezone(UTC) + timedelta(seconds=1)) == day + timedelta(days=1)
    assert c.london(due).time() == time(23, 59, 59)


@given(instants, st.integers(-200, 200))
def test_hours_are_elapsed_hours(at: datetime, hours: int) -> None:
    assert c.hours_after(c.london(at), hours) - at == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("at", "hours", "there"),
    [
        ("2026-03-29T10:00:00+01:00", -24, "2026-03-28T09:00:00+00:00"),
        ("2026-10-25T10:00:00+00:00", -24, "2026-10-24T11:00:00+01:00"),
        ("2026-03-09T11:15:00+00:00", 72, "2026-03-12T11:15:00+00:00"),
        ("2026-03-27T11:15:00+00:00", 72, "2026-03-30T12:15:00+01:00"),
        ("2026-10-23T11:15:00+01:00", 72, "2026-10-26T10:15:00+00:00"),
    ],
)
def test_hours_over_the_clock_changes(at: str, hours: int, there: str) -> None:
    assert c.in_london(c.hours_after(datetime.fromisoformat(at), hours)) == there


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        ("2026-03-11", "17:00", "2026-03-11T17:00:00+00:00"),
        ("2026-10-21", "17:00", "2026-10-21T16:00:00+00:00"),
        ("2026-03-29", "01:30", "2026-03-29T01:30:00+00:00"),
        ("2026-10-25", "01:30", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_a_clock_time_on_a_day_is_one_instant(day: str, at: str, instant: str) -> None:
    assert c.at_london(date.fromisoformat(day), time.fromisoformat(at)) == datetime.fromisoformat(instant)


def test_the_hour_that_spring_leaves_out_is_moved_on() -> None:
    assert c.in_london(c.at_london(date(2026, 3, 29), time(1, 30))) == "2026-03-29T02:30:00+01:00"


def test_the_hour_that_comes_twice_is_written_with_its_own_offset_each_time() -> None:
    """The two instants are equal to Python, which compares them by the clock."""
    first = datetime(2026, 10, 25, 1, 30, tzinfo=c.LONDON)
    second = first.replace(fold=1)

    assert [c.in_london(first), c.in_london(second), c.in_london(first)] == [
        "2026-10-25T01:30:00+01:00",
        "2026-10-25T01:30:00+00:00",
        "2026-10-25T01:30:00+01:00",
    ]
