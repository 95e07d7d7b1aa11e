"""What a situation rules out before it is asked is what would not have held."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from panels.policy import installed, load
from panels.rules import assess
from panels.rules.engine import program as programs
from panels.rules.engine.asking import Asking
from panels.rules.engine.facts import Facts
from panels.rules.engine.program import SITUATION, Ready, program_of
from panels.rules.engine.remit import choose_panel
from panels.rules.engine.timers import deadlines
from tests.policies.tables import read

VECTORS = Path(__file__).parents[1] / "vectors"


@pytest.mark.parametrize("council", installed())
def test_no_part_is_left_out_that_could_hold(council: str) -> None:
    policy = load(council)
    program = program_of(policy)
    left_out = 0
    for vector in json.loads((VECTORS / f"{council}.json").read_text(encoding="utf-8")):
        asking = Asking(program, Facts(read(vector["case"], policy).facts, program, None))
        asking.send_to(choose_panel(asking))
        deadlines(asking)
        kinds: list[tuple[str, list[Ready[Any]]]] = [
            ("findings", program.findings),
            ("checklists", program.checklists),
            ("list rows", program.list_rows),
            ("approvals", program.approvals),
            ("deadlines", program.deadlines),
        ]
        for kind, parts in kinds:
            kept = {id(ready) for ready in asking.all_here(kind, parts)}
            for ready in parts:
                waits = getattr(ready.part, "judged", "always") == "decision" and not asking.facts["decision.given"]
                if id(ready) not in kept and asking.here(ready) and not waits:
                    lines: list[Any] = [None] if ready.lines is None else asking.concerned(ready)
                    assert {asking.holds(ready.when, line) for line in lines} <= {False}, ready.entry.id
                    left_out += 1
    assert left_out > 30


def test_most_of_what_tells_of_an_emergency_is_left_out_where_there_was_none() -> None:
    policy = load("west-berkshire")
    program = program_of(policy)
    texts = []
    for emergency in (None, {"kind": "support"}):
        asking = Asking(program, Facts({"emergency": emergency}, program, None))
        texts.append([ready.when.text for ready in asking.all_here("findings", program.findings) if ready.when])

    assert not any(text.startswith("emergency.given") for text in texts[0])
    assert any(text.startswith("emergency.given") for text in texts[1])


def test_only_so_many_situations_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "MOST_KEPT", 2)
    program = programs.program_of.__wrapped__(load("swindon"))
    for number in range(5):
        program.left_by((number, *[None] * (len(SITUATION) - 1)))["findings"] = [number]

    assert program.left_by((4, *[None] * (len(SITUATION) - 1))) == {"findings": [4]}
    assert program.left_by((0, *[None] * (len(SITUATION) - 1))) == {}


def test_what_a_situation_left_is_forgotten_when_its_facts_are_told_anew() -> None:
    program = program_of(load("dudley"))
    asking = Asking(program, Facts({}, program, None))
    kept = []
    for panel in ("arp", "tripartite"):
        asking.send_to(panel)
        kept.append(list(asking.all_here("findings", program.findings)))

    assert kept[0] != kept[1]
    assert all(asking.here(ready) for ready in kept[1])


def test_what_only_one_panel_holds_to_binds_nobody_while_the_panel_is_not_known() -> None:
    policy = load("kent")
    bound = {}
    for child, initial in (({"status": "child_protection"}, True), ({"status": "looked_after"}, False), ({}, None)):
        line = {"category": "residential_placement"} | ({} if initial is None else {"initial": initial})
        case = {"council": "kent", "complete": False, "child": child, "lines": [line]}
        answer = assess(read(case, policy), policy)
        bound[answer.panel] = {
            f.rule for f in answer.findings if f.effect in {"block", "warn"} and "summary" in f.message
        }

    assert bound == {"arp": {"KE-50"}, "cic": {"KE-57"}, None: set()}
