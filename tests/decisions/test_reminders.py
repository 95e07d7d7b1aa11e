"""Reminders: owed once for a thing and its day, whoever asks how often."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from decisions import services
from decisions.models import Action
from decisions.services import NewAction, reminders
from people.models import Message
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db


def test_an_action_is_reminded_of_three_days_ahead_and_once(hall: Hall) -> None:
    hall.decided(actions=[NewAction("Visit the school", hall.members[0], date(2026, 11, 3))])

    early = reminders.owe(at=STARTS)
    due = reminders.owe(at=STARTS.replace(month=10, day=31))
    again = reminders.owe(at=STARTS.replace(month=11, day=1))

    assert (early, due, again) == (0, 1, 0)
    message = Message.objects.get(template="action_due")
    assert message.recipient == hall.members[0]
    assert message.on == date(2026, 11, 3)


def test_what_is_done_is_not_reminded_of(hall: Hall) -> None:
    hall.decided(actions=[NewAction("Visit the school", hall.members[0], date(2026, 11, 3))])
    services.mark_done(action=Action.objects.get(), by=hall.members[0], at=STARTS + timedelta(days=1))

    assert reminders.owe(at=STARTS + timedelta(days=13)) == 0


def test_a_review_is_announced_four_weeks_ahead_to_the_worker(hall: Hall) -> None:
    decision = hall.decided(review_date=date(2027, 1, 15), no_review_reason="")

    assert reminders.owe(at=STARTS) == 0
    assert reminders.owe(at=STARTS.replace(month=12, day=20)) == 1
    message = Message.objects.get(template="review_due")
    assert message.recipient == decision.application.worker
