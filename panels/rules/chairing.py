"""Who leads a meeting: the seats that do, and whose turn it is where agencies take it in turn."""

from __future__ import annotations

from panels.policy.schema import Panel


def leading_roles(panel: Panel) -> frozenset[str]:
    """The seats whose holders lead meetings: chair and vice chair, and those of agencies that take turns."""
    turns = panel.offices.rotates_chair
    return frozenset(seat.role for seat in panel.seats if seat.chairs or seat.agency in turns)


def agency_of(panel: Panel, roles: frozenset[str]) -> str | None:
    """The agency for which somebody with these seats sits, among those that take turns; None for nobody of them."""
    turns = panel.offices.rotates_chair
    return next((seat.agency for seat in panel.seats if seat.role in roles and seat.agency in turns), None)


def next_in_turn(panel: Panel, last: str | None) -> str | None:
    """The agency that leads after another; the first where nobody led yet; None where they take no turns."""
    turns = panel.offices.rotates_chair
    if not turns:
        return None
    return turns[(turns.index(last) + 1) % len(turns)] if last in turns else turns[0]
