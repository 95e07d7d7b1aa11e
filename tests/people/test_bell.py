"""The doorbell: one ring when what is owed is committed, none when it is not, and no page that waits for a broker."""

from __future__ import annotations

import socket
import threading
from queue import Empty

import pytest
from celery import current_app
from django.db import transaction

from decisions.services.sheets import DRAW
from people.models import Message
from people.services import bell, owe_message, ring_after_commit
from people.services.messages import RELAY


@pytest.fixture(autouse=True)
def _nobody_was_silent(monkeypatch):
    monkeypatch.setattr(bell, "_silent_until", 0.0)


@pytest.fixture
def owe(council, staff, now):
    def one(key):
        recipient = next(iter(staff.values()))
        return owe_message(
            council=council, recipient=recipient, template="agenda_published", reference="M-2345ABCD",
            path="/panels/meetings/M-2345ABCD/", dedupe_key=key, by=None, at=now,
        )  # fmt: skip

    return one


@pytest.fixture
def broker_at(monkeypatch):
    """Ring at another broker, with the patience of a page."""

    def ring_there(port):
        url = f"redis://127.0.0.1:{port}/0"
        line = current_app.connection_for_write(url, transport_options=bell.PATIENCE)
        monkeypatch.setattr(bell, "_line", lambda: line)

    return ring_there


def rung():
    """The tasks a worker would take, in order; the queue is empty afterwards."""
    names = []
    with current_app.connection_for_read() as line, line.SimpleQueue("celery") as queue:
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return names
            message.ack()
            names.append((message.headers["task"], message.payload[0]))


@pytest.mark.parametrize("name", [RELAY, DRAW])
def test_what_is_rung_for_is_a_task_of_ours(name):
    current_app.loader.import_default_modules()  # as a worker does

    assert current_app.tasks[name].name == name


@pytest.mark.django_db
def test_many_messages_of_one_transaction_are_one_ring(owe, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rings:
        owe("one")
        owe("two")
        ring_after_commit(DRAW)
        ring_after_commit(DRAW)

    assert (len(rings), Message.objects.count()) == (2, 2)


@pytest.mark.django_db
def test_a_message_that_is_owed_already_rings_for_nobody(owe, django_capture_on_commit_callbacks):
    owe("one")

    with django_capture_on_commit_callbacks() as rings:
        assert owe("one") is None

    assert rings == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_rung_without_a_word_about_anybody_once_the_change_is_committed(owe):
    rung()
    with transaction.atomic():
        owe("one")
        assert rung() == []

    assert rung() == [(RELAY, [])]


def test_a_page_served_by_a_thread_of_its_own_reaches_the_same_broker():
    rung()
    page = threading.Thread(target=bell._bell(RELAY))
    page.start()
    page.join()

    assert rung() == [(RELAY, [])]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_rung_for_what_was_taken_back(owe):
    rung()
    with transaction.atomic():
        owe("one")
        transaction.set_rollback(True)

    assert (rung(), Message.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_spoils_nothing_and_is_not_asked_again_at_once(owe, broker_at, caplog):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    broker_at(port)  # nobody listens there any more

    owe("one")
    owe("two")

    assert Message.objects.count() == 2
    assert [line.getMessage() for line in caplog.records if line.name == bell.__name__] == [
        "no ring for people.tasks.relay_messages, the schedule will look: OperationalError"
    ]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_never_answers_holds_one_page_up_for_moments(broker_at, caplog):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        broker_at(mute.getsockname()[1])
        ringing = threading.Thread(target=bell._bell(RELAY), daemon=True)
        ringing.start()
        ringing.join(timeout=20)  # for ever, without patience
        assert not ringing.is_alive()

    assert [line.levelname for line in caplog.records if line.name == bell.__name__] == ["WARNING"]


@pytest.mark.django_db(transaction=True)
def test_after_the_silence_the_bell_is_rung_again(owe, monkeypatch):
    rung()
    monkeypatch.setattr(bell, "_silent_until", bell.time.monotonic() + 1000)
    owe("one")
    assert rung() == []

    monkeypatch.setattr(bell, "_silent_until", bell.time.monotonic() - 1)
    owe("two")

    assert rung() == [(RELAY, [])]
