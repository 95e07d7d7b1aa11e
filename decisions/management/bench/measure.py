"""Times a deed by the processor's clock and counts its questions to the database."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

Deed = Callable[[], Any]
LEAST, MOST = 7, 200
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one scenario cost.

    Attributes:
        median: milliseconds of this process's processor time, the middle of all runs.
        p95: the same, at most that in 95 of 100 runs.
        queries: statements sent to the database in one run, those of savepoints left out.
        kilobytes: of the answer, before compression; 0 where there is none.
        runs: how many were timed.
    """

    median: float
    p95: float
    queries: int
    kilobytes: float
    runs: int


class WrongAnswerError(Exception):
    """A scenario did not do what it is meant to do: its time means nothing."""


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001, PLR0917 -- Django's own
        if not sql.startswith(BOOKKEEPING):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def measure(deed: Deed, *, seconds: float = 1.5, most: int = MOST, least: int = LEAST) -> Figures:
    """Do it often enough to know the middle, at most for about so many seconds; whatever it writes is taken back.

    One run is not timed but counted; at least one more warms up.
    """
    with undone():
        deed()
    with undone(), counted() as sent:
        answer = deed()
    spent: list[float] = []
    ends = time.perf_counter() + seconds
    while len(spent) < most and (len(spent) < least or time.perf_counter() < ends):
        with undone():
            begun = time.process_time_ns()
            deed()
            spent.append((time.process_time_ns() - begun) / 1e6)
    size = len(getattr(answer, "content", answer if isinstance(answer, bytes) else b"")) / 1000
    return Figures(statistics.median(spent), p95_of(spent), len(sent), round(size, 1), len(spent))


def once(deed: Deed) -> Figures:
    """Time one run of what takes long and needs no warming."""
    with undone(), counted() as sent:
        begun = time.process_time_ns()
        deed()
        spent = (time.process_time_ns() - begun) / 1e6
    return Figures(spent, spent, len(sent), 0, 1)


def in_turns(deed: Deed, anchor: Deed, *, turns: int = 5) -> tuple[Figures, Figures]:
    """Time two deeds that take long, one after the other several times, so that a slow moment slows both.

    Returns:
        What the deed cost, and what its anchor cost meanwhile.
    """
    found: list[tuple[Figures, Figures]] = []
    for _ in range(turns):
        beside = once(anchor)
        found.append((once(deed), beside))
    return _middle([own for own, _ in found]), _middle([beside for _, beside in found])


def _middle(found: list[Figures]) -> Figures:
    spent = [figures.median for figures in found]
    return Figures(statistics.median(spent), p95_of(spent), found[-1].queries, 0, len(spent))


def p95_of(spent: list[float]) -> float:
    """The value that 95 of 100 runs do not exceed."""
    return sorted(spent)[min(len(spent) - 1, -(-len(spent) * 95 // 100) - 1)]
