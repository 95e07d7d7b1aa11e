"""What lines and families cost, to the penny."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panels.rules import money as m

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
prices = st.integers(0, 2_000_000)


def d(text: str) -> date:
    return date.fromisoformat(text)


def total(line: dict[str, Any], **options: Any) -> m.Amount:
    return m.line_total(line, index=0, child=options.pop("child", None), **options)


@given(prices, days, st.integers(0, 900))
def test_a_weekly_price_is_taken_by_days_and_rounded_once(weekly: int, start: date, more: int) -> None:
    exact = Decimal(weekly) * (more + 1) / 7

    expected = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    assert m.by_days(weekly, start, start + timedelta(days=more)) == expected


@pytest.mark.parametrize("category", ["legal_planning_meeting", "care_proceedings", "funding_review"])
def test_a_meeting_or_a_review_without_a_price_asks_for_no_money(category: str) -> None:
    lines: list[dict[str, Any]] = [
        {"category": category},
        {"category": "therapy", "one_off": 90000, "start": d("2026-03-16")},
    ]

    assert [m.asks_no_money(line) for line in lines] == [True, False]
    assert m.asks_no_money({"category": category, "one_off": 5000}) is False
    assert m.family_six_months(lines, family={"agreed_last_six_months": 0}, child=None).pence == 90000


def test_half_a_penny_is_rounded_up() -> None:
    assert [m.rounded(Fraction(n, 2)) for n in (0, 1, 2, 3, 5)] == [0, 1, 1, 2, 3]
    assert m.rounded(Fraction(149, 100)) == 1


@given(days, st.integers(0, 400), st.integers(0, 400))
def test_a_longer_period_never_has_fewer_months(start: date, shorter: int, more: int) -> None:
    one, other = (m.months_in(start, start + timedelta(days=shorter + extra)) for extra in (0, more))

    assert 0 < one <= other
    assert other - one <= Fraction(more, 28)


@given(days, st.integers(0, 400))
def test_months_agree_with_counting_day_by_day(start: date, more: int) -> None:
    """The oracle walks month by month from the start and asks each day which of those months it belongs to."""
    end = start + timedelta(days=more)
    sum_of_months = Fraction(0)
    begun, number = start, 0
    while begun <= end:
        number += 1
        month_index = start.year * 12 + start.month - 1 + number
        following = None
        for day_of_month in range(start.day, 0, -1):
            try:
                following = date(month_index // 12, month_index % 12 + 1, day_of_month)
            except ValueError:
                continue
            break
        assert following is not None
        own_days = [begun + timedelta(days=i) for i in range((following - begun).days)]
        sum_of_months += Fraction(sum(day <= end for day in own_days), len(own_days))
        begun = following

    assert m.months_in(start, end) == sum_of_months


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-04-01", "2027-03-31", Fraction(12)),
        ("2026-01-15", "2026-02-14", Fraction(1)),
        ("2026-01-15", "2026-02-28", 1 + Fraction(14, 28)),
        ("2026-03-16", "2026-06-14", 2 + Fraction(30, 31)),
        ("2026-01-31", "2026-02-27", Fraction(1)),
        ("2026-06-10", "2026-06-10", Fraction(1, 30)),
        ("2026-06-10", "2026-06-09", Fraction(0)),
    ],
)
def test_months_of_a_period(start: str, end: str, months: Fraction) -> None:
    assert m.months_in(d(start), d(end)) == months


@pytest.mark.parametrize(
    ("line", "by_months", "pence"),
    [
        ({"one_off": 50000}, False, 50000),
        ({"weekly": 2400, "start": d("2026-03-16"), "end": d("2026-08-02")}, False, 48000),
        ({"weekly": 3900, "start": d("2026-04-13"), "end": d("2026-07-05")}, False, 46800),
        ({"weekly": 192000, "start": d("2026-04-01"), "end": d("2027-03-31")}, True, 9984000),
        ({"weekly": 192000, "start": d("2026-04-01"), "end": d("2027-03-31")}, False, 10011429),
        ({"monthly": 5000000, "start": d("2026-04-01"), "end": d("2027-01-31")}, True, 50000000),
        ({"weekly": 10000, "start": d("2026-04-01"), "end": d("2026-04-30")}, True, 43333),
        ({"weekly": 0}, False, 0),
    ],
)
def test_line_totals(line: dict[str, Any], by_months: bool, pence: int) -> None:
    assert total(line, weekly_by_months=by_months) == m.Amount(pence, at_least=pence)


def test_an_open_ended_line_ends_on_the_day_before_the_eighteenth_birthday() -> None:
    line = {"monthly": 3000000, "start": d("2026-04-01"), "open_ended": True}

    assert total(line, child={"date_of_birth": d("2008-07-01")}).pence == 9000000
    assert total({**line, "start": d("2026-06-30")}, child={"date_of_birth": d("2008-07-01")}).pence == 100000


def test_an_end_known_to_be_none_is_an_open_end() -> None:
    line = {"monthly": 3000000, "start": d("2026-04-01"), "end": None}

    assert total(line, child={"date_of_birth": d("2008-07-01")}).pence == 9000000


@pytest.mark.parametrize(
    ("line", "child", "missing"),
    [
        ({}, None, ("$.lines[0].one_off", "$.lines[0].start", "$.lines[0].end")),
        ({"weekly": 5, "start": d("2026-04-01")}, None, ("$.lines[0].end",)),
        ({"weekly": 5, "end": d("2026-04-01")}, None, ("$.lines[0].start",)),
        ({"weekly": 5, "start": d("2026-04-01"), "open_ended": True}, None, ("$.child.date_of_birth",)),
        ({"weekly": 5, "start": d("2026-04-01"), "open_ended": True}, {}, ("$.child.date_of_birth",)),
        ({"weekly": 5, "start": d("2026-04-01"), "open_ended": False}, {}, ("$.lines[0].end",)),
        (
            {"weekly": 5, "start": d("2026-07-01"), "open_ended": True},
            {"date_of_birth": d("2008-07-01")},
            ("$.lines[0].end",),
        ),
    ],
)
def test_without_its_facts_a_total_is_not_known(
    line: dict[str, Any], child: dict[str, Any] | None, missing: tuple[str, ...]
) -> None:
    assert total(line, child=child) == m.Amount(None, missing)


@pytest.mark.parametrize(
    ("line", "pence"), [({"weekly": 100}, 5200), ({"monthly": 100}, 1200), ({"one_off": 100}, None), ({}, None)]
)
def test_a_year_of_a_line(line: dict[str, Any], pence: int | None) -> None:
    assert m.annual(line) == pence


@pytest.mark.parametrize(("pence", "written"), [(0, "0.00"), (5, "0.05"), (99999, "999.99"), (50000000, "500000.00")])
def test_pence_are_written_as_pounds(pence: int, written: str) -> None:
    assert m.pounds(pence) == written


ONE_OFF = {"one_off": 40000, "start": d("2026-03-16"), "end": d("2026-06-14")}


def six_months(family: dict[str, Any] | None, *lines: dict[str, Any]) -> m.Amount:
    return m.family_six_months(lines or (ONE_OFF,), family=family, child=None)


def commitment(amount: int, first: str, last: str) -> dict[str, Any]:
    return {"amount": amount, "from": d(first), "to": d(last)}


@pytest.mark.parametrize(
    ("agreed", "commitments", "pence"),
    [
        (0, [], 40000),
        (60000, [], 100000),
        (0, [commitment(70000, "2026-04-06", "2026-04-12")], 110000),
        (0, [commitment(70000, "2026-10-05", "2026-10-11")], 40000),
        # The greater of back and forward, never both together.
        (60000, [commitment(70000, "2026-04-06", "2026-04-12")], 110000),
        (80000, [commitment(70000, "2026-04-06", "2026-04-12")], 120000),
        # Ten days, four of them within the window that ends on 15 September.
        (0, [commitment(10000, "2026-09-12", "2026-09-21")], 44000),
        # The last day of the window counts, the next does not.
        (0, [commitment(700, "2026-09-15", "2026-09-15")], 40700),
        (0, [commitment(700, "2026-09-16", "2026-09-16")], 40000),
        # Days before the start belong to the six months back, beside what was agreed.
        (10000, [commitment(10000, "2026-03-12", "2026-03-21")], 54000),
        (0, [commitment(700, "2025-09-16", "2025-09-16")], 40700),
        (0, [commitment(700, "2025-09-15", "2025-09-15")], 40000),
    ],
)
def test_the_familys_six_months(agreed: int, commitments: list[dict[str, Any]], pence: int) -> None:
    family = {"agreed_last_six_months": agreed, "commitments": commitments}

    assert six_months(family) == m.Amount(pence, at_least=pence)


def test_of_this_request_only_the_part_within_the_six_months_counts() -> None:
    year = {"weekly": 700, "start": d("2026-03-16"), "end": d("2027-03-15")}

    assert six_months({"agreed_last_six_months": 0}, year).pence == 100 * 184


def test_the_six_months_begin_with_the_earliest_line() -> None:
    late = {"one_off": 500, "start": d("2026-09-15")}
    too_late = {"one_off": 500, "start": d("2026-09-16")}

    assert six_months({"agreed_last_six_months": 0}, late, ONE_OFF).pence == 40500
    assert six_months({"agreed_last_six_months": 0}, too_late, ONE_OFF).pence == 40000


def test_an_unknown_past_leaves_the_sum_unknown_but_says_what_it_is_at_least() -> None:
    assert six_months(None) == m.Amount(None, ("$.family.agreed_last_six_months",), at_least=40000)
    assert six_months({"agreed_last_six_months": 70000, "commitments": [{"amount": 5}]}) == m.Amount(
        None, ("$.family.commitments[0].from", "$.family.commitments[0].to"), at_least=110000
    )


lines = st.lists(
    st.one_of(
        st.fixed_dictionaries({"one_off": prices}, optional={"start": days}),
        st.fixed_dictionaries({"weekly": prices, "start": days, "end": st.dates(date(2029, 1, 1), date(2030, 1, 1))}),
        st.fixed_dictionaries({"monthly": prices, "start": days, "end": st.dates(date(2029, 1, 1), date(2030, 1, 1))}),
    ),
    min_size=1,
    max_size=5,
)


@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_sum(asked: list[dict[str, Any]], shuffle: Any) -> None:
    other = list(asked)
    shuffle.shuffle(other)
    family = {"agreed_last_six_months": 12345}

    assert six_months(family, *asked).pence == six_months(family, *other).pence
    assert sorted(total(line).at_least for line in asked) == sorted(total(line).at_least for line in other)
