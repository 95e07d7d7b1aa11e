"""What a policy foresees beyond one verdict: review days, cases put forward, and who pays which part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from panels.policy import Policy
from panels.policy.schema import ReviewPlan, Split
from panels.rules import calendar
from panels.rules.engine.asking import Asking
from panels.rules.engine.facts import Facts
from panels.rules.engine.program import Ready, program_at, spelt_out
from panels.rules.engine.remit import choose_panel
from panels.rules.engine.timers import deadlines

HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class PutForward:
    """A case that a trigger puts forward: which trigger, by which rule, to which panel, for which line."""

    code: str
    rule: str
    clause: str
    panel: str | None
    message: str
    line: int | None = None


def review_days(plan: ReviewPlan, *, decided_on: date, start: date, end: date | None) -> tuple[date, ...]:
    """The days on which what was agreed is reviewed, earliest first; empty where the policy gives no interval.

    The last one lies at least `before_end_days` before the end, and on the end at the latest. Without an end only the
    first is known, since nobody can say how many follow.
    """
    if plan.first_after_days is None and plan.every_days is None:
        return ()
    anchor = decided_on if plan.anchor == "decision" else start
    step = plan.first_after_days if plan.first_after_days is not None else plan.every_days
    day = anchor + timedelta(days=step or 0)
    if end is None:
        return (day,)
    latest = end - timedelta(days=plan.before_end_days)
    if plan.every_days is None or day > latest:
        return (min(day, latest),) if latest >= anchor else ()
    days = []
    while day <= latest:
        days.append(day)
        day += timedelta(days=plan.every_days)
    return tuple(days)


def put_forward(case: Any, policy: Policy, at: datetime | None = None) -> tuple[PutForward, ...]:
    """The triggers of a policy that hold for a case; one whose facts are missing does not.

    Args:
        case: a `Case`, or its facts.
        policy: the version that holds.
        at: when the question is asked; the case's own `as_at` where it is left out.
    """
    asking = _asking(case, policy, at)
    found: list[PutForward] = []
    for entry in asking.program.entries:
        for part in entry.triggers:
            when = asking.program.language.compile(part.when)
            ready = Ready(entry, part, when, spelt_out(policy, part.lines) if part.lines else None)
            lines: list[int | None] = [*asking.concerned(ready)] if part.lines else [None]
            found.extend(
                PutForward(part.code, entry.id, policy.clause(entry.id), part.panel, ready.says(), line)
                for line in lines
                if asking.here(ready) and asking.holds(when, line)
            )
    return tuple(found)


def split_of(case: Any, policy: Policy, *, line: int, at: datetime | None = None) -> tuple[str, Split] | None:
    """Who pays which part of a line, with the rule; None where no split of the policy holds for it."""
    asking = _asking(case, policy, at)
    category = asking.facts.lines[line].get("category")
    for entry in asking.program.entries:
        for part in entry.splits:
            when = asking.program.language.compile(part.when) if part.when else None
            if category in spelt_out(policy, part.lines) and asking.holds(when, line):
                return entry.id, part
    return None


def shares(pence: int, split: Split) -> Mapping[str, int]:
    """The parts of a sum in whole pence, which add up to it; what does not divide goes to the largest remainders."""
    exact = {funder: pence * part for funder, part in split.shares.items()}
    parts = {funder: amount // HUNDREDTHS for funder, amount in exact.items()}
    left = pence - sum(parts.values())
    for funder in sorted(exact, key=lambda funder: -(exact[funder] % HUNDREDTHS))[:left]:
        parts[funder] += 1
    return parts


def _asking(case: Any, policy: Policy, at: datetime | None) -> Asking:
    given: Mapping[str, Any] = getattr(case, "facts", case)
    now = at or given.get("as_at")
    program = program_at(policy, calendar.london_day(now) if now else None)
    asking = Asking(program, Facts(given, program, now))
    asking.send_to(choose_panel(asking))
    deadlines(asking)
    return asking
