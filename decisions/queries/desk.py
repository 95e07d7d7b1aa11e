"""What of the emergencies stands on somebody's first page: to approve, to confirm, not yet seen by the panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils import timezone

from applications.models import Application
from applications.states import OUTSIDE
from decisions.models import OutsideApproval
from decisions.models.outside import OPEN
from decisions.queries.outside import Unsettled, officers_named, unsettled
from decisions.states import OutsideState
from panels.services import policy_for
from people.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

MOST = 8
TO_CHOOSE = ("reference", "title", "facts", "findings", "panel__slug")  # what says whose an emergency is


@dataclass(frozen=True, slots=True)
class Desk:
    """Emergencies that wait for somebody, agreements in their name, and the sums of what no panel has seen yet."""

    to_approve: tuple[Application, ...]
    to_confirm: tuple[OutsideApproval, ...]
    sums: Unsettled


def desk_of(user: User, *, at: datetime) -> Desk:
    """Gather it; a fixed number of queries however many emergencies there are."""
    told = OutsideApproval.objects.in_the_name_of(user).filter(state=OutsideState.TOLD, confirmed_at__isnull=True)
    return Desk(
        to_approve=_to_approve(user, at=at) if user.may(Permission.APPROVE_BEYOND_PANEL) else (),
        to_confirm=tuple(told.only("reference", "agreed_at").order_by("agreed_at")[:MOST]),
        sums=unsettled(user, on=timezone.localdate(at)),
    )


def _to_approve(user: User, *, at: datetime) -> tuple[Application, ...]:
    """Emergencies without an approval which the policy gives to an office they hold or cover; its page asks again."""
    offices = {held.role for held in (*user.held, *user.covered)}
    approved = OutsideApproval.objects.filter(application=OuterRef("pk"), state__in=OPEN)  # house: of what they may see
    urgent = (
        Application.objects.for_user(user, Permission.SEE_NARRATIVE)
        .filter(state__in=OUTSIDE, facts__emergency__kind__in=["placement", "support"])
        .exclude(Exists(approved))
        .exclude(worker=user)
        .order_by("declared_at", "pk")
    )
    found = list(urgent.select_related("panel").only(*TO_CHOOSE)[: MOST * 4])
    if not found or user.council is None:
        return ()
    _version, policy = policy_for(council=user.council, on=timezone.localdate(at))
    return tuple([one for one in found if offices & officers_named(one, policy)][:MOST])
