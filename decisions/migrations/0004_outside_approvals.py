"""Approvals outside the panel; the database itself refuses to change what was approved."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from people.models.triggers import forbid_changes

# How it went on; whatever else stands in the row is frozen.
MAY_CHANGE = {
    "state", "confirmed_at", "confirmed_by_id", "answer", "money", "pence", "settled_at", "settled_by_id", "decision_id",
}


def protect(apps, schema_editor):
    """Put the triggers on the table."""
    forbid_changes(schema_editor, apps.get_model("decisions", "OutsideApproval"), may_change=MAY_CHANGE)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0001_initial'),
        ('decisions', '0003_what_the_policy_asks'),
        ('finance', '0003_index_by_year'),
        ('panels', '0003_policies_never_change'),
        ('people', '0004_proposed_offices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OutsideApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.SlugField(max_length=24, unique=True)),
                ('state', models.CharField(choices=[('told', 'agreed by telephone, not confirmed'), ('standing', 'approved outside the panel'), ('ratified', 'agreed by the panel'), ('not_ratified', 'not agreed by the panel'), ('denied', 'not confirmed by the officer'), ('followed', 'followed by a later approval')], max_length=12)),
                ('kind', models.SlugField(help_text='Which kind of emergency, in the words of the policy.')),
                ('role', models.SlugField(blank=True, help_text='The office it was given in; blank where it was none the policy names.')),
                ('rule', models.CharField(blank=True, help_text="The clause's id it rests on.", max_length=20)),
                ('afterwards', models.CharField(choices=[('ratified', 'to be ratified'), ('reviewed', 'to be reviewed'), ('heard', 'to be heard'), ('nothing', 'not to come to the panel')], default='nothing', max_length=10)),
                ('request_version', models.PositiveIntegerField(help_text='The version of the request that was approved.')),
                ('reason', models.TextField(max_length=4000)),
                ('consulted', models.JSONField(default=list, help_text='Whom the policy asks to consult: role, name and when, or not.')),
                ('valid_until', models.DateField(help_text='The last day it lasts; none where the policy states none.', null=True)),
                ('findings', models.JSONField(default=dict, help_text='The assessment it was given under, clause by clause.')),
                ('lines', models.JSONField(default=list, help_text='Each resource as far as it is approved here.')),
                ('money', models.JSONField(default=dict, help_text='The budget lines before and after; empty until it is committed.')),
                ('pence', models.BigIntegerField(default=0, help_text='What it has committed, in all.')),
                ('agreed_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True, help_text="The officer's words on what was recorded.", max_length=2000)),
                ('settled_at', models.DateTimeField(help_text='When the panel decided on it.', null=True)),
                ('agreed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outside_approvals', to='applications.application')),
                ('commitments', models.ManyToManyField(related_name='+', to='finance.commitment')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.council')),
                ('covering_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('follows', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='decisions.outsideapproval')),
                ('policy_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='panels.policyversion')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-agreed_at', '-pk'],
                'indexes': [models.Index(fields=['council', 'state', 'valid_until'], name='outside_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('told', 'standing'))), fields=('application',), name='one_open_approval_outside'), models.CheckConstraint(condition=models.Q(('state__in', ['told', 'standing', 'ratified', 'not_ratified', 'denied', 'followed'])), name='outside_state_is_a_known_one')],
            },
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
