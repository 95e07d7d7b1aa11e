"""Working days, weekdays and calendar months, against an oracle that counts them another way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panels.rules import calendar as c

# Published on gov.uk for England and Wales; written out here so that the test does not ask the library it tests.
BANK_HOLIDAYS = {
    date.fromisoformat(day)
    for day in [
        "2020-01-01",
        "2020-04-10",
        "2020-04-13",
        "2020-05-08",
        "2020-05-25",
        "2020-08-31",
        "2020-12-25",
        "2020-12-28",
        "2021-01-01",
        "2021-04-02",
        "2021-04-05",
        "2021-05-03",
        "2021-05-31",
        "2021-08-30",
        "2021-12-27",
        "2021-12-28",
        "2022-01-03",
        "2022-04-15",
        "2022-04-18",
        "2022-05-02",
        "2022-06-02",
        "2022-06-03",
        "2022-08-29",
        "2022-09-19",
        "2022-12-26",
        "2022-12-27",
        "2023-01-02",
        "2023-04-07",
        "2023-04-10",
        "2023-05-01",
        "2023-05-08",
        "2023-05-29",
        "2023-08-28",
        "2023-12-25",
        "2023-12-26",
        "2024-01-01",
        "2024-03-29",
        "2024-04-01",
        "2024-05-06",
        "2024-05-27",
        "2024-08-26",
        "2024-12-25",
        "2024-12-26",
        "2025-01-01",
        "2025-04-18",
        "2025-04-21",
        "2025-05-05",
        "2025-05-26",
        "2025-08-25",
        "2025-12-25",
        "2025-12-26",
        "2026-01-01",
        "2026-04-03",
        "2026-04-06",
        "2026-05-04",
        "2026-05-25",
        "2026-08-31",
        "2026-12-25",
        "2026-12-28",
        "2027-01-01",
        "2027-03-26",
        "2027-03-29",
        "2027-05-03",
        "2027-05-31",
        "2027-08-30",
        "2027-12-27",
        "2027-12-28",
        "2028-01-03",
        "2028-04-14",
        "2028-04-17",
        "2028-05-01",
        "2028-05-29",
        "2028-08-28",
        "2028-12-25",
        "2028-12-26",
        "2029-01-01",
        "2029-03-30",
        "2029-04-02",
        "2029-05-07",
        "2029-05-28",
        "2029-08-27",
        "2029-12-25",
        "2029-12-26",
    ]
}
FIRST, LAST = date(2020, 1, 1), date(2029, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]
WORKING = [day for day in EVERY_DAY if day.strftime("%a") not in {"Sat", "Sun"} and day not in BANK_HOLIDAYS]

inner_days = st.dates(date(2020, 4, 1), date(2029, 9, 30))
some_days = st.frozensets(st.dates(date(2025, 1, 1), date(2025, 3, 31)), max_size=20)


def test_every_day_of_ten_years_is_rightly_a_working_day_or_not() -> None:
    assert [day for day in EVERY_DAY if c.is_working_day(day)] == WORKING


@given(inner_days, st.integers(0, 40))
def test_stepping_back_lands_on_the_nth_earlier_working_day(day: date, days: int) -> None:
    earlier = [other for other in WORKING if other < day]

    assert c.working_days_before(day, days) == (earlier[-days] if days else day)


@given(inner_days, st.integers(0, 40))
def test_stepping_forward_lands_on_the_nth_later_working_day(day: date, days: int) -> None:
    later = [other for other in WORKING if other > day]

    assert c.working_days_after(day, days) == (later[days - 1] if days else day)


@given(inner_days, st.integers(0, 60))
def test_days_between_are_counted_without_the_first_and_with_the_last(day: date, gap: int) -> None:
    last = day + timedelta(days=gap)

    assert c.working_days_between(day, last) == len([other for other in WORKING if day < other <= last])


@settings(deadline=None)
@given(st.dates(date(2025, 1, 20), date(2025, 3, 31)), st.integers(1, 5), some_days, some_days)
def test_the_administrators_table_closes_and_opens_days(
    day: date, days: int, closed: frozenset[date], opened: frozenset[date]
) -> None:
    weekdays = [other for other in EVERY_DAY if other.strftime("%a") not in {"Sat", "Sun"}]
    table = [d for d in weekdays if d not in closed and (d in opened or d not in BANK_HOLIDAYS) and d < day]

    assert c.working_days_before(day, days, closed=closed, opened=opened) == table[-days]


def test_new_years_day_can_be_taken_off_the_list_but_no_sunday_becomes_a_working_day() -> None:
    new_year, sunday = date(2026, 1, 1), date(2026, 1, 4)

    assert c.is_working_day(new_year, opened={new_year})
    assert not c.is_working_day(sunday, opened={sunday})
    assert not c.is_working_day(new_year, opened={new_year}, closed={new_year})


@pytest.mark.parametrize(
    ("panel", "days", "due"),
    [
        ("2026-03-12", 5, "2026-03-05"),
        ("2026-04-09", 5, "2026-03-31"),
        ("2026-05-28", 5, "2026-05-20"),
        ("2026-03-09", 3, "2026-03-04"),
        ("2026-03-10", 3, "2026-03-05"),
        ("2026-03-09", 2, "2026-03-05"),
        ("2026-04-13", 2, "2026-04-09"),
        ("2026-03-11", 3, "2026-03-06"),
        ("2026-04-08", 3, "2026-04-01"),
        ("2027-01-04", 5, "2026-12-23"),
    ],
)
def test_papers_are_due_on_the_day_the_worked_examples_say(panel: str, days: int, due: str) -> None:
    assert c.working_days_before(date.fromisoformat(panel), days) == date.fromisoformat(due)


@pytest.mark.parametrize(("panel", "due"), [("2026-03-11", "2026-03-13"), ("2026-04-02", "2026-04-08")])
def test_minutes_are_due_on_the_day_the_worked_examples_say(panel: str, due: str) -> None:
    assert c.working_days_after(date.fromisoformat(panel), 2) == date.fromisoformat(due)


def test_a_negative_number_of_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="from nought"):
        c.working_days_before(date(2026, 3, 9), -1)


@given(inner_days, st.integers(0, 6))
def test_the_weekday_before_is_the_last_of_the_seven_days_before(day: date, weekday: int) -> None:
    week_before = [day - timedelta(days=back) for back in range(1, 8)]

    assert [c.last_weekday_before(day, weekday)] == [d for d in week_before if d.weekday() == weekday]


@given(inner_days, st.integers(0, 6))
def test_the_weekday_after_is_the_first_of_the_seven_days_after(day: date, weekday: int) -> None:
    week_after = [day + timedelta(days=on) for on in range(1, 8)]

    assert [c.first_weekday_after(day, weekday)] == [d for d in week_after if d.weekday() == weekday]


@pytest.mark.parametrize(
    ("panel", "recorded"),
    [("2026-03-12", "2026-03-18"), ("2026-03-09", "2026-03-11"), ("2026-03-11", "2026-03-18")],
)
def test_a_panel_on_a_wednesday_has_a_whole_week(panel: str, recorded: str) -> None:
    assert c.first_weekday_after(date.fromisoformat(panel), c.WEDNESDAY) == date.fromisoformat(recorded)


@given(inner_days, st.integers(-60, 60))
def test_months_are_stepped_in_the_calendar_and_cut_at_the_months_end(day: date, months: int) -> None:
    there = c.months_after(day, months)

    assert (there.year - day.year) * 12 + there.month - day.month == months
    assert there.day == day.day or (there.day < day.day and (there + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("day", "months", "there"),
    [
        ("2026-08-31", -6, "2026-02-28"),
        ("2024-08-31", -6, "2024-02-29"),
        ("2026-03-16", 6, "2026-09-16"),
        ("2026-01-01", -1, "2025-12-01"),
        ("2025-12-31", 2, "2026-02-28"),
    ],
)
def test_months_at_the_edges(day: str, months: int, there: str) -> None:
    assert c.months_after(date.fromisoformat(day), months) == date.fromisoformat(there)


@pytest.mark.parametrize(
    ("born", "adult"), [("2008-07-01", "2026-07-01"), ("2008-02-29", "2026-03-01"), ("2008-02-28", "2026-02-28")]
)
def test_the_eighteenth_birthday(born: str, adult: str) -> None:
    assert c.birthday(date.fromisoformat(born), 18) == date.fromisoformat(adult)


NEVER_WORKED = frozenset({date(2026, 12, 25)})


@given(day=st.dates(date(1901, 1, 1), date(2198, 12, 31)), days=st.integers(0, 700))
@settings(deadline=None, max_examples=60)
def test_looked_up_and_stepped_to_is_the_same_day(day: date, days: int) -> None:
    """With a day that is closed besides, days are stepped one by one; this one is a bank holiday anyway."""
    assert c.working_days_before(day, days) == c.working_days_before(day, days, closed=NEVER_WORKED)
    assert c.working_days_after(day, days) == c.working_days_after(day, days, closed=NEVER_WORKED)
