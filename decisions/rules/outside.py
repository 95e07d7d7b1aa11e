"""Who may approve outside the panel, and how long that lasts."""

from __future__ import annotations

from datetime import date, timedelta

from panels.policy import Policy
from panels.policy.schema import OutsidePanel


def route_of(policy: Policy, panel: str, *, kind: str, is_high_cost: bool) -> OutsidePanel | None:
    """What the policy says of an approval outside a panel, the most particular kind first; None where it is silent.

    Args:
        policy: the version that holds.
        panel: slug of the panel; KeyError where the council has none of it.
        kind: `placement` or `support`.
        is_high_cost: whether a placement is one of high cost, for which a policy may name somebody else.
    """
    kinds = ["high_cost_placement", kind] if kind == "placement" and is_high_cost else [kind]
    found = [policy.outside_panel(panel, one) for one in kinds]
    exact = next((route for route in found if route is not None and route.kind != "any"), None)
    return exact or found[-1]


def last_day(*, lasts: str, days: int | None, agreed_on: date, next_panel: date | None) -> date | None:
    """Say on which day an approval ends, that day included: the next panel's, or so many days after it was given.

    Where the policy states both, the earlier one; None where it states no end, or no panel is planned.
    """
    ends = [next_panel] if lasts == "next_panel" and next_panel is not None else []
    if days is not None:
        ends.append(agreed_on + timedelta(days=days))
    return min(ends, default=None)
