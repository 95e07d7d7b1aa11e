"""Account for every row of the register: treatment, policy entry, and the test that proves it."""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from ruamel.yaml import YAML

from panels.policy import Policy, PolicyFaults, installed, load
from panels.policy.coverage import RegisterRow, carried, complaint, register

TESTS = Path(__file__).resolve().parents[3] / "tests"
RULE = re.compile(r"\b[A-Z]{2}-[0-9]{2,4}\b")


class Command(BaseCommand):
    """Prints row by row; needs no database."""

    help = "Print treatment, entry and test of every row of the register; exit 1 while one is unaccounted for."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the council to look at and whether to print only what is open."""
        parser.add_argument("--council", help="Only the rows of this council.")
        parser.add_argument("--open", action="store_true", help="Print only rows that are unaccounted for.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each row, then the sums."""
        rows = [row for row in register() if options["council"] in {None, row.council}]
        if not rows:
            self.stderr.write(f"No row of the register is of {options['council']}.")
            sys.exit(1)
        proofs = proofs_in(TESTS)
        policies: dict[str, Policy | None] = {row.council: _policy(row.council) for row in rows}
        treatments: Counter[str] = Counter()
        faults = 0
        for row in rows:
            treatment, does, problem = account(row, policies[row.council], proofs)
            treatments[treatment] += 1
            faults += bool(problem)
            if problem or not options["open"]:
                proof = _shortly(proofs.get(f"{row.council} {row.id}", []))
                self.stdout.write(
                    f"{row.id:7} {treatment:10} {does:44} {proof}" + (f"  UNACCOUNTED: {problem}" if problem else "")
                )
        sums = ", ".join(f"{count} {name}" for name, count in sorted(treatments.items()))
        self.stdout.write(f"{len(rows) - faults} of {len(rows)} rows accounted for: {sums}")
        if faults:
            sys.exit(1)


def account(row: RegisterRow, policy: Policy | None, proofs: Mapping[str, list[str]]) -> tuple[str, str, str]:
    """The treatment of a row, what carries it, and why it is not accounted for (empty where it is)."""
    entry = next((e for e in policy.entries if e.id == row.id), None) if policy else None
    if policy is None or entry is None:
        return "-", "-", "there is no entry" if policy else "the policy has faults"
    kinds = carried(policy)[row.id]
    problem = complaint(entry, kinds) or ("" if f"{row.council} {row.id}" in proofs else "no test")
    return entry.treatment, ", ".join(kinds) or "words", problem


def proofs_in(tests: Path) -> dict[str, list[str]]:
    """The tests that name a rule, by council and rule: lines of the tables, and vectors which expect or explain it.

    A vector that only says that a rule keeps silent proves nothing about the rule.
    """
    found: dict[str, list[str]] = {}
    for rule, proof in [*_tables(tests / "policies" / "rows"), *_vectors(tests / "vectors")]:
        found.setdefault(rule, []).append(proof)
    return found


def _tables(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*.yaml")):
        table = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        for rule, lines in table["rows"].items():
            for number in range(1, len(lines) + 1):
                yield f"{file.stem} {rule}", f"rows/{file.name} {rule}-{number}"


def _vectors(folder: Path) -> Iterator[tuple[str, str]]:
    for file in [*sorted(folder.glob("*.json")), *sorted((folder / "extra").glob("*.json"))]:
        for vector in json.loads(file.read_text(encoding="utf-8")) if file.stem in installed() else ():
            said = {key: value for key, value in vector["expect"].items() if not key.endswith("_exclude")}
            for rule in set(RULE.findall(json.dumps(said) + vector["why"])):
                yield f"{vector['case']['council']} {rule}", vector["name"]


def _shortly(proofs: list[str]) -> str:
    return f"{proofs[0]}" + (f" and {len(proofs) - 1} more" if len(proofs) > 1 else "") if proofs else "-"


def _policy(council: str) -> Policy | None:
    try:
        return load(council)
    except (KeyError, PolicyFaults):
        return None
