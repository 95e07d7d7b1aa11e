"""Which policy holds: from the adopted rows to the policy the rules read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from panels.models import PolicyVersion
from panels.policy import Policy
from people.models import Council

_KEPT = 40  # policies kept in memory: five councils with eight versions each
_policies: OrderedDict[str, Policy] = OrderedDict()


class NoPolicyError(LookupError):
    """The council has adopted no policy that holds on that day."""


def policy_of(version: PolicyVersion) -> Policy:
    """The policy behind an adopted version; built once for each digest and kept in memory."""
    policy = _policies.get(version.digest)
    if policy is None:
        policy = Policy.from_payload(version.payload)
        _policies[version.digest] = policy
        while len(_policies) > _KEPT:
            _policies.popitem(last=False)
    return policy


def rules_in_force(council: str, on: date | str) -> Subquery:
    """What to annotate rows with, so that they know the version that holds for their council on a day.

    `rules_read` makes the policy of it: a page that reads a meeting reads in the same statement what holds there.

    Args:
        council: the path from the rows to their council's key.
        on: the day, or the path from the rows to it.
    """
    day = OuterRef(on) if isinstance(on, str) else on
    held = PolicyVersion.objects.filter(council_id=OuterRef(council), effective_from__lte=day)
    read = JSONObject(id="pk", council_id="council_id", number="number", digest="digest")
    return Subquery(held.order_by("-effective_from", "-number").values(read=read)[:1])


def rules_read(read: Mapping[str, Any] | None, *, council: Council) -> tuple[PolicyVersion, Policy]:
    """The version and the policy that an annotation by `rules_in_force` found, without a query once it is known here.

    Raises:
        NoPolicyError: none holds.
    """
    if read is None:
        raise NoPolicyError(f"{council} has adopted no policy that holds on that day.")
    # In the order of the columns: PostgreSQL gives the keys of an object in an order of its own.
    names = [field.attname for field in PolicyVersion._meta.concrete_fields if field.attname in read]  # noqa: SLF001
    version = PolicyVersion.from_db(DEFAULT_DB_ALIAS, names, [read[name] for name in names])
    version.council = council
    return version, policy_of(version)


def policy_for(*, council: Council, on: date) -> tuple[PolicyVersion, Policy]:
    """The version that holds for a council on a day, and its policy. Reads the payload only when it is new here.

    Raises:
        NoPolicyError: nothing was adopted that had taken effect by that day.
    """
    version = PolicyVersion.objects.defer("payload").in_force(council=council, on=on)
    if version is None:
        raise NoPolicyError(f"{council} has adopted no policy that holds on {on:%d %B %Y}.")
    version.council = council  # it is the same, and need not be read again to be named
    return version, policy_of(version)
