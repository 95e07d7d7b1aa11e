"""Who is in the room: people and the roles they hold, their declarations, and the places of a quorum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from panels.policy import schema as s
from panels.policy.words import REPRESENTATIVE

Person = tuple[str | None, frozenset[str]]


def people(attendance: Sequence[Any]) -> list[Person]:
    """The people in the room with all roles each holds; a bare role is a person of its own."""
    named: dict[str, set[str]] = {}
    bare: list[Person] = []
    for entry in attendance:
        if isinstance(entry, str):
            bare.append((None, frozenset({entry})))
        elif entry.get("role") is not None:
            if entry.get("person") is None:
                bare.append((None, frozenset({entry["role"]})))
            else:
                named.setdefault(entry["person"], set()).add(entry["role"])
    return [(name, frozenset(roles)) for name, roles in named.items()] + bare


def unfilled(
    clauses: Sequence[s.QuorumClause], room: Sequence[Person], *, agencies: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The codes of clauses left unfilled by the best seating: one person fills one place, all places if any can.

    Args:
        clauses: of the quorum.
        room: the people who count.
        agencies: the agency of each seat's role, for clauses that count agencies.
    """
    short = [
        clause.code
        for clause in clauses
        if clause.agencies and len(_seated(clause, room, agencies=agencies or {})) < clause.count
    ]
    return tuple(dict.fromkeys([*_empty_places([c for c in clauses if c.roles], room), *short]))


def _seated(clause: s.QuorumClause, room: Sequence[Person], *, agencies: Mapping[str, str]) -> set[str]:
    """The agencies of a clause for which somebody is in the room."""
    present = {role for _, roles in room for role in roles}
    return {
        agency
        for role, agency in agencies.items()
        if agency in clause.agencies
        and (role in present or (clause.representatives and role + REPRESENTATIVE in present))
    }


def _empty_places(clauses: Iterable[s.QuorumClause], room: Sequence[Person]) -> tuple[str, ...]:
    places = [clause for clause in clauses for _ in range(clause.count)]
    wanted = [_accepted(clause.roles, with_representatives=clause.representatives) for clause in places]
    fits = [[index for index, (_, roles) in enumerate(room) if not roles.isdisjoint(those)] for those in wanted]
    seated: dict[int, int] = {}
    empty = [place for place in range(len(places)) if not _seat(place, fits, seated, tried=set())]
    return tuple(dict.fromkeys(places[place].code for place in empty))


@lru_cache(maxsize=1024)
def _accepted(roles: tuple[str, ...], *, with_representatives: bool) -> frozenset[str]:
    """The roles that fill a place."""
    return frozenset(roles).union(role + REPRESENTATIVE for role in roles if with_representatives)


def _seat(place: int, fits: list[list[int]], seated: dict[int, int], *, tried: set[int]) -> bool:
    for person in fits[place]:
        if person in tried:
            continue
        tried.add(person)
        if person not in seated or _seat(seated[person], fits, seated, tried=tried):
            seated[person] = place
            return True
    return False


def roles_in(attendance: Sequence[Any]) -> list[str]:
    """The roles somebody in the room holds, sorted."""
    return sorted({role for _, roles in people(attendance) for role in roles})


Declared = list[tuple[int, Mapping[str, Any]]]
"""The declarations of one person, each with its place in the list."""


def declared_by(attendance: Sequence[Any], declarations: Sequence[Mapping[str, Any]]) -> list[Declared]:
    """What each person in the room declared."""
    return [
        [
            (index, one)
            for index, one in enumerate(declarations)
            if (one.get("person") == name if name is not None else one.get("role") in roles)
        ]
        for name, roles in people(attendance)
    ]


def undeclared(room: Sequence[Declared]) -> list[bool | str]:
    """Whether each has not declared; the path of what is not said where that is not known."""
    return [
        not any(one.get("declared") for _, one in found)
        and next((f"$.declarations[{index}].declared" for index, one in found if "declared" not in one), True)
        for found in room
    ]


def conflicted(room: Sequence[Declared]) -> list[bool | str]:
    """Whether each declared an interest; the path of what is not said where that is not known."""
    return [
        any(one.get("interest") for _, one in found)
        or next((f"$.declarations[{index}].interest" for index, one in found if "interest" not in one), False)
        for found in room
    ]
