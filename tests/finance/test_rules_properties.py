"""What holds for every span, rate, split and agenda, tried on thousands of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance import rules
from finance.rules import AgendaSlot, Effect, LineBaseline, Rate, Share, ShareMode, Span, Split, Suspended, Terms

days = st.dates(date(2024, 1, 1), date(2029, 12, 31))
spans = st.tuples(days, st.integers(0, 900)).map(lambda pair: Span(pair[0], pair[0] + timedelta(days=pair[1])))
weekly = st.integers(1, 2_000_000)
percents = st.decimals(0, 100, places=2)


@st.composite
def shares(draw: st.DrawFn) -> tuple[Share, ...]:
    fixed = draw(st.lists(st.integers(0, 500_000), max_size=2))
    parts = draw(st.lists(st.integers(0, 33), max_size=3))
    made = [Share(f"F{n}", ShareMode.FIXED_WEEKLY, Decimal(value)) for n, value in enumerate(fixed)]
    made += [Share(f"P{n}", ShareMode.PERCENT, Decimal(value)) for n, value in enumerate(parts)]
    return tuple(draw(st.permutations(made)))


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    span = draw(spans)
    inside = st.integers(0, span.days - 1).map(lambda n: span.first + timedelta(days=n))
    rates = [Rate(span.first, draw(weekly))] + [Rate(day, draw(weekly)) for day in draw(st.sets(inside, max_size=3))]
    rates = list({rate.effective_from: rate for rate in rates}.values())
    splits = [Split(day, draw(shares())) for day in draw(st.sets(inside, max_size=2))]
    held = [
        Suspended(Span(day, day + timedelta(days=draw(st.integers(0, 60)))), draw(percents))
        for day in draw(st.sets(inside, max_size=2))
    ]
    return Terms(span.first, span.last, date(2033, 3, 31), tuple(rates), tuple(splits), tuple(held))


@given(spans, st.sets(days, max_size=6))
def test_cutting_keeps_every_day_once(span: Span, starts: set[date]) -> None:
    pieces = rules.cut(span, starts)

    assert (pieces[0].first, pieces[-1].last) == (span.first, span.last)
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(pieces))
    assert sum(piece.days for piece in pieces) == span.days
    assert all(rules.year_of(piece.first) == rules.year_of(piece.last) for piece in pieces)


@given(terms())
def test_funders_add_up_to_the_gross_of_every_segment(case: Terms) -> None:
    for segment in rules.segments(case):
        assert sum(portion.pence for portion in segment.portions) == segment.pence


@given(terms())
def test_funders_add_up_to_the_gross_exactly_on_every_day_something_changes(case: Terms) -> None:
    for segment in rules.segments(case):
        daily = segment.exact / segment.days
        split = next((split for split in case.splits if split.effective_from == segment.split_from), None)
        completed = rules.with_remainder(split.shares if split else (), case.own)

        parts = rules.exact_shares(daily, completed, 1)

        assert sum(parts) == daily
        assert min(parts) >= 0


@given(terms())
def test_a_year_is_its_exact_cost_rounded_once(case: Terms) -> None:
    pieces = rules.segments(case)
    for year in {piece.year for piece in pieces}:
        mine = [piece for piece in pieces if piece.year == year]
        assert sum(piece.pence for piece in mine) == rules.half_up(sum((p.exact for p in mine), Fraction(0)))


@given(terms(), st.integers(0, 900))
def test_cutting_at_any_day_never_changes_a_year_nor_a_funder(case: Terms, offset: int) -> None:
    extra = case.start + timedelta(days=offset)
    in_force = [rate for rate in case.rates if rate.effective_from <= extra]
    same = max(in_force, key=lambda rate: rate.effective_from)
    marked = [rate for rate in case.rates if rate.effective_from != extra]
    cut_once_more = Terms(
        case.start,
        case.expected_end,
        case.horizon,
        (*marked, Rate(extra, same.pence)),
        case.splits,
        case.suspensions,
    )

    assert by_year_and_funder(cut_once_more) == by_year_and_funder(case)


def by_year_and_funder(case: Terms) -> dict[tuple[int, str], int]:
    sums: dict[tuple[int, str], int] = {}
    for segment in rules.segments(case):
        for portion in segment.portions:
            key = (segment.year, portion.share.funder)
            sums[key] = sums.get(key, 0) + portion.pence
    return {key: pence for key, pence in sums.items() if pence}


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_pennies_are_never_lost_nor_made(total: int, weights: list[int]) -> None:
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]

    pieces = rules.largest_remainder(total, exact)

    assert sum(pieces) == total
    assert all(abs(piece - part) < 1 for piece, part in zip(pieces, exact, strict=True))


effects = st.integers(-(10**8), 10**8)


@given(st.lists(st.tuples(st.sampled_from("XYZ"), effects), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_agenda_never_changes_the_end(pairs: list[tuple[str, int]], dice: object) -> None:
    slots = [AgendaSlot(str(n), line, {"as_requested": Effect(pence)}) for n, (line, pence) in enumerate(pairs)]
    shuffled = list(slots)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    baseline = {"X": LineBaseline(10**9, 10**7)}

    one, other = rules.project(baseline, slots, {}), rules.project(baseline, shuffled, {})

    assert dict(one.line_available) == dict(other.line_available)
    assert (one.total, one.total_available) == (other.total, other.total_available)


@given(st.dictionaries(st.text("abc0123456789", min_size=1), st.sampled_from(["none", "half", "as_requested"])))
def test_choices_survive_the_address_bar(choices: dict[str, str]) -> None:
    assert rules.read_choices(rules.write_choices(choices)) == choices


@given(st.integers(0, 20000), weekly, st.integers(0, 20000), weekly)
def test_price_and_volume_are_the_whole_variance(d1: int, w1: int, d2: int, w2: int) -> None:
    found = rules.variance(budget_days=d1, budget_weekly=w1, actual_days=d2, actual_weekly=w2)

    assert found.total == rules.half_up(Fraction(d2 * w2, 7)) - rules.half_up(Fraction(d1 * w1, 7))


def test_fixed_shares_come_first_and_never_exceed_the_cost() -> None:
    agreed = rules.with_remainder(
        (
            Share("ICB", ShareMode.PERCENT, Decimal(50)),
            Share("DSG", ShareMode.FIXED_WEEKLY, Decimal(80000)),
        ),
        "CSC",
    )

    assert rules.exact_shares(Fraction(100000), agreed, 7) == [20000, 80000, 0]


def test_the_councils_own_share_takes_what_nobody_else_pays() -> None:
    completed = rules.with_remainder((Share("ICB", ShareMode.PERCENT, Decimal(30)),), "CSC")

    assert [(share.funder, share.mode) for share in completed] == [
        ("ICB", ShareMode.PERCENT),
        ("CSC", ShareMode.REMAINDER),
    ]


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ([("A", "PERCENT", 60), ("B", "PERCENT", 41)], "The percentages come to more than 100."),
        ([("A", "REMAINDER", 0), ("B", "REMAINDER", 0)], "Only one funder can take the rest."),
        ([("A", "PERCENT", 10), ("A", "PERCENT", 10)], "Each funder may appear once in a split."),
        ([("A", "FIXED_WEEKLY", -1)], "A share cannot be negative."),
    ],
)
def test_an_impossible_split_says_why(bad: list[tuple[str, str, int]], fault: str) -> None:
    split = [Share(funder, ShareMode(mode), Decimal(value)) for funder, mode, value in bad]

    assert rules.share_faults(split) == [fault]
    with pytest.raises(ValueError, match=fault[:20]):
        rules.with_remainder(split, "CSC")


@pytest.mark.parametrize(
    ("unit", "quantity", "expected"),
    [("DAY", "5", 50000), ("NIGHT", "2", 20000), ("HOUR", "7.5", 75000), ("ONE_OFF", "3", 30000), ("TERM", "2", 20000)],
)
def test_other_units_than_the_week(unit: str, quantity: str, expected: int) -> None:
    monday = date(2026, 6, 1)
    rate = Rate(monday, 10000, Decimal(quantity), rules.Unit(unit))

    made = rules.segments(Terms(monday, monday + timedelta(days=6), date(2028, 3, 31), (rate,)))

    assert sum(segment.pence for segment in made) == expected


def test_a_council_that_does_not_pay_the_last_day() -> None:
    case = Terms(date(2026, 6, 1), date(2026, 6, 8), date(2028, 3, 31), (Rate(date(2026, 6, 1), 70000),))

    assert sum(s.pence for s in rules.segments(case)) == 80000
    unpaid = Terms(case.start, case.expected_end, case.horizon, case.rates, count_last_day=False)
    assert sum(s.pence for s in rules.segments(unpaid)) == 70000


def test_a_span_without_a_rate_or_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ValueError, match="No rate"):
        rules.segments(Terms(date(2026, 6, 1), None, date(2028, 3, 31), (Rate(date(2026, 6, 2), 1),)))
    with pytest.raises(ValueError, match="cannot end"):
        Span(date(2026, 6, 2), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("available", "warn_percent", "warn_pence", "level"),
    [
        (-1, 95, None, "OVER"),
        (0, 95, None, "AT_RISK"),
        (5000, 95, None, "AT_RISK"),
        (5001, 95, None, "INSIDE"),
        (5001, None, 6000, "AT_RISK"),
        (6000, None, 6000, "INSIDE"),
        (0, None, None, "INSIDE"),
    ],
)
def test_levels_turn_exactly_at_their_thresholds(
    available: int, warn_percent: int | None, warn_pence: int | None, level: str
) -> None:
    warn = rules.Thresholds(Decimal(warn_percent) if warn_percent else None, warn_pence)

    assert rules.level_of(budget=100000, available=available, thresholds=warn) == level


def test_choices_offered_and_presets() -> None:
    slots = [
        AgendaSlot("1", "L", {"as_requested": Effect(101), "recommended": Effect(60)}, statutory=True),
        AgendaSlot("2", "L", {"as_requested": Effect(50)}),
    ]

    def after(choices: dict[str, str]) -> int:
        return rules.project({"L": LineBaseline(1000, 1000)}, slots, choices).total_available

    assert after(rules.preset_choices(slots, rules.Preset.ALL)) == 849
    assert after(rules.preset_choices(slots, rules.Preset.RECOMMENDED)) == 890
    assert after(rules.preset_choices(slots, rules.Preset.STATUTORY)) == 899
    assert after(rules.preset_choices(slots, rules.Preset.NONE)) == 1000
    assert after(rules.read_choices("1:half,2:none")) == 949
