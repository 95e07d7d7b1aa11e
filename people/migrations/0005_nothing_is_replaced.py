"""The record: no row can be replaced either.

SQLite refuses INSERT OR REPLACE; PostgreSQL refuses changes and TRUNCATE to a session that calls itself a replica too.
"""

from __future__ import annotations

from django.db import migrations

from people.models.triggers import forbid_changes


def forbid(apps, schema_editor):
    """Put the triggers on anew, for databases that were made when they said less."""
    forbid_changes(schema_editor, apps.get_model("people", "RecordEntry"))


class Migration(migrations.Migration):
    dependencies = [("people", "0004_proposed_offices")]

    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]
