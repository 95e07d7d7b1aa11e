"""Check the chain of the record, and what it vouches for."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from decisions.services.vouching import forged_decisions
from people.models import Council, RecordHead
from people.services import Anchor, verify_record


class Command(BaseCommand):
    """Walks the chain of each council, names the first link that does not hold, and every decision that was forged."""

    help = "Verify the record of every council (or of one); exit status 1 when a link or a decision is not as recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("councils", nargs="*", help="Slugs of councils; all when none is named.")
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="COUNCIL:LINK:HASH",
            help="A link printed by an earlier run and kept elsewhere; shows a chain that was cut or written anew.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        anchors = [_anchor(text) for text in options["anchor"]]
        councils = Council.objects.order_by("slug")
        if options["councils"]:
            councils = councils.filter(slug__in=options["councils"])
        missing = (set(options["councils"]) | {slug for slug, _ in anchors}) - {council.slug for council in councils}
        if missing:
            raise CommandError(f"There is no council {', '.join(sorted(missing))} among those to be verified.")
        broken = []
        for council in councils:
            # Each link that was kept needs a walk of its own; without any there is one.
            own = [anchor for slug, anchor in anchors if slug == council.slug]
            kept: list[Anchor | None] = [*own] or [None]
            faults = [verify_record(council=council, anchor=anchor) for anchor in kept]
            fault = next(filter(None, faults), None)
            broken += [f"{council.slug}: {forged}" for forged in forged_decisions(council)]
            head = RecordHead.objects.filter(council=council).first()
            if fault:
                broken.append(f"{council.slug}: link {fault.seq} is broken: {fault.problem}")
            elif head:
                self.stdout.write(
                    f"{council.slug}: {head.seq} links hold; keep elsewhere {council.slug}:{head.seq}:{head.hash}"
                )
            else:
                self.stdout.write(f"{council.slug}: nothing on record")
        if broken:
            raise CommandError("\n".join(broken))


def _anchor(text: str) -> tuple[str, Anchor]:
    try:
        slug, seq, digest = text.split(":")
        return slug, Anchor(int(seq), digest)
    except ValueError:
        raise CommandError(f"{text!r} is not COUNCIL:LINK:HASH.") from None
