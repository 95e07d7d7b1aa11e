"""What was said: the fields of a case by the names of conditions, as conditions take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from panels.policy.facts import CASE, EVENTS, LINE, NAMES, NULL_WORDS, OBJECTS, Kind
from panels.policy.schema import OwnFact
from panels.rules import calendar

if TYPE_CHECKING:
    from panels.rules.engine.facts import Facts, LineFacts

OfRequest = Callable[["Facts"], Any]
OfLine = Callable[["LineFacts"], Any]
"""Gives a name its value: None, or what it lacks, where it has none."""

_PARTS: dict[str, dict[str, Any]] = {
    name: {} if name in EVENTS else {c.partition(".")[2]: None for c in CASE if c.startswith(f"{name}.")}
    for name in OBJECTS
}
"""What is known to be none when an object is known to be none; of something that never happened nothing is said."""
_NOTHING: dict[str, Any] = {}
_MADE_PLAIN: dict[str, Callable[[Any], Any]] = {
    "day": date.toordinal,
    "words": list,
    "miles": float,
    "answers": dict,
}
"""How conditions take a value of a kind, where it is not taken as it is."""


class Lacks(tuple[str, ...]):
    """Stands in for a value that is not known: the JSON paths of the facts that would tell it."""

    __slots__ = ()


def own_facts(own: Mapping[str, Any], declared: Mapping[str, OwnFact]) -> dict[str, Any]:
    """Facts of the council's own, by the kinds its policy gives them."""
    return {
        f"own.{name}": _as_kind(declared[name].kind)(value)
        for name, value in own.items()
        if value is not None and name in declared
    }


def _as_kind(kind: str) -> Callable[[Any], Any]:
    return _MADE_PLAIN.get(kind, _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


# fields of the request ------------------------------------------------------------------------------
def _inside(facts: Facts, container: str) -> Mapping[str, Any]:
    """The object in which a field stands; the case itself for a field of no object."""
    if not container:
        return facts.raw
    inside: Mapping[str, Any] | None = facts.raw.get(container, _NOTHING)
    return _PARTS[container] if inside is None else inside


def _field(name: str, kind: Kind) -> OfRequest:
    container, _, key = name.rpartition(".")
    as_kind = _MADE_PLAIN.get(kind)

    def outermost(facts: Facts) -> Any:
        said = facts.raw.get(key)
        return said if as_kind is None or said is None else as_kind(said)

    def inside(facts: Facts) -> Any:
        said = _inside(facts, container).get(key)
        return said if as_kind is None or said is None else as_kind(said)

    return inside if container else outermost


def _word_or_none(name: str) -> OfRequest:
    container, _, key = name.rpartition(".")

    def value(facts: Facts) -> Any:
        inside = _inside(facts, container)
        said = inside.get(key)
        return "none" if said is None and key in inside else said

    return value


def _known_none(name: str) -> OfRequest:
    container, _, key = name.rpartition(".")

    def value(facts: Facts) -> Any:
        inside = _inside(facts, container)
        return inside[key] is None if key in inside else None

    return value


def _day_of(name: str) -> OfRequest:
    def value(facts: Facts) -> Any:
        instant = facts[name]
        return None if instant is None else calendar.london_day(instant).toordinal()

    return value


def _is_given(name: str) -> OfRequest:
    def value(facts: Facts) -> Any:
        return facts.raw[name] is not None if name in facts.raw else None

    return value


# fields of a line -----------------------------------------------------------------------------------
def _line_field(name: str, kind: Kind) -> OfLine:
    key, as_kind = name.removeprefix("line."), _MADE_PLAIN.get(kind)

    def value(line: LineFacts) -> Any:
        said = line.raw.get(key)
        return said if as_kind is None or said is None else as_kind(said)

    return value


def _line_known_none(name: str) -> OfLine:
    key = name.removeprefix("line.")

    def value(line: LineFacts) -> Any:
        return line.raw[key] is None if key in line.raw else None

    return value


def _line_day_of(name: str) -> OfLine:
    def value(line: LineFacts) -> Any:
        instant = line[name]
        return None if instant is None else calendar.london_day(instant).toordinal()

    return value


OF_REQUEST: dict[str, OfRequest] = {
    **{name: _word_or_none(name) if name in NULL_WORDS else _field(name, kind) for name, kind in CASE.items()},
    **{f"{name}_day": _day_of(name) for name, kind in CASE.items() if kind == "instant"},
    **{f"{name}_none": _known_none(name) for name in CASE if f"{name}_none" in NAMES},
    **{f"{name}.given": _is_given(name) for name in OBJECTS},
}
OF_LINE: dict[str, OfLine] = {
    **{name: _line_field(name, kind) for name, kind in LINE.items()},
    **{f"{name}_day": _line_day_of(name) for name, kind in LINE.items() if kind == "instant"},
    **{f"{name}_none": _line_known_none(name) for name in LINE if f"{name}_none" in NAMES},
}
