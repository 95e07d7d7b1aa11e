"""The ledger and every version can only be added to: refused by the database itself, on both databases."""

from __future__ import annotations

from django.db import migrations

from people.models.triggers import allow_changes, forbid_changes

MODELS = ("LedgerEntry", "RateVersion", "EndVersion", "Suspension", "SplitVersion", "SplitShare")


def protect(apps, schema_editor):
    """Put the triggers on every table that can only be added to."""
    for name in MODELS:
        forbid_changes(schema_editor, apps.get_model("finance", name))


def unprotect(apps, schema_editor):
    """Take the triggers off, so that the migration can be undone on an empty development database."""
    for name in MODELS:
        allow_changes(schema_editor, apps.get_model("finance", name))


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_money_tables")]

    operations = [migrations.RunPython(protect, unprotect)]
