"""How much one meeting takes: which cases find a place, in the policy's order, and where the others go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from panels.policy.schema import Capacity


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
