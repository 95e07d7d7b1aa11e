"""What a council's text does not say is not enforced, and nothing of one council is found in another."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from panels.policy import Policy, load
from tests.policies.tables import ask, councils, rows

PREFIXES = {"west-berkshire": "WB", "swindon": "SW", "wokingham": "WK", "dudley": "DU", "kent": "KE"}
CASES = {council: {row.data["case"]: row.facts for row in rows(council) if row.facts} for council in councils()}


def parts(policy: Policy, name: str) -> list[Any]:
    return [part for entry in policy.entries if getattr(entry, name) for part in [getattr(entry, name)]]


@pytest.mark.parametrize("council", PREFIXES)
def test_a_policy_names_no_rule_of_another_council(council: str) -> None:
    named = set(re.findall(r"\b(WB|SW|WK|DU|KE)-\d+", json.dumps(load(council).payload())))

    assert named == {PREFIXES[council]}


@pytest.mark.parametrize("council", PREFIXES)
def test_no_answer_speaks_of_another_councils_rules(council: str) -> None:
    policy = load(council)
    for facts in CASES[council].values():
        result = ask(facts, policy)
        rules = [one["rule"] for one in [*result["findings"], *result["approvals"], *result["deadlines"]]]
        assert {rule[:2] for rule in rules} <= {PREFIXES[council]}


@pytest.mark.parametrize("council", ["west-berkshire", "swindon", "dudley", "kent"])
def test_only_wokingham_states_a_quorum(council: str) -> None:
    assert parts(load(council), "quorum") == []
    assert all(ask(facts, load(council))["quorum"] is None for facts in CASES[council].values())


@pytest.mark.parametrize("council", ["west-berkshire", "swindon", "dudley", "kent"])
def test_only_wokingham_states_bands_of_a_purchase(council: str) -> None:
    assert parts(load(council), "bands") == []
    stages = {f["stage"] for facts in CASES[council].values() for f in ask(facts, load(council))["findings"]}
    assert "award" not in stages


@pytest.mark.parametrize(
    ("council", "timers"),
    [
        ("west-berkshire", {"T-01", "T-02", "T-03", "T-18", "T-19", "T-20", "T-21"}),
        ("swindon", {"T-02", "T-03", "T-04", "T-05", "T-18", "T-19", "T-20", "T-21"}),
        ("wokingham", {"T-06", "T-12", "T-13", "T-14", "T-21"}),
        ("dudley", {"T-17", "T-21"}),
        ("kent", {"T-07", "T-08", "T-09", "T-10", "T-11", "T-21"}),
    ],
)
def test_each_council_runs_its_own_timers_only(council: str, timers: set[str]) -> None:
    assert load(council).timer_ids == timers


@pytest.mark.parametrize(
    ("council", "panel", "path", "value"),
    [
        ("west-berkshire", "ar", "offices.minutes_signed_by", None),
        ("west-berkshire", "ar", "offices.declarations", "unstated"),
        ("swindon", "care", "slots.emergency_slots", 0),
        ("swindon", "care", "submission.late", "block"),
        ("wokingham", "arp", "slots.minutes", None),
        ("wokingham", "arp", "offices.withdrawal_agreed_by", None),
        ("wokingham", "arp", "submission.late", "next_meeting"),
        ("dudley", "arp", "schedule.every", "unstated"),
        ("dudley", "arp", "submission", None),
        ("dudley", "arp", "outside_panel", ()),
        ("dudley", "arp", "disputes", ()),
        ("kent", "arp", "schedule.length", None),
        ("kent", "arp", "offices.withdrawal_agreed_by", None),
        ("kent", "cic", "offices.declarations", "unstated"),
    ],
)
def test_what_a_text_does_not_say_is_not_there(council: str, panel: str, path: str, value: object) -> None:
    found: Any = load(council).panel(panel)
    for step in path.split("."):
        found = getattr(found, step)

    assert found == value


@pytest.mark.parametrize("council", ["wokingham", "dudley", "kent"])
def test_twenty_miles_are_nobodys_business_where_no_text_names_them(council: str) -> None:
    near = CASES[council]["placement"]
    far = {**near, "placement": {**near["placement"], "distance_miles": 400}}

    assert ask(far, load(council)) == ask(near, load(council))


@pytest.mark.parametrize("council", ["wokingham", "dudley", "kent"])
def test_a_change_of_meeting_starts_no_clock_where_no_text_names_one(council: str) -> None:
    calm = CASES[council]["support"]
    moved = {
        **calm,
        "meeting_change": {
            "old_start": "2026-03-12T10:00:00+00:00", "new_start": "2026-03-12T14:00:00+00:00",
            "told_at": "2026-03-12T09:00:00+00:00",
        },
    }  # fmt: skip

    assert ask(moved, load(council)) == ask(calm, load(council))


# no lines, no facts ---------------------------------------------------------------------------------
@pytest.mark.parametrize("council", PREFIXES)
def test_a_request_without_lines_is_answered_without_a_verdict_on_its_remit(council: str) -> None:
    whole = CASES[council]["support"]
    for facts in ({**whole, "lines": []}, {key: value for key, value in whole.items() if key != "lines"}):
        result = ask(facts, load(council))
        assert result["remit"] == "unknown"
        assert result["totals"]["lines"] == []
        assert "$.lines" in result["missing"]
        assert all(finding["line"] is None for finding in result["findings"])


@pytest.mark.parametrize("council", PREFIXES)
def test_of_nothing_known_nothing_is_said(council: str) -> None:
    result = ask({"council": council}, load(council))

    assert (result["remit"], result["can_submit"], result["can_record_emergency"]) == ("unknown", True, True)
    assert [f for f in result["findings"] if f["effect"] in {"block", "warn"}] == []
    assert result["deadlines"] == []
    assert all(approval["given"] is None for approval in result["approvals"])
