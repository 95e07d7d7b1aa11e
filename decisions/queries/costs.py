"""The cost part of a decision: whose it is by the policy, whether a decision waits for it, what waits for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from decisions.models import CostNote, Decision
from decisions.queries.following import COMMITS
from decisions.states import DecisionState
from panels.services import policy_of
from panels.services.authority import leave
from people.permissions import Permission
from people.templatetags.gov import clock

if TYPE_CHECKING:
    from datetime import datetime

    from panels.rules import Leave
    from people.models import User

MOST = 100


class Wanted(NamedTuple):
    """What stands between a decision and its signature, with the clause."""

    sentence: str
    clause: str


def may_record_cost(decision: Decision, *, by: User, at: datetime) -> Leave | None:
    """Whether somebody may write the cost part, and by which sentence; None where the policy names nobody for it.

    A decision that agrees nothing has no cost part.
    """
    policy, slug = policy_of(decision.policy_version), decision.item.meeting.panel.slug
    if policy.panel(slug).offices.cost_recorded_by is None or not agrees_money(decision):
        return None
    return leave(policy, panel=slug, act="record_cost", by=by, on=timezone.localdate(at))


def cost_wanted(decision: Decision) -> Wanted | None:
    """Why a decision cannot be signed yet: it agrees money and the office the policy names has not written its cost.

    None where it may be signed, and where the policy names nobody for the cost.
    """
    policy = policy_of(decision.policy_version)
    offices = policy.panel(decision.item.meeting.panel.slug).offices
    if offices.cost_recorded_by is None or not agrees_money(decision):
        return None
    if CostNote.objects.filter(decision=decision).exists():
        return None
    office = policy.role_title(offices.cost_recorded_by)
    return Wanted(
        f"The {office} writes the cost part first; then it can be signed.",
        policy.clause(offices.cost_rule) if offices.cost_rule else "",
    )


def written_meanwhile(decision: Decision) -> str:
    """Who wrote the cost part already and when, as a sentence; empty where nobody has."""
    note = CostNote.objects.filter(decision=decision).select_related("confirmed_by").first()
    if note is None:
        return ""
    at = timezone.localtime(note.confirmed_at)
    said = f"{note.confirmed_by} on {at.day} {at:%B %Y} at {clock(at)}"
    return f"The cost part of minute {decision.minute_number} was written meanwhile by {said}."


def agrees_money(decision: Decision) -> bool:
    """Whether a decision agrees something that costs."""
    return decision.effect in COMMITS and any(line["pence"] for line in decision.lines)


def costs_waiting(user: User, *, at: datetime) -> list[tuple[Decision, Leave]]:
    """The decisions whose cost part somebody may write and nobody has, the oldest first, each with who may and why.

    Figures only are meant to be shown of them: whoever sees the ledger need not read the case.
    """
    waiting = (
        Decision.objects.for_user(user, Permission.SEE_LEDGER)
        .filter(state=DecisionState.CONFIRMED, effect__in=COMMITS, cost_note__isnull=True)
        .select_related("application", "item__meeting__panel", "policy_version")
        .order_by("recorded_at", "pk")
    )
    found = [(decision, may_record_cost(decision, by=user, at=at)) for decision in waiting[:MOST]]
    return [(decision, answer) for decision, answer in found if answer is not None and answer.allowed]
