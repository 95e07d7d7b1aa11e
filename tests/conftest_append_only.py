"""Lets tests empty tables that can only be added to.

Tests that commit for real (`transactional_db`, `live_server`, `TransactionTestCase`) are cleaned by emptying every
table, which append-only triggers rightly refuse. `unlock_append_only` wraps just that cleaning: every trigger in the
database is taken off, the tables are emptied, every trigger is put back as it was. Nothing in the product can do this,
and nothing else in the tests does. It finds triggers in the database's own catalogue, whichever app made them.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Iterator

POSTGRES_TRIGGERS = """
    SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
"""
SQLITE_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
SETTLE = "SET CONSTRAINTS ALL IMMEDIATE"
ENABLE = {"A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "O": "ENABLE"}


@contextmanager
def triggers_off(connection: Any) -> Iterator[None]:
    """Take every trigger off for the length of a block. For tests, as owner of the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_TRIGGERS)
            found = cursor.fetchall()
            # Inside a transaction, checks that were put off would forbid altering the tables they are about.
            off = [SETTLE, *(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"' for table, name, _ in found)]
            on = [SETTLE, *(f'ALTER TABLE "{table}" {ENABLE[how]} TRIGGER "{name}"' for table, name, how in found)]
        else:
            cursor.execute(SQLITE_TRIGGERS)
            found = cursor.fetchall()
            off = [f'DROP TRIGGER "{name}"' for name, _ in found]
            on = [sql for _, sql in found]
        try:
            for statement in off:
                cursor.execute(statement)
            yield
        finally:
            for statement in on:
                cursor.execute(statement)


@pytest.fixture(autouse=True, scope="session")
def unlock_append_only() -> Iterator[None]:
    """Let the cleaning after a test empty append-only tables too."""
    patched = pytest.MonkeyPatch()
    # On the class: beside a running event loop (a browser's) a thread has another connection of the same kind.
    for operations in {type(connection.ops) for connection in connections.all()}:
        flush = operations.execute_sql_flush

        def unlocked(self: Any, statements: Any, flush: Any = flush) -> None:
            with triggers_off(self.connection):
                flush(self, statements)

        patched.setattr(operations, "execute_sql_flush", unlocked)
    yield
    patched.undo()
