"""Who is in the room: people and the roles they hold, their declarations, and the places of a quorum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    seated_agencies = {agency for role, agency in (agencies or {}).items() for _, roles in room if role in roles}
    short = [
        clause.code
        for clause in clauses
        if clause.agencies and len(seated_agencies.intersection(clause.agencies)) < clause.count
    ]
    return tuple(dict.fromkeys([*_empty_places([c for c in clauses if c.roles], room), *short]))


def _empty_places(clauses: Iterable[s.QuorumClause], room: Sequence[Person]) -> tuple[str, ...]:
    places = [clause for clause in clauses for _ in range(clause.count)]
    fits = [[index for index, (_, roles) in enumerate(room) if _fills(clause, roles)] for clause in places]
    seated: dict[int, int] = {}
    empty = [place for place in range(len(places)) if not _seat(place, fits, seated, tried=set())]
    return tuple(dict.fromkeys(places[place].code for place in empty))


def _fills(clause: s.QuorumClause, roles: frozenset[str]) -> bool:
    accepted = set(clause.roles)
    if clause.representatives:
        accepted |= {role + REPRESENTATIVE for role in clause.roles}
    return not accepted.isdisjoint(roles)


def _seat(place: int, fits: list[list[int]], seated: dict[int, int], *, tried: set[int]) -> bool:
    for person in fits[place]:
        if person in tried:
            continue
        tried.add(person)
        if person not in seated or _seat(seated[person], fits, seated, tried=tried):
            seated[person] = place
            return True
    return False


def declarations(facts: Mapping[str, Any], values: dict[str, Any], missing: dict[str, tuple[str, ...]]) -> None:
    """Work out the roles in the room, who has not declared, and who declared an interest."""
    attendance = facts.get("attendance")
    if attendance is None:
        for name in ("room", "room_undeclared", "room_conflicted"):
            missing[name] = ("$.attendance",)
        return
    room = people(attendance)
    values["room"] = sorted({role for _, roles in room for role in roles})
    declared = facts.get("declarations")
    if declared is None:
        missing["room_undeclared"] = missing["room_conflicted"] = ("$.declarations",)
        return
    theirs = [_of(person, declared) for person in room]
    _count([_undeclared(found) for found in theirs], name="room_undeclared", values=values, missing=missing)
    _count([_conflicted(found) for found in theirs], name="room_conflicted", values=values, missing=missing)


def _count(
    answers: Sequence[bool | str], *, name: str, values: dict[str, Any], missing: dict[str, tuple[str, ...]]
) -> None:
    """Count who it is true of; where that is nobody and of somebody not known, the path of what is not known."""
    unknown = tuple(answer for answer in answers if isinstance(answer, str))
    count = sum(answer is True for answer in answers)
    if count or not unknown:
        values[name] = count
    else:
        missing[name] = unknown


def _of(person: Person, declared: Sequence[Mapping[str, Any]]) -> list[tuple[int, Mapping[str, Any]]]:
    """The declarations of one person, each with its place in the list."""
    name, roles = person
    return [
        (index, one)
        for index, one in enumerate(declared)
        if (one.get("person") == name if name is not None else one.get("role") in roles)
    ]


def _undeclared(found: Sequence[tuple[int, Mapping[str, Any]]]) -> bool | str:
    """Whether somebody has not declared; the path of what is not said where that is not known."""
    if any(one.get("declared") for _, one in found):
        return False
    return next((f"$.declarations[{index}].declared" for index, one in found if "declared" not in one), True)


def _conflicted(found: Sequence[tuple[int, Mapping[str, Any]]]) -> bool | str:
    """Whether somebody declared an interest; the path of what is not said where that is not known."""
    if any(one.get("interest") for _, one in found):
        return True
    return next((f"$.declarations[{index}].interest" for index, one in found if "interest" not in one), False)
