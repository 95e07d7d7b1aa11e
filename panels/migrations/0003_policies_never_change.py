"""Make the database refuse every change to an adopted policy."""

from django.db import migrations

from people.models.triggers import allow_changes, forbid_changes


def forbid(apps, schema_editor):
    forbid_changes(schema_editor, apps.get_model("panels", "PolicyVersion"))


def allow(apps, schema_editor):
    allow_changes(schema_editor, apps.get_model("panels", "PolicyVersion"))


class Migration(migrations.Migration):
    dependencies = [("panels", "0002_initial")]
    operations = [migrations.RunPython(forbid, allow)]
