"""The fifteen money vectors: exactly these figures, from the first day."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from finance import rules
from finance.rules import AnnualBasis, Rate, Share, ShareMode, Span, Split, Suspended, Terms
from finance.rules.spans import DAY

START, MARCH = date(2026, 10, 12), date(2027, 3, 31)


def pence(pounds: str) -> int:
    return int(Decimal(pounds.replace(",", "")) * 100)


def placement(start: date = START, end: date = MARCH, weekly: str = "4850", **rest: object) -> Terms:
    rates = rest.pop("rates", (Rate(start, pence(weekly)),))
    return Terms(start=start, expected_end=end, horizon=date(2028, 3, 31), rates=rates, **rest)  # type: ignore[arg-type]


def total(terms: Terms) -> int:
    return sum(segment.pence for segment in rules.segments(terms))


def test_v1_a_placement_to_the_end_of_march() -> None:
    (segment,) = rules.segments(placement())

    assert (segment.days, rules.weeks_shown(segment.days), segment.pence) == (171, "24.43", pence("118478.57"))


def test_v2_the_whole_of_a_leap_year_is_not_touched_by_the_pennies_of_the_year_before() -> None:
    this_year, next_year = rules.segments(placement(end=date(2028, 3, 31)))

    assert (this_year.pence, next_year.days, next_year.pence) == (pence("118478.57"), 366, pence("253585.71"))


def test_v3_a_rate_that_changes_cuts_the_span() -> None:
    terms = placement(rates=(Rate(START, pence("4850")), Rate(date(2027, 2, 1), pence("5100"))))

    before, after = rules.segments(terms)

    assert (before.days, before.pence) == (112, pence("77600.00"))
    assert (after.days, after.pence) == (59, pence("42985.71"))
    assert total(terms) == pence("120585.71")
    assert total(terms) - total(placement()) == pence("2107.14")


def test_v4_two_weeks_are_exact() -> None:
    (segment,) = rules.segments(placement(end=date(2026, 10, 25)))

    assert (segment.days, segment.pence) == (14, pence("9700.00"))


def test_v5_one_day() -> None:
    assert total(placement(end=START)) == pence("692.86")


def test_v6_three_funders_share_to_the_penny() -> None:
    shares = tuple(
        Share(funder, ShareMode.PERCENT, Decimal(value)) for funder, value in [("CSC", 50), ("ICB", 30), ("DSG", 20)]
    )

    (segment,) = rules.segments(placement(splits=(Split(START, shares),), own="CSC"))

    assert [portion.pence for portion in segment.portions] == [
        pence("59239.29"),
        pence("35543.57"),
        pence("23695.71"),
    ]
    assert segment.pence == pence("118478.57")


def test_v6c_the_odd_penny_goes_to_the_first() -> None:
    assert rules.largest_remainder(100001, [Fraction(100001, 2)] * 2) == [pence("500.01"), pence("500.00")]


def test_v7_the_last_day_is_the_one_before_the_eighteenth_birthday() -> None:
    last = rules.day_before_birthday(date(2009, 1, 15), 18)

    (segment,) = rules.segments(placement(end=min(MARCH, last)))

    assert (last, segment.days, segment.pence) == (date(2027, 1, 14), 95, pence("65821.43"))


def test_v8_a_suspension_keeps_half() -> None:
    held = Suspended(Span(date(2026, 12, 1), date(2026, 12, 14)), Decimal(50))

    terms = placement(suspensions=(held,))

    assert total(placement()) - total(terms) == pence("4850.00")
    assert total(terms) == pence("113628.57")
    assert [segment.days for segment in rules.segments(terms)] == [50, 14, 107]


def test_v9_the_leap_day_counts() -> None:
    (segment,) = rules.segments(placement(date(2028, 2, 28), date(2028, 3, 1), "700"))

    assert (segment.days, segment.pence) == (3, pence("300.00"))


def test_v10_the_clock_change_does_not_take_a_day() -> None:
    assert Span(date(2027, 3, 27), date(2027, 3, 29)).days == 3


def test_v11_months_add_up_because_the_cumulative_position_is_rounded() -> None:
    months = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)]
    same_rate = tuple(Rate(day, pence("4850")) for day in (START, *months))

    by_month = [segment.pence for segment in rules.segments(placement(rates=same_rate))]
    alone = [rules.period_cost(pence("4850"), piece) for piece in rules.cut(Span(START, MARCH), months)]

    assert sum(alone) == pence("118478.56"), "each month rounded alone loses a penny"
    assert by_month == [
        pence(figure) for figure in ["13857.14", "20785.72", "21478.57", "21478.57", "19400.00", "21478.57"]
    ]
    assert sum(by_month) == pence("118478.57")


@pytest.mark.parametrize(("days", "wrong"), [(171, "118485.50"), (10, "6935.50"), (3, "2085.50")])
def test_v12_weeks_are_for_the_eye_and_never_multiplied(days: int, wrong: str) -> None:
    by_rounded_weeks = int(Decimal(rules.weeks_shown(days)) * pence("4850"))

    cost = rules.period_cost(pence("4850"), Span(START, START + (days - 1) * DAY))

    assert by_rounded_weeks == pence(wrong)
    assert by_rounded_weeks - cost == pence("6.93")


@pytest.mark.parametrize(
    ("basis", "year", "figure", "words"),
    [
        (AnnualBasis.WEEKS_52, 2026, "260000", "52 weeks"),
        (AnnualBasis.WEEKS_52_14, 2026, "260700", "52.14 weeks"),
        (AnnualBasis.EXACT_DAYS, 2026, "260714.29", "exact days, 365"),
        (AnnualBasis.EXACT_DAYS, 2027, "261428.57", "exact days, 366"),
    ],
)
def test_v13_annualised_says_its_basis(basis: AnnualBasis, year: int, figure: str, words: str) -> None:
    assert rules.annualised(pence("5000"), year=year, basis=basis) == pence(figure)
    assert rules.basis_text(basis, year) == words


V14_EFFECTS = [("A", "118478.57"), ("B", "41200"), ("C", "-23750"), ("D", "64000")]


def v14_slots() -> list[rules.AgendaSlot]:
    return [
        rules.AgendaSlot(key, "PLACEMENTS", {"as_requested": rules.Effect(this_year=pence(figure))})
        for key, figure in V14_EFFECTS
    ]


def test_v14_headroom_after_each_agenda_item() -> None:
    budget = pence("6200000")
    available = budget - pence("4312500") - pence("1731250")
    baseline = {"PLACEMENTS": rules.LineBaseline(budget, available)}
    warn = rules.Thresholds(warn_percent=Decimal(95))

    projection = rules.project(baseline, v14_slots(), {}, thresholds=warn)

    assert available == pence("156250")
    assert [row.line_available for row in projection.rows] == [
        pence(figure) for figure in ["37771.43", "-3428.57", "20321.43", "-43678.57"]
    ]
    assert [row.level.value for row in projection.rows] == ["AT_RISK", "OVER", "AT_RISK", "OVER"]
    assert rules.used_percent(budget, projection.rows[0].line_available) == Decimal("99.4")
    assert rules.headline(budget=budget, available=available, pending=projection.total.this_year, cases=4) == (
        "£156,250 available of £6,200,000 (97.5% used). Forecast £43,679 over if all four cases are agreed."
    )


def test_v15_largest_remainder_in_200_000_random_cases() -> None:
    dice = random.Random(15)  # noqa: S311 - repeatable, no secret
    for _ in range(200_000):
        total_pence = dice.randrange(50_000_000)
        weights = [dice.randrange(1, 1000) for _ in range(dice.randrange(1, 6))]
        exact = [(total_pence * weight, sum(weights)) for weight in weights]

        pieces = _largest_remainder_of(total_pence, exact)

        assert sum(pieces) == total_pence
        assert all(abs(piece * whole - part) <= whole for piece, (part, whole) in zip(pieces, exact, strict=True))


def _largest_remainder_of(total_pence: int, exact: list[tuple[int, int]]) -> list[int]:
    return rules.largest_remainder(total_pence, [Fraction(part, whole) for part, whole in exact])
