"""Conditions answered without the library say exactly what the library says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panels.policy import installed, load
from panels.policy.cel import Language
from panels.policy.plain import Values, plain
from panels.rules.engine.asking import Asking
from panels.rules.engine.facts import Facts
from panels.rules.engine.program import language_of, program_of
from tests.policies.tables import read

VECTORS = Path(__file__).parents[1] / "vectors"
LANGUAGE = Language({"limit": "pence"}, {"some": ("therapy", "nursery")}, ("T-01",))
NAMES = ("complete", "missed.t_01", "out_of_panel_leave", "child.unaccompanied")


def conditions_of(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"when", "met_when"} and isinstance(value, str):
                yield value
            else:
                yield from conditions_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from conditions_of(value)


@pytest.mark.parametrize("council", installed())
def test_on_every_vector_each_condition_of_a_council_has_one_answer(council: str) -> None:
    policy = load(council)
    program, language = program_of(policy), language_of(policy)
    conditions = [language.compile(text) for text in dict.fromkeys(conditions_of(policy.payload()))]
    asked = 0
    for folder in (VECTORS, VECTORS / "extra"):
        file = folder / f"{council}.json"
        for vector in json.loads(file.read_text(encoding="utf-8")) if file.is_file() else ():
            asking = Asking(program, Facts(read(vector["case"], policy).facts, program, None))
            values = asking.about(0 if asking.lines else None)
            for condition in conditions:
                quick, exact = condition.plain.answer(values), condition.by_library(values)
                assert quick is None or quick == exact, condition.text
                assert condition.holds(values) == exact, condition.text
                asked += 1
    assert asked > 500


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("complete", True),
        ("!complete && missed.t_01", True),
        ("(complete || missed.t_01) && !(complete && missed.t_01)", True),
        ('child.status in ["none", "care_leaver"]', True),
        ('"care_plan" in documents', True),
        ('!("care_plan" in documents)', True),
        ("request.total > param.limit", True),
        ("child.age >= 18", True),
        ('area == "a && b"', True),
        ('area == "a) || (b"', True),
        ("size(documents) == 0", True),
        ('["care_plan", "support_plan"].exists(d, d in documents)', True),
        ('!["care_plan"].all(d, d in documents)', True),
        ('panel_starts_at.getHours("Europe/London") != 10', True),
        ('evidence["WB-01"] != "met"', True),
        ('["WB-01", "WB-02"].all(c, c in evidence && evidence[c] != "met")', True),
        ('documents.all(d, d in ["care_plan", "support_plan"])', True),
        ('documents.exists(d, d == "care_plan")', True),
        ("today > panel_day + param.limit", True),
        ("today > panel_day + 3", True),
        ("today > panel_day + 3 + 4", False),
        ('evidence[area] != "met"', False),
        ('["WB-01"].all(c, c in evidence && evidence[c] != area)', False),
        ('["WB-01"].all(c, c in evidence && evidence["WB-02"] != "met")', False),
        ('documents.all(d, d in ["care_plan", area])', False),
        ('panel_starts_at.getHours("UTC") != 10', False),
        ('panel_starts_at.getSeconds("Europe/London") == 0', False),
        ("size(documents) + 1 > 2", False),
        ('["care_plan"].exists(d, area in documents)', False),
        ('["care_plan", area].exists(d, d in documents)', False),
        ("documents.exists(d, d == area)", False),
        ("child.age + 1 > 18", False),
        ("complete ? missed.t_01 : out_of_panel_leave", False),
        ("complete && missed.t_01 ? complete : missed.t_01", False),
        ("complete == true", False),
        ("!complete == missed.t_01", False),
        ("area == 'north'", False),
        ('"care_plan" in ["care_plan", area]', False),
        ("child.age > -1", False),
    ],
)
def test_what_is_plain_is_told_from_what_is_not(text: str, whole: bool) -> None:
    LANGUAGE.compile(text)

    assert plain(text).whole is whole


@pytest.mark.parametrize("text", ["child.age >= 18", "panel_starts_at < submitted_at", "request.total <= param.limit"])
def test_a_fact_that_is_not_known_gives_no_answer(text: str) -> None:
    assert plain(text).answer(Values()) is None


def test_instants_and_numbers_are_compared() -> None:
    nine, ten = datetime(2026, 3, 9, 9, tzinfo=UTC), datetime(2026, 3, 9, 10, tzinfo=UTC)

    assert plain("panel_starts_at < submitted_at").answer(Values(panel_starts_at=nine, submitted_at=ten)) is True
    assert plain("line.total <= param.limit").answer(Values({"line.total": 501, "param.limit": 500})) is False


@pytest.mark.parametrize(
    "text",
    [
        *(f"size(documents) {sign} 1" for sign in ("==", "!=", "<", "<=", ">", ">=")),
        '["care_plan", "support_plan"].exists(d, d in documents)',
        '["care_plan", "support_plan"].all(d, d in documents)',
        '!["care_plan", "support_plan"].all(d, d in documents)',
        *(f'panel_starts_at.getDayOfWeek("Europe/London") == {day}' for day in range(7)),
        'panel_starts_at.getHours("Europe/London") == 0',
        'panel_starts_at.getMinutes("Europe/London") != 30',
    ],
)
@pytest.mark.parametrize("documents", [None, [], ["care_plan"], ["support_plan", "care_plan"], ["care_plan"] * 2])
@pytest.mark.parametrize(
    "moment", [None, datetime(2026, 3, 28, 23, 30, tzinfo=UTC), datetime(2026, 3, 29, 23, tzinfo=UTC)]
)
def test_a_plain_function_has_the_answer_of_the_library(
    text: str, documents: list[str] | None, moment: datetime | None
) -> None:
    world = Values(documents=documents, panel_starts_at=moment)

    assert plain(text).whole
    assert plain(text).answer(world) == LANGUAGE.compile(text).by_library(world)


@pytest.mark.parametrize(
    "text",
    [
        *(f'evidence["WB-01"] {sign} "met"' for sign in ("==", "!=")),
        '"WB-01" in evidence && evidence["WB-01"] != "met"',
        '!(evidence["WB-01"] == "met") || complete',
        *(
            f'["WB-01", "WB-02"].{some}(c, c in evidence && evidence[c] {sign} "met")'
            for some in ("all", "exists")
            for sign in ("==", "!=")
        ),
        *(f'documents.{some}(d, d in ["care_plan", "support_plan"])' for some in ("all", "exists")),
        *(f'documents.{some}(d, d == "care_plan")' for some in ("all", "exists")),
        *(f"child.age {sign} child.placement_breakdowns + 2" for sign in ("==", "!=", "<", "<=", ">", ">=")),
        "child.age > child.placement_breakdowns + param.limit",
    ],
)
@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_what_is_inside_a_fact_has_the_answer_of_the_library(text: str, data: st.DataObject) -> None:
    answers = st.dictionaries(st.sampled_from(["WB-01", "WB-02"]), st.sampled_from(["met", "not_met"]))
    documents = st.lists(st.sampled_from(["care_plan", "support_plan", "care"]), max_size=3)
    numbers = st.none() | st.integers(0, 4)
    world = Values(
        {
            "evidence": data.draw(st.none() | answers),
            "documents": data.draw(st.none() | documents),
            "complete": data.draw(st.none() | st.booleans()),
            "child.age": data.draw(numbers),
            "child.placement_breakdowns": data.draw(numbers),
            "param.limit": data.draw(numbers),
        }
    )

    assert plain(text).whole
    assert plain(text).answer(world) == LANGUAGE.compile(text).by_library(world)


def test_what_lacks_of_a_condition_about_keys_is_all_that_is_not_known() -> None:
    condition = plain('(complete || missed.t_01) && evidence["WB-01"] == "met"')

    assert condition.whole
    assert not condition.apart
    assert plain("(complete || missed.t_01) && out_of_panel_leave").apart


atoms = st.sampled_from([*NAMES, *(f"!{name}" for name in NAMES), 'area == "north"', 'area in ["east", "west"]'])
texts = st.recursive(
    atoms,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(" ".join)
        | inner.map(lambda t: f"!({t})")
    ),
    max_leaves=8,
)
worlds = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(NAMES, st.booleans()), "area": st.sampled_from(["north", "east", "west"])}
)


@settings(deadline=None)
@given(text=texts, world=worlds)
def test_any_plain_condition_has_the_answer_of_the_library(text: str, world: dict[str, Any]) -> None:
    values = Values(world)

    assert plain(text).whole
    assert plain(text).answer(values) == LANGUAGE.compile(text).by_library(values)


@pytest.mark.parametrize(
    ("text", "world", "lacking"),
    [
        ("complete && missed.t_01", {}, ("complete", "missed.t_01")),
        ("complete && missed.t_01", {"complete": True}, ("missed.t_01",)),
        ("!complete && !missed.t_01", {"complete": False}, ("missed.t_01",)),
        (
            "!(complete || missed.t_01) && out_of_panel_leave",
            {"complete": False},
            ("missed.t_01", "out_of_panel_leave"),
        ),
        ("(complete && missed.t_01) || out_of_panel_leave", {"complete": False}, ("out_of_panel_leave",)),
        ("!(complete || missed.t_01) || out_of_panel_leave", {"missed.t_01": True}, ("out_of_panel_leave",)),
        ('area == "north" && child.age >= 18', {"area": "north"}, ("child.age",)),
        ('"care_plan" in documents || area in ["east", "west"]', {"area": "north"}, ("documents",)),
    ],
)
def test_only_what_the_answer_hangs_on_is_lacking(text: str, world: dict[str, Any], lacking: tuple[str, ...]) -> None:
    assert plain(text).lacks(Values(world)) == lacking


def test_the_fact_before_a_function_is_among_the_names_of_a_condition() -> None:
    assert LANGUAGE.used('area.startsWith("n") && panel_starts_at.getHours("Europe/London") == 9') == (
        "area",
        "panel_starts_at",
    )
