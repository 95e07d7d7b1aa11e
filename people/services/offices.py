"""Who holds an office, and giving one."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from people.models import Council, RoleHeld, Team, User
from people.models.record import Verb
from people.permissions import Capacity
from people.services.record import record


def holders(*, council: Council, role: str, on: date) -> list[User]:
    """Who holds an office of a council on a day, in the order of their names; inactive accounts are left out."""
    return list(User.objects.filter(council=council).holding(role=role, on=on))


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: str,
    capacity: Capacity,
    since: date,
    by: User | None,
    at: datetime,
    until: date | None = None,
    team: Team | None = None,
    service: str = "",
    area: str = "",
) -> RoleHeld:
    """Give somebody an office from one day to another, both included; the record says who gave it."""
    if user.council is None:
        raise ValueError("Somebody without a council can hold no office.")
    held = RoleHeld.objects.create(
        user=user,
        role=role,
        capacity=capacity,
        since=since,
        until=until,
        team=team,
        service=service,
        area=area,
        granted_at=at,
        granted_by=by,
    )
    record(
        council=user.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action="role.granted",
        subject="user",
        subject_ref=str(user.pk),
        facts={"role": role, "capacity": capacity.value},
    )
    return held
