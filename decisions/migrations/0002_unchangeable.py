"""What was decided, published or witnessed never changes: refused by the database itself, on both databases.

A decision's row may move its state, be signed, issued, and stop waiting for an officer; nothing else of it changes.
A published agenda gets its drawn pack once. Attendance is only added to.
"""

from __future__ import annotations

from django.db import migrations

from people.models.triggers import allow_changes, forbid_changes

# Table -> the columns that may change after the row is written; every other column is frozen.
MAY_CHANGE = {
    "Decision": {"state", "signed_at", "signed_by_id", "issued_at", "awaits_role", "is_in_principle"},
    "AgendaVersion": {"pack", "pack_sha256"},
    "AttendanceEvent": set(),
}


def protect(apps, schema_editor):
    """Put the triggers on every table whose rows are frozen."""
    for name, loose in MAY_CHANGE.items():
        forbid_changes(schema_editor, apps.get_model("decisions", name), may_change=loose)


def unprotect(apps, schema_editor):
    """Take the triggers off, so that the migration can be undone on an empty development database."""
    for name in MAY_CHANGE:
        allow_changes(schema_editor, apps.get_model("decisions", name))


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_tables")]

    operations = [migrations.RunPython(protect, unprotect)]
