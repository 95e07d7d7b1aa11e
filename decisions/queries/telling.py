"""Whom a notice of the policy names among the people who have an account here, and when the product tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from applications.models import Application
from applications.queries import signers
from decisions.models import Decision
from panels.models import Meeting
from panels.services.meetings import members_of
from people import services as people
from people.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from panels.policy.schema import Notice

BY_PRODUCT: Final = frozenset({"in_product", "email", "unstated"})
OUTSIDERS: Final = frozenset({"family", "carers"})
"""They have no account, so whatever the channel somebody tells them and ticks it."""
WORKERS: Final = frozenset({"social_worker", "presenter"})


def told_here(notice: Notice) -> tuple[str, ...]:
    """The offices of a notice whom the product itself tells: none where the policy wants post, telephone or a talk."""
    return tuple(to for to in notice.to if to not in OUTSIDERS) if notice.channel in BY_PRODUCT else ()


def told_of_meeting(
    meeting: Meeting, notices: Iterable[Notice], *, on: date, but: frozenset[str] = frozenset()
) -> list[User]:
    """Who hears something of a meeting because a notice names their office, and may open it; not the offices in `but`.

    Some queries for each office and each person: it is asked once, when there is something to tell.
    """
    found: set[int | None] = set()
    for to in {to for notice in notices for to in told_here(notice)} - but:
        if to == "members":
            found |= {person.pk for person in members_of(meeting)}
        elif to == "chair":
            found.add(meeting.chair_id)
        else:
            found |= {person.pk for person in people.holders(council=meeting.panel.council, role=to, on=on)}
    return [person for person in _active(found) if Meeting.objects.for_user(person).filter(pk=meeting.pk).exists()]


def told_of_request(request: Application, notices: Iterable[Notice], *, on: date) -> list[User]:
    """Who hears something of a request because a notice names their office, and may read it; the worker is one."""
    found: set[int | None] = set()
    for to in {to for notice in notices for to in told_here(notice)}:
        found |= _of_request(to, request, on=on)
    return [person for person in _active(found) if Application.objects.for_user(person).filter(pk=request.pk).exists()]


def told_of_decision(decision: Decision, notices: Iterable[Notice], *, on: date) -> list[User]:
    """Who hears of a decision by the product because a notice names their office, and may read it.

    Some queries for each office and each person: it is asked once, when there is something to tell.
    """
    meeting = decision.item.meeting
    found: set[int | None] = set()
    for to in {to for notice in notices for to in told_here(notice)}:
        if to == "members":
            found |= {person.pk for person in members_of(meeting)}
        elif to == "chair":
            found.add(meeting.chair_id)
        else:
            found |= _of_request(to, decision.application, on=on)
    return [person for person in _active(found) if Decision.objects.for_user(person).filter(pk=decision.pk).exists()]


def _of_request(to: str, request: Application, *, on: date) -> set[int | None]:
    if to in WORKERS:
        return {request.worker_id}
    return {person.pk for person in signers(request, role=to, on=on)}


def _active(found: set[int | None]) -> list[User]:
    return list(User.objects.filter(pk__in=found - {None}, is_active=True).order_by("pk"))
