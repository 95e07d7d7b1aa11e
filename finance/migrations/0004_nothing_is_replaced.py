"""The ledger and its versions: no row can be replaced either.

SQLite refuses INSERT OR REPLACE; PostgreSQL refuses changes and TRUNCATE to a session that calls itself a replica too.
"""

from __future__ import annotations

from importlib import import_module

from django.db import migrations


def forbid(apps, schema_editor):
    """Put the triggers on anew, for databases that were made when they said less."""
    import_module("finance.migrations.0002_append_only").protect(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS finance_append_only()", params=None)


class Migration(migrations.Migration):
    dependencies = [("finance", "0003_index_by_year")]

    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]
