"""Measures the product against bare pages made in the same run, and prints one table. It is read; it fails nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from decisions.management.bench import dataset
from decisions.management.bench.sizes import SIZES
from decisions.management.bench.table import judge_all, lines_of


class Command(BaseCommand):
    """`manage.py bench [--size S|M|L] [--only NAME] [--json FILE]`.

    Each data set has a database of its own, made once and kept: SQLite under var/bench, or databases beside the one
    DATABASE_URL names. It is measured by a process of its own, which is this command with `--here`.
    """

    help = "Measure anchors and scenarios on the demonstration and on a larger data set; print one table."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=sorted(SIZES), default="M", help="the larger data set (M)")
        parser.add_argument("--only", default="", metavar="WORDS", help="only scenarios with these words in their name")
        parser.add_argument("--json", metavar="FILE", help="write everything measured here as well")
        parser.add_argument("--here", metavar="FILE", help="measure the database this process has; used by itself")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Measure S and the size asked for, each in a process of its own; or, with --here, what this one has."""
        if options["here"]:
            self._measure(options["size"], only=options["only"], to=Path(options["here"]))
            return
        sizes = list(dict.fromkeys(["S", options["size"]]))
        found = {size: self._apart(size, only=options["only"], with_heavy=size == sizes[-1]) for size in sizes}
        large = found[sizes[-1]]
        rows = judge_all(found["S"] if len(sizes) > 1 else None, large)
        self.stdout.write(
            f"\n{large['database']}, data set {sizes[-1]}, growth from S. Ratios and queries last; times do not."
        )
        self.stdout.write("\n".join(lines_of(large["anchors"], rows)))
        self.stdout.write(f"{sum(row.met for row in rows)} of {len(rows)} goals met")
        if options["json"]:
            table = [{field: getattr(row, field) for field in row.__dataclass_fields__} for row in rows]
            Path(options["json"]).write_text(json.dumps({"table": table, "sizes": found}, indent=2) + "\n")

    def _apart(self, size: str, *, only: str, with_heavy: bool) -> dict[str, Any]:
        place = settings.BASE_DIR / "var" / "bench" / size
        place.mkdir(parents=True, exist_ok=True)
        result = place / "result.json"
        result.unlink(missing_ok=True)
        env = {
            **os.environ,
            "VAR_DIR": str(place),
            "DEMO": "1",
            "DATABASE_URL": _database(size, place),
            "REDIS_URL": "",
        }
        env["BENCH_HEAVY"] = "1" if with_heavy else ""
        for unwanted in ("PRODUCTION", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS"):
            env.pop(unwanted, None)
        command = [sys.executable, "manage.py", "bench", "--here", str(result), "--size", size, "--only", only]
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, check=False)  # noqa: S603 -- this command itself
        if done.returncode or not result.exists():
            raise CommandError(f"Data set {size} could not be measured; the reason is above.")
        measured: dict[str, Any] = json.loads(result.read_text())
        return measured

    def _measure(self, size: str, *, only: str, to: Path) -> None:
        if not dataset.is_made():
            self._say(f"Making data set {size} ...")
            dataset.make(SIZES[size], say=self._say)
        from decisions.management.bench.playing import play  # noqa: PLC0415 -- loads what draws and seals

        found = play(with_heavy=bool(os.environ.get("BENCH_HEAVY")), only=only, say=self._say)
        found["database"] = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
        to.write_text(json.dumps(found))
        # Everything is written. The drawing library's fonts may bring the process down when it is taken apart
        # (two configurations in one process), and there is nothing left to take apart for.
        self.stderr.flush()
        os._exit(0)

    def _say(self, text: str) -> None:
        self.stderr.write(f"  {text}")


def _database(size: str, place: Path) -> str:
    """The address of a data set's own database; on PostgreSQL it is made where it is not there."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return f"sqlite:///{place / 'panel.sqlite3'}"
    import psycopg  # noqa: PLC0415 -- only where it is used
    from psycopg import sql  # noqa: PLC0415

    address = urlsplit(given)
    name = f"{address.path.lstrip('/') or 'panel'}_bench_{size.lower()}"
    with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return address._replace(path=f"/{name}").geturl()
