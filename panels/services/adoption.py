"""Adopting a policy: from a checked policy to a row that never changes, and the panels it names."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from panels.models import Panel, PolicyVersion
from panels.policy import Policy
from panels.rules import Leave
from panels.services.authority import leave
from panels.services.policies import policy_of
from people.models import Council, User
from people.models.record import Verb
from people.permissions import Permission
from people.services import record


class AdoptionRefusedError(Exception):
    """A policy that may not be adopted, with the reason."""


@transaction.atomic
def adopt(
    *, policy: Policy, by: User | None, at: datetime, effective_from: date | None = None, note: str = ""
) -> PolicyVersion | None:
    """Adopt a policy for its council: from its first day on it judges what is submitted and decided.

    The council's row is made when it is new, and a row for each panel (and area) the policy names; panels it names
    no more stop being offered and keep their history.

    Args:
        policy: Loaded and checked.
        by: Who adopts it; None from the command line of the installation.
        at: When.
        effective_from: The first day it holds; the policy's own first day unless another is given.
        note: Why, in a few words.

    Returns:
        The new version, or None when this very policy was adopted before: nothing changes then.

    Raises:
        AdoptionRefusedError: its number was adopted with another content, or is lower than the last; or another
            office adopts it (`may_adopt`).
    """
    council, _ = Council.objects.get_or_create(slug=policy.slug, defaults={"name": policy.name})
    Council.objects.select_for_update().get(pk=council.pk)
    versions = PolicyVersion.objects.filter(council=council).defer("payload")
    if versions.filter(digest=policy.digest).exists():
        return None
    number = policy.book.council.version
    latest = versions.order_by("-number").first()
    if latest is not None and number <= latest.number:
        raise AdoptionRefusedError(
            f"{council} has adopted version {latest.number} already, with another content. "
            f"Give the changed policy the version {latest.number + 1} in council.yaml."
        )
    if by is not None and not (answer := may_adopt(council=council, by=by, at=at)).allowed:
        raise AdoptionRefusedError(answer.sentence)
    version = PolicyVersion.objects.create(
        council=council,
        number=number,
        payload=policy.payload(),
        digest=policy.digest,
        effective_from=effective_from or policy.starts_on,
        adopted_at=at,
        adopted_by=by,
        note=note,
    )
    _make_panels(council=council, policy=policy)
    record(
        council=council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action="policy.adopted",
        subject="policy",
        subject_ref=str(version),
        facts={"digest": version.digest, "effective_from": version.effective_from},
    )
    return version


def _make_panels(*, council: Council, policy: Policy) -> None:
    named = set()
    for panel in policy.panels:
        areas = [(area.code, f"{panel.name}, {area.name}") for area in policy.book.council.areas]
        for area, name in areas if panel.per_area and areas else [("", panel.name)]:
            row, _ = Panel.objects.update_or_create(
                council=council, slug=panel.slug, area=area, defaults={"name": name, "is_active": True}
            )
            named.add(row.pk)
    Panel.objects.filter(council=council).exclude(pk__in=named).update(is_active=False)


def may_adopt(*, council: Council, by: User, at: datetime) -> Leave:
    """Whether somebody may adopt the next policy: the office that the newest adopted one names, whatever it is to us.

    Before the first, and where the text names nobody, whoever holds the permission: a head of service.
    """
    latest = PolicyVersion.objects.filter(council=council).order_by("-number").first()
    if latest is not None:
        policy = policy_of(latest)
        answer = leave(policy, panel=policy.panels[0].slug, act="change_policy", by=by, on=timezone.localdate(at))
        if answer.role or not answer.allowed:
            return answer
    sentence = "The head of service adopts the council's rules."
    return Leave(allowed=by.may(Permission.ADOPT_POLICY), sentence=sentence)
