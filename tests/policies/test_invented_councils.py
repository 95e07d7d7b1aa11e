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
from panels.rules.schedule import nth_weekday
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
def test_no_more_cases_than_the_policy_says_and_all_where_it_says_nothing() -> None:
    many = [Wanted(str(number), "new", 5) for number in range(7)]

    assert fit(RESOURCE.capacity, many).left_over == ("5", "6")
    assert fit(None, many).listed == tuple("0123456")
    assert fit(RESOURCE.capacity, many[:5]).ways == ()


# triggers -------------------------------------------------------------------------------------------
def test_a_trigger_names_its_rule_its_panel_and_why() -> None:
    (found,) = put_forward(read(case("NM-01-1"), NORTHMOOR), NORTHMOOR, datetime(2026, 9, 1, 12, tzinfo=UTC))

    assert (found.rule, found.panel, found.message) == ("NM-09", "resource", "What is agreed ends soon.")
    assert found.clause == "Resource scheme, 9"


# reviews --------------------------------------------------------------------------------------------
def test_a_text_without_intervals_plans_no_review() -> None:
    silent = load("kent").panel("arp").review

    on = {"decided_on": date(2026, 3, 10), "start": date(2026, 3, 16), "end": date(2026, 12, 31)}
    assert review_days(silent, **on) == ()
    assert review_days(RESOURCE.review, **{**on, "end": date(2026, 3, 20)}) == ()


# splits ---------------------------------------------------------------------------------------------
def test_a_split_names_its_rule() -> None:
    joint = case("NM-08-1", joint_funding=["health", "education"])
    joint["lines"] = [{**joint["lines"][0], "category": "residential_placement"}]

    found = split_of(read(joint, NORTHMOOR), NORTHMOOR, line=0)

    assert found is not None
    assert (found[0], found[1].code) == ("NM-10", "joint")


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
        ("quorum: {clauses: [{code: a, agencies: [health]}]}", "unknown agency"),
        (
            "quorum: {clauses: [{code: a, roles: [chair], then: in_principle}]}",
            "endorsed_by goes with then: in_principle",
        ),
    ],
)
def test_a_kind_that_is_half_said_is_a_fault(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(PolicyFaults) as refusal:
        policy_of(tmp_path, entry("TS-02", body))
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("{kind: yes_no, label: Used, counts: {lines: [therapy], months: 12}}", "counts goes with kind: count"),
        ("{kind: count, label: Used, counts: {lines: [therapies], months: 12}}", "unknown category or group"),
        ("{kind: count, label: Used, counts: {lines: [therapy], months: 0}}", "1 or more"),
    ],
)
def test_a_counted_fact_that_is_half_said_is_a_fault(tmp_path: Path, fact: str, words: str) -> None:
    with pytest.raises(PolicyFaults) as refusal:
        policy_of(tmp_path, entry("TS-02", "seen: [x]"), more=f"facts:\n  used: {fact}\n")
    assert words in str(refusal.value)


def test_what_is_asked_of_a_step_names_a_step_of_the_ladder(tmp_path: Path) -> None:
    asks = "asks: [{code: letter, label: Letter, where: dispute, step: appeal}]"

    with pytest.raises(PolicyFaults, match="no step of that code in a ladder"):
        policy_of(tmp_path, entry("TS-02", asks))


@pytest.mark.parametrize("part", ["where: dispute", "where: after, step: talk"])
def test_a_step_is_named_where_a_dispute_asks_and_nowhere_else(tmp_path: Path, part: str) -> None:
    with pytest.raises(PolicyFaults, match="goes with the key 'step'"):
        policy_of(tmp_path, entry("TS-02", f"asks: [{{code: letter, label: Letter, {part}}}]"))


@pytest.mark.parametrize("after", ["mediator", "director"])
def test_a_step_of_the_ladder_comes_after_an_earlier_one(tmp_path: Path, after: str) -> None:
    folder = tmp_path / "westhaven"
    folder.mkdir()
    text = (HERE / "westhaven" / "council.yaml").read_text(encoding="utf-8")
    assert "after: mediation," in text
    (folder / "council.yaml").write_text(text.replace("after: mediation,", f"after: {after},"), encoding="utf-8")

    with pytest.raises(PolicyFaults, match="no earlier step of that code") as refusal:
        load("westhaven", tmp_path)
    assert refusal.value.faults[0].allowed == "mediation"
