"""The engine: one case and one policy in, one assessment out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from panels.policy import Policy
from panels.rules import calendar, money
from panels.rules.assessment import Assessment, LineTotal, Totals
from panels.rules.engine import judging
from panels.rules.engine.asking import Asking
from panels.rules.engine.facts import Facts
from panels.rules.engine.program import program_at
from panels.rules.engine.remit import choose_panel, grounds, remit
from panels.rules.engine.timers import deadlines, due_time


def assess(case: Any, policy: Policy, at: datetime | None = None) -> Assessment:
    """Say what a policy says about one request.

    Pure: the same case, policy and moment always give an equal answer; there is no clock, no database.

    Args:
        case: a `Case`, or its facts: the interface's keys with money in whole pence, dates and aware date-times.
        policy: the version of the council's rules that answers.
        at: when the question is asked; the case's own `as_at` where it is left out.
    """
    given: Mapping[str, Any] = getattr(case, "facts", case)
    now = at or given.get("as_at")
    program = program_at(policy, calendar.london_day(now) if now else None)
    facts = Facts(given, program, now)
    asking = Asking(program, facts)
    panel = choose_panel(asking)
    asking.send_to(panel)
    run = deadlines(asking)
    verdict, route_to = remit(asking)
    judging.findings(asking)
    judging.checklists(asking)
    needed = judging.approvals(asking)
    seats, endorsed = judging.quorum(asking)
    return Assessment(
        council=policy.slug,
        panel=panel,
        policy=policy.version,
        remit=verdict,
        route_to=route_to,
        findings=tuple(sorted(asking.findings, key=lambda f: (f.rule, -1 if f.line is None else f.line))),
        approvals=needed + endorsed,
        deadlines=run,
        quorum=seats,
        totals=_totals(facts),
        can_record_emergency=not asking.emergency_barred,
        missing=tuple(asking.missing),
    )


def grounds_of(case: Any, policy: Policy) -> tuple[tuple[str, ...], ...]:
    """For each line of a case, the rules which take it into the panel, leave it out, bar it or send it elsewhere.

    A line is told nothing where its fate is not known, or where no rule of the policy takes it.
    """
    given: Mapping[str, Any] = getattr(case, "facts", case)
    now = given.get("as_at")
    program = program_at(policy, calendar.london_day(now) if now else None)
    asking = Asking(program, Facts(given, program, now))
    asking.send_to(choose_panel(asking))
    deadlines(asking)
    return tuple(grounds(asking, index) for index in range(len(asking.facts.lines)))


def due_of(policy: Policy, timer: str, facts: Mapping[str, Any]) -> datetime | None:
    """When a timer of a policy runs out, in London; None where a fact it counts from is missing.

    For pages that show a deadline before there is a request: `due_of(policy, "T-01", {"panel_starts_at": start})`.
    Raises KeyError where the policy has no such timer.
    """
    now = facts.get("as_at") or facts.get("panel_starts_at")
    program = program_at(policy, calendar.london_day(now) if now else None)
    return due_time(Asking(program, Facts(facts, program, now)), policy.timer(timer).due)


def submission_due(policy: Policy, panel: str, panel_starts_at: datetime) -> datetime | None:
    """When the list of a meeting closes, in London; None where the council's text states no deadline."""
    deadline = policy.submission_deadline(panel)
    return due_of(policy, deadline.timer, {"panel_starts_at": panel_starts_at}) if deadline else None


def _totals(facts: Facts) -> Totals:
    lines = tuple(
        LineTotal(amount.pence, money.annual(line)) for amount, line in zip(facts.amounts, facts.lines, strict=True)
    )
    return Totals(facts["request.family_six_months"], lines)
