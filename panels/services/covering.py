"""Cover as the council's policy knows it: the policy is asked first, then people are."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from panels.policy import Policy
from panels.services.policies import policy_for
from people.models import Cover, User
from people.services import CoverRefusedError, arrange_cover


def is_personal(policy: Policy, role: str) -> bool:
    """Whether the policy ties an office to its holder, so that nobody may act in it."""
    return any(r.code == role and r.personal for r in policy.book.council.roles)


def vice_chairs(policy: Policy, role: str) -> frozenset[str]:
    """The offices that stand in for a chair's office at a panel where the policy names a vice-chair; else none."""
    stand_ins: set[str] = set()
    for panel in policy.panels:
        chairs = {seat.role for seat in panel.seats if seat.chairs == "chair"}
        if panel.offices.cover == "named_vice_chair" and role in chairs:
            stand_ins |= {seat.role for seat in panel.seats if seat.chairs == "vice_chair"}
    return frozenset(stand_ins)


def coverable_roles(policy: Policy) -> tuple[str, ...]:
    """The offices in which the policy lets somebody else act; where it is silent, none."""
    by_rank = any(panel.offices.cover == "equal_or_higher" for panel in policy.panels)
    return tuple(
        role.code
        for role in policy.book.council.roles
        if vice_chairs(policy, role.code) or (by_rank and not role.personal)
    )


@transaction.atomic
def arrange_cover_by_policy(
    *, absent: User, covering: User, role: str, since: date, until: date, reason: str, by: User, at: datetime
) -> Cover:
    """Arrange cover where the council's policy allows it: a named vice-chair, or sideways and up.

    Raises:
        CoverRefusedError: with a sentence for the page.
        NoPolicyError: the council has no policy on the first day.
    """
    if absent.council is None:
        raise CoverRefusedError("Both must work for the same council.")
    _, policy = policy_for(council=absent.council, on=since)
    stand_ins = vice_chairs(policy, role)
    is_vice_chair = any(User.objects.filter(pk=covering.pk).holding(role=r, on=since).exists() for r in stand_ins)
    if not is_vice_chair:
        if is_personal(policy, role):
            raise CoverRefusedError("The policy ties this office to its holder: nobody acts in it.")
        if role not in coverable_roles(policy):
            raise CoverRefusedError("The policy does not foresee cover for this office.")
        if stand_ins and not any(panel.offices.cover == "equal_or_higher" for panel in policy.panels):
            raise CoverRefusedError("The policy names who stands in here: the vice-chair, and nobody else.")
    return arrange_cover(
        absent=absent,
        covering=covering,
        role=role,
        since=since,
        until=until,
        reason=reason,
        by=by,
        at=at,
        needs_rank=not is_vice_chair,
    )
