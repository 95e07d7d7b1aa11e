"""The comparator sees every kind of difference: a reader that overlooks one would prove nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vectors.comparator import CHECKS, differences

FINDING = {"rule": "XX-1", "clause": "1", "effect": "warn", "stage": "submit", "message": "m", "line": 0}
RESULT: dict[str, Any] = {
    "remit": "in",
    "route_to": None,
    "panel": "arp",
    "can_submit": True,
    "can_record_emergency": True,
    "findings": [FINDING, {**FINDING, "rule": "XX-2", "effect": "inform"}],
    "approvals": [{"role": "director", "stage": "after_panel", "rule": "XX-3", "given": None}],
    "deadlines": [{"timer": "T-06", "rule": "XX-4", "due": "2026-04-09T23:59:59+01:00", "met": False}],
    "quorum": {"met": False, "missing": ["finance"], "rule": "XX-5"},
    "totals": {"family_six_months": None, "lines": [{"total": "5.00", "annual": None}]},
    "missing": ["$.lines[0].start"],
}
RIGHT: list[dict[str, Any]] = [
    {"remit": "in", "route_to": None, "panel": "arp", "can_submit": True, "can_record_emergency": True},
    {"findings_include": [{"rule": "XX-1"}, {"rule": "XX-1", "effect": "warn", "stage": "submit", "line": 0}]},
    {"findings_any": [[{"rule": "XX-9"}, {"rule": "XX-2"}]]},
    {"findings_exclude": ["XX-2", "XX-9"]},
    {"approvals_include": [{"role": "director", "given": None}]},
    {"approvals_exclude_roles": ["chair"]},
    {"deadlines": {"T-06": {"due": "2026-04-09T22:59:59+00:00", "due_date": "2026-04-09", "met": False}}},
    {"deadlines_exclude": ["T-01"]},
    {"quorum": {"met": False, "missing_include": ["finance"], "missing_exclude": ["chair"]}},
    {"totals": {"family_six_months": None, "lines": [{"total": "5.00"}]}},
    {"missing_include": ["$.lines[0].start"], "missing_prefix": ["$.lines"], "missing_exclude": ["$.lines"]},
    {"any_of": [{"remit": "out"}, {"remit": "in"}]},
]
WRONG: list[dict[str, Any]] = [
    {"remit": "out"},
    {"route_to": "arp"},
    {"panel": "cic"},
    {"can_submit": False},
    {"can_record_emergency": False},
    {"findings_include": [{"rule": "XX-1", "effect": "block"}]},
    {"findings_include": [{"rule": "XX-1", "line": 1}]},
    {"findings_any": [[{"rule": "XX-9"}]]},
    {"findings_exclude": ["XX-1"]},
    {"approvals_include": [{"role": "director", "given": False}]},
    {"approvals_exclude_roles": ["director"]},
    {"deadlines": {"T-07": {}}},
    {"deadlines": {"T-06": {"due": "2026-04-09T23:59:59+00:00"}}},
    {"deadlines": {"T-06": {"due_date": "2026-04-10"}}},
    {"deadlines": {"T-06": {"met": None}}},
    {"deadlines_exclude": ["T-06"]},
    {"quorum": None},
    {"quorum": {"met": True}},
    {"quorum": {"missing_include": ["chair"]}},
    {"quorum": {"missing_exclude": ["finance"]}},
    {"totals": {"family_six_months": "0.00"}},
    {"totals": {"lines": [{"total": "5.01"}]}},
    {"totals": {"lines": [{}, {"total": "5.00"}]}},
    {"missing_include": ["$.lines"]},
    {"missing_exclude": ["$.lines[0].start"]},
    {"missing_prefix": ["$.child"]},
    {"any_of": [{"remit": "out"}, {"panel": "cic"}]},
    {"a_key_nobody_knows": 1},
]


@pytest.mark.parametrize("expected", RIGHT, ids="+".join)
def test_what_agrees_is_passed(expected: dict[str, Any]) -> None:
    assert differences(expected, RESULT) == []


@pytest.mark.parametrize("expected", WRONG, ids="+".join)
def test_what_differs_is_told(expected: dict[str, Any]) -> None:
    assert len(differences(expected, RESULT)) == 1


def test_every_key_is_seen_to_fail() -> None:
    assert CHECKS.keys() <= {key for expected in WRONG for key in expected}


def test_a_due_time_without_londons_offset_is_told() -> None:
    result = {**RESULT, "deadlines": [{**RESULT["deadlines"][0], "due": "2026-04-09T22:59:59+00:00"}]}

    assert len(differences({"deadlines": {"T-06": {"due_date": "2026-04-09"}}}, result)) == 1
