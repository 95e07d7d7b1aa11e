"""Every row of the register is accounted for, and a row that is not is named."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from panels.management.commands.mutate_policies import mutants
from panels.management.commands.policy_coverage import account, proofs_in
from panels.policy import Policy, load
from panels.policy.coverage import RegisterRow, carried, complaint, register
from tests.rules.small_policy import entry, policy_of

COUNCILS = {"west-berkshire": 126, "swindon": 114, "wokingham": 73, "dudley": 41, "kent": 102}


def row(rule: str) -> RegisterRow:
    return RegisterRow(rule, "testshire", "1", "x", "Something is required.")


def test_the_register_holds_each_row_once_for_five_councils() -> None:
    rows = register()

    assert len(rows) == 456
    assert len({r.id for r in rows}) == 456
    assert {c: sum(r.council == c for r in rows) for c in COUNCILS} == COUNCILS
    assert all(r.clause and r.topic and r.requirement for r in rows)


def test_every_row_is_accounted_for() -> None:
    out = StringIO()

    call_command("policy_coverage", stdout=out)

    lines = out.getvalue().splitlines()
    assert len(lines) == 457
    assert lines[-1].startswith("456 of 456 rows accounted for")


def test_a_row_without_an_entry_is_not_accounted_for(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, "")

    assert account(row("TS-09"), policy, {"testshire TS-09": ["a test"]})[2] == "there is no entry"


def test_a_row_without_a_test_is_not_accounted_for(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, entry("TS-02", "remit: [{lines: [all], verdict: in}]"))

    assert account(row("TS-02"), policy, {})[2] == "no test"
    assert account(row("TS-02"), policy, {"otherton TS-02": ["a test of another council"]})[2] == "no test"
    assert account(row("TS-02"), policy, {"testshire TS-02": ["a test"]}) == ("enforced", "remit", "")


@pytest.mark.parametrize(
    ("treatment", "body", "why"),
    [
        ("enforced", "", "enforced, and the policy has only nothing for it"),
        ("enforced", "asks: [{code: a, label: A}]", "enforced, and the policy has only asks for it"),
        ("enforced", "asks: [{code: a, label: A, required: true}]", ""),
        (
            "computed",
            "approvals: [{role: chair, stage: after_panel}]",
            "computed, and the policy has only approvals for it",
        ),
        ("computed", "deadlines: [{timer: T-01, due: {of: [panel_day], days_before: 1}}]", ""),
        ("routed", "remit: [{lines: [all], verdict: in}]", "routed, and the policy has only remit for it"),
        ("routed", "approvals: [{role: chair, stage: after_panel}]", ""),
        ("recorded", "", "recorded, and nothing in the policy holds it"),
        ("recorded", "kept_by: [attendance]", ""),
        ("shown", "seen: [Words]", ""),
        ("guidance", "", ""),
    ],
)
def test_an_entry_must_do_what_its_treatment_says(tmp_path: Path, treatment: str, body: str, why: str) -> None:
    policy = policy_of(tmp_path, entry("TS-02", body).replace("treatment: enforced", f"treatment: {treatment}"))

    assert complaint(policy.entry("TS-02"), carried(policy)["TS-02"]) == why


def test_a_vector_that_only_says_a_rule_is_silent_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "policies" / "rows").mkdir(parents=True)
    (tmp_path / "vectors").mkdir()
    case = {"council": "kent"}
    vectors = [
        {"name": "one", "why": "", "case": case, "expect": {"findings_exclude": ["KE-01"]}},
        {"name": "two", "why": "KE-02: it says so.", "case": case, "expect": {}},
        {"name": "three", "why": "", "case": case, "expect": {"findings_include": [{"rule": "KE-03"}]}},
    ]
    (tmp_path / "vectors" / "kent.json").write_text(json.dumps(vectors), encoding="utf-8")

    assert proofs_in(tmp_path) == {"kent KE-02": ["two"], "kent KE-03": ["three"]}


def test_each_entry_and_each_number_is_changed_in_turn(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry("TS-02", "findings: [{when: child.age >= 16, effect: warn, stage: submit}]")
        + entry("TS-03", "deadlines: [{timer: T-01, due: {of: [panel_day], days_before: limit}}]"),
        more="parameters: {limit: {unit: days, rule: TS-03, values: [{value: 5}]}}",
    )

    made = {(m.rule, m.what) for m in mutants(policy)}

    assert ("TS-02", "its parts removed") in made
    assert ("TS-02", "16 +1 in child.age >= 16") in made
    assert ("TS-03", "limit.values.0 5 -1") not in made
    assert ("TS-03", "values.0.value 5 -1") in made
    changed = next(m for m in mutants(policy) if m.what == "16 -1 in child.age >= 16")
    assert Policy.from_payload(changed.payload).entry("TS-02").findings[0].when == "child.age >= 15"


def test_changing_one_place_leaves_the_policy_itself_as_it_was() -> None:
    policy = load("dudley")
    before = policy.payload()

    for _ in mutants(policy):
        pass

    assert policy.payload() == before
