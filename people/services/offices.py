"""Who holds an office, and giving one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from people.models import Council, RoleHeld, Team, User
from people.models.record import Verb
from people.permissions import GRANTS, Capacity, Permission
from people.services.messages import owe_message
from people.services.record import record

APPROVING = frozenset(GRANTS[Permission.ADOPT_POLICY])
"""What somebody must be to the panel to approve offices."""


class OfficeRefusedError(Exception):
    """An office that may not be proposed, approved or ended, with the reason a page shows."""

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(reason)


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


def approvers(*, council: Council | None, on: date, but: Collection[User] = ()) -> list[User]:
    """Who may approve offices of a council on a day, in the order of their names, but for some."""
    held = RoleHeld.objects.filter(user__council=council, capacity__in=APPROVING).on(on)
    people = User.objects.filter(council=council, is_active=True, pk__in=held.values("user_id"))
    return list(people.exclude(pk__in=[user.pk for user in but]).select_related("council"))


@transaction.atomic
def end_office(*, held: RoleHeld, last_day: date, by: User, at: datetime) -> None:
    """End an office with a day, which may be past; one that would end before it began goes, and the record keeps it.

    Taking a right away needs no second person: it must be possible at once. Its holder and those who approve offices
    are told.

    Args:
        held: The office.
        last_day: The last day it is held; yesterday ends it at once. It never makes an office longer.
        by: Who ends it, never its holder.
        at: When.

    Raises:
        OfficeRefusedError: one's own office, over already, made longer, or nobody would be left to approve offices.
    """
    held = RoleHeld.objects.select_for_update(of=("self",)).select_related("user__council").get(pk=held.pk)
    council = held.user.council
    if council is None or held.user.council_id != by.council_id:
        raise OfficeRefusedError("This office is not of your council.")
    if held.user_id == by.pk:
        raise OfficeRefusedError("Nobody changes their own offices. Another administrator has to.")
    today = timezone.localdate(at)
    if held.until is not None and held.until < today:
        raise OfficeRefusedError("This office is over already.")
    if held.until is not None and last_day > held.until:
        raise OfficeRefusedError("It ends earlier already. To lengthen an office, propose it anew.", field="last_day")
    if last_day < today - timedelta(days=1):
        raise OfficeRefusedError("The last day is yesterday at the earliest.", field="last_day")
    if held.capacity in APPROVING and not _others_approve(held, today=today, after=last_day):
        raise OfficeRefusedError("Nobody would be left who may approve offices. Another one must be given first.")
    _cut(held, last_day=last_day, by=by, at=at)
    for person in {held.user, *approvers(council=council, on=today, but=[by])}:
        owe_message(
            council=council,
            recipient=person,
            template="office_ended",
            reference=f"O-{held.user_id}",
            path="/",
            dedupe_key=f"office_ended:{held.user_id}:{held.role}:{at.isoformat()}:{person.pk}",
            by=by,
            at=at,
            on=last_day,
        )


def _others_approve(held: RoleHeld, *, today: date, after: date) -> bool:
    """Whether somebody else may approve offices on the day after an office ends, asked by one at a time."""
    Council.objects.select_for_update(no_key=True).filter(pk=held.user.council_id or 0).first()
    rows = RoleHeld.objects.filter(user__council=held.user.council, user__is_active=True).exclude(pk=held.pk)
    return rows.filter(capacity__in=APPROVING).on(max(today, after + timedelta(days=1))).exists()


def end_offices(*, user: User, by: User, at: datetime) -> None:
    """End every office of somebody with yesterday, in the caller's transaction: their account is closed."""
    today = timezone.localdate(at)
    for held in RoleHeld.objects.select_for_update(of=("self",)).filter(user=user).not_over(today):
        _cut(held, last_day=today - timedelta(days=1), by=by, at=at)


def _cut(held: RoleHeld, *, last_day: date, by: User, at: datetime) -> None:
    user, facts = held.user, {"role": held.role, "capacity": held.capacity, "since": held.since, "until": last_day}
    if last_day < held.since:
        held.delete()
    else:
        held.until = last_day
        held.save(update_fields=["until"])
    if user.council is not None:
        record(
            council=user.council,
            by=by,
            at=at,
            verb=Verb.ALTERATION,
            action="role.ended",
            subject="user",
            subject_ref=str(user.pk),
            facts=facts,
        )
