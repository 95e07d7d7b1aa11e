"""West Berkshire's boundaries, each just below, exactly and just above (rules.md part 7), and its silences."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from panels.policy import load
from panels.rules import Assessment, assess
from tests.rules.small_policy import rules

POLICY = load("west-berkshire")
AT = datetime(2026, 3, 4, 9, tzinfo=UTC)
PANEL = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


def ask(*lines: dict[str, Any], **more: Any) -> Assessment:
    facts = {
        "as_at": AT,
        "panel_starts_at": PANEL,
        "submitted_at": datetime(2026, 3, 3, tzinfo=UTC),
        "lines": list(lines),
        "child": {"status": "child_in_need", "legal_basis": "none", "disabled_childrens_team": False},
        "documents": ["social_work_assessment"],
        "complete": True,
        "sign_offs": [{"role": "team_manager"}],
        "presenters": ["submitter"],
    }
    return assess(facts | more, POLICY)


def placement(**more: Any) -> dict[str, Any]:
    return {
        "category": "residential_placement",
        "weekly": 300000,
        "start": date(2026, 3, 16),
        "end": date(2026, 6, 14),
    } | more


@pytest.mark.parametrize(("pence", "warned"), [(49999, True), (50000, False), (50001, False)])
def test_the_resource_floor_takes_five_hundred_pounds_itself(pence: int, *, warned: bool) -> None:
    found = ask({"category": "general_resource", "one_off": pence})
    assert found.remit == "in"
    assert rules(found, "warn").count("WB-122") == warned


@pytest.mark.parametrize(("pence", "remit"), [(49999, "excluded"), (50000, "in"), (50001, "in")])
def test_transport_is_shut_out_below_five_hundred_pounds(pence: int, remit: str) -> None:
    assert ask({"category": "transport", "one_off": pence, "low_level": False}).remit == remit


@pytest.mark.parametrize(("pence", "remit"), [(49999, "excluded"), (50000, "excluded"), (50001, "in")])
@pytest.mark.parametrize("package", [True, False])
def test_day_care_needs_more_than_five_hundred_pounds_and_the_package(pence: int, remit: str, *, package: bool) -> None:
    line = {"category": "day_care", "one_off": pence, "high_level_family_support_package": package}
    assert ask(line).remit == (remit if package else "excluded")


@pytest.mark.parametrize(
    ("end", "remit"),
    [(date(2026, 6, 30), "excluded"), (date(2026, 7, 1), "excluded"), (date(2026, 7, 2), "in")],
)
def test_child_minding_needs_longer_than_three_months(end: date, remit: str) -> None:
    line = {"category": "child_minding", "start": date(2026, 4, 1), "end": end, "weekly": 9000}
    assert ask(line | {"part_of_wider_package": True}).remit == remit
    assert ask(line | {"part_of_wider_package": False}).remit == "excluded"


@pytest.mark.parametrize(("miles", "sanction"), [(19.9, False), (20.0, False), (20.1, True)])
def test_a_director_sanctions_beyond_twenty_miles(miles: float, *, sanction: bool) -> None:
    found = ask(placement(), placement={"distance_miles": miles, "outside_council_area": False, "high_cost": False})
    assert ("corporate_director_communities" in [a.role for a in found.approvals]) is sanction


def test_an_emergency_entry_into_care_is_the_head_of_services_and_at_a_low_cost_the_service_managers_too() -> None:
    emergency = {"kind": "placement", "care_need": True, "consulted": ["service_manager"]}
    where = {"distance_miles": 1.0, "outside_council_area": False}
    outside = {
        cost: [
            a.role
            for a in ask(placement(), emergency=emergency, placement=where | said).approvals
            if a.stage == "outside_panel"
        ]
        for cost, said in {"unsaid": {}, "low": {"high_cost": False}, "high": {"high_cost": True}}.items()
    }
    both = ["service_manager", "head_of_service"]
    assert outside == {"unsaid": ["head_of_service"], "low": both, "high": ["head_of_service"]}


def test_a_late_application_is_put_to_both_managers_and_not_refused() -> None:
    found = ask({"category": "therapy", "one_off": 60000}, submitted_at=datetime(2026, 3, 6, tzinfo=UTC))
    assert [(a.role, a.given) for a in found.approvals if a.rule == "WB-54"] == [
        ("head_of_service", False),
        ("service_manager", False),
    ]
    assert found.can_submit is True


def test_an_application_in_time_is_put_to_nobody() -> None:
    found = ask({"category": "therapy", "one_off": 60000})
    assert "WB-54" not in [a.rule for a in found.approvals]


def test_a_placement_needs_the_team_managers_note_and_support_does_not() -> None:
    assert "WB-48" in rules(ask(placement(), sign_offs=[]), "block")
    support = ask({"category": "therapy", "one_off": 60000}, sign_offs=[])
    assert "WB-48" in rules(support, "warn")
    assert support.can_submit is True


def test_out_of_area_waits_for_the_head_of_service_and_the_report() -> None:
    where = {"distance_miles": 3.0, "outside_council_area": True, "high_cost": False}
    bare = ask(placement(), placement=where)
    assert {"WB-108", "WB-109"} <= set(rules(bare, "block"))
    documents = ["social_work_assessment", "out_of_area_report"]
    signed = [{"role": "team_manager"}, {"role": "head_of_service"}]
    ready = ask(placement(), placement=where, documents=documents, sign_offs=signed)
    assert not {"WB-108", "WB-109"} & set(rules(ready, "block"))


def test_a_section_20_placement_wants_consent_and_legal_advice() -> None:
    child = {"status": "child_in_need", "legal_basis": "section_20", "disabled_childrens_team": False}
    for answer, blocked in (("met", False), ("not_met", True), ("not_applicable", True)):
        found = ask(placement(), child=child, evidence={"WB-88": answer})
        assert ("WB-88" in rules(found, "block")) is blocked
    on_order = ask(placement(), child=child | {"legal_basis": "care_order"}, evidence={"WB-88": "not_applicable"})
    assert "WB-88" not in rules(on_order, "block")


def test_a_pending_decision_needs_the_chairs_date() -> None:
    pending = {"decided_at": PANEL, "outcome": None, "on_day": False}
    bare = ask(placement(), decision=pending | {"chair_timescale": None})
    dated = ask(placement(), decision=pending | {"chair_timescale": date(2026, 3, 20)})
    assert "WB-57" in rules(bare, "block")
    assert "WB-57" not in rules(dated)
    due = dated.deadline("T-20")
    assert due is not None
    assert due.due.date() == date(2026, 3, 20)


def test_a_withdrawal_is_agreed_by_the_service_manager_alone() -> None:
    line = {"category": "therapy", "one_off": 60000}
    given = {
        who: [a.given for a in ask(line, event={"kind": "withdrawal", "agreed_by": who}).approvals if a.rule == "WB-46"]
        for who in ("service_manager", "team_manager", None)
    }
    assert given == {"service_manager": [True], "team_manager": [False], None: [False]}


@pytest.mark.parametrize(
    ("overseer", "blocked"),
    [(None, True), ("team_manager", True), ("head_of_service", False), ("service_manager", False)],
)
def test_order_support_has_an_overseer_before_it_is_decided(overseer: str | None, *, blocked: bool) -> None:
    order = {"order": "sgo", "court_filing_date": date(2026, 5, 18), "overseer": overseer}
    found = ask({"category": "sgo_support", "one_off": 90000}, support_order=order)
    assert ("WB-123" in rules(found, "block")) is blocked
    assert found.can_submit is True


@pytest.mark.parametrize(("filed", "blocked"), [(date(2026, 3, 12), True), (date(2026, 3, 13), False)])
def test_order_support_comes_before_the_court(filed: date, *, blocked: bool) -> None:
    order = {"order": "sgo", "court_filing_date": filed, "overseer": "service_manager"}
    found = ask({"category": "sgo_support", "one_off": 90000}, support_order=order)
    assert ("WB-126" in rules(found, "block")) is blocked
    due = found.deadline("T-19")
    assert due is not None
    assert due.met is not blocked


@pytest.mark.parametrize(
    ("presenters", "effect"),
    [
        (["submitter"], None),
        (["submitter", "assistant_team_manager"], None),
        (["team_manager"], "warn"),
        (["briefed_colleague"], "block"),
        ([], "block"),
    ],
)
def test_who_may_present(presenters: list[str], effect: str | None) -> None:
    found = [f.effect for f in ask(placement(), presenters=presenters).findings if f.rule == "WB-29"]
    assert found == ([effect] if effect else [])


def test_no_quorum_no_tender_and_no_review_window() -> None:
    found = ask(placement(), attendance=["chair"], decision={"decided_at": PANEL, "outcome": "agreed"})
    assert found.quorum is None
    assert not {d.timer for d in found.deadlines} & {"T-04", "T-05", "T-06", "T-07", "T-09", "T-12"}
    assert "award" not in {f.stage for f in found.findings}
