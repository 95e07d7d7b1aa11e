"""Lay out the files of a new council's policy, with comments that say what belongs where."""

from __future__ import annotations

import re
import unicodedata
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from panels.policy.loading import DRAFT, ROOT
from panels.policy.schema.base import SLUG

SKELETON = Path(__file__).resolve().parents[1] / "skeleton"
NAME = re.compile(r"[^\W\d_][\w '’.,&()-]*")
PREFIX = re.compile(r"^[A-Z][A-Z0-9]{1,3}$")


class Command(BaseCommand):
    """Writes a folder; needs no database and never overwrites one."""

    help = "Lay out commented policy files for a council that is new; the result loads without a fault."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the council's name and where the files go."""
        parser.add_argument("name", help='The council\'s name, such as "North Wessex".')
        parser.add_argument("--prefix", help="Two to four capitals before the number of each rule, such as NW.")
        parser.add_argument("--into", type=Path, default=ROOT, help="The folder that holds the councils' folders.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the files and say what to do next."""
        name: str = options["name"].strip()
        if not NAME.fullmatch(name):
            raise CommandError(
                f"{name!r} is no name of a council: it begins with a letter and holds letters, digits, spaces, "
                "hyphens, apostrophes, full stops, commas, ampersands and brackets."
            )
        slug = _slug_of(name)
        if not SLUG.match(slug) or slug.endswith(DRAFT):
            raise CommandError(f"{name!r} gives no name for a folder: {slug!r}. Write it in the letters a to z.")
        prefix: str = options["prefix"] or _prefix_of(slug)
        if not PREFIX.fullmatch(prefix):
            raise CommandError(
                f"{prefix!r} is no prefix: two to four capitals or digits, a capital first."
                if options["prefix"]
                else f"The name {name!r} is too short to give rules a prefix. Give one: --prefix AB"
            )
        folder: Path = options["into"] / slug
        if folder.exists():
            raise CommandError(f"{folder} exists already and is left as it is.")
        folder.mkdir(parents=True)
        for file in sorted(SKELETON.glob("*.yaml")):
            text = file.read_text(encoding="utf-8")
            for mark, value in (("SLUG", slug), ("NAME", name.replace("'", "''")), ("XX-", f"{prefix}-")):
                text = text.replace(mark, value)
            (folder / file.name).write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {folder / file.name}")
        self.stdout.write(f"Fill them in, then run: python manage.py check_policy {folder}")


def _slug_of(name: str) -> str:
    """The name in small letters and hyphens, letters without their accents."""
    folded = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


def _prefix_of(slug: str) -> str:
    """The first letters of two words, or the first two letters of one."""
    parts = slug.split("-")
    letters = parts[0][0] + parts[1][0] if len(parts) > 1 else slug[:2]
    return letters.upper()
