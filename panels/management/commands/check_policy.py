"""Check a council's policy files and name every fault with file and line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from panels.policy import PolicyFaults, load


class Command(BaseCommand):
    """Reads the folder of one council; needs no database."""

    help = "Check the policy files in a folder; exit status 1 when there is a fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="The folder of one council, such as fixtures/policies/yourcouncil.")

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = options["path"].resolve()
        if not folder.is_dir():
            raise CommandError(f"{options['path']} is not a folder.")
        try:
            policy = load(folder.name, folder.parent)
        except KeyError:
            raise CommandError(f"{options['path']} holds no council.yaml.") from None
        except PolicyFaults as refusal:
            for fault in refusal.faults:
                self.stderr.write(str(fault))
            raise CommandError(f"{len(refusal.faults)} fault{'s' if len(refusal.faults) > 1 else ''} found.") from None
        self.stdout.write(f"{policy.version}: {len(policy.entries)} entries, no fault.")
