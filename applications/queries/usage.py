"""How often a child had something before, from what was committed; asked only where the policy counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from finance.models import Commitment, CommitmentStatus
from panels.rules.usage import Use, counted, counters

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from applications.models import Application
    from panels.policy import Policy


Uses = dict[str, list[tuple[str, Use]]]
"""What was committed for children, by the reference of the child: the case it was for, and the use."""


def uses_of(council: int, children: Collection[str]) -> Uses:
    """What was committed for these children of a council and not withdrawn. One query for any number of them."""
    rows = (
        Commitment.objects.filter(council=council, child_reference__in=children)  # house: counted, never shown
        .exclude(status=CommitmentStatus.WITHDRAWN)
        .order_by()
    )
    found: Uses = {}
    for child, case, category, start in rows.values_list("child_reference", "case_reference", "service_type", "start"):
        found.setdefault(child, []).append((case, Use(category, start)))
    return found


def counted_facts(
    application: Application, policy: Policy, *, at: datetime, uses: Uses | None = None
) -> dict[str, int]:
    """The counted facts of a policy's own for the child of a request; what this very request brought does not count.

    Args:
        application: the request, its child read with it.
        policy: the rules it is judged under; nothing is asked where they count nothing.
        at: when the question is asked.
        uses: what was committed, where it was read for many; otherwise one query reads it.
    """
    if not counters(policy):
        return {}
    child = application.child.reference
    known = uses_of(application.council_id, [child]) if uses is None else uses
    others = [use for case, use in known.get(child, ()) if case != application.reference]
    return counted(policy, others, on=timezone.localdate(at))
