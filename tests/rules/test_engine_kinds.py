"""What each kind of entry does, on policies of a few lines; nothing here belongs to any council."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from panels.rules import assess
from tests.rules.small_policy import entry, policy_of, rules

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FLOOR = "parameters: {floor: {unit: pence, values: [{value: 50000}]}, hours: {unit: hours, values: [{value: 72}]}}"


def line(category: str = "therapy", **more: Any) -> dict[str, Any]:
    return {"category": category, **more}


# remit
REMIT = """
remit:
  - {lines: [holiday], verdict: excluded}
  - {lines: [therapy, home_support], verdict: in, when: request.total >= param.floor}
  - {lines: [home_support], verdict: other_panel, to: marp, when: child.disabled_childrens_team}
  - {lines: [therapy], verdict: out, effect: warn, when: request.total < param.floor}
  - {lines: [all], verdict: out, tier: leave, when: out_of_panel_leave}
"""


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([line(one_off=50000)], "in"),
        ([line(one_off=49999)], "out"),
        ([line("holiday", one_off=1)], "excluded"),
        ([line("nursery", one_off=1)], "out"),
        ([line("nursery", one_off=1), line("holiday", one_off=1)], "excluded"),
        ([line("holiday", one_off=1), line(one_off=50000)], "in"),
        ([line("home_support", one_off=90000), line("holiday", one_off=1)], "other_panel"),
        ([line()], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_remit_is_that_of_the_line_which_goes_furthest(
    tmp_path: Path, lines: list[dict[str, Any]], verdict: str
) -> None:
    policy = policy_of(tmp_path, entry("TS-02", REMIT), FLOOR)
    found = assess({"lines": lines, "child": {"disabled_childrens_team": True}}, policy, NOON)
    assert found.remit == verdict
    assert found.route_to == ("marp" if verdict == "other_panel" else None)


def test_a_bar_that_cannot_be_answered_leaves_the_line_unknown(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, entry("TS-02", REMIT), FLOOR)
    found = assess({"lines": [line("home_support", one_off=90000)]}, policy, NOON)
    assert (found.remit, found.missing) == ("unknown", ("$.child.disabled_childrens_team",))


def test_leave_opens_no_exclusion(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, entry("TS-02", REMIT), FLOOR)
    leave = {"out_of_panel_leave": True}
    assert assess({"lines": [line(one_off=90000)], **leave}, policy, NOON).remit == "out"
    assert assess({"lines": [line("holiday", one_off=1)], **leave}, policy, NOON).remit == "excluded"


def test_a_sum_known_in_part_decides_where_it_is_enough(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, entry("TS-02", REMIT), FLOOR)
    assert assess({"lines": [line(one_off=50000), line()]}, policy, NOON).remit == "in"
    found = assess({"lines": [line(one_off=49999), line()]}, policy, NOON)
    assert found.remit == "unknown"
    assert "$.lines[1].one_off" in found.missing


def test_a_line_at_the_wrong_panel_is_sent_to_the_right_one(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry("TS-02", "remit: [{lines: [therapy], verdict: in, panels: [two, one]}]")
        + entry("TS-03", "remit: [{lines: [nursery], verdict: in, panels: [two]}]")
        + entry("TS-04", "panel_choice: [{panel: two, when: child.unaccompanied}]"),
    )
    assert assess({"panel": "one", "lines": [line()]}, policy, NOON).remit == "in"
    sent = assess({"panel": "one", "lines": [line("nursery")]}, policy, NOON)
    assert (sent.remit, sent.route_to, rules(sent, "block"), sent.can_submit) == (
        "other_panel",
        "two",
        ["TS-03"],
        False,
    )
    picked = assess({"child": {"unaccompanied": True}, "lines": [line("nursery")]}, policy, NOON)
    assert (picked.panel, picked.remit) == ("two", "in")
    assert assess({"child": {"unaccompanied": False}, "lines": []}, policy, NOON).panel == "one"
    unsaid = assess({"lines": [line()]}, policy, NOON)
    assert unsaid.panel is None
    assert "$.child.unaccompanied" in unsaid.missing


# findings
def test_an_emergency_placement_is_warned_where_support_is_barred(tmp_path: Path) -> None:
    body = """
    findings:
      - when: emergency.given && !emergency.care_need
        effect: block
        stage: start
        in_emergency: warn
        bars_emergency: true
    """
    policy = policy_of(tmp_path, entry("TS-02", body))
    placement = assess({"emergency": {"kind": "placement", "care_need": False}}, policy, NOON)
    support = assess({"emergency": {"kind": "support", "care_need": False}}, policy, NOON)
    assert (rules(placement, "warn"), placement.can_record_emergency) == (["TS-02"], True)
    assert (rules(support, "block"), support.can_record_emergency) == (["TS-02"], False)
    assert assess({}, policy, NOON).missing == ("$.lines",)


@pytest.mark.parametrize(
    ("stage", "can_submit"), [("submit", False), ("list", False), ("decide", True), ("award", True), ("close", True)]
)
def test_only_blocks_of_the_way_to_the_panel_stop_a_submission(tmp_path: Path, stage: str, *, can_submit: bool) -> None:
    policy = policy_of(tmp_path, entry("TS-02", f"findings: [{{when: '!complete', effect: block, stage: {stage}}}]"))
    assert assess({"complete": False}, policy, NOON).can_submit is can_submit
    assert assess({}, policy, NOON).can_submit is True


def test_a_date_known_to_be_none_is_not_a_date_unsaid(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry("TS-02", "findings: [{when: decision.given && decision.review_date_none, effect: block, stage: decide}]"),
    )
    known = assess({"lines": [], "decision": {"review_date": None}}, policy, NOON)
    unsaid = assess({"lines": [], "decision": {}}, policy, NOON)
    given = assess({"lines": [], "decision": {"review_date": date(2026, 6, 1)}}, policy, NOON)
    assert [rules(r) for r in (known, unsaid, given)] == [["TS-02"], [], []]
    assert "$.decision.review_date" in unsaid.missing
    assert "$.decision.review_date" not in known.missing


# checklist
CHECKLIST = entry("TS-02", "list_row: {}") + entry(
    "TS-03", "checklist: {part_of: TS-02, not_applicable: inform, met_when: '\"virtual_school\" in room'}"
)


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        ({"TS-03": "met"}, []),
        ({"TS-03": "not_met"}, [("TS-03", "warn")]),
        ({"TS-03": "not_applicable"}, [("TS-03", "inform")]),
        ({}, [("TS-02", "block"), ("TS-03", "block")]),
    ],
)
def test_each_answer_has_its_effect(tmp_path: Path, evidence: dict[str, str], found: list[tuple[str, str]]) -> None:
    policy = policy_of(tmp_path, CHECKLIST)
    result = assess({"evidence": evidence, "attendance": []}, policy, NOON)
    assert [(f.rule, f.effect) for f in result.findings] == found


def test_no_evidence_at_all_is_not_known(tmp_path: Path) -> None:
    result = assess({"attendance": []}, policy_of(tmp_path, CHECKLIST), NOON)
    assert result.findings == ()
    assert "$.evidence" in result.missing


def test_a_fact_can_answer_an_item(tmp_path: Path) -> None:
    result = assess({"evidence": {}, "attendance": ["virtual_school"]}, policy_of(tmp_path, CHECKLIST), NOON)
    assert rules(result) == ["TS-02"]


def test_an_item_of_the_decision_waits_for_one(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, entry("TS-02", "checklist: {judged: decision}"))
    assert rules(assess({"evidence": {}}, policy, NOON)) == []
    assert rules(assess({"evidence": {}, "decision": {}}, policy, NOON)) == ["TS-02"]


# approvals
APPROVALS = entry(
    "TS-02", "approvals: [{role: team_manager, stage: before_submission, until_given: block, subject: a}]"
) + entry("TS-03", "approvals: [{role: team_manager, stage: before_submission, subject: a}]")


def test_an_agreement_asked_for_twice_is_carried_by_the_first(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, APPROVALS)
    result = assess({"sign_offs": []}, policy, NOON)
    assert [(a.rule, a.given) for a in result.approvals] == [("TS-02", False)]
    assert [(f.rule, f.effect) for f in result.findings] == [
        ("TS-02", "route"),
        ("TS-02", "block"),
        ("TS-03", "inform"),
    ]
    assert result.can_submit is False


def test_a_signature_nobody_has_spoken_of_is_no_block(tmp_path: Path) -> None:
    result = assess({"lines": []}, policy_of(tmp_path, APPROVALS), NOON)
    assert [a.given for a in result.approvals] == [None]
    assert rules(result, "block") == []
    assert "$.sign_offs" in result.missing


def test_a_given_signature_asks_for_nothing(tmp_path: Path) -> None:
    result = assess({"sign_offs": [{"role": "team_manager"}]}, policy_of(tmp_path, APPROVALS), NOON)
    assert [a.given for a in result.approvals] == [True]
    assert rules(result, "route") == rules(result, "block") == []


def test_who_agreed_an_emergency_has_agreed_outside_the_panel_only(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry(
            "TS-02",
            "approvals: [{role: director, stage: outside_panel}, {role: director, stage: after_panel, subject: b}]",
        ),
    )
    result = assess({"sign_offs": [], "emergency": {"kind": "support", "agreed_by": "director"}}, policy, NOON)
    assert [(a.stage, a.given) for a in result.approvals] == [("outside_panel", True), ("after_panel", False)]


def test_the_executive_agrees_line_by_line(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry(
            "TS-02",
            """
            approvals:
              - role: council_executive
                stage: before_provider_contact
                lines: [placements]
                when: line.total >= param.floor
                given_by: executive_preapproval
            """,
        ),
        FLOOR,
    )
    big, small = {"category": "residential_placement", "one_off": 50000}, {"category": "therapy", "one_off": 90000}

    def given(*lines: dict[str, Any]) -> list[bool | None]:
        return [a.given for a in assess({"lines": list(lines), "sign_offs": []}, policy, NOON).approvals]

    yes, no = {"executive_preapproval": True}, {"executive_preapproval": False}
    assert given(small) == []
    assert given(big | yes, small) == [True]
    assert given(big | yes, big | no) == [False]
    assert given(big | yes, big) == [None]


# quorum
QUORUM = entry(
    "TS-02",
    """
    quorum:
      clauses:
        - {code: manager, roles: [service_manager, chair]}
        - {code: money, roles: [finance, accountant]}
        - {code: buying, roles: [operational_commissioning], representatives: true}
    """,
)


@pytest.mark.parametrize(
    ("room", "missing"),
    [
        (["chair", "finance", "operational_commissioning"], ()),
        (["chair", "finance", "operational_commissioning_representative"], ()),
        (["chair", "finance_representative", "operational_commissioning"], ("money",)),
        (["chair", "finance"], ("buying",)),
        ([{"person": "p", "role": "chair"}, {"person": "p", "role": "finance"}], ("money", "buying")),
        (
            [
                {"person": "p", "role": "chair"},
                {"person": "p", "role": "finance"},
                {"person": "q", "role": "service_manager"},
                "operational_commissioning",
            ],
            (),
        ),
    ],
)
def test_one_person_fills_one_place_and_the_best_seating_counts(
    tmp_path: Path, room: list[Any], missing: tuple[str, ...]
) -> None:
    result = assess({"attendance": room}, policy_of(tmp_path, QUORUM), NOON)
    assert result.quorum is not None
    assert (result.quorum.met, result.quorum.missing) == (not missing, missing)
    assert rules(result, "block") == (["TS-02"] if missing else [])


def test_an_unknown_room_is_neither_quorate_nor_not(tmp_path: Path) -> None:
    result = assess({"decision": {}}, policy_of(tmp_path, QUORUM), NOON)
    assert result.quorum is not None
    assert result.quorum.met is None
    assert "$.attendance" in result.missing


def test_a_policy_without_quorum_has_none(tmp_path: Path) -> None:
    assert assess({"attendance": ["chair"]}, policy_of(tmp_path, ""), NOON).quorum is None


# people
def test_everybody_in_the_room_declares(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry("TS-02", "findings: [{when: room_undeclared > 0, effect: block, stage: decide}]")
        + entry("TS-03", "findings: [{when: room_conflicted > 0, effect: block, stage: decide}]"),
    )
    room = [{"person": "p", "role": "chair"}, "finance"]
    nil = {"person": "p", "role": "chair", "declared": True, "interest": None}
    other = {"person": "q", "role": "finance", "declared": True, "interest": "a brother's firm"}
    assert rules(assess({"attendance": room, "declarations": [nil]}, policy, NOON)) == ["TS-02"]
    assert rules(assess({"attendance": room, "declarations": [nil, other]}, policy, NOON)) == ["TS-03"]
    assert "$.declarations" in assess({"attendance": room}, policy, NOON).missing
