"""Who is in the room at a moment, read from what was noted, and who of them counts for one case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """One note of attendance: somebody came, left or sent apologies, at a moment, in a role."""

    person: str
    name: str
    title: str
    role: str
    kind: str
    at: datetime
    user: int | None = None
    substitute_for: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the last note about them says: here, gone or excused, since when, in which role."""

    person: str
    name: str
    title: str
    role: str
    kind: str
    since: datetime
    user: int | None = None
    substitute_for: str = ""

    @property
    def is_here(self) -> bool:
        """Whether they are in the room."""
        return self.kind == "came"


def people_in(arrivals: Iterable[Arrival], *, at: datetime) -> list[Person]:
    """Say where everybody was at a moment, it included: the last note of each person counts. In order of first note."""
    last: dict[str, Arrival] = {}
    for arrival in arrivals:
        if arrival.at <= at and (arrival.person not in last or arrival.at >= last[arrival.person].at):
            last[arrival.person] = arrival
    return [Person(a.person, a.name, a.title, a.role, a.kind, a.at, a.user, a.substitute_for) for a in last.values()]


def counting(people: Iterable[Person], *, withdrew: frozenset[str]) -> list[Person]:
    """Those in the room who count for a case: present, and not withdrawn from it; other cases are not touched."""
    return [p for p in people if p.is_here and p.person not in withdrew]
