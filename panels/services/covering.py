"""Cover as the council's policy knows it: the policy is asked first, then people are."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from panels.rules.cover import cover_refused, vice_chairs
from panels.services.authority import roles_held
from panels.services.policies import policy_for
from people.models import Cover, User
from people.services import CoverRefusedError, arrange_cover


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
    held = roles_held(covering, on=since)
    # Rank is asked below, after what holds everywhere: who is away, whose council, which days.
    why_not = cover_refused(policy, role, held=held, is_level_or_above=True)
    if why_not:
        raise CoverRefusedError(why_not)
    return arrange_cover(
        absent=absent,
        covering=covering,
        role=role,
        since=since,
        until=until,
        reason=reason,
        by=by,
        at=at,
        needs_rank=vice_chairs(policy, role).isdisjoint(held),
    )
