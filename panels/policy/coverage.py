"""What each entry of a policy really does, and whether that is enough for the treatment it claims."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from panels.policy.book import Policy
from panels.policy.schema import Entry

DOES: Final = (
    "remit",
    "findings",
    "checklist",
    "list_row",
    "approvals",
    "deadlines",
    "quorum",
    "panel_choice",
    "bands",
    "reckoning",
    "defaults",
)
"""The parts of an entry that change an answer of the rules."""

HOLDS: Final = ("asks", "seen", "kept_by")
"""The parts of an entry that ask, show or keep something without changing an answer."""

ENFORCES: Final = frozenset(
    {
        "remit",
        "findings",
        "checklist",
        "list_row",
        "approvals",
        "deadlines",
        "quorum",
        "panel_choice",
        "bands",
        "defaults",
        "required question",
        "required standing item",
        "submission",
        "sign_offs",
        "outcomes",
        "offices",
        "presenting",
        "disputes",
        "review",
    }
)
COMPUTES: Final = frozenset(
    {
        "remit",
        "findings",
        "deadlines",
        "panel_choice",
        "bands",
        "reckoning",
        "schedule",
        "slots",
        "sections",
        "notices",
        "review",
    }
)
ROUTES: Final = frozenset({"approvals", "findings", "sign_offs", "outside_panel", "offices"})
NEEDED: Final[Mapping[str, frozenset[str] | None]] = {
    "enforced": ENFORCES,
    "computed": COMPUTES,
    "routed": ROUTES,
    "recorded": None,
    "shown": None,
    "guidance": frozenset(),
}
"""What an entry of a treatment has to have one of; None: anything at all; the empty set: nothing."""


def carried(policy: Policy) -> dict[str, tuple[str, ...]]:
    """For each rule of the policy, the kinds of parts that carry it, those of entries first; empty where none do."""
    found: dict[str, dict[str, None]] = {entry.id: dict.fromkeys(_of_entry(entry)) for entry in policy.entries}
    for rule, kind in _of_structure(policy.payload()):
        found.get(rule, {})[kind] = None
    return {rule: tuple(kinds) for rule, kinds in found.items()}


def complaint(entry: Entry, kinds: tuple[str, ...]) -> str:
    """Why an entry does not do what its treatment says; empty where it does."""
    needed = NEEDED[entry.treatment]
    if needed is None:
        return "" if kinds else f"{entry.treatment}, and nothing in the policy holds it"
    if not needed or needed.intersection(kinds):
        return ""
    held = ", ".join(kinds) or "nothing"
    return f"{entry.treatment}, and the policy has only {held} for it"


def _of_entry(entry: Entry) -> Iterator[str]:
    yield from (name for name in DOES if getattr(entry, name))
    if any(question.required for question in entry.asks):
        yield "required question"
    yield from (name for name in HOLDS if getattr(entry, name))


def _of_structure(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _rules_in(payload["council"], "council")
    for panel in payload["panels"]:
        for key, value in panel.items():
            kind = "outcomes" if key == "outcomes_rule" else key
            for rule, required in _rules_with_need(value if key != "outcomes_rule" else {"rule": value}):
                yield rule, "required standing item" if key == "standing_items" and required else kind
        yield panel["rule"], "panel"
    for parameter in payload.get("parameters", {}).values():
        yield from _rules_in(parameter, "parameters")


def _rules_with_need(value: Any) -> Iterator[tuple[str, bool]]:
    for part in value if isinstance(value, list) else [value]:
        required = isinstance(part, Mapping) and part.get("required") is True
        yield from ((rule, required) for rule, _ in _rules_in(part, ""))


def _rules_in(value: Any, kind: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if (key == "rule" or key.endswith("_rule")) and isinstance(inner, str):
                yield inner, kind
            else:
                yield from _rules_in(inner, kind)
    elif isinstance(value, list):
        for inner in value:
            yield from _rules_in(inner, kind)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One row of the register: what a council's text requires, in our words, and where the text says so."""

    id: str
    council: str
    clause: str
    topic: str
    requirement: str


REGISTER: Final = Path(__file__).resolve().parents[2] / "fixtures" / "register" / "rules.csv"


def register(file: Path = REGISTER) -> tuple[RegisterRow, ...]:
    """All rows of the register, in its order. Raises OSError where it cannot be read, TypeError for a wrong column."""
    with file.open(encoding="utf-8", newline="") as text:
        return tuple(RegisterRow(**row) for row in csv.DictReader(text))
