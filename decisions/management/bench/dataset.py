"""Makes a data set: the demonstration, years of history behind it, and the bare tables the anchors are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from applications.models import Application

from .bare import make_bare_tables
from .history import History, copy_workers
from .ledger import add_partners, open_years, write_ledger
from .record import write_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from .sizes import Size


def is_made() -> bool:
    """Whether this database holds a whole data set: the mark is made last."""
    return "bench_made" in connection.introspection.table_names()


def make(size: Size, *, say: Callable[[str], object]) -> None:
    """Bring an empty database to a data set of this size."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo_seal")
    call_command("adopt_policies", verbosity=0)
    say("the demonstration ...")
    call_command("demo", verbosity=0)
    add_partners()
    if size.requests:
        say(
            f"{size.requests:,} requests, {size.ledger_rows:,} ledger rows, {size.record_rows:,} rows of the record ..."
        )
        in_haste()
        with transaction.atomic():
            write_history(size)
    say("the bare tables ...")
    make_bare_tables()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("CREATE TABLE bench_made (at varchar(40))")
    connection.close()


def in_haste() -> None:
    """Let SQLite write straight into the file with much of it in memory: a data set half made is thrown away.

    Without a journal nothing can be taken back, so the demonstration, which is refused now and then, is told before.
    What is written holds once the command is over; the next connection has the settings of the product again.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-600000", "temp_store=MEMORY"):
                cursor.execute(f"PRAGMA {setting}")


def write_history(size: Size) -> None:
    """Put years of closed work behind what is there; what is under way is left as it is."""
    now = timezone.now()
    history = History(size, on=timezone.localdate(now), workers=copy_workers(size.users))
    # Years and lines come first: copied commitments point at the line of their own year.
    open_years(history, now=now)
    history.write()
    write_ledger(history, now=now)
    write_record(size.record_rows, years=size.years, now=now)
    assert Application.objects.count() > size.requests // 2
