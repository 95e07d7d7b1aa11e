"""Councils nobody wrote code for: their policies are files, and their tables prove what the files do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from panels.policy import PolicyFaults, load
from panels.policy.schema import Split
from panels.rules import Wanted, fit, put_forward, review_days, shares, split_of
from panels.rules.case import CaseError
from panels.rules.schedule import nth_weekday, proposed_days
from tests.policies.tables import Row, faults, read, rows
from tests.rules.small_policy import entry, policy_of

HERE = Path(__file__).parent
INVENTED = sorted(file.parent.name for file in HERE.glob("*/table.yml"))
LINES = [pytest.param(row, id=f"{c}-{row.name}") for c in INVENTED for row in rows(c, HERE / c / "table.yml")]
NORTHMOOR = load("northmoor", HERE)
RESOURCE = NORTHMOOR.panel("resource")
CASES = {row.name: row for row in rows("northmoor", HERE / "northmoor" / "table.yml")}


def case(name: str, **changes: Any) -> dict[str, Any]:
    facts = CASES[name].facts
    assert facts is not None
    return {**facts, **changes}


@pytest.mark.parametrize("row", LINES)
def test_the_invented_council_does_what_its_table_says(row: Row) -> None:
    assert faults(row, load(row.council, HERE)) == []


# facts of a council's own ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("own", "path"),
    [
        ({"unborn": "yes"}, "$.own.unborn"),
        ({"sector": "charity"}, "$.own.sector"),
        ({"uses_this_year": -1}, "$.own.uses_this_year"),
        ({"other_income": "1.5"}, "$.own.other_income"),
        ({"agreed_services": ["painting"]}, "$.own.agreed_services[0]"),
        ({"surplus": True}, "$.own.surplus"),
    ],
)
def test_a_fact_of_ones_own_is_read_as_strictly_as_the_others(own: dict[str, Any], path: str) -> None:
    with pytest.raises(CaseError) as refusal:
        read({"council": "northmoor", "own": own}, NORTHMOOR)
    assert str(refusal.value).startswith(path)


def test_a_council_without_facts_of_its_own_refuses_them() -> None:
    with pytest.raises(CaseError, match=r"\$\.own"):
        read({"council": "kent", "own": {"unborn": True}}, load("kent"))


def test_a_condition_on_a_fact_that_is_not_declared_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PolicyFaults) as refusal:
        policy_of(tmp_path, entry("TS-02", "findings: [{when: own.risky, effect: warn, stage: submit}]"))
    assert "own.risky" in str(refusal.value)


# schedules ------------------------------------------------------------------------------------------
def test_the_second_and_the_last_tuesday_and_the_last_for_complex_cases() -> None:
    assert proposed_days(RESOURCE, after=date(2026, 3, 1), held=(), most=3) == [
        date(2026, 3, 10), date(2026, 3, 31), date(2026, 4, 14),
    ]  # fmt: skip
    assert proposed_days(RESOURCE, after=date(2026, 3, 1), held=(), most=2, level="complex") == [
        date(2026, 3, 31), date(2026, 4, 28),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("month", "weekday", "rank", "expected"),
    [
        (date(2026, 3, 15), 1, 1, date(2026, 3, 3)),
        (date(2026, 3, 1), 6, 1, date(2026, 3, 1)),
        (date(2026, 3, 1), 1, 5, date(2026, 3, 31)),
        (date(2026, 2, 1), 1, 5, None),
        (date(2026, 2, 1), 1, -1, date(2026, 2, 24)),
        (date(2026, 12, 1), 3, -1, date(2026, 12, 31)),
    ],
)
def test_the_nth_weekday_of_a_month(month: date, weekday: int, rank: int, expected: date | None) -> None:
    assert nth_weekday(month, weekday=weekday, rank=rank) == expected


# capacity -------------------------------------------------------------------------------------------
def test_cases_find_places_in_the_policys_order_and_the_rest_goes_its_ways() -> None:
    wanted = [
        Wanted("new-1", "new", 20), Wanted("review", "review", 20), Wanted("new-2", "new", 40),
        Wanted("emergency", "emergency", 40), Wanted("new-3", "new", 20),
    ]  # fmt: skip

    fitted = fit(RESOURCE.capacity, wanted)

    assert fitted.listed == ("emergency", "review", "new-1", "new-3")
    assert fitted.left_over == ("new-2",)
    assert fitted.ways == ("extra_meeting", "next_meeting")


def test_no_more_cases_than_the_policy_says_and_all_where_it_says_nothing() -> None:
    many = [Wanted(str(number), "new", 5) for number in range(7)]

    assert fit(RESOURCE.capacity, many).left_over == ("5", "6")
    assert fit(None, many).listed == tuple("0123456")
    assert fit(RESOURCE.capacity, many[:5]).ways == ()


# triggers -------------------------------------------------------------------------------------------
def codes(facts: dict[str, Any], at: datetime) -> list[tuple[str, int | None]]:
    return [(one.code, one.line) for one in put_forward(read(facts, NORTHMOOR), NORTHMOOR, at)]


def test_cases_come_forward_by_the_calendar_by_elapsed_time_and_by_count() -> None:
    facts = case("NM-01-1")

    assert codes(facts, datetime(2026, 8, 2, 12, tzinfo=UTC)) == []
    assert codes(facts, datetime(2026, 8, 3, 12, tzinfo=UTC)) == [("ending", 0)]
    assert codes(facts, datetime(2026, 12, 16, 12, tzinfo=UTC)) == [("ending", 0), ("long_plan", 0)]
    moved = {**facts, "child": {**facts["child"], "placement_breakdowns": 2}}
    assert codes(moved, datetime(2026, 3, 20, 12, tzinfo=UTC)) == [("breakdowns", None)]


def test_a_trigger_whose_fact_is_missing_does_not_hold_and_one_names_its_rule_and_panel() -> None:
    facts = case("NM-01-1")
    bare = {key: value for key, value in facts.items() if key != "child"}

    assert codes(bare, datetime(2026, 3, 20, 12, tzinfo=UTC)) == []
    (found,) = put_forward(read(facts, NORTHMOOR), NORTHMOOR, datetime(2026, 9, 1, 12, tzinfo=UTC))
    assert (found.rule, found.panel, found.message) == ("NM-09", "resource", "What is agreed ends soon.")
    assert found.clause == "Resource scheme, 9"


# reviews --------------------------------------------------------------------------------------------
def test_reviews_follow_the_plan_and_come_before_the_end() -> None:
    days = review_days(RESOURCE.review, decided_on=date(2026, 3, 10), start=date(2026, 3, 16), end=date(2026, 12, 31))

    assert days == (date(2026, 4, 27), date(2026, 7, 27), date(2026, 10, 26))
    assert days[-1] <= date(2026, 12, 17)


def test_a_short_grant_is_reviewed_at_the_latest_possible_day_and_an_open_one_at_the_first() -> None:
    plan, on = RESOURCE.review, {"decided_on": date(2026, 3, 10), "start": date(2026, 3, 16)}

    assert review_days(plan, end=date(2026, 4, 26), **on) == (date(2026, 4, 12),)
    assert review_days(plan, end=date(2026, 3, 20), **on) == ()
    assert review_days(plan, end=None, **on) == (date(2026, 4, 27),)
    silent = load("kent").panel("arp").review
    assert review_days(silent, end=date(2026, 12, 31), **on) == ()


# splits ---------------------------------------------------------------------------------------------
def test_who_pays_which_part_follows_the_condition() -> None:
    joint = case("NM-08-1", joint_funding=["health", "education"])
    joint["lines"] = [{**joint["lines"][0], "category": "residential_placement"}]

    found = split_of(read(joint, NORTHMOOR), NORTHMOOR, line=0)
    assert found is not None
    assert (found[0], found[1].code) == ("NM-10", "joint")
    alone = {**joint, "joint_funding": []}
    assert split_of(read(alone, NORTHMOOR), NORTHMOOR, line=0) is None
    rich = {**joint, "own": {**joint["own"], "other_income": "500.00"}}
    assert split_of(read(rich, NORTHMOOR), NORTHMOOR, line=0) is None


@pytest.mark.parametrize("pence", [0, 1, 2, 3, 99, 100, 101, 12345, 99999999])
def test_the_parts_of_a_sum_make_up_the_sum(pence: int) -> None:
    for split in NORTHMOOR.entry("NM-10").splits:
        parts = shares(pence, split)
        assert sum(parts.values()) == pence
        assert all(abs(part * 100 - pence * split.shares[who]) < 100 for who, part in parts.items())


def test_a_penny_that_does_not_divide_goes_to_the_largest_remainder() -> None:
    split = Split(code="x", lines=("therapy",), shares={"a": 33, "b": 67})

    assert shares(1, split) == {"a": 0, "b": 1}
    assert shares(10001, split) == {"a": 3300, "b": 6701}


# faults ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("splits: [{code: a, lines: [therapy], shares: {a: 50, b: 49}}]", "shares make up 100, these make up 99"),
        ("quorum: {clauses: [{code: a, agencies: [health], count: 2}]}", "more agencies are counted than are named"),
        ("quorum: {clauses: [{code: a}]}", "a clause names either roles or agencies"),
        ("quorum: {then: in_principle, clauses: [{code: a, roles: [chair]}]}", "endorsed_by goes with then"),
        (
            "deadlines: [{timer: T-01, due: {of: [panel_day], days_before: 1, weeks_before: 1}}]",
            "weeks_before is read only with weekday_of_week",
        ),
        ("triggers: [{code: a, when: line.total > 5}]", "facts of a line need the key 'lines'"),
        ("triggers: [{code: a, when: child.age >}]", "condition"),
    ],
)
def test_a_kind_that_is_half_said_is_a_fault(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(PolicyFaults) as refusal:
        policy_of(tmp_path, entry("TS-02", body))
    assert words in str(refusal.value)
