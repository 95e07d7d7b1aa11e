"""Write the JSON Schema of policy files, for editors."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from panels.policy.published import json_schema

PUBLISHED = Path(__file__).resolve().parents[3] / "docs" / "policy.schema.json"


class Command(BaseCommand):
    """Prints the schema, writes it to the published file, or checks that the file is up to date."""

    help = "Print the JSON Schema of policy files; --write publishes it, --check exits 1 where it is out of date."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do with it."""
        parser.add_argument("--write", action="store_true", help=f"Write {PUBLISHED.name} under docs.")
        parser.add_argument("--check", action="store_true", help="Exit 1 where the published file differs.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print, write or compare."""
        text = json.dumps(json_schema(), indent=1, sort_keys=True) + "\n"
        if options["write"]:
            PUBLISHED.write_text(text, encoding="utf-8")
        elif not options["check"]:
            self.stdout.write(text)
        elif not PUBLISHED.is_file() or PUBLISHED.read_text(encoding="utf-8") != text:
            self.stderr.write(f"{PUBLISHED.name} is out of date: run policy_schema --write.")
            sys.exit(1)
