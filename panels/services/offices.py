"""Which offices and areas a council has: what its policy names, and what every council knows."""

from __future__ import annotations

from panels.policy import Policy
from people.permissions import Capacity


def offices_of(policy: Policy | None) -> list[tuple[str, str]]:
    """Code and title of each office somebody may be given: the policy's own, its seats', and the eleven capacities.

    Sorted by title. Without a policy only the capacities are there.
    """
    titles = {capacity.value: capacity.label for capacity in Capacity}
    if policy is not None:
        for panel in policy.panels:
            titles |= {seat.role: seat.title for seat in panel.seats}
        titles |= {role.code: role.title for role in policy.book.council.roles}
        if any(seat.chairs == "vice_chair" for panel in policy.panels for seat in panel.seats):
            titles["vice_chair"] = policy.role_title("vice_chair")
    return sorted(titles.items(), key=lambda office: (office[1].casefold(), office[0]))


def areas_of(policy: Policy) -> list[tuple[str, str]]:
    """Code and name of each area of the council, in the order of the policy; none where it has none."""
    return [(area.code, area.name) for area in policy.book.council.areas]
