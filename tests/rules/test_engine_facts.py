"""A fact is worked out when it is first asked for: when that is, and what was asked before, makes no difference."""

from __future__ import annotations

import gc
import json
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from panels.policy import installed, load
from panels.policy.facts import NAMES
from panels.rules import assess
from panels.rules.engine.asking import Asking
from panels.rules.engine.facts import LINE, REQUEST, Facts
from panels.rules.engine.program import program_of
from tests.policies.tables import read

VECTORS = Path(__file__).parents[1] / "vectors"
WOKINGHAM = program_of(load("wokingham"))
TOLD_LATER = {"request.panel"}


def asked(facts: Mapping[str, Any], program: Any = WOKINGHAM) -> Asking:
    return Asking(program, Facts(facts, program, None))


@pytest.mark.parametrize("council", installed())
def test_the_order_in_which_facts_are_asked_for_changes_none_of_them(council: str) -> None:
    policy = load(council)
    program, shuffle = program_of(policy), random.Random(council)  # noqa: S311 -- an order, no secret
    for vector in json.loads((VECTORS / f"{council}.json").read_text(encoding="utf-8"))[:40]:
        case = read(vector["case"], policy).facts
        answers = []
        for number in range(3):
            names = sorted(NAMES)
            if number:
                shuffle.shuffle(names)
            asking = asked(case, program)
            told = {}
            for about in (asking.facts, *asking.lines):
                for name in names:
                    told[id(about) == id(asking.facts), getattr(about, "index", None), name] = (
                        about[name], about.paths(name), about.least_of(name),
                    )  # fmt: skip
            answers.append(told)
        assert answers[0] == answers[1] == answers[2]


def test_each_name_of_the_language_is_worked_out_somewhere() -> None:
    assert REQUEST.keys() | LINE.keys() == NAMES.keys() - TOLD_LATER


def test_a_name_without_a_value_is_none_and_not_among_the_facts() -> None:
    facts = asked({"area": "north"}).facts

    assert (facts["area"], facts["complete"], facts["no.such.name"]) == ("north", None, None)
    assert "area" in facts
    assert "complete" not in facts
    assert facts.get("panel_day", 7) == 7
    assert facts.get("area") == "north"


@pytest.mark.parametrize(
    ("case", "name", "value", "paths"),
    [
        ({}, "emergency.given", False, ()),
        ({}, "child.given", None, ("$.child",)),
        ({"child": None}, "child.date_of_birth_none", True, ()),
        ({"child": {}}, "child.date_of_birth_none", None, ("$.child.date_of_birth",)),
        ({"decision": None}, "decision.review_date_none", None, ()),
        ({"support_order": None}, "support_order.overseer", "none", ()),
        ({"emergency": {"agreed_by": None}}, "emergency.agreed_by", "none", ()),
        ({"event": {}}, "event.stop_resources", False, ()),
        ({}, "event.stop_resources", None, ()),
        ({}, "joint_funding", [], ()),
        ({"panel_starts_at": None}, "panel_day", None, ()),
        ({}, "panel_day", None, ("$.panel_starts_at",)),
        ({"panel_starts_at": datetime(2026, 3, 28, 23, 30, tzinfo=UTC)}, "panel_day_works", False, ()),
        ({"panel_starts_at": datetime(2026, 7, 5, 23, 30, tzinfo=UTC)}, "panel_day_works", True, ()),
        ({"child": {"date_of_birth": date(2010, 3, 1)}}, "child.age", None, ("$.as_at",)),
        ({"lines": []}, "request.enters_care", False, ()),
        ({}, "request.enters_care", None, ("$.lines",)),
        ({"lines": [{}]}, "request.has_order", None, ("$.lines[0].category",)),
        ({"sign_offs": [{"at": None}, {"role": "chair"}]}, "signed", ["chair"], ()),
        ({"attendance": ["chair"]}, "room_undeclared", None, ("$.declarations",)),
        ({"attendance": ["chair"], "declarations": []}, "room_undeclared", 1, ()),
        ({"other_funding": [{"possible": True}]}, "other_funding_without_details", None,
         ("$.other_funding[0].details_given",)),
    ],
)  # fmt: skip
def test_what_is_left_out_and_what_is_none(
    case: dict[str, Any], name: str, value: object, paths: tuple[str, ...]
) -> None:
    facts = asked(case).facts

    assert facts[name] == value
    assert facts.paths(name) == paths


@pytest.mark.parametrize(
    ("line", "name", "value", "paths"),
    [
        ({"category": "therapy", "end": None}, "line.open_ended", True, ()),
        ({"end": None}, "line.open_ended", None, ("$.lines[0].open_ended",)),
        ({"category": "therapy", "open_ended": True}, "line.end_none", True, ()),
        ({"category": "therapy", "weekly": 0}, "line.extra_cost", False, ()),
        ({"weekly": 0}, "line.extra_cost", None, ("$.lines[0].extra_cost",)),
        ({"category": "therapy"}, "line.court", None, ("$.lines[0].court_related",)),
        ({"category": "holiday"}, "line.court", False, ()),
        ({}, "line.court", None, ("$.lines[0].court",)),
        ({"category": "ifa_foster_placement"}, "line.initial", None, ("$.child.status", "$.lines[0].initial")),
        ({"initial": True}, "line.initial", True, ()),
        ({"category": "transport", "for_line": None}, "line.for_placement", False, ()),
        ({"category": "transport"}, "line.paid", None, ("$.lines[0].one_off",)),
        ({"category": "transport", "monthly": 100}, "line.paid", "monthly", ()),
        ({"category": "transport", "monthly": 100}, "complete", None, ("$.complete",)),
    ],
)
def test_what_a_line_says(line: dict[str, Any], name: str, value: object, paths: tuple[str, ...]) -> None:
    mine = asked({"lines": [line]}).lines[0]

    assert mine[name] == value
    assert mine.paths(name) == paths


def test_what_is_told_later_is_told_to_lines_that_asked_before() -> None:
    asking = asked({"lines": [{"category": "therapy"}]})
    before = asking.lines[0]["request.panel"]
    asking.send_to("arp")

    assert (before, asking.lines[0]["request.panel"], asking.facts["request.panel"]) == (None, "arp", "arp")


def test_a_request_is_forgotten_as_soon_as_it_is_answered() -> None:
    """Facts in a circle would wait for the collector, which takes as long as the answers do."""
    policy = load("wokingham")
    vectors = json.loads((VECTORS / "wokingham.json").read_text(encoding="utf-8"))
    cases = [read(vector["case"], policy) for vector in vectors[:20]]
    for case in cases:
        assess(case, policy)
    gc.collect()
    gc.disable()
    try:
        for case in cases:
            assess(case, policy)
        assert gc.collect() == 0
    finally:
        gc.enable()
