"""What was decided, published, witnessed or approved: no row can be replaced either.

SQLite refuses INSERT OR REPLACE; PostgreSQL refuses changes and TRUNCATE to a session that calls itself a replica too.
"""

from __future__ import annotations

from importlib import import_module

from django.db import migrations


def forbid(apps, schema_editor):
    """Put the triggers on anew, for databases that were made when they said less."""
    for name in ("0002_unchangeable", "0004_outside_approvals"):
        import_module(f"decisions.migrations.{name}").protect(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS decisions_frozen()", params=None)


class Migration(migrations.Migration):
    dependencies = [("decisions", "0011_declarations_of_guests")]

    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]
