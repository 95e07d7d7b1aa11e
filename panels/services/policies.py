"""Which policy holds: from the adopted rows to the policy the rules read."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date

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
