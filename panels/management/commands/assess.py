"""Ask the rules about one request, or a list of them, from a JSON file or standard input."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from panels.policy import Policy, PolicyFaults, installed, on_day, versions
from panels.rules import assess
from panels.rules.case import MOST_BYTES, MOST_CASES, MOST_PARTS, CaseError, read_cases, vocabulary_of

if TYPE_CHECKING:
    from datetime import datetime

UNREADABLE = 2


class Command(BaseCommand):
    """Print what the policies say about the cases; exit 2, with the place of the fault, if they cannot be read."""

    help = (
        "Say what a council's policy says about a case (JSON), or about each of a list of cases; '-' reads standard "
        f"input. At most {MOST_CASES:,} cases, {MOST_BYTES // 1024**2} MB and {MOST_PARTS:,} lists, objects and values."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one argument, the input."""
        parser.add_argument("case", metavar="CASE.json", help="a case or a list of cases; '-' for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, ask, print: one result for a case, a list for a list."""
        name: str = options["case"]
        versions_of = cache(versions)  # read once for the whole input

        def policy_of(council: str, as_at: datetime | None) -> Policy:
            found = versions_of(council)
            return on_day(found, timezone.localdate(as_at)) if as_at else found[-1]

        try:
            cases, as_list = read_cases(
                _bytes_of(name),
                councils=frozenset(installed()),
                vocabulary=lambda council, as_at: vocabulary_of(policy_of(council, as_at)),
            )
        except OSError as error:
            self._refuse(name, f"cannot be read: {error.strerror or error}")
        except CaseError as error:
            self._refuse(name, str(error))
        except PolicyFaults as faults:
            self._refuse(name, f"cannot be answered, the policy has {len(faults.faults)} faults: {faults.faults[0]}")
        results = [assess(case, policy_of(case.council, case.facts.get("as_at"))).as_json() for case in cases]
        self.stdout.write(json.dumps(results if as_list else results[0], indent=2, ensure_ascii=True))

    def _refuse(self, name: str, why: str) -> NoReturn:
        self.stderr.write(f"{'standard input (-)' if name == '-' else name}: {why}")
        sys.exit(UNREADABLE)


def _bytes_of(name: str) -> bytes:
    """The input, at most one byte more than is allowed, so that too much is noticed and not all of it read."""
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MOST_BYTES + 1)
