"""What the policy wants written down with a decision: reasons, days of review and end, who sees to its conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from panels.policy import Policy
from panels.policy.schema import Outcome, Panel, ReviewPlan
from panels.rules.deciding import AGREES


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of a resource as agreed, both counted; no last day where none was given."""

    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A condition as written down: whether somebody is named for it, and by when it is met."""

    has_owner: bool
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is written down with a decision."""

    has_reasons: bool = False
    review_date: date | None = None
    has_no_review_reason: bool = False
    lines: Sequence[Days] = ()
    conditions: Sequence[Stated] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """Something the policy wants and that is not there: a sentence, the field it belongs to, the rule, if any."""

    message: str
    field: str
    rule: str | None = None


def demands(policy: Policy, panel: str, *, outcome: Outcome, written: Written) -> tuple[Demand, ...]:
    """Say what is missing from a decision under a panel's policy; empty where nothing is.

    Args:
        policy: the version that holds.
        panel: slug of the panel.
        outcome: what is decided.
        written: what goes with it.
    """
    rules = policy.panel(panel)
    return (*_of_outcome(rules, outcome, written), *_of_conditions(rules, outcome, written))


def evidence_wanted(policy: Policy, panel: str, evidence: str) -> Demand | None:
    """What is missing where somebody ticks a condition as met with these words; None where nothing is."""
    wanted = policy.panel(panel).conditions
    if wanted.evidence == "optional" or evidence.strip():
        return None
    return Demand("Say what shows that the condition is met.", "evidence", wanted.rule)


def _of_outcome(panel: Panel, outcome: Outcome, written: Written) -> Iterator[Demand]:
    plan = panel.review if outcome.effect in AGREES and outcome.review_date != "never" else ReviewPlan()
    rule = outcome.rule or (plan.rule if plan.required or plan.end_date_required else None)
    by_plan = plan.required and outcome.review_date == "optional"
    needs_review = outcome.review_date == "required" or (by_plan and not plan.no_review_reason)
    needs_either = outcome.review_date == "or_reason" or (by_plan and plan.no_review_reason)
    review = written.review_date
    if outcome.reasons == "required" and not written.has_reasons:
        yield Demand("Give the reasons for this outcome.", "reasons", rule)
    if needs_review and review is None:
        yield Demand("Give the date of the review.", "review_date", rule)
    if needs_either and review is None and not written.has_no_review_reason:
        yield Demand("Give the date of the review, or say why there is none.", "review_date", rule)
    if outcome.due_date == "required" and review is None:
        yield Demand("Give the day by which it is decided.", "review_date", rule)
    if outcome.end_date == "required" or plan.end_date_required:
        yield from _of_ends(plan, written, rule)
    if any(line.end and line.end < line.start for line in written.lines):
        yield Demand("A resource ends before it starts.", "lines", rule)


def _of_ends(plan: ReviewPlan, written: Written, rule: str | None) -> Iterator[Demand]:
    if any(line.end is None for line in written.lines):
        yield Demand("Give each resource an end date.", "lines", rule)
    review = written.review_date
    if review is None:
        return
    if any(line.end and line.end < review for line in written.lines):
        yield Demand("The review comes before the end of what is agreed.", "review_date", rule)
    elif any(_latest(line, plan) < review for line in written.lines if line.end):
        sentence = f"The review comes at least {plan.before_end_days} days before the end of what is agreed."
        yield Demand(sentence, "review_date", plan.rule or rule)


def _latest(line: Days, plan: ReviewPlan) -> date:
    """The last day on which a resource may be reviewed: its end for one that is over too soon for the plan's days."""
    end = line.end or date.max
    latest = end - timedelta(days=plan.before_end_days)
    return latest if latest >= line.start else end


def _of_conditions(panel: Panel, outcome: Outcome, written: Written) -> Iterator[Demand]:
    wanted = panel.conditions
    if outcome.effect not in AGREES:
        return
    if wanted.owner == "required" and any(not one.has_owner for one in written.conditions):
        yield Demand("Say who sees to each condition.", "condition_owner", wanted.rule)
    if wanted.due == "required" and any(one.due is None for one in written.conditions):
        yield Demand("Give the day by which each condition is met.", "condition_due", wanted.rule)
