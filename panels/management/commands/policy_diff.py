"""Say in plain words what changes from one policy to another."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from panels.policy import Policy, PolicyFaults, load
from panels.policy.comparing import differences
from panels.policy.loading import ROOT


class Command(BaseCommand):
    """Compares two folders; needs no database."""

    help = "Explain what changes from policy A to policy B, folders or slugs of councils."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the two policies."""
        parser.add_argument("old", metavar="A", help="A council's slug or a folder of policy files.")
        parser.add_argument("new", metavar="B", help="The same, as it is to be.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print a line for each change."""
        said = differences(_read(options["old"]), _read(options["new"]))
        for sentence in said:
            self.stdout.write(sentence)
        self.stdout.write(f"{len(said)} change{'' if len(said) == 1 else 's'}." if said else "Nothing changes.")


def _read(name: str) -> Policy:
    folder = Path(name).resolve() if Path(name).is_dir() else ROOT / name
    try:
        return load(folder.name, folder.parent)
    except KeyError:
        raise CommandError(f"{name} is no installed council and no folder with a council.yaml.") from None
    except PolicyFaults as faults:
        raise CommandError(f"{name} cannot be read:\n{faults}") from None
