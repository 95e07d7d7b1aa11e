"""Adopt the policies of every council that has a folder of them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from panels.policy import PolicyFaults, installed, load
from panels.services import AdoptionRefusedError, adopt


class Command(BaseCommand):
    """Checks each policy and adopts those that are new. Running it again changes nothing."""

    help = "Adopt the policy of each council under POLICY_ROOT; councils and panels are made from it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("councils", nargs="*", help="Slugs of councils; all when none is named.")

    def handle(self, *_args: Any, **options: Any) -> None:
        problems = []
        for slug in options["councils"] or installed(settings.POLICY_ROOT):
            try:
                policy = load(slug, settings.POLICY_ROOT)
                version = adopt(policy=policy, by=None, at=timezone.now())
            except KeyError:
                problems.append(f"{slug}: there is no such folder under {settings.POLICY_ROOT}")
            except (PolicyFaults, AdoptionRefusedError) as refusal:
                problems.append(f"{slug}: not adopted\n{refusal}")
            else:
                self.stdout.write(f"{slug}: {'adopted ' + str(version) if version else 'unchanged'}")
        if problems:
            raise CommandError("\n".join(problems))
