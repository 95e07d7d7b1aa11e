"""Who has the last word on what a panel says: the panel itself, or the officer to whom it only recommends."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from panels.policy import Policy
from panels.policy.schema import Outcome

AGREES: Final = frozenset({"agree", "part", "recommend"})
"""The effects of outcomes that give something, all of it or some, or would have it given."""


def deciding_officer(
    policy: Policy, panel: str, *, outcome: Outcome, categories: Collection[str]
) -> tuple[str, str] | None:
    """The officer who decides what the panel only recommends, with the rule; None where the panel decides.

    Args:
        policy: the version that holds.
        panel: slug of the panel; KeyError where the council has none of it.
        outcome: what the panel says; what it refuses or puts off goes to nobody.
        categories: of the lines asked for; one that the panel only recommends on is enough.
    """
    rules = policy.panel(panel)
    if rules.decided_by is None or outcome.effect not in AGREES:
        return None
    matters = {category for name in rules.recommends_on for category in policy.group(name)}
    if outcome.effect != "recommend" and matters and matters.isdisjoint(categories):
        return None
    return rules.decided_by, rules.decided_rule or rules.rule
