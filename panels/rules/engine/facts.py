"""The facts of a case by the names conditions use, each worked out when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from panels.policy.facts import CASE, EVENTS, OBJECTS, path_of
from panels.policy.plain import Values
from panels.rules import calendar, money
from panels.rules.engine import derived, given
from panels.rules.engine.given import Lacks
from panels.rules.engine.program import Program

_HAPPENED = tuple((name, f"{name}.given") for name in EVENTS)


class Facts(Values):
    """What is known about one request: `facts[name]` is the value of a name, None where it has none.

    A name gets its value, or `missing` the reason why it has none, when it is first asked for. Nothing here refers to
    who asks, so that a request is forgotten as soon as it is answered.
    """

    __slots__ = ("amounts", "at", "categories", "fixed", "least", "lines", "missing", "program", "raw", "today")

    def __init__(self, facts: Mapping[str, Any], program: Program, at: datetime | None) -> None:
        # What the request's situation is told by, and what nobody else could work out.
        super().__init__([(name, facts.get(event) is not None) for event, name in _HAPPENED])
        self.raw: Mapping[str, Any] = facts
        self.program = program
        self.at = at or facts.get("as_at")
        self.today = calendar.london_day(self.at) if self.at else None
        self.fixed = program.fixed_values(self.today)
        self.lines: list[Mapping[str, Any]] = list(facts.get("lines") or ())
        self.categories: list[str | None] = [line.get("category") for line in self.lines]
        self.missing: dict[str, tuple[str, ...]] = {}
        self.least: dict[str, int] = {}
        child = facts.get("child")
        self.amounts = [
            money.line_total(line, index=index, child=child, weekly_by_months=category in program.by_months)
            for index, (line, category) in enumerate(zip(self.lines, self.categories, strict=True))
        ]
        if facts.get("own"):
            self.update(given.own_facts(facts["own"], program.policy.book.facts))

    def __missing__(self, name: str) -> Any:
        make = REQUEST.get(name)
        value = self.fixed.get(name) if make is None else make(self)
        if type(value) is Lacks:
            self.missing[name] = value
            value = None
        if value is None:
            value = self.program.defaults.get(name)
        self[name] = value
        return value

    def least_of(self, name: str) -> int | None:
        """The least a sum can be, in pence, where it is not known."""
        return self.least.get(name) if self[name] is None else None

    def paths(self, name: str) -> tuple[str, ...]:
        """The JSON paths of what would give a name its value; none where it is known, or known to be none."""
        if self[name] is not None:
            return ()
        found = self.missing.get(name)
        if found is None:
            found = self.missing[name] = () if self._known_none(name) else (path_of(name),)
        return found

    def _known_none(self, name: str) -> bool:
        container, _, key = name.partition(".")
        if not key:
            return container in self.raw or name not in CASE
        if container == "own":
            return key in (self.raw.get("own") or {})
        if container in EVENTS and not self[f"{container}.given"]:
            return True
        if container not in self.raw:
            return container not in OBJECTS
        inner = self.raw[container]
        return inner is None or (key in inner and inner[key] is None)


class LineFacts(Values):
    """What is known about one line of a request, and of the request beside it."""

    __slots__ = ("amount", "index", "least", "missing", "raw", "request")

    def __init__(self, request: Facts, index: int) -> None:
        super().__init__()
        self.request: Facts = request
        self.index: int = index
        self.raw: Mapping[str, Any] = request.lines[index]
        self.missing: dict[str, tuple[str, ...]] = {}
        self.least: dict[str, int] = {}

    def __missing__(self, name: str) -> Any:
        make = LINE.get(name)
        value = self.request[name] if make is None else make(self)
        if type(value) is Lacks:
            self.missing[name] = value
            value = None
        if value is None and make is not None:
            value = self.request.program.defaults.get(name)
        self[name] = value
        return value

    def least_of(self, name: str) -> int | None:
        """As for the request."""
        if not name.startswith("line."):
            return self.request.least_of(name)
        return self.least.get(name) if self[name] is None else None

    def paths(self, name: str) -> tuple[str, ...]:
        """As for the request, with the place of the line."""
        if not name.startswith("line."):
            return self.request.paths(name)
        if self[name] is not None:
            return ()
        found = self.missing.get(name)
        if found is None:
            key = name.removeprefix("line.").removesuffix("_none").removesuffix("_day")
            found = self.missing[name] = () if key in self.raw else (path_of(name, self.index),)
        return found


REQUEST = given.OF_REQUEST | derived.OF_REQUEST
LINE = given.OF_LINE | derived.OF_LINE
