"""How much one meeting takes: which cases find a place, in the policy's order, and where the others go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from panels.policy.schema import Capacity, Panel

URGENT: Final = frozenset({"emergency", "ratification"})
"""The kinds of item that fill the slots kept for emergencies."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A case that wants a place: its reference, what kind of item it is, and the minutes it takes."""

    reference: str
    kind: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """Which references are listed, in order, which are left over, and the ways the policy has for those."""

    listed: tuple[str, ...]
    left_over: tuple[str, ...]
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """What one meeting takes: what is left without the slots still kept for emergencies, how many those are, how long.

    Attributes:
        capacity: None where the policy limits nothing.
        kept: slots that no emergency has filled yet.
        each: minutes of one such slot.
    """

    capacity: Capacity | None
    kept: int
    each: int


def limit_of(panel: Panel, *, kinds: Sequence[str], room: int) -> Limit:
    """Work out how much a meeting takes, slots kept for emergencies taken off until emergencies fill them.

    Args:
        panel: as the policy describes it.
        kinds: of the cases that want a place.
        room: the meeting's own minutes for cases, which count where the policy keeps slots and limits nothing else.
    """
    slots, capacity = panel.slots, panel.capacity
    if capacity is None and not slots.emergency_slots:
        return Limit(None, 0, 0)
    kept = max(0, slots.emergency_slots - sum(kind in URGENT for kind in kinds))
    each = slots.emergency_minutes or slots.minutes or 0
    minutes = capacity.minutes if capacity else room
    cases = capacity.cases if capacity else None
    left = (capacity or Capacity()).model_copy(
        update={
            "cases": None if cases is None else max(0, cases - kept),
            "minutes": None if minutes is None else max(0, minutes - kept * each),
        }
    )
    return Limit(left, kept, each)


def fit(capacity: Capacity | None, wanted: Sequence[Wanted]) -> Fitted:
    """List cases by the policy's order, then as they came, while cases and minutes last; all where it states none.

    A case that is too long for the time left is left over; a shorter one behind it may still find a place.
    """
    if capacity is None:
        return Fitted(tuple(one.reference for one in wanted), (), ())
    order: dict[str, int] = {kind: place for place, kind in enumerate(capacity.order)}
    listed: list[str] = []
    left_over: list[str] = []
    minutes = 0
    for one in sorted(wanted, key=lambda one: order.get(one.kind, len(order))):
        full = capacity.cases is not None and len(listed) >= capacity.cases
        if full or (capacity.minutes is not None and minutes + one.minutes > capacity.minutes):
            left_over.append(one.reference)
        else:
            listed.append(one.reference)
            minutes += one.minutes
    return Fitted(tuple(listed), tuple(left_over), capacity.overflow if left_over else ())
