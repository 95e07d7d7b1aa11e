"""The next rules of a demonstration council: its own with one sum higher from a later day, so that two are seen."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from panels.policy import Policy
from panels.services import adopt
from people.models import RoleHeld
from people.permissions import Capacity

if TYPE_CHECKING:
    from people.models import User

    from .cast import Cast

NOTE = "Invented for the demonstration: one sum is higher from then on"
AHEAD = timedelta(days=120)  # no meeting of the demonstration is that late
HIGHER = 110  # per cent


def adopt_next(cast: Cast, *, at: datetime) -> None:
    """Let whoever may change the rules adopt them, where they hold a sum at all."""
    payload = deepcopy(cast.policy.payload())
    sums = [one for one in payload.get("parameters", {}).values() if one["unit"] == "pence"]
    if not sums:
        return
    begins = _next_year(timezone.localdate(at))
    sums[0]["values"].append({"value": sums[0]["values"][-1]["value"] * HIGHER // 100, "from": begins.isoformat()})
    payload["council"]["version"] += 1
    adopt(policy=Policy.from_payload(payload), by=_who_may(cast), at=at, effective_from=begins, note=NOTE)


def _who_may(cast: Cast) -> User:
    """Whom the policy names for its changes; a head of service where it names nobody."""
    named = cast.policy.book.council.settings_changed_by
    if named is not None:
        return cast.by_role[named]
    held = RoleHeld.objects.filter(user__council=cast.council, capacity=Capacity.HEAD_OF_SERVICE)
    return held.select_related("user").order_by("pk")[0].user


def _next_year(on: date) -> date:
    """The first day of the first financial year that begins late enough."""
    first = on + AHEAD
    april = date(first.year, 4, 1)
    return april if april >= first else date(first.year + 1, 4, 1)
