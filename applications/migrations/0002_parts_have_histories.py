"""The parts of a request and the child have histories, as the request itself has."""

from itertools import islice

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


PARTS = ("ResourceLine", "Alternative", "PlanAction", "OtherFunding", "View")


def keep_what_stands(apps, schema_editor):
    """Begin each history with the row as it stands, so that its first change has a before."""
    applications = apps.get_model("applications", "Application")
    changed = dict(applications.objects.values_list("pk", "changed_at").iterator())
    for name in PARTS:
        _begin(apps, name, lambda row: changed[row.application_id])
    _begin(apps, "Child", lambda row: row.created_at)


def _begin(apps, name, since):
    """A row "~" without one before it: it was there already, nobody added it now."""
    model, kept = apps.get_model("applications", name), apps.get_model("applications", f"Historical{name}")
    columns = [field.attname for field in model._meta.concrete_fields]
    rows = (
        kept(
            history_date=since(row),
            history_type="~",
            history_change_reason="as it stood when its history began",
            **{column: getattr(row, column) for column in columns},
        )
        for row in model.objects.order_by("pk").iterator()
    )
    while few := list(islice(rows, 1000)):
        kept.objects.bulk_create(few)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0001_initial'),
        ('people', '0004_proposed_offices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalAlternative',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('option', models.CharField(max_length=300)),
                ('provider', models.CharField(blank=True, max_length=160)),
                ('pence', models.PositiveBigIntegerField(blank=True, null=True)),
                ('outcome', models.TextField(blank=True, max_length=2000)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('application', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='applications.application')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical alternative',
                'verbose_name_plural': 'historical alternatives',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalChild',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('reference', models.SlugField(help_text='Random; what the ledger and addresses use.', max_length=24)),
                ('case_reference', models.CharField(max_length=40, verbose_name='case system reference')),
                ('family_reference', models.CharField(blank=True, help_text='Siblings share it.', max_length=40)),
                ('first_name', models.CharField(max_length=80)),
                ('last_name', models.CharField(max_length=80)),
                ('date_of_birth', models.DateField(blank=True, help_text='Empty for an unborn child.', null=True)),
                ('due_date', models.DateField(blank=True, help_text='For an unborn child.', null=True)),
                ('status', models.CharField(choices=[('none', 'None of these'), ('child_in_need', 'Child in need'), ('child_protection', 'Child protection plan'), ('looked_after', 'Looked after'), ('care_leaver', 'Care leaver')], max_length=20)),
                ('legal_basis', models.CharField(choices=[('none', 'Not looked after'), ('section_20', 'Section 20 (voluntary)'), ('interim_care_order', 'Interim care order'), ('care_order', 'Care order'), ('remand', 'Remand'), ('police_protection', 'Police protection'), ('emergency_protection_order', 'Emergency protection order')], default='none', max_length=30)),
                ('is_disabled', models.BooleanField(default=False)),
                ('is_unaccompanied', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('council', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.council')),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.team')),
                ('worker', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical child',
                'verbose_name_plural': 'historical childs',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalOtherFunding',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('source', models.SlugField()),
                ('is_possible', models.BooleanField()),
                ('details', models.TextField(blank=True, max_length=2000)),
                ('pence', models.PositiveBigIntegerField(blank=True, null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('application', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='applications.application')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical other funding',
                'verbose_name_plural': 'historical other fundings',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPlanAction',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('action', models.CharField(max_length=300)),
                ('service', models.CharField(blank=True, max_length=160)),
                ('owner', models.CharField(blank=True, max_length=160)),
                ('due', models.DateField(blank=True, null=True)),
                ('review', models.DateField(blank=True, null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('application', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='applications.application')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical plan action',
                'verbose_name_plural': 'historical plan actions',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalResourceLine',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('category', models.SlugField(help_text="A category of the rules' interface.", max_length=60)),
                ('description', models.CharField(blank=True, max_length=300)),
                ('provider', models.CharField(blank=True, max_length=160)),
                ('provision', models.CharField(blank=True, choices=[('in_house', 'In-house'), ('independent', 'Independent provider'), ('connected_person', 'Connected person')], max_length=20)),
                ('unit', models.CharField(blank=True, choices=[('one_off', 'once'), ('weekly', 'a week'), ('monthly', 'a month')], max_length=10)),
                ('pence', models.PositiveBigIntegerField(blank=True, help_text='Price in pence for one unit.', null=True)),
                ('start', models.DateField(blank=True, null=True)),
                ('end', models.DateField(blank=True, null=True)),
                ('is_open_ended', models.BooleanField(default=False)),
                ('facts', models.JSONField(blank=True, default=dict, help_text="Facts for the rules, in the interface's words.")),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('application', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='applications.application')),
                ('for_line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='applications.resourceline')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical resource line',
                'verbose_name_plural': 'historical resource lines',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalView',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('person', models.CharField(max_length=160)),
                ('relation', models.CharField(max_length=120)),
                ('has_parental_responsibility', models.BooleanField(default=True)),
                ('view', models.TextField(blank=True, max_length=4000)),
                ('why_not_known', models.TextField(blank=True, max_length=2000)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('application', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='applications.application')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical view',
                'verbose_name_plural': 'historical views',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(keep_what_stands, migrations.RunPython.noop),
    ]
