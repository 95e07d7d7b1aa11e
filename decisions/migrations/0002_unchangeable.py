"""What was decided, published or witnessed never changes: refused by the database itself, on both databases.

A decision's row may move its state, be signed, issued, and stop waiting for an officer; nothing else of it changes.
A published agenda gets its drawn pack once. Attendance is only added to.

A later migration that makes SQLite rebuild one of these tables drops its triggers: call `protect` again at its end.
"""

from __future__ import annotations

from django.db import migrations

# Table -> the columns that may change after the row is written; every other column is frozen.
MAY_CHANGE = {
    "decisions_decision": {"state", "signed_at", "signed_by_id", "issued_at", "awaits_role", "is_in_principle"},
    "decisions_agendaversion": {"pack", "pack_sha256"},
    "decisions_attendanceevent": set(),
}
MODELS = {"decisions_decision": "Decision", "decisions_agendaversion": "AgendaVersion", "decisions_attendanceevent": "AttendanceEvent"}

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION decisions_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - TG_ARGV) = (to_jsonb(NEW) - TG_ARGV) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is frozen: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def protect(apps, schema_editor):
    """Put the triggers on every table whose rows are frozen."""
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(POSTGRES_FUNCTION, params=None)
    for table, loose in MAY_CHANGE.items():
        columns = [f.column for f in apps.get_model("decisions", MODELS[table])._meta.concrete_fields]
        for statement in on_postgres(table, loose) if postgres else on_sqlite(table, columns, loose):
            schema_editor.execute(statement, params=None)


def on_postgres(table, loose):
    """Name the statements for one table on PostgreSQL."""
    arguments = ", ".join(f"'{column}'" for column in sorted(loose))
    return [
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION decisions_frozen({arguments})",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_frozen",
    ]


def on_sqlite(table, columns, loose):
    """Name the statements for one table on SQLite."""
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns if column not in loose)
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {changed} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is frozen: UPDATE refused'); END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is frozen: DELETE refused'); END",
    ]


def unprotect(apps, schema_editor):
    """Take the triggers off, so that the migration can be undone on an empty development database."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in MAY_CHANGE:
        for suffix in ("frozen",) if postgres else ("no_update", "no_delete"):
            on = f" ON {table}" if postgres else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{suffix}{on}", params=None)


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_tables")]

    operations = [migrations.RunPython(protect, unprotect)]
