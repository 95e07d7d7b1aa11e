"""Database triggers that refuse every change to a table that is only added to; called by migrations.

PostgreSQL: a row trigger on UPDATE and DELETE and a statement trigger on TRUNCATE, enabled ALWAYS so that
`session_replication_role = replica` does not walk round them.
SQLite: row triggers on UPDATE, DELETE and INSERT; the last because INSERT OR REPLACE takes a row away without telling
the delete trigger, unless the connection says `PRAGMA recursive_triggers`.

They stop slips, injected SQL and an application role. An owner of the database can take them away: what is left
against that is the hash chain and a link of it kept elsewhere.

A later migration that makes SQLite rebuild one of these tables, or that gives it a new unique key, calls
`forbid_changes` again at its end; `tests/people/test_triggers.py` looks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# With arguments: the columns that may change; whatever else stands in the row is frozen.
_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_NARGS > 0 AND (to_jsonb(OLD) - TG_ARGV) = (to_jsonb(NEW) - TG_ARGV) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is only added to: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_NAMES = {"postgresql": ("no_change", "no_truncate", "frozen"), "sqlite": ("no_update", "no_delete", "no_replace")}


def forbid_changes(
    schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model], *, may_change: Collection[str] = ()
) -> None:
    """Make the database refuse UPDATE, DELETE and whatever else takes a row of a table away.

    Args:
        schema_editor: the migration's.
        model: the table, as the migration knows it.
        may_change: columns that may change after the row is written; none, and every UPDATE is refused.
    """
    allow_changes(schema_editor, model)
    on_postgres = schema_editor.connection.vendor == "postgresql"
    made = _on_postgres(model, may_change) if on_postgres else _on_sqlite(schema_editor, model, may_change)
    for statement in made:
        schema_editor.execute(statement, params=None)


def allow_changes(schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> None:
    """Take the triggers away again: for migrations backwards alone."""
    table, vendor = model._meta.db_table, schema_editor.connection.vendor  # noqa: SLF001 - Django's own description
    on = f' ON "{table}"' if vendor == "postgresql" else ""
    for name in _NAMES[vendor]:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}", params=None)


def _on_postgres(model: type[models.Model], may_change: Collection[str]) -> list[str]:
    table = model._meta.db_table  # noqa: SLF001
    arguments = ", ".join(f"'{column}'" for column in sorted(may_change))
    return [
        _FUNCTION,
        f'CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change({arguments})",
        f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {table}_no_change',
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {table}_no_truncate',
    ]


def _on_sqlite(
    schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model], may_change: Collection[str]
) -> list[str]:
    table = model._meta.db_table  # noqa: SLF001
    columns = [str(field.column) for field in model._meta.concrete_fields]  # noqa: SLF001
    # One EXISTS for each key, so that each is answered from its own index and an insert does not read the table.
    keys = list(_keys(schema_editor, model))
    there = [f'EXISTS (SELECT 1 FROM "{table}" WHERE {same}){also}' for same, also in keys]  # noqa: S608 - our own words
    when = ""
    if may_change:  # UPDATE OR REPLACE takes away the row that stands in the way
        beside = f'EXISTS (SELECT 1 FROM "{table}" WHERE "id" <> OLD."id" AND'  # noqa: S608
        other = [f"{beside} {same}){also}" for same, also in keys]
        frozen = [f'OLD."{column}" IS NOT NEW."{column}"' for column in columns if column not in may_change]
        when = f"WHEN {' OR '.join([*frozen, *other])} "
    return [
        f'CREATE TRIGGER {table}_no_update BEFORE UPDATE ON "{table}" {when}'
        f"BEGIN SELECT RAISE(ABORT, '{table} is only added to: UPDATE refused'); END",
        f'CREATE TRIGGER {table}_no_delete BEFORE DELETE ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table} is only added to: DELETE refused'); END",
        f'CREATE TRIGGER {table}_no_replace BEFORE INSERT ON "{table}" WHEN {" OR ".join(there)} '
        f"BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {table} already holds this row'); END",
    ]


def _keys(schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """What by which one row could replace another: SQL of "it has the same key", and of "the new row counts"."""
    meta = model._meta  # noqa: SLF001
    for field in meta.concrete_fields:
        if field.unique:
            yield f'"{field.column}" = NEW."{field.column}"', ""
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            columns = [meta.get_field(name).column for name in constraint.fields]  # type: ignore[union-attr]
            same = " AND ".join(f'"{column}" = NEW."{column}"' for column in columns)
            counts = constraint._get_condition_sql(model, schema_editor)  # type: ignore[attr-defined] # noqa: SLF001
            # The condition speaks of columns; of the new row it says the same with NEW before each.
            yield (f"{same} AND {counts}", " AND " + re.sub(r'"(\w+)"', r'NEW."\1"', counts)) if counts else (same, "")
