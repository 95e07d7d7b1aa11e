"""All of a decision or nothing of it: a fault at any write leaves the case as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from applications.models import Application
from applications.states import State
from decisions import services
from decisions.models import Action, AgendaItem, Condition, Decision, LiveState, Review
from decisions.services import NewAction, NewCondition
from decisions.states import ItemState
from finance.models import Commitment, LedgerEntry
from people.models import Message, RecordEntry
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db
WRITES = ("INSERT", "UPDATE", "DELETE")


class PlantedError(Exception):
    """The fault put into the way."""


def breaking_at(number: int) -> Callable[..., Any]:
    """Let the so-manieth write of a block fail."""
    seen = 0

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if sql.lstrip().upper().startswith(WRITES):
            seen += 1
            if seen == number:
                raise PlantedError(sql[:80])
        return execute(sql, params, many, context)

    return wrapper


def everything() -> dict[str, Any]:
    """What a decision touches, to be compared before and after."""
    return {
        "rows": [
            m.objects.count()
            for m in (Decision, Condition, Action, Review, Commitment, LedgerEntry, Message, RecordEntry)
        ],
        "item": list(AgendaItem.objects.values_list("state", "version")),
        "request": list(Application.objects.values_list("state", "version")),
        "live": [(live.version, live.parts) for live in LiveState.objects.all()],
    }


def press(hall: Hall, item: AgendaItem) -> Decision:
    return services.record(
        item=item,
        minute=hall.minute(
            item,
            conditions=[NewCondition("A school place is found")],
            actions=[NewAction("Visit", hall.members[0], date(2026, 11, 3))],
            review_date=date(2027, 1, 15),
        ),
        item_version=item.version,
        by=hall.chair,
        at=STARTS + timedelta(minutes=20),
    )


def test_a_fault_at_any_write_leaves_nothing(hall: Hall) -> None:
    item = hall.called()
    before = everything()
    number, finished = 0, False
    while not finished:
        number += 1
        try:
            with connection.execute_wrapper(breaking_at(number)):
                press(hall, item)
            finished = True
        except PlantedError:
            assert everything() == before, f"write {number} left something"

    assert number > 20  # each write had its turn
    assert Decision.objects.count() == 1
    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.DECIDED
    assert Application.objects.get().state == State.DECIDED
