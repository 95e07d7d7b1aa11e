"""How often something was used: the facts of a council's own that are counted and that nobody types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from panels.policy import Policy
from panels.policy.schema import Counting
from panels.rules.calendar import months_after


@dataclass(frozen=True, slots=True)
class Use:
    """Something that was agreed for a child: its category and its first day."""

    category: str
    began: date


def counters(policy: Policy) -> dict[str, Counting]:
    """The facts of a policy's own that are counted, by name; empty where it has none."""
    return {name: fact.counts for name, fact in policy.book.facts.items() if fact.counts is not None}


def counted(policy: Policy, uses: Sequence[Use], *, on: date) -> dict[str, int]:
    """How often each counted fact of a policy says yes, for a child on a day.

    A use counts where it began in the months before that day, which is the first not counted back: with twelve months
    asked on 2 March, what began from 3 March of the year before to 2 March itself.
    """
    return {
        name: sum(
            use.category in _categories(policy, counting) and months_after(on, -counting.months) < use.began <= on
            for use in uses
        )
        for name, counting in counters(policy).items()
    }


def _categories(policy: Policy, counting: Counting) -> frozenset[str]:
    return frozenset(category for name in counting.lines for category in policy.group(name))
