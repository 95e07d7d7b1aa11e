"""The record vouches for the content of each decision: what is forged past its trigger is named."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from decisions import services
from decisions.models import Decision
from decisions.services.vouching import MOVES, content_hash, forged_decisions
from people.models import RecordEntry
from tests.conftest_append_only import triggers_off
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db
LATER = STARTS + timedelta(minutes=20)


@pytest.fixture
def hall() -> Hall:
    return Hall()


def forge(sql: str) -> None:
    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute(sql)


def corrected(hall: Hall, decision: Decision) -> Decision:
    return services.correct(
        decision=decision,
        minute=hall.minute(decision.item, reasons="Better reasons."),
        why="The reasons were incomplete.",
        expected_version=1,
        by=hall.chair,
        at=LATER,
    )


def test_decisions_and_corrections_are_as_they_were_put_on_record(hall: Hall, capsys) -> None:
    decision = hall.decided()
    new = corrected(hall, decision)
    Decision.objects.filter(pk=new.pk).update(state="signed", signed_at=LATER, signed_by=hall.chair)

    call_command("verify_record")

    entries = RecordEntry.objects.filter(action__in=["decision.recorded", "decision.corrected"]).order_by("seq")
    assert [entry.facts["content"] for entry in entries] == [
        content_hash(Decision.objects.get(pk=one.pk)) for one in (decision, new)
    ]


@pytest.mark.parametrize(
    "change",
    [
        "reasons = 'Forged.'",
        "outcome = 'forged'",
        "lines = '[]'",
        "members_views = 'Forged.'",
        "recorded_at = '2020-01-01 00:00:00+00:00'",
        "review_date = '2030-01-01'",
    ],
)
def test_a_decision_rewritten_without_its_trigger_is_named(hall: Hall, change: str) -> None:
    decision = hall.decided()

    forge(f"UPDATE decisions_decision SET {change}")

    with pytest.raises(CommandError) as failed:
        call_command("verify_record")
    assert str(failed.value) == (
        f"{hall.council.slug}: decision {decision.minute_number} ({decision.reference}) is not what was put on record"
    )


def test_a_decision_taken_away_or_slipped_in_is_named(hall: Hall) -> None:
    decision = hall.decided()

    forge("UPDATE decisions_decision SET reference = 'D-FORGED'")

    assert forged_decisions(hall.council) == [
        f"decision {decision.minute_number} (D-FORGED) was never put on record",
        f"decision {decision.reference} is on record and gone",
    ]


def test_what_is_vouched_for_is_what_the_trigger_freezes() -> None:
    frozen = import_module("decisions.migrations.0002_unchangeable")

    assert frozen.MAY_CHANGE["Decision"] | {"id"} == MOVES
