"""Measures the product against bare pages made in the same run, and prints one table. It is read; it fails nothing."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from decisions.management.bench import dataset
from decisions.management.bench.names import LIVE
from decisions.management.bench.processes import broker
from decisions.management.bench.sizes import SIZES
from decisions.management.bench.table import judge_all, lines_of
from decisions.management.bench.twin import twin_of

MAKERS = ("bare", "copying", "dataset", "history", "ledger", "record", "sizes")


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
        parser.add_argument("--live", action="store_true", help="with --here: what needs real processes, on a copy")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Measure S and the size asked for, each in a process of its own; or, with --here, what this one has."""
        if options["here"]:
            measure = self._measure_live if options["live"] else self._measure
            measure(options["size"], only=options["only"], to=Path(options["here"]))
            return
        sizes = list(dict.fromkeys(["S", options["size"]]))
        found = {size: self._apart(size, only=options["only"], with_heavy=size == sizes[-1]) for size in sizes}
        large = found[sizes[-1]]
        if any(options["only"] in name for name in LIVE):
            live = self._on_a_copy(sizes[-1], only=options["only"])
            large["anchors"] |= live["anchors"]
            large["scenarios"] += live["scenarios"]
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
        result, mark = place / "result.json", place / "made"
        result.unlink(missing_ok=True)
        address = _database(size, place)
        if not mark.exists() or mark.read_text() != _made_of(address):
            self._say(f"Data set {size} is not there, half made, of older code or of another week: it is made anew.")
            mark.unlink(missing_ok=True)
            forget(address)
        env = _environment(address, place) | {"BENCH_HEAVY": "1" if with_heavy else ""}
        measured = _played(result, env, "--size", size, "--only", only)
        mark.write_text(_made_of(address))
        return measured

    def _on_a_copy(self, size: str, *, only: str) -> dict[str, Any]:
        """Measure what other processes write, on a copy that is thrown away."""
        place = settings.BASE_DIR / "var" / "bench" / size
        self._say(f"Copying data set {size} ...")
        with twin_of(_database(size, place), place) as (address, folder), broker(folder) as redis:
            env = _environment(address, folder) | {"REDIS_URL": redis}
            return _played(folder / "result.json", env, "--live", "--size", size, "--only", only)

    def _measure(self, size: str, *, only: str, to: Path) -> None:
        if not dataset.is_made():
            self._say(f"Making data set {size} ...")
            dataset.make(SIZES[size], say=self._say)
        from decisions.management.bench.playing import play  # noqa: PLC0415 -- loads what draws and seals

        found = play(with_heavy=bool(os.environ.get("BENCH_HEAVY")), only=only, say=self._say)
        found["database"] = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
        self._leave(found, to)

    def _measure_live(self, _size: str, *, only: str, to: Path) -> None:
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # so that what was started is ended
        from decisions.management.bench.live import play_live  # noqa: PLC0415 -- loads what draws and seals

        self._leave(play_live(only=only, say=self._say), to)

    def _leave(self, found: dict[str, Any], to: Path) -> None:
        to.write_text(json.dumps(found))
        # Everything is written. The drawing library's fonts may bring the process down when it is taken apart
        # (two configurations in one process), and there is nothing left to take apart for.
        self.stderr.flush()
        os._exit(0)

    def _say(self, text: str) -> None:
        self.stderr.write(f"  {text}")


def _environment(address: str, place: Path) -> dict[str, str]:
    """The environment of a process that measures: a database and a folder, and nothing of production."""
    env = {**os.environ, "VAR_DIR": str(place), "DEMO": "1", "DATABASE_URL": address, "REDIS_URL": ""}
    for unwanted in ("PRODUCTION", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS"):
        env.pop(unwanted, None)
    return env


def _played(result: Path, env: dict[str, str], *options: str) -> dict[str, Any]:
    """What a process of this command measured in another environment."""
    command = [sys.executable, "manage.py", "bench", "--here", str(result), *options]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, check=False)  # noqa: S603 -- this command itself
    if done.returncode or not result.exists():
        raise CommandError("It could not be measured; the reason is above.")
    measured: dict[str, Any] = json.loads(result.read_text())
    return measured


def _database(size: str, place: Path) -> str:
    """The address of a data set's own database; on PostgreSQL it is made where it is not there."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return f"sqlite:///{place / 'panel.sqlite3'}"
    name = f"{urlsplit(given).path.lstrip('/') or 'panel'}_bench_{size.lower()}"
    address = urlsplit(given)._replace(path=f"/{name}").geturl()
    _on_server(address, only_if_missing=True)
    return address


def forget(address: str) -> None:
    """Throw a data set's database away, so that it is made anew."""
    if address.startswith("postgres"):
        _on_server(address, only_if_missing=False)
        return
    for ending in ("", "-wal", "-shm"):
        Path(address.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)


def _on_server(address: str, *, only_if_missing: bool) -> None:
    """Make an empty PostgreSQL database of this address, in place of the one that is there unless that may stay."""
    import psycopg  # noqa: PLC0415 -- only where it is used
    from psycopg import sql  # noqa: PLC0415

    parts = urlsplit(address)
    name = sql.Identifier(parts.path.lstrip("/"))
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as server:
        there = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [parts.path.lstrip("/")]).fetchone()
        if there and only_if_missing:
            return
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _made_of(address: str) -> str:
    """What a data set depends on, as one digest: tables, fixtures, its makers, and the week, since days are recent."""
    digest = hashlib.sha256(f"{address} {timezone.localdate().isocalendar()[:2]}".encode())
    sources = [
        *settings.BASE_DIR.glob("*/migrations/*.py"),
        *(settings.BASE_DIR / "fixtures").rglob("*.yaml"),
        *(settings.BASE_DIR / "decisions" / "management" / "demo").glob("*.py"),
        *(Path(dataset.__file__).parent / f"{name}.py" for name in MAKERS),
    ]
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()
