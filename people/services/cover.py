"""Acting for an absent colleague: named, dated, and only sideways or up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from people.models import Cover, RoleHeld, User
from people.models.record import Verb
from people.permissions import Capacity
from people.services.messages import owe_message
from people.services.record import record

RANK: dict[str, int] = {
    Capacity.SOCIAL_WORKER: 1,
    Capacity.TEAM_MANAGER: 2,
    Capacity.SERVICE_MANAGER: 3,
    Capacity.HEAD_OF_SERVICE: 4,
}
"""The line of management. Other capacities are off the line: they cover for their own kind alone."""


class CoverRefusedError(Exception):
    """Cover that may not be arranged, with the reason a page shows."""


@dataclass(frozen=True, slots=True)
class Acting:
    """In whose right somebody acts: their own, or that of the colleague they cover for."""

    user: User
    role: str
    covering_for: User | None = None


def may_act_as(*, user: User, role: str, on: date) -> Acting | None:
    """Say in whose right somebody may act in an office on a day, or None.

    Holding the office counts before covering for it. Cover counts only while the absent colleague holds the office
    themselves and both are active people of the same council.
    """
    if not user.is_active or user.council_id is None:
        return None
    if User.objects.filter(pk=user.pk).holding(role=role, on=on).exists():
        return Acting(user, role)
    for cover in Cover.objects.on(on).filter(covering=user, role=role).select_related("absent").order_by("since", "pk"):
        if User.objects.filter(pk=cover.absent_id, council_id=user.council_id).holding(role=role, on=on).exists():
            return Acting(user, role, covering_for=cover.absent)
    return None


def is_sideways_or_up(*, absent: User, covering: User, role: str, on: date) -> bool:
    """Whether somebody stands level with or above the colleague they would cover for in an office.

    Level is who holds the same office; above is who stands higher in the line of management than the office does.
    """
    if User.objects.filter(pk=covering.pk).holding(role=role, on=on).exists():
        return True
    office = [held.capacity for held in _held(absent, on) if held.role == role]
    return stands_above(office=office, held=[held.capacity for held in _held(covering, on)])


def stands_above(*, office: Iterable[str], held: Iterable[str]) -> bool:
    """Whether somebody with some capacities stands above an office held with others; off the line nobody does."""
    wanted = [RANK.get(capacity, 99) for capacity in office]
    return bool(wanted) and max((RANK.get(capacity, 0) for capacity in held), default=0) > max(wanted)


def _held(user: User, on: date) -> list[RoleHeld]:
    return [r for r in user.roles.all() if r.since <= on and (r.until is None or r.until >= on)]


@transaction.atomic
def arrange_cover(
    *,
    absent: User,
    covering: User,
    role: str,
    since: date,
    until: date,
    reason: str,
    by: User,
    at: datetime,
    needs_rank: bool = True,
) -> Cover:
    """Let one colleague act for another in one office from one day to another, both included.

    Whether the council's policy knows cover at all is asked above, in panels; here stands what holds everywhere.

    Args:
        absent: Who is away; holds the office on the first day.
        covering: Who acts for them.
        role: The office, a role code of the policy.
        since: First day.
        until: Last day.
        reason: Why, in a few words without personal matters.
        by: Who arranges it.
        at: When it is arranged.
        needs_rank: Whether the one who covers must stand level or above, on the first day and on the last; a vice-chair
            named by the policy need not.

    Raises:
        CoverRefusedError: with a sentence for the page.
    """
    _refuse_what_never_holds(absent=absent, covering=covering, role=role, since=since, until=until)
    stands = all(is_sideways_or_up(absent=absent, covering=covering, role=role, on=day) for day in (since, until))
    if needs_rank and not stands:
        raise CoverRefusedError("Cover goes sideways or up: choose somebody in the same office or a higher one.")
    User.objects.select_for_update().filter(pk=absent.pk).first()  # two arrangements for one person have one order
    overlapping = Cover.objects.filter(
        absent=absent, role=role, since__lte=until, until__gte=since, ended_at__isnull=True
    )
    if overlapping.exists():
        raise CoverRefusedError("Somebody covers on some of these days already. End that cover first.")
    cover = Cover.objects.create(
        absent=absent,
        covering=covering,
        role=role,
        since=since,
        until=until,
        reason=reason,
        arranged_at=at,
        arranged_by=by,
    )
    _tell(cover, template="cover_arranged", by=by, at=at, on=since)
    return cover


def _refuse_what_never_holds(*, absent: User, covering: User, role: str, since: date, until: date) -> None:
    if absent.pk == covering.pk:
        raise CoverRefusedError("Nobody covers for themselves.")
    if absent.council_id != covering.council_id or absent.council_id is None:
        raise CoverRefusedError("Both must work for the same council.")
    if until < since:
        raise CoverRefusedError("The last day lies before the first.")
    if not covering.is_active:
        raise CoverRefusedError("The colleague who is to cover has no active account.")
    if not User.objects.filter(pk=absent.pk).holding(role=role, on=since).exists():
        raise CoverRefusedError("The absent colleague does not hold this office on the first day.")


@transaction.atomic
def end_cover(*, cover: Cover, by: User, at: datetime) -> Cover:
    """End cover before its last day; ending it again changes nothing."""
    cover = Cover.objects.select_for_update(of=("self",)).select_related("absent__council", "covering").get(pk=cover.pk)
    if cover.ended_at is not None:
        return cover
    cover.ended_at, cover.ended_by = at, by
    cover.save(update_fields=["ended_at", "ended_by"])
    _tell(cover, template="cover_ended", by=by, at=at, on=None)
    return cover


def _tell(cover: Cover, *, template: str, by: User, at: datetime, on: date | None) -> None:
    council = cover.absent.council
    if council is None:
        raise CoverRefusedError("Both must work for the same council.")
    for person in (cover.absent, cover.covering):
        owe_message(
            council=council,
            recipient=person,
            template=template,
            reference=f"C-{cover.pk}",
            path="/panels/cover/",
            dedupe_key=f"{template}:{cover.pk}:{person.pk}",
            by=by,
            at=at,
            on=on,
            about=cover,
        )
    record(
        council=council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=template.replace("_", "."),
        subject="cover",
        subject_ref=str(cover.pk),
        facts={
            "absent": cover.absent_id,
            "covering": cover.covering_id,
            "role": cover.role,
            "since": cover.since,
            "until": cover.until,
        },
    )
