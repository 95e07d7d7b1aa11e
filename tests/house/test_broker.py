"""The broker of the embedded default: a reader sees a message whole or not at all, however quick it is."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from queue import Empty

import pytest
from celery import Celery
from django.conf import settings
from kombu import Connection

from config import broker


@pytest.fixture
def line(tmp_path):
    for folder in ("queue", "control"):
        (tmp_path / folder).mkdir()
    return line_of(tmp_path)


def line_of(place):
    options = {
        "data_folder_in": str(place / "queue"),
        "data_folder_out": str(place / "queue"),
        "control_folder": str(place / "control"),
        "store_processed": False,
    }
    return Connection("filesystem://localhost", transport_options=options)


def write_many(place, wanted):
    with line_of(place) as line, line.SimpleQueue("many") as queue:
        for number in range(wanted):
            queue.put(number)


def test_without_redis_the_product_speaks_through_it():
    url = settings.CELERY_BROKER_URL if not settings.REDIS_URL else "filesystem://localhost"
    app = Celery(broker=url, set_as_current=False)

    assert isinstance(app.connection_for_write().transport, broker.Transport)


def test_a_message_has_no_name_before_all_of_it_is_written(line, tmp_path, monkeypatch):
    write = Path.write_text
    with line, line.SimpleQueue("one") as queue, line.SimpleQueue("one") as reader:

        def looked_at_meanwhile(path, text, **more):
            write(path, "", **more)
            with pytest.raises(Empty):
                reader.get(block=False)
            return write(path, text, **more)

        monkeypatch.setattr(Path, "write_text", looked_at_meanwhile)
        queue.put({"word": "whole"})

        message = reader.get(block=False)
        message.ack()
        assert message.payload == {"word": "whole"}
    assert list((tmp_path / "queue").iterdir()) == []


def test_a_reader_as_quick_as_can_be_gets_every_message_of_a_writer_once(line, tmp_path):
    wanted, got = 1500, []
    writer = multiprocessing.get_context("spawn").Process(target=write_many, args=(tmp_path, wanted))
    writer.start()
    with line, line.SimpleQueue("many") as queue:
        while writer.is_alive() or len(got) < wanted:
            try:
                message = queue.get(block=False)
            except Empty:
                if not writer.is_alive() and not any((tmp_path / "queue").iterdir()):
                    break
                continue
            message.ack()
            got.append(message.payload)
    writer.join()

    assert sorted(got) == list(range(wanted))


def test_a_table_somebody_is_about_to_write_is_read_again(line, tmp_path, monkeypatch):
    table = tmp_path / "control" / "read.exchange"
    with line, line.SimpleQueue("read"):
        whole = table.read_text()
        monkeypatch.setattr(broker.time, "sleep", lambda _: table.write_text(whole))

        table.write_text("")
        assert [row.queue for row in line.default_channel.get_table("read")] == ["read"]

        table.write_text("")
        line.default_channel._queue_bind("read", "more", None, "other")
        assert [row.queue for row in line.default_channel.get_table("read")] == ["other", "read"]


def test_a_table_that_stays_broken_is_a_fault(monkeypatch):
    waits = []
    monkeypatch.setattr(broker.time, "sleep", waits.append)

    with pytest.raises(ValueError, match="invalid literal"):
        broker.half_written_again(lambda: int("x"))

    assert len(waits) == broker.TRIES
