"""Finding what an address names, as the one who asks may see it; what they may not see is not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from decisions.models import AgendaItem, Decision, Interest
from decisions.queries import live as questions
from panels.models import Meeting
from panels.services import policy_for, rules_in_force, rules_read

if TYPE_CHECKING:
    from panels.policy import Policy
    from people.access import SignedInRequest
    from people.models import User


def meeting_or_404(request: SignedInRequest, reference: str) -> Meeting:
    """The meeting of a reference."""
    seen = Meeting.objects.for_user(request.user).select_related("panel__council", "chair", "live__recorder")
    return get_object_or_404(
        seen.annotate(rules=rules_in_force("panel__council", "starts_at__date")), reference=reference
    )


def item_or_404(request: SignedInRequest, reference: str) -> AgendaItem:
    """The agenda item of a reference, with what stands behind it; `first_listed` is when it was carried from, if so."""
    seen = AgendaItem.objects.for_user(request.user).select_related(
        "meeting__panel__council",
        "meeting__chair",
        "meeting__live__recorder",
        "application__child",
        "application__council",
        "application__worker",
        "application__team",
        "application__panel",
        "application__policy_version",
    )
    known = questions.knowing_of_outside(seen.defer("application__policy_version__payload"))
    rules = rules_in_force("meeting__panel__council", "meeting__starts_at__date")
    dated = known.annotate(rules=rules, first_listed=F("carried_from__meeting__starts_at"))
    item = get_object_or_404(dated, reference=reference)
    vars(item.meeting)["rules"] = vars(item)["rules"]
    return item


def decision_or_404(request: SignedInRequest, reference: str) -> Decision:
    """The decision of a reference; one who withdrew from the case does not find it."""
    seen = Decision.objects.for_user(request.user).select_related(
        "item__meeting__panel__council",
        "item__meeting__chair",
        "application__child",
        "application__council",
        "application__worker",
        "application__team",
        "application__panel",
        "recorded_by",
        "signed_by",
        "policy_version",
        "supersedes",
        "council",
    )
    decision = get_object_or_404(seen.defer("policy_version__payload"), reference=reference)
    if has_withdrawn(decision.item, request.user):
        raise Http404
    return decision


def has_withdrawn(item: AgendaItem, user: User) -> bool:
    """Whether somebody withdrew from a case: its papers are blank for them."""
    return Interest.objects.for_user(user).filter(item=item, user=user, withdraws=True).exists()


def policy_on_day(meeting: Meeting) -> Policy:
    """The policy that holds on the day of a meeting; one that was found here knows it."""
    if "rules" in vars(meeting):
        return rules_read(vars(meeting)["rules"], council=meeting.panel.council)[1]
    return policy_for(council=meeting.panel.council, on=timezone.localdate(meeting.starts_at))[1]
