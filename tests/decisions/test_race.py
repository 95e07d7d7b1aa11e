"""Many chairs press at once: one decision, one commitment, one set of messages; without the guard there are more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections

from decisions import services
from decisions.models import AgendaItem, Decision
from decisions.services import AlreadyDecidedError, NewAction, recording
from finance.models import Commitment
from people.models import Message, RecordEntry
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, ROUNDS = 50, 20
LATER = STARTS + timedelta(minutes=20)


def all_at_once(press: Callable[[int], None], *, threads: int = THREADS) -> list[BaseException]:
    """Run a press in so many threads that start together; gives what they raised."""
    barrier, raised = threading.Barrier(threads), []

    def run(number: int) -> None:
        try:
            barrier.wait()
            press(number)
        except BaseException as fault:
            raised.append(fault)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return raised


def test_fifty_presses_twenty_rounds_give_one_decision_each() -> None:
    hall = Hall()
    items = hall.opened(cases=ROUNDS)
    for number, waiting in enumerate(items, start=1):
        item = hall.called(waiting)
        minute = hall.minute(item, actions=[NewAction("Visit", hall.members[0], date(2026, 11, 3))])

        def press(_n: int, item: AgendaItem = item, minute: services.Minute = minute) -> None:
            services.record(item=item, minute=minute, item_version=item.version, by=hall.chair, at=LATER)

        raised = all_at_once(press)

        assert {type(fault) for fault in raised} == {AlreadyDecidedError}
        assert len(raised) == THREADS - 1
        assert all(fault.who == hall.chair for fault in raised)  # type: ignore[attr-defined]
        assert Decision.objects.filter(item=item).count() == 1
        assert (Decision.objects.count(), Commitment.objects.count()) == (number, number)
        assert Message.objects.filter(template="action_given").count() == number
        assert RecordEntry.objects.filter(action="decision.recorded").count() == number
    assert sorted(Decision.objects.values_list("minute_number", flat=True)) == sorted(
        f"AR/2026/1/{n}" for n in range(1, ROUNDS + 1)
    )


@pytest.mark.parametrize("threads", [2, 50])
def test_two_outcomes_at_once_leave_one_whole_decision(threads: int) -> None:
    hall = Hall()
    item = hall.called()
    minutes = [hall.minute(item), hall.minute(item, "not_agreed")]

    def press(n: int) -> None:
        services.record(item=item, minute=minutes[n % 2], item_version=item.version, by=hall.chair, at=LATER)

    raised = all_at_once(press, threads=threads)

    decision = Decision.objects.get()
    assert [type(fault) for fault in raised] == [AlreadyDecidedError] * (threads - 1)
    assert Commitment.objects.count() == decision.commitments.count() == (decision.outcome == "agreed")


def going_on(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count who gets past the guard and begins to write."""
    passed: list[int] = []
    write = recording._write

    def counted(*args: Any, **kwargs: Any) -> Decision:
        passed.append(1)
        return write(*args, **kwargs)

    monkeypatch.setattr(recording, "_write", counted)
    return passed


@pytest.mark.parametrize("is_guarded", [True, False])
def test_the_guard_lets_one_go_on_and_without_it_many_do(monkeypatch: pytest.MonkeyPatch, is_guarded: bool) -> None:
    hall = Hall()
    item = hall.called()
    minute = hall.minute(item)
    passed = going_on(monkeypatch)
    if not is_guarded:
        monkeypatch.setattr(recording, "_take", lambda _item, *, item_version: None)

    def press(_n: int) -> None:
        services.record(item=item, minute=minute, item_version=item.version, by=hall.chair, at=LATER)

    raised = all_at_once(press, threads=10)

    assert len(raised) == 9
    assert (len(passed) == 1) is is_guarded
    # Even then the database's own constraints leave one decision; but the others fail with a fault, not an answer.
    assert all(isinstance(fault, AlreadyDecidedError) for fault in raised) is is_guarded
    assert Decision.objects.count() == 1


def test_corrections_at_once_leave_one_standing() -> None:
    hall = Hall()
    decision = hall.decided()
    item = AgendaItem.objects.select_related("application").get(pk=decision.item_id)
    minute = hall.minute(item)

    def press(_n: int) -> None:
        services.correct(decision=decision, minute=minute, why="A slip.", expected_version=1, by=hall.chair, at=LATER)

    raised = all_at_once(press, threads=10)

    assert [type(fault) for fault in raised] == [AlreadyDecidedError] * 9
    assert Decision.objects.count() == 2
    assert Commitment.objects.filter(status="ACTIVE").count() == 1
