"""A policy can be stored as JSON and rebuilt, and answers the pages' questions."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from panels.policy import Policy, installed, load
from panels.rules import assess, submission_due
from tests.rules.small_policy import entry, policy_of, rules


@pytest.mark.parametrize("slug", installed())
def test_a_stored_policy_is_the_same_policy(slug: str) -> None:
    policy = load(slug)
    stored = json.loads(json.dumps(policy.payload()))
    again = Policy.from_payload(stored)
    assert again == policy
    assert again.digest == policy.digest
    assert again.payload() == policy.payload()


@pytest.mark.parametrize("slug", installed())
def test_each_entry_shows_its_clause_and_meaning(slug: str) -> None:
    policy = load(slug)
    assert all(policy.clause(e.id) and e.means for e in policy.entries)


def test_one_changed_number_is_another_policy(tmp_path: Path) -> None:
    first = policy_of(tmp_path, "", "parameters: {floor: {unit: pence, values: [{value: 1}]}}")
    second = policy_of(tmp_path, "", "parameters: {floor: {unit: pence, values: [{value: 22}]}}")
    assert first.digest != second.digest


def test_a_parameter_has_the_value_of_the_day(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry("TS-02", "findings: [{when: request.total >= param.floor, effect: warn, stage: submit}]"),
        "parameters: {floor: {unit: pence, values: [{value: 50000}, {value: 60000, from: 2027-04-01}]}}",
    )
    assert policy.parameter("floor", date(2027, 3, 31)) == 50000
    assert policy.parameter("floor", date(2027, 4, 1)) == 60000
    case = {"lines": [{"category": "therapy", "one_off": 55000}]}
    assert rules(assess(case, policy, datetime(2027, 3, 31, 12, tzinfo=UTC)), "warn") == ["TS-02"]
    assert rules(assess(case, policy, datetime(2027, 4, 1, 12, tzinfo=UTC)), "warn") == []


def test_an_entry_holds_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry(
            "TS-02",
            """
            from: 2026-04-01
            until: 2026-04-30
            findings: [{when: '!complete', effect: block, stage: submit}]
            """,
        ),
    )
    blocked = {
        day: bool(assess({"complete": False}, policy, datetime(2026, *day, 12, tzinfo=UTC)).findings)
        for day in [(3, 31), (4, 1), (4, 30), (5, 1)]
    }
    assert blocked == {(3, 31): False, (4, 1): True, (4, 30): True, (5, 1): False}


def test_entries_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, entry("TS-100", "seen: [a]") + entry("TS-11", "seen: [b]"))
    assert [e.id for e in policy.entries] == ["TS-01", "TS-11", "TS-100"]


def test_west_berkshire_answers_the_pages() -> None:
    policy = load("west-berkshire")
    panel = policy.panel("ar")
    assert [s.title for s in panel.seats if s.chairs == "chair"] == ["Head of Service, Children and Family Services"]
    assert len(panel.seats) == 11
    assert (panel.slots.minutes, panel.slots.complex_minutes, panel.schedule.length) == (10, 20, 180)
    assert policy.sign_off_chain("ar") == ()
    assert [s.role for s in policy.sign_off_chain("ar", required_only=False)] == ["team_manager"]
    assert panel.offices.withdrawal_agreed_by == "service_manager"
    due = submission_due(policy, "ar", datetime(2026, 4, 9, 9, 30, tzinfo=UTC))
    assert due is not None
    assert due.date() == date(2026, 3, 31)
    outside = policy.outside_panel("ar", "support")
    assert outside is not None
    assert outside.approver == "service_manager"
