"""The ladder of a decision: which steps the policy has, which were taken, and which somebody may take or end now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from applications.models import SignOff
from decisions.models import Dispute
from panels.rules.ladder import Taken, stands_before
from panels.services.authority import roles_covered, roles_held
from people.permissions import Permission

if TYPE_CHECKING:
    from datetime import date

    from decisions.models import Decision
    from panels.policy import Policy
    from panels.policy.schema import Dispute as Step
    from people.models import User


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder as a page shows it, for those who may raise it."""

    title: str
    begins: str
    ends: str
    key: str
    raised_by: str
    clause: str
    to: str
    due: datetime | None
    taken: Dispute | None
    may_open: bool
    may_end: bool
    why_not: str


def ladder_of(decision: Decision, *, policy: Policy, user: User, on: date) -> list[Rung]:
    """The steps for practitioners, then those for the family, each with what one may do about it. Fixed queries."""
    panel = decision.item.meeting.panel.slug
    if not policy.panel(panel).disputes:
        return []
    prefetch_related_objects([decision], Prefetch("disputes", Dispute.objects.select_related("opened_by", "ended_by")))
    taken = {(d.raised_by, d.code): d for d in decision.disputes.all()}
    offices = roles_held(user, on=on) | roles_covered(user, on=on)
    rungs = []
    for raised_by in Dispute.Raised.values:
        speaks = may_raise(decision, raised_by=raised_by, user=user)
        for step in policy.dispute_steps(panel, raised_by):
            own = taken.get((raised_by, step.code))
            missing = before(decision, step, raised_by=raised_by, policy=policy, on=on)
            rungs.append(
                Rung(
                    title=step.title,
                    begins=step.enters_when or "",
                    ends=step.ends_when or "",
                    key=f"{raised_by}:{step.code}",
                    raised_by=Dispute.Raised(raised_by).label,
                    clause=policy.clause(step.rule),
                    to=policy.role_title(step.goes_to) if step.goes_to else "",
                    due=due_of_step(decision, step),
                    taken=own,
                    may_open=speaks and own is None and not missing,
                    may_end=own is not None and own.ended_at is None and ends(own, offices=offices, user=user),
                    why_not=missing,
                )
            )
    return rungs


def may_raise(decision: Decision, *, raised_by: str, user: User) -> bool:
    """Whether somebody may raise a step: those who stand for the request; for the family also the administrator."""
    request = decision.application
    if user.pk in {request.worker_id, request.created_by_id}:
        return True
    if raised_by == Dispute.Raised.FAMILY and user.may(Permission.BUILD_AGENDA):
        return True
    signed = request.sign_offs.filter(answer=SignOff.Answer.SIGNED, void_at__isnull=True, given_by=user)
    return signed.exists()


def before(decision: Decision, step: Step, *, raised_by: str, policy: Policy, on: date) -> str:
    """What stands before a step, as a sentence; empty where nothing does. Reads the decision's disputes once."""
    taken = {
        one.code: Taken(timezone.localdate(one.opened_at), is_ended=one.ended_at is not None)
        for one in decision.disputes.all()
        if one.raised_by == raised_by
    }
    panel = decision.item.meeting.panel.slug
    return stands_before(policy, panel, step=step, effect=decision.effect, taken=taken, on=on)


def due_of_step(decision: Decision, step: Step) -> datetime | None:
    """When a step's timer runs out, from what the rules said when it was decided; None where there is none."""
    kept = decision.findings.get("deadlines", []) if step.timer else []
    found = next((deadline["due"] for deadline in kept if deadline["timer"] == step.timer), None)
    return datetime.fromisoformat(found) if found else None


def ends(dispute: Dispute, *, offices: frozenset[str], user: User) -> bool:
    """Whether somebody may end a step: the office it went to, or the administrator where it went to none."""
    return dispute.goes_to in offices if dispute.goes_to else user.may(Permission.BUILD_AGENDA)
