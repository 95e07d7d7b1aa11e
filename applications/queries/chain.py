"""Who has to sign a request, in which order, and who those people are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from applications.models import Application, SignOff
from panels.policy import Policy
from panels.rules import Assessment
from people.models import Cover, RoleHeld, User
from people.services.cover import Acting

from .facts import standing

STAGE = "before_submission"


@dataclass(frozen=True, slots=True)
class Step:
    """One signature: the office, its clause, whether it was given. A note that is only asked for is not needed."""

    role: str
    title: str
    rule: str
    clause: str
    needed: bool
    given: bool


def chain_of(
    application: Application, *, policy: Policy, assessment: Assessment, notes: bool = True
) -> tuple[Step, ...]:
    """The signatures before a request reaches the administrator, in the order of the policy.

    Those of the panel's own list come in its order; those which the facts of this request bring come after them, in
    the order of the policy's rows.

    Args:
        application: the request; its standing signatures count.
        policy: the policy it is judged under.
        assessment: what that policy says.
        notes: whether signatures that are asked for without being needed belong to the chain.
    """
    signed = {s.role for s in standing(application)}
    listed = policy.sign_off_chain(assessment.panel, required_only=False) if assessment.panel else ()
    needed = {a.role: a.rule for a in reversed(assessment.approvals) if a.stage == STAGE}
    order = [s.role for s in listed] + [a.role for a in assessment.approvals if a.stage == STAGE]
    rules = {s.role: s.rule for s in reversed(listed)} | needed
    blocking = {finding.rule for finding in assessment.findings if finding.effect == "block"}
    noted = {s.role for s in listed if not s.required}
    is_needed = {s.role for s in listed if s.required} | {
        role for role, rule in needed.items() if role not in noted or rule in blocking
    }
    return tuple(
        Step(
            role=role,
            title=policy.role_title(role),
            rule=rules[role],
            clause=policy.clause(rules[role]),
            needed=role in is_needed,
            given=role in signed,
        )
        for role in dict.fromkeys(order)
        if notes or role in is_needed or role in signed
    )


def reaching(application: Application) -> Q:
    """Offices that reach a request: given for its team, service and area, or for none in particular."""
    team = application.team
    return (
        (Q(team__isnull=True) | Q(team=team))
        & (Q(service="") | Q(service=team.service))
        & (Q(area="") | Q(area=team.area))
    )


def signers(application: Application, *, role: str, on: date) -> list[User]:
    """Who may sign a request in an office on a day: its holders for this team and those who cover for them.

    The worker whose request it is is never among them.
    """
    held = RoleHeld.objects.filter(
        reaching(application),
        Q(until__isnull=True) | Q(until__gte=on),
        role=role,
        since__lte=on,
        user__council=application.council,
        user__is_active=True,
    ).values("user_id")
    covering = Q(
        covers_for__absent__in=held,
        covers_for__role=role,
        covers_for__since__lte=on,
        covers_for__until__gte=on,
        covers_for__ended_at__isnull=True,
    )
    people = User.objects.filter(Q(pk__in=held) | covering, council=application.council, is_active=True)
    return list(people.exclude(pk=application.worker_id).distinct())


def acting_for(application: Application, *, user: User, role: str, on: date) -> Acting | None:
    """In whose right somebody may sign a request in an office: their own, a colleague's, or None.

    Their own office counts before cover, but only where it reaches this request: who holds the same office for
    another team signs here as cover or not at all.
    """
    if not user.is_active or user.council_id != application.council_id:
        return None
    if _holds(application, user, role=role, on=on):
        return Acting(user, role)
    covers = Cover.objects.for_user(user).on(on).filter(covering=user, role=role, absent__is_active=True)
    for cover in covers.select_related("absent").order_by("since", "pk"):
        if _holds(application, cover.absent, role=role, on=on):
            return Acting(user, role, covering_for=cover.absent)
    return None


def _holds(application: Application, user: User, *, role: str, on: date) -> bool:
    held = user.roles.filter(reaching(application), Q(until__isnull=True) | Q(until__gte=on), role=role, since__lte=on)
    return held.exists()


def own_office_reaches(application: Application, user: User) -> bool:
    """Whether a request waits in an office which somebody holds themselves, rather than covers."""
    return any(reaches(office, application) for office in user.held)


def reaches(office: RoleHeld, application: Application) -> bool:
    """Whether a request waits in an office, which reaches its team, service and area; no query is made."""
    team = application.team
    return (
        office.role == application.with_role
        and office.team_id in {None, team.pk}
        and office.service in {"", team.service}
        and office.area in {"", team.area}
    )


def has_signed(application: Application, *, user: User) -> SignOff | None:
    """The standing signature of somebody under a request, if there is one."""
    return next((s for s in standing(application) if s.given_by_id == user.pk), None)
