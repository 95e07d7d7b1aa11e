"""Tables that are only added to, as their triggers in the database say which they are: no way round is left open."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from decisions.models import AgendaVersion, AttendanceEvent, Decision, OutsideApproval
from finance.models import AppendOnly
from panels.models import PolicyVersion
from people.models import Council, RecordEntry
from people.models.record import Verb
from people.services import record
from tests.factories.applications import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
KNOWN = {RecordEntry, PolicyVersion, Decision, AgendaVersion, AttendanceEvent, OutsideApproval}


def asked(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def guarded() -> set[str]:
    """The tables that have any trigger: nothing else in the database has one."""
    if connection.vendor == "sqlite":
        return {table for (table,) in asked("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")}
    return {
        table
        for (table,) in asked(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
        )
    }


def tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.db_table in guarded()]


def test_every_table_that_is_only_added_to_is_guarded() -> None:
    written_once = {model for model in apps.get_models() if issubclass(model, AppendOnly)}
    histories = {model for model in apps.get_models() if hasattr(model, "history_id")}

    assert set(tables()) == KNOWN | written_once | histories


def filled(field: Any, number: int) -> Any:
    """Some value that a column can hold; of a choice, the first."""
    if field.primary_key or field.remote_field or isinstance(field, models.IntegerField):
        return number
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.DateTimeField):
        return datetime(2026, 1, 1).isoformat()  # noqa: DTZ001 -- as SQLite stores it
    if isinstance(field, models.DateField):
        return date(2026, 1, 1).isoformat()
    if isinstance(field, models.JSONField):
        return "{}"
    return field.choices[0][0] if field.choices else f"{field.name} {number}"


class Plain:
    """The database's tables and triggers in a connection that nobody told anything."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("PRAGMA ignore_check_constraints = ON")
        for (sql,) in asked(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY rowid"
        ):
            self.connection.execute(sql)

    def write(self, model: type[models.Model], values: dict[str, Any], verb: str = "INSERT") -> None:
        columns, marks = ", ".join(f'"{column}"' for column in values), ", ".join("?" * len(values))
        table = model._meta.db_table
        self.connection.execute(f'{verb} INTO "{table}" ({columns}) VALUES ({marks})', list(values.values()))

    def rows(self, model: type[models.Model]) -> list[tuple[Any, ...]]:
        return self.connection.execute(f'SELECT * FROM "{model._meta.db_table}"').fetchall()

    def keys(self, model: type[models.Model]) -> Iterator[list[str]]:
        """The columns of each unique index, as the database itself knows them."""
        yield [str(model._meta.pk.column)]
        for _, index, is_unique, *_ in self.connection.execute(
            f'PRAGMA index_list("{model._meta.db_table}")'
        ).fetchall():
            if is_unique:
                yield [column for _, _, column in self.connection.execute(f'PRAGMA index_info("{index}")').fetchall()]


@pytest.mark.sqlite
def test_a_plain_connection_replaces_no_row_of_any_of_them_by_any_key() -> None:
    plain, replaced, tried = Plain(), [], 0
    for model in tables():
        row = {str(field.column): filled(field, 1) for field in model._meta.concrete_fields}
        other = {str(field.column): filled(field, 2) for field in model._meta.concrete_fields}
        plain.write(model, row)
        before = plain.rows(model)
        for key in plain.keys(model):
            tried += 1
            with pytest.raises(sqlite3.IntegrityError):
                plain.write(model, {**other, **{column: row[column] for column in key}}, verb="INSERT OR REPLACE")
            replaced += [(model, key)] * (plain.rows(model) != before)
        plain.write(model, other)

    assert replaced == []
    assert tried > len(tables())  # histories have one key, the others more


@pytest.mark.sqlite
def test_a_plain_connection_neither_updates_nor_deletes_a_row_of_any_of_them() -> None:
    plain = Plain()
    for model in tables():
        plain.write(model, {str(field.column): filled(field, 1) for field in model._meta.concrete_fields})
        for attack in (f'UPDATE "{model._meta.db_table}" SET id = 7', f'DELETE FROM "{model._meta.db_table}"'):
            with pytest.raises(sqlite3.IntegrityError, match="is only added to"):
                plain.connection.execute(attack)


@pytest.mark.sqlite
def test_the_state_of_a_decision_moves_and_takes_no_other_decision_away() -> None:
    plain = Plain()
    for number, state in ((1, "superseded"), (2, "confirmed")):
        values = {str(field.column): filled(field, number) for field in Decision._meta.concrete_fields}
        plain.write(Decision, {**values, "item_id": 1, "state": state})

    plain.connection.execute("UPDATE decisions_decision SET state = 'signed' WHERE id = 2")
    with pytest.raises(sqlite3.IntegrityError):
        plain.connection.execute("UPDATE OR REPLACE decisions_decision SET state = 'confirmed' WHERE id = 1")

    assert plain.connection.execute("SELECT id, state FROM decisions_decision ORDER BY id").fetchall() == [
        (1, "superseded"),
        (2, "signed"),
    ]


@pytest.mark.postgres
def test_who_calls_the_session_a_replica_changes_nothing(council: Council) -> None:
    record(council=council, by=None, at=AT, verb=Verb.COLLECTION, action="a.b", subject="a", subject_ref="b")
    attacks = [f'TRUNCATE "{model._meta.db_table}" CASCADE' for model in tables()]
    attacks += ["UPDATE people_recordentry SET seq = seq + 1", "DELETE FROM people_recordentry"]

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        for attack in attacks:
            with pytest.raises(DatabaseError, match="is only added to"), transaction.atomic():
                cursor.execute(attack)
        cursor.execute("SET LOCAL session_replication_role = origin")

    always = (
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgenabled = 'A' AND t.tgname"
    )
    for suffix in ("no_change", "no_truncate"):
        assert {table for (table,) in asked(f"{always} LIKE '%\\_{suffix}'")} == guarded()
