"""The doorbell: wakes a worker once what is owed is committed. Nothing rests on it, for the schedule looks anyway."""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from celery import current_app
from django.db import connection, transaction
from kombu.pools import producers

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

HEARD_WITHIN: Final = 15  # seconds; a later worker finds the same rows by the schedule
# Half a second is the longest that a page waits for a broker that is away; Celery's own line would wait for ever.
PATIENCE: Final = {"max_retries": 0, "socket_connect_timeout": 0.5, "socket_timeout": 0.5}
SILENCE: Final = 30.0  # seconds after a ring that was not taken: one page waits, not each
_silent_until = 0.0


def ring_after_commit(task: str) -> None:
    """Wake a worker for a task, by its name, when this transaction is committed; once, however often it is asked.

    Nothing happens when the transaction is taken back, and nothing fails when the broker is away: it is logged.
    """
    ring = _bell(task)
    if ring not in [waiting[1] for waiting in connection.run_on_commit]:
        transaction.on_commit(ring, robust=True)


@cache
def _bell(task: str) -> Callable[[], None]:
    def ring() -> None:
        global _silent_until  # noqa: PLW0603 -- one for the process, whichever thread met the silence
        if time.monotonic() < _silent_until:
            return
        try:
            with producers[_line()].acquire(block=True, timeout=1) as producer:
                current_app.send_task(task, producer=producer, retry=False, expires=HEARD_WITHIN)
        except Exception as fault:  # the change is committed; no fault of the broker may spoil its page
            _silent_until = time.monotonic() + SILENCE
            log.warning("no ring for %s, the schedule will look: %s", task, type(fault).__name__)

    return ring


@cache
def _line() -> Any:
    """A line of our own: the worker's must wait for the broker longer than a page may."""
    return current_app.connection_for_write(transport_options=PATIENCE)
