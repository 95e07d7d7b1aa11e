"""A policy made ready to answer: conditions compiled, entries sorted by what they do and whom they concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, Generic, TypeVar

from panels.policy import Policy, words
from panels.policy import schema as s
from panels.policy.cel import Condition, Language, missed
from panels.policy.facts import EVENTS
from panels.policy.plain import Values

TIERS = ("bar", "leave", "ordinary", "catch_all")
_NATURAL_TIER = {"excluded": "bar", "other_panel": "bar", "in": "ordinary", "out": "catch_all"}

P = TypeVar("P")
Situation = tuple[Any, ...]
SITUATION = (
    "request.panel",
    *(f"{name}.given" for name in EVENTS),
    "request.has_placement",
    "request.enters_care",
    "request.joint",
)
"""The facts that rule out most of a policy at once: where the request goes, what happened, and what it is about."""
MOST_KEPT = 4_000


situation_of: Callable[[Values], Situation] = itemgetter(*SITUATION)
"""The values of the facts of a situation, None for what is not known."""


@dataclass(frozen=True, slots=True)
class Ready(Generic[P]):
    """One part of an entry, with its condition compiled and its categories spelt out."""

    entry: s.Entry
    part: P
    when: Condition | None = None
    lines: frozenset[str] | None = None
    met_when: Condition | None = None

    def concerns(self, panel: str | None) -> bool:
        """Whether its entry concerns a panel, or any while that is not known."""
        return not self.entry.panels or panel is None or panel in self.entry.panels

    def could_hold(self, situation: Values) -> bool:
        """Whether its entry concerns the panel, and the facts of a situation do not yet make its condition false.

        What is judged only with a decision waits for one.
        """
        if not self.concerns(situation["request.panel"]):
            return False
        if getattr(self.part, "judged", "always") == "decision" and not situation["decision.given"]:
            return False
        return self.when is None or self.when.plain.answer(situation) is not False

    def says(self) -> str:
        """The words shown: the part's own, or the meaning of the entry."""
        return getattr(self.part, "says", None) or self.entry.means


@dataclass(slots=True)
class Program:
    """All parts of one policy by kind."""

    policy: Policy
    language: Language
    clauses: dict[str, str] = field(default_factory=dict)
    remits: dict[str, dict[str, list[Ready[s.Remit]]]] = field(default_factory=dict)
    findings: list[Ready[s.Finding]] = field(default_factory=list)
    line_findings: dict[str, list[Ready[s.Finding]]] = field(default_factory=lambda: defaultdict(list))
    checklists: list[Ready[s.Checklist]] = field(default_factory=list)
    list_rows: list[Ready[s.ListRow]] = field(default_factory=list)
    approvals: list[Ready[s.Approval]] = field(default_factory=list)
    deadlines: list[Ready[s.Deadline]] = field(default_factory=list)
    timers: dict[str, list[Ready[s.Deadline]]] = field(default_factory=dict)
    voided: list[tuple[str, str]] = field(default_factory=list)
    not_missed: dict[str, bool] = field(default_factory=dict)
    quorums: list[Ready[s.Quorum]] = field(default_factory=list)
    choices: list[Ready[s.PanelChoice]] = field(default_factory=list)
    by_months: frozenset[str] = frozenset()
    family_six_months: bool = False
    defaults: dict[str, bool] = field(default_factory=dict)
    entries: list[s.Entry] = field(default_factory=list)
    _left: dict[Situation, dict[Hashable, list[Any]]] = field(default_factory=dict)

    def left_by(self, situation: Situation) -> dict[Hashable, list[Any]]:
        """The parts a situation does not rule out, by kind: filled by who asks, and kept for the next such request."""
        found = self._left.get(situation)
        if found is None:
            if len(self._left) >= MOST_KEPT:
                self._left.clear()
            found = self._left[situation] = {}
        return found

    def fixed_values(self, on: date | None) -> dict[str, Any]:
        """Parameters as they stand on a day, and groups, by the names conditions use."""
        return _fixed(self.policy, on)


@lru_cache(maxsize=4096)
def _fixed(policy: Policy, on: date | None) -> dict[str, Any]:
    book = policy.book
    values: dict[str, Any] = {}
    for name, parameter in book.parameters.items():
        value = policy.parameter(name, on)
        values[f"param.{name}"] = float(value) if parameter.unit == "miles" else value
    for name in (*words.GROUPS, *book.groups):
        values[f"group.{name}"] = list(policy.group(name))
    return values


def language_of(policy: Policy) -> Language:
    """The language of a policy's conditions: the common facts and its own parameters, groups and timers."""
    book = policy.book
    return Language(
        {name: parameter.unit for name, parameter in book.parameters.items()},
        {name: policy.group(name) for name in (*words.GROUPS, *book.groups)},
        tuple(sorted(policy.timer_ids)),
        own={name: fact.kind for name, fact in book.facts.items()},
    )


@lru_cache(maxsize=64)
def program_of(policy: Policy, on: date | None = None) -> Program:
    """Make the policy ready, with the entries in force on a day (all of them where none is given)."""
    program = Program(policy, language_of(policy))
    for entry in policy.entries:
        program.clauses[entry.id] = policy.clause(entry.id)
        if _in_force(entry, on):
            _add(program, entry)
    return program


@lru_cache(maxsize=64)
def turning_days(policy: Policy) -> tuple[date, ...]:
    """The days on which an entry begins or has just ended: between two of them one program answers."""
    days = {e.from_ for e in policy.entries if e.from_}
    days |= {date.fromordinal(e.until.toordinal() + 1) for e in policy.entries if e.until}
    return tuple(sorted(days))


def program_at(policy: Policy, on: date | None) -> Program:
    """The program with the entries in force on a day; days between two changes share one."""
    days = turning_days(policy)
    if on is None or not days:
        return program_of(policy)
    return program_of(policy, max((day for day in days if day <= on), default=date.min))


def _in_force(entry: s.Entry, on: date | None) -> bool:
    if on is None:
        return entry.until is None
    return (entry.from_ is None or entry.from_ <= on) and (entry.until is None or on <= entry.until)


def _add(program: Program, entry: s.Entry) -> None:
    program.entries.append(entry)
    for remit in entry.remit:
        _add_remit(program, entry, remit)
    for finding in entry.findings:
        ready = _ready(program, entry, finding)
        if ready.lines is None:
            program.findings.append(ready)
        for category in ready.lines or ():
            program.line_findings[category].append(ready)
    program.approvals.extend(_ready(program, entry, part) for part in entry.approvals)
    _add_deadlines(program, entry)
    program.choices.extend(_ready(program, entry, part) for part in entry.panel_choice)
    if entry.checklist:
        program.checklists.append(_ready(program, entry, entry.checklist))
    if entry.list_row:
        program.list_rows.append(_ready(program, entry, entry.list_row))
    if entry.quorum:
        program.quorums.append(_ready(program, entry, entry.quorum))
    _add_settings(program, entry)


def _add_settings(program: Program, entry: s.Entry) -> None:
    program.defaults |= entry.defaults
    if entry.reckoning:
        program.by_months |= spelt_out(program.policy, entry.reckoning.weekly_by_months)
        program.family_six_months |= entry.reckoning.family_six_months


def _add_remit(program: Program, entry: s.Entry, remit: s.Remit) -> None:
    ready = _ready(program, entry, remit)
    tier = remit.tier or _NATURAL_TIER[remit.verdict]
    for category in ready.lines or ():
        tiers = program.remits.setdefault(category, {name: [] for name in TIERS})
        tiers[tier].append(ready)


def _add_deadlines(program: Program, entry: s.Entry) -> None:
    for deadline in entry.deadlines:
        ready = _ready(program, entry, deadline)
        program.deadlines.append(ready)
        program.timers.setdefault(deadline.timer, []).append(ready)
        program.not_missed[missed(deadline.timer)] = False
        if deadline.void_after:
            program.voided.append((deadline.timer, deadline.void_after))


def _ready(program: Program, entry: s.Entry, part: P) -> Ready[P]:
    when = getattr(part, "when", None)
    met_when = getattr(part, "met_when", None)
    names = getattr(part, "lines", ())
    compiled = [program.language.compile(text) if text else None for text in (when, met_when)]
    return Ready(entry, part, compiled[0], spelt_out(program.policy, names) if names else None, compiled[1])


def spelt_out(policy: Policy, names: Iterable[str]) -> frozenset[str]:
    """The categories behind names of categories and groups."""
    return frozenset(category for name in names for category in policy.group(name))
