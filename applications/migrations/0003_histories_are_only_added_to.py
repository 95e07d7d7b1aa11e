"""Histories of a request, its parts and its child: what somebody signed stays as they saw it."""

from __future__ import annotations

from django.db import migrations

from people.models.triggers import allow_changes, forbid_changes

HISTORIES = (
    "HistoricalApplication",
    "HistoricalChild",
    "HistoricalResourceLine",
    "HistoricalAlternative",
    "HistoricalPlanAction",
    "HistoricalOtherFunding",
    "HistoricalView",
)


def forbid(apps, schema_editor):
    for name in HISTORIES:
        forbid_changes(schema_editor, apps.get_model("applications", name))


def allow(apps, schema_editor):
    for name in HISTORIES:
        allow_changes(schema_editor, apps.get_model("applications", name))


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_parts_have_histories")]

    operations = [migrations.RunPython(forbid, allow)]
