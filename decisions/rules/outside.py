"""How long an approval outside the panel lasts."""

from __future__ import annotations

from datetime import date, timedelta


def last_day(*, lasts: str, days: int | None, agreed_on: date, next_panel: date | None) -> date | None:
    """Say on which day an approval ends, that day included: the next panel's, or so many days after it was given.

    Where the policy states both, the earlier one; None where it states no end, or no panel is planned.
    """
    ends = [next_panel] if lasts == "next_panel" and next_panel is not None else []
    if days is not None:
        ends.append(agreed_on + timedelta(days=days))
    return min(ends, default=None)
