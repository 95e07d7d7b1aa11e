"""Make the database refuse every change to the record."""

from django.db import migrations

from people.models.triggers import allow_changes, forbid_changes


def forbid(apps, schema_editor):
    forbid_changes(schema_editor, apps.get_model("people", "RecordEntry"))


def allow(apps, schema_editor):
    allow_changes(schema_editor, apps.get_model("people", "RecordEntry"))


class Migration(migrations.Migration):
    dependencies = [("people", "0002_keep_forms")]
    operations = [migrations.RunPython(forbid, allow)]
