"""Remit: which panel a request goes to, and whether each of its lines belongs there."""

from __future__ import annotations

from typing import NamedTuple

from panels.policy import schema as s
from panels.rules.engine.asking import Asking
from panels.rules.engine.program import Ready

FURTHEST = ("in", "unknown", "other_panel", "excluded", "out")
_NO_TIERS: dict[str, list[Ready[s.Remit]]] = {}
NATURAL_EFFECT = {"in": None, "out": "inform", "excluded": "block", "other_panel": "block"}


class Fate(NamedTuple):
    """What becomes of one line."""

    verdict: str
    to: str | None = None


def choose_panel(asking: Asking) -> str | None:
    """The panel named, or the one the policy picks; None where a fact is missing that would pick."""
    named = asking.facts.raw.get("panel")
    if named is not None:
        return str(named)
    unknown = False
    for ready in asking.program.choices:
        answers = [asking.holds(ready.when, line) for line in _asked(asking, ready)]
        if True in answers:
            return None if unknown else ready.part.panel
        unknown = unknown or None in answers
    return None if unknown else asking.program.policy.panels[0].slug


def _asked(asking: Asking, ready: Ready[s.PanelChoice]) -> list[int] | list[None]:
    return [None] if ready.lines is None else asking.concerned(ready)


def remit(asking: Asking) -> tuple[str, str | None]:
    """The remit of the request, that of the line that goes furthest, and the panel to which it is sent if another."""
    if not asking.facts.lines:
        asking.lacks("$.lines")
        return "unknown", None
    fates = [_fate(asking, index) for index in range(len(asking.facts.lines))]
    pick = max if len(fates) > 1 and _whole_package(asking) else min
    verdict = pick([fate.verdict for fate in fates], key=FURTHEST.index)
    to = next((fate.to for fate in fates if fate.verdict == "other_panel"), None)
    return verdict, to if verdict == "other_panel" else None


def _whole_package(asking: Asking) -> bool:
    """Whether the panel takes a request as one: then it fares as its line that goes least far."""
    panel = asking.facts["request.panel"]
    return any(p.whole_package for p in asking.program.policy.panels if panel is None or p.slug == panel)


def _fate(asking: Asking, index: int) -> Fate:
    category = asking.facts.lines[index].get("category")
    if category is None:
        asking.lacks(f"$.lines[{index}].category")
        return Fate("unknown")
    for tier, parts in asking.program.remits.get(category, _NO_TIERS).items():
        fate = _fate_in(asking, asking.all_here((tier, category), parts), index) if parts else None
        if fate is not None:
            return fate
    _not_offered(asking, index)
    return Fate("out")


def _fate_in(asking: Asking, parts: list[Ready[s.Remit]], index: int) -> Fate | None:
    answers = [asking.holds(ready.when, index) for ready in parts]
    if True in answers:
        return _settle(asking, [ready for ready, answer in zip(parts, answers, strict=True) if answer], index)
    return Fate("unknown") if None in answers else None


def _settle(asking: Asking, holding: list[Ready[s.Remit]], index: int) -> Fate:
    taking = [ready for ready in holding if _takes(asking, ready.part)]
    if not taking:
        first = holding[0]
        asking.find(first, "block", first.part.stage, line=index)
        return Fate("other_panel", first.part.panels[0])
    verdict = min((ready.part.verdict for ready in taking), key=FURTHEST.index)
    for ready in taking:
        effect = ready.part.effect or NATURAL_EFFECT[ready.part.verdict]
        if effect is not None and ready.part.verdict == verdict:
            asking.find(ready, effect, ready.part.stage, line=index)
    return Fate(verdict, next((ready.part.to for ready in taking if ready.part.to), None))


def grounds(asking: Asking, index: int) -> tuple[str, ...]:
    """The rules on which the fate of a line rests, in the register's order; none while it is open or nobody took it."""
    for tier in asking.program.remits.get(asking.facts.lines[index].get("category", ""), _NO_TIERS).values():
        parts = [ready for ready in tier if asking.here(ready)]
        answers = [asking.holds(ready.when, index) for ready in parts]
        holding = [ready for ready, answer in zip(parts, answers, strict=True) if answer]
        if holding:
            taking = [ready for ready in holding if _takes(asking, ready.part)] or holding[:1]
            verdict = min((ready.part.verdict for ready in taking), key=FURTHEST.index)
            return tuple(dict.fromkeys(ready.entry.id for ready in taking if ready.part.verdict == verdict))
        if None in answers:
            return ()
    return ()


def _takes(asking: Asking, part: s.Remit) -> bool:
    panel = asking.facts["request.panel"]
    return not part.panels or panel is None or panel in part.panels


def _not_offered(asking: Asking, index: int) -> None:
    policy = asking.program.policy
    panel = asking.facts["request.panel"]
    rule = (policy.panel(panel) if panel else policy.panels[0]).rule
    category = str(asking.facts.lines[index]["category"]).replace("_", " ")
    asking.find(
        Ready(policy.entry(rule), None), "inform", "submit", line=index, says=f"This panel does not offer: {category}."
    )
