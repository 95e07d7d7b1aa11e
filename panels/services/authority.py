"""May this person do this now, and by which sentence? The rules answer; who holds which office is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db.models import F, Q
from django.utils import timezone

from panels.policy import Policy
from panels.rules import Approval, Leave, Person, may_act
from panels.rules.authority import Act
from people.models import Cover, User


def leave(
    policy: Policy,
    *,
    panel: str,
    act: Act,
    by: User,
    on: date,
    chairs: bool = False,
    own_request: bool = False,
    approvals: Sequence[Approval] = (),
) -> Leave:
    """Ask the rules whether somebody may do something, in the offices they hold or cover on a day.

    Args:
        policy: the version that holds.
        panel: slug of the panel.
        act: what they want to do.
        by: who asks.
        on: the day.
        chairs: whether they lead the meeting concerned.
        own_request: whether the request is theirs.
        approvals: what is asked for, where an approval is to be given.
    """
    held = Person(roles=roles_held(by, on=on), own_request=own_request, chairs=chairs)
    answer = may_act(policy, panel=panel, act=act, person=held, approvals=approvals)
    if answer.allowed:
        return answer
    covered = roles_covered(by, on=on)
    return (
        may_act(policy, panel=panel, act=act, person=replace(held, covered=covered), approvals=approvals)
        if covered
        else answer
    )


def roles_held(user: User, *, on: date) -> frozenset[str]:
    """The offices somebody holds on a day; those of today were read with who is signed in."""
    if not user.is_active:
        return frozenset()
    if on == timezone.localdate():
        return frozenset(held.role for held in user.held)
    return frozenset(user.roles.on(on).values_list("role", flat=True))


def roles_covered(user: User, *, on: date) -> frozenset[str]:
    """The offices in which somebody acts on a day for a colleague who holds them. One query."""
    if not user.is_active or user.council_id is None:
        return frozenset()
    holds = Q(absent__roles__role=F("role"), absent__roles__since__lte=on) & (
        Q(absent__roles__until__isnull=True) | Q(absent__roles__until__gte=on)
    )
    covers = Cover.objects.on(on).filter(
        holds, covering=user, absent__is_active=True, absent__council_id=user.council_id
    )
    return frozenset(covers.values_list("role", flat=True))
