"""What of the emergencies stands on somebody's first page: to approve, to confirm, not yet seen by the panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from applications.models import Application
from applications.queries import with_parts
from applications.states import OUTSIDE
from decisions.models import OutsideApproval
from decisions.models.outside import OPEN
from decisions.queries.outside import Unsettled, asked_of, unsettled
from decisions.states import OutsideState
from panels.services import policy_for
from people.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

MOST = 8


@dataclass(frozen=True, slots=True)
class Desk:
    """Emergencies that wait for somebody, agreements in their name, and the sums of what no panel has seen yet."""

    to_approve: tuple[Application, ...]
    to_confirm: tuple[OutsideApproval, ...]
    sums: Unsettled


def desk_of(user: User, *, at: datetime) -> Desk:
    """Gather it; a fixed number of queries however many emergencies there are."""
    told = OutsideApproval.objects.for_user(user).filter(
        state=OutsideState.TOLD, confirmed_at__isnull=True, agreed_by=user
    )
    return Desk(
        to_approve=_to_approve(user, at=at) if user.may(Permission.APPROVE_BEYOND_PANEL) else (),
        to_confirm=tuple(told.order_by("agreed_at")[:MOST]),
        sums=unsettled(user, on=timezone.localdate(at)),
    )


def _to_approve(user: User, *, at: datetime) -> tuple[Application, ...]:
    """Emergencies without an approval which the policy gives to an office they hold or cover."""
    offices = {held.role for held in (*user.held, *user.covered)}
    open_ones = OutsideApproval.objects.for_user(user).filter(state__in=OPEN).values("application")
    urgent = (
        Application.objects.for_user(user, Permission.SEE_NARRATIVE)
        .filter(state__in=OUTSIDE, facts__emergency__kind__in=["placement", "support"])
        .exclude(pk__in=open_ones)
        .exclude(worker=user)
        .order_by("declared_at", "pk")
    )
    found = list(with_parts(urgent)[: MOST * 4])
    if not found:
        return ()
    _version, policy = policy_for(council=found[0].council, on=timezone.localdate(at))
    mine = [a for a in found if offices & {one.role for one in asked_of(a, policy, at=at)}]
    return tuple(mine[:MOST])
