"""What a council's policy wants to be told: which facts its rules read, which questions and lists it asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from panels.policy import Policy
from panels.policy.facts import path_of
from panels.policy.schema import Entry, Question

NAME = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")
# Keys of a policy whose text is a condition over facts, or names one.
EXPRESSIONS = frozenset({"when", "met_by", "of"})
BUYING = ("best_value_note", "quotations", "tender_completed", "contract_register", "executive_preapproval")
# Names the rules work out from what is typed: asking for the first makes these worth asking.
BEHIND: dict[str, tuple[str, ...]] = {
    "line.court": ("line.court_related",),
    "line.for_placement": ("line.for_line",),
    "request.enters_care": ("line.initial",),
    "request.family_six_months": ("family.agreed_last_six_months",),
    "request.joint": ("joint_funding",),
}


def _expressions(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _expressions(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _expressions(part, key)
    elif isinstance(value, str) and key in EXPRESSIONS:
        yield value


@lru_cache(maxsize=64)
def facts_read(policy: Policy) -> frozenset[str]:
    """Every fact a condition of this policy reads: `placement.distance_miles`, `line.court_related`, `emergency`."""
    found: set[str] = set()
    for text in _expressions(policy.payload()):
        for name in NAME.findall(text):
            stem = path_of(name).removeprefix("$.").replace("lines[None].", "line.")
            found |= {stem, stem.split(".")[0], *BEHIND.get(name, ())}
    bands = any(entry.bands for entry in policy.entries)
    return frozenset(found | ({f"line.{need}" for need in BUYING} if bands else set()))


def is_read(policy: Policy, path: str) -> bool:
    """Whether a rule of this policy reads a fact; a line's fact is named as `line.court_related`."""
    return path in facts_read(policy)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the policy with the clause it comes from."""

    question: Question
    rule: str
    clause: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a checklist with the clause it comes from."""

    rule: str
    clause: str
    label: str
    means: str
    asks: tuple[str, ...]
    at_decision: bool


def _holds(entry: Entry, panel: str | None) -> bool:
    return not entry.panels or panel is None or panel in entry.panels


@lru_cache(maxsize=256)
def asked(policy: Policy, panel: str | None, where: str = "request") -> tuple[Asked, ...]:
    """The questions the policy puts in a place (the request form) of a panel, in its rows' order, each code once."""
    taken: dict[str, Asked] = {}
    for entry in policy.entries:
        if _holds(entry, panel):
            for question in entry.asks:
                if question.where == where:
                    taken.setdefault(question.code, Asked(question, entry.id, policy.clause(entry.id)))
    return tuple(taken.values())


@lru_cache(maxsize=256)
def checklist(policy: Policy, panel: str | None) -> tuple[Item, ...]:
    """The items to be answered met, not met or not applicable for a panel, in the order of the policy's rows."""
    return tuple(
        Item(
            rule=entry.id,
            clause=policy.clause(entry.id),
            label=entry.checklist.label or entry.means,
            means=entry.means,
            asks=tuple(entry.checklist.asks),
            at_decision=entry.checklist.judged == "decision",
        )
        for entry in policy.entries
        if entry.checklist and _holds(entry, panel)
    )
