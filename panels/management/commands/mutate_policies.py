"""Change every enforced entry of the policies in turn and see that a test notices."""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
BUILD = {"schedule": ("meetings", "days", "length"), "slots": ("minutes", "complex_minutes", "emergency_slots")}
Payload = dict[str, Any]
Test = Callable[[Policy], bool]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One policy changed in one place: which rule, what was done, and the changed payload."""

    rule: str
    what: str
    payload: Payload


class Command(BaseCommand):
    """Runs in one process on the vectors and the tables; needs no database."""

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
        for council in options["councils"] or installed():
            policy = load(council)
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
    """The policy without each entry's parts, and with each number one unit more and one unit less."""
    payload = policy.payload()
    for index, entry in enumerate(payload["entries"]):
        if any(entry.get(part) for part in DOES):
            yield _without(payload, index)
        for path, text in _conditions(entry):
            for match in NUMBER.finditer(text):
                for step in (1, -1):
                    changed = text[: match.start()] + str(int(match[0]) + step) + text[match.end() :]
                    yield _with(payload, entry["id"], f"{match[0]} {step:+} in {text}", ("entries", index, *path), changed)
        for number, deadline in enumerate(entry.get("deadlines", ())):
            for key in DUE_NUMBERS:
                if isinstance(deadline["due"].get(key), int):
                    place = ("entries", index, "deadlines", number, "due", key)
                    yield from _shifted(payload, entry["id"], place, deadline["due"][key])
    for name, parameter in payload.get("parameters", {}).items():
        for number, dated in enumerate(parameter["values"]):
            place = ("parameters", name, "values", number, "value")
            yield from _shifted(payload, parameter.get("rule", name), place, dated["value"])
    for number, panel in enumerate(payload["panels"]):
        for part, keys in BUILD.items():
            for key in keys:
                if panel.get(part, {}).get(key):
                    rule = panel[part].get("rule", panel["rule"])
                    yield from _shifted(payload, rule, ("panels", number, part, key), panel[part][key])


def _without(payload: Payload, index: int) -> Mutant:
    entry = payload["entries"][index]
    bare = {key: value for key, value in entry.items() if key not in DOES}
    if "checklist" in entry:
        # The answers stay words of the council, or no case that gives them could be read; they only do nothing.
        bare["checklist"] = {**entry["checklist"], "unanswered": None, "not_met": None, "not_applicable": None}
    return _with(payload, entry["id"], "its parts removed", ("entries", index), bare)


def _shifted(payload: Payload, rule: str, place: tuple[Any, ...], value: float) -> Iterator[Mutant]:
    for step in (1, -1):
        yield _with(payload, rule, f"{'.'.join(map(str, place[-3:]))} {value} {step:+}", place, value + step)


def _with(payload: Payload, rule: str, what: str, place: tuple[Any, ...], value: Any) -> Mutant:
    return Mutant(rule, what, _set(payload, place, value))


def _set(node: Any, place: tuple[Any, ...], value: Any) -> Any:
    """The same data with another value at one place; everything beside the way there is shared."""
    if not place:
        return value
    copy = list(node) if isinstance(node, list) else dict(node)
    copy[place[0]] = _set(node[place[0]], place[1:], value)
    return copy


def _conditions(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"when", "met_when"} and isinstance(value, str):
                yield (*path, key), value
            else:
                yield from _conditions(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _conditions(value, (*path, index))


# what notices ---------------------------------------------------------------------------------------
def _tests(policy: Policy) -> Iterator[tuple[str, Test]]:
    from tests.policies import tables
    from tests.vectors.comparator import differences

    def of_row(row: tables.Row) -> Test:
        case = tables.read(row.facts, policy) if row.facts is not None else None
        return lambda other: not tables.faults(row, other, case)

    def of_vector(vector: Any) -> Test:
        case = tables.read(vector["case"], policy)
        return lambda other: not differences(vector["expect"], assess(case, other).as_json())

    for row in tables.rows(policy.slug):
        yield row.rule, of_row(row)
    for folder in (TESTS / "vectors", TESTS / "vectors" / "extra"):
        file = folder / f"{policy.slug}.json"
        for vector in json.loads(file.read_text(encoding="utf-8")) if file.is_file() else ():
            yield json.dumps(vector["expect"]) + vector["why"], of_vector(vector)
