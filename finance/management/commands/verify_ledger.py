"""`manage.py verify_ledger`: walk every council's chain and add up its balances again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from finance import services
from people.models import Council


class Command(BaseCommand):
    help = "Recompute the ledger's chain and balances; exit 1 with the fault when something does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("council", nargs="?", help="slug of one council; all of them without it")

    def handle(self, *_args: Any, **options: Any) -> None:
        councils = Council.objects.order_by("slug")
        if options["council"]:
            councils = councils.filter(slug=options["council"])
            if not councils:
                raise CommandError(f"There is no council {options['council']}.", returncode=2)
        faults = []
        for council in councils:
            proof = services.verify_ledger(council)
            if proof.holds:
                self.stdout.write(f"{council.slug}: {proof.rows} rows hold; head {proof.head}")
            faults += [f"{council.slug}: {fault}" for fault in proof.faults]
        if faults:
            raise CommandError("\n".join(faults), returncode=1)
