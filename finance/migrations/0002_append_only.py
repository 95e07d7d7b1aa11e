"""The ledger and every version can only be added to: refused by the database itself, on both databases.

PostgreSQL: row triggers on UPDATE and DELETE and a statement trigger on TRUNCATE, enabled ALWAYS so that
`session_replication_role = replica` does not walk round them.
SQLite: the same row triggers, and one on INSERT, because INSERT OR REPLACE deletes without telling the delete trigger
unless `PRAGMA recursive_triggers` is on.

A later migration that makes SQLite rebuild one of these tables drops its triggers: call `protect` again at its end.
`tests/finance/test_append_only.py` looks.
"""

from __future__ import annotations

from django.db import migrations

# Table -> the sets of columns (besides the id) on which an INSERT OR REPLACE could replace a row.
TABLES = {
    "finance_ledgerentry": [("council_id", "seq"), ("idempotency_key",), ("reverses_id",)],
    "finance_rateversion": [("commitment_id", "source_ref", "effective_from")],
    "finance_endversion": [("commitment_id", "source_ref")],
    "finance_suspension": [("commitment_id", "source_ref", "first_day")],
    "finance_splitversion": [("commitment_id", "source_ref", "effective_from")],
    "finance_splitshare": [("split_id", "funder_id")],
}

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION finance_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def protect(apps, schema_editor):
    """Put the triggers on every table that can only be added to."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTION, params=None)
    for table, unique in TABLES.items():
        statements = on_postgres(table) if vendor == "postgresql" else on_sqlite(table, unique)
        for statement in statements:
            schema_editor.execute(statement)


def on_postgres(table):
    """Name the statements for one table on PostgreSQL."""
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION finance_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION finance_append_only()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]


def on_sqlite(table, unique):
    """Name the statements for one table on SQLite."""
    made = []
    for event in ("UPDATE", "DELETE"):
        name = f"{table}_no_{event.lower()}"
        made += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {event} refused'); END",
        ]
    # One EXISTS for each key, so that each is answered from its own index and an insert does not read the table.
    there = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE " + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")"
        for columns in [("id",), *unique]
    )
    name = f"{table}_no_replace"
    return [
        *made,
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {there} "
        f"BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {table} already holds this row'); END",
    ]


def unprotect(apps, schema_editor):
    """Take the triggers off, so that the migration can be undone on an empty development database."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for suffix in ("no_change", "no_truncate") if postgres else ("no_update", "no_delete", "no_replace"):
            on = f" ON {table}" if postgres else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{suffix}{on}")


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_money_tables")]

    operations = [migrations.RunPython(protect, unprotect)]
