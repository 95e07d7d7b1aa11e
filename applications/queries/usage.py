"""How often a child had something before, from what was committed; asked only where the policy counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from finance.models import Commitment, CommitmentStatus
from panels.rules.usage import Use, counted, counters

if TYPE_CHECKING:
    from datetime import datetime

    from applications.models import Application
    from panels.policy import Policy


def counted_facts(application: Application, policy: Policy, *, at: datetime) -> dict[str, int]:
    """The counted facts of a policy's own for the child of a request; one query, none where the policy counts nothing.

    What this very request brought does not count, nor what was withdrawn.
    """
    if not counters(policy):
        return {}
    rows = Commitment.objects.filter(  # house: a number of the child's, shown with the request it belongs to
        council=application.council_id, child_reference=application.child.reference
    )
    others = rows.exclude(case_reference=application.reference).exclude(status=CommitmentStatus.WITHDRAWN)
    uses = [Use(category, start) for category, start in others.order_by().values_list("service_type", "start")]
    return counted(policy, uses, on=timezone.localdate(at))
