"""Change every enforced entry of the policies in turn and see that a test notices."""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError

from panels.policy import Policy, installed, load
from panels.policy.cel import ConditionError
from panels.policy.coverage import DOES
from panels.rules import assess

TESTS = Path(__file__).resolve().parents[3] / "tests"
NUMBER = re.compile(r"(?<![\w.\"'-])\d+(?![\w.\"':-])")
DUE_NUMBERS = (
    "working_days_before", "working_days_after", "days_after", "days_before", "months_after", "hours_after",
    "hours_before",
)  # fmt: skip
BUILD = (
    ("schedule", "meetings"),
    ("schedule", "days"),
    ("schedule", "length"),
    ("slots", "minutes"),
    ("slots", "complex_minutes"),
    ("slots", "emergency_slots"),
    ("slots", "emergency_minutes"),
    ("capacity", "cases"),
    ("capacity", "minutes"),
    ("review", "first_after_days"),
    ("review", "every_days"),
    ("review", "before_end_days"),
)
BUILD_LISTS = (("outside_panel", "days"), ("disputes", "lapses_after_days"))
PARTS = (*DOES, "triggers", "splits")
SEVERAL = ("remit", "findings", "approvals", "deadlines", "panel_choice", "triggers", "splits")
ONE = ("checklist", "list_row", "quorum", "reckoning")
Place = tuple[Any, ...]
Payload = dict[str, Any]
Test = Callable[[Policy], bool]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One policy changed in one place: which rule, what was done, and the changed payload."""

    rule: str
    what: str
    payload: Payload


class Command(BaseCommand):
    """Runs in one process on the vectors and the tables, the invented councils' with them; needs no database."""

    help = "Remove each entry and shift each number of the policies: a test has to notice. Exit 1 if one does not."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the councils to look at."""
        parser.add_argument("councils", nargs="*", help="Slugs of councils; all of them where none is named.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the survivors, then how many of the mutants were noticed."""
        sys.path.insert(0, str(TESTS.parent))
        made = noticed = 0
        tables = import_module("tests.policies.tables")
        invented = tables.invented()
        for council in options["councils"] or [*installed(), *invented]:
            policy = load(council, tables.HERE) if council in invented else load(council)
            tests = list(_tests(policy))
            if not all(test(policy) for _, test in tests):
                raise CommandError(f"{council}: the tests fail before anything is changed.")
            for mutant in mutants(policy):
                made += 1
                if _is_noticed(mutant, tests):
                    noticed += 1
                else:
                    self.stdout.write(f"{mutant.rule}: {mutant.what}: no test notices")
        self.stdout.write(f"{noticed}/{made} changes noticed")
        if noticed < made:
            sys.exit(1)


def _is_noticed(mutant: Mutant, tests: list[tuple[str, Test]]) -> bool:
    try:
        policy = Policy.from_payload(mutant.payload)
        # The tests that name the rule are asked first: one of them nearly always notices.
        ordered = sorted(tests, key=lambda test: mutant.rule not in test[0])
        return not all(test(policy) for _, test in ordered)
    except (ValidationError, ConditionError, KeyError):
        return True


# what is changed ------------------------------------------------------------------------------------
def mutants(policy: Policy) -> Iterator[Mutant]:
    """The policy without each entry, without each part of one, and with each number one unit more and one less."""
    payload = policy.payload()
    for index, entry in enumerate(payload["entries"]):
        change = _Change(payload, entry["id"])
        if any(entry.get(part) for part in PARTS):
            yield _without(change, index)
            yield from _without_one(change, index)
        yield from _shifted_conditions(change, index)
        yield from _shifted_timers(change, index)
    yield from _shifted_parameters(payload)
    yield from _shifted_build(payload)


@dataclass(frozen=True, slots=True)
class _Change:
    """Makes mutants of one policy for one rule."""

    payload: Payload
    rule: str

    def with_(self, what: str, place: Place, *, value: Any) -> Mutant:
        return Mutant(self.rule, what, _set(self.payload, place, value))

    def shifted(self, place: Place, value: float) -> Iterator[Mutant]:
        for step in (1, -1):
            yield self.with_(f"{'.'.join(map(str, place[-3:]))} {value} {step:+}", place, value=value + step)


def _without(change: _Change, index: int) -> Mutant:
    entry = change.payload["entries"][index]
    bare = {key: value for key, value in entry.items() if key not in PARTS}
    if "checklist" in entry:
        # The answers stay words of the council, or no case that gives them could be read; they only do nothing.
        bare["checklist"] = {**entry["checklist"], "unanswered": None, "not_met": None, "not_applicable": None}
    return change.with_("its parts removed", ("entries", index), value=bare)


def _without_one(change: _Change, index: int) -> Iterator[Mutant]:
    """The entry without one of its parts, where it has several that each say something of their own."""
    entry = change.payload["entries"][index]
    parts = [(name, number) for name in SEVERAL for number in range(len(entry.get(name, ())))]
    if len(parts) + sum(name in entry for name in ONE) > 1:
        for name, number in parts:
            left = [part for place, part in enumerate(entry[name]) if place != number]
            yield change.with_(f"{name}.{number} removed", ("entries", index, name), value=left)


def _shifted_conditions(change: _Change, index: int) -> Iterator[Mutant]:
    for path, text in _conditions(change.payload["entries"][index]):
        for match in NUMBER.finditer(text):
            for step in (1, -1):
                other = f"{text[: match.start()]}{int(match[0]) + step}{text[match.end() :]}"
                yield change.with_(f"{match[0]} {step:+} in {text}", ("entries", index, *path), value=other)


def _shifted_timers(change: _Change, index: int) -> Iterator[Mutant]:
    for number, deadline in enumerate(change.payload["entries"][index].get("deadlines", ())):
        for key in DUE_NUMBERS:
            if isinstance(deadline["due"].get(key), int):
                yield from change.shifted(("entries", index, "deadlines", number, "due", key), deadline["due"][key])


def _shifted_parameters(payload: Payload) -> Iterator[Mutant]:
    for name, parameter in payload.get("parameters", {}).items():
        change = _Change(payload, parameter.get("rule", name))
        for number, dated in enumerate(parameter["values"]):
            yield from change.shifted(("parameters", name, "values", number, "value"), dated["value"])


def _shifted_build(payload: Payload) -> Iterator[Mutant]:
    for number, panel in enumerate(payload["panels"]):
        for part, key in BUILD:
            if panel.get(part, {}).get(key):
                change = _Change(payload, panel[part].get("rule", panel["rule"]))
                yield from change.shifted(("panels", number, part, key), panel[part][key])
        for part, key in BUILD_LISTS:
            for place, one in enumerate(panel.get(part, ())):
                if one.get(key):
                    change = _Change(payload, one["rule"])
                    yield from change.shifted(("panels", number, part, place, key), one[key])


def _set(node: Any, place: Place, value: Any) -> Any:
    """The same data with another value at one place; everything beside the way there is shared."""
    if not place:
        return value
    copy = list(node) if isinstance(node, list) else dict(node)
    copy[place[0]] = _set(node[place[0]], place[1:], value)
    return copy


def _conditions(node: Any, path: Place = ()) -> Iterator[tuple[Place, str]]:
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in parts:
        if key in {"when", "met_when"} and isinstance(value, str):
            yield (*path, key), value
        else:
            yield from _conditions(value, (*path, key))


# what notices ---------------------------------------------------------------------------------------
def _tests(policy: Policy) -> Iterator[tuple[str, Test]]:
    # The tests stand beside the product and are read only here, where they are what is looked at.
    tables = import_module("tests.policies.tables")
    differences = import_module("tests.vectors.comparator").differences

    def of_row(row: Any) -> Test:
        case = tables.read(row.facts, policy) if row.facts is not None else None
        return lambda other: not tables.faults(row, other, case)

    def of_vector(vector: Any) -> Test:
        case = tables.read(vector["case"], policy)
        return lambda other: not differences(vector["expect"], assess(case, other).as_json())

    for row in tables.rows_of(policy.slug) if policy.slug in tables.invented() else tables.rows(policy.slug):
        yield row.rule, of_row(row)
    for folder in (TESTS / "vectors", TESTS / "vectors" / "extra"):
        file = folder / f"{policy.slug}.json"
        for vector in json.loads(file.read_text(encoding="utf-8")) if file.is_file() else ():
            yield json.dumps(vector["expect"]) + vector["why"], of_vector(vector)
