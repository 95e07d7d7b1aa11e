"""Who may sit at a panel's table: the roles it counts, who stands in for whom, who is needed for which case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from panels.policy import Policy
from panels.policy.schema import Seat
from panels.policy.words import REPRESENTATIVE


def attending_roles(policy: Policy, panel: str) -> frozenset[str]:
    """Every role somebody may come as: those the council knows, the panel's seats, and representatives."""
    seats = policy.panel(panel).seats
    sent = {role + REPRESENTATIVE for role in represented_roles(policy, panel)}
    return policy.role_codes | {seat.role for seat in seats} | sent


def represented_roles(policy: Policy, panel: str) -> frozenset[str]:
    """The roles that may send a representative, by their seat or by the quorum."""
    seats = policy.panel(panel).seats
    clauses = [clause for entry in policy.entries if entry.quorum for clause in entry.quorum.clauses]
    sending = [clause for clause in clauses if clause.representatives]
    agencies = {agency for clause in sending for agency in clause.agencies}
    found = {seat.role for seat in seats if seat.represented or seat.agency in agencies}
    return frozenset(found | {role for clause in sending for role in clause.roles})


def stand_in_refused(policy: Policy, panel: str, role: str, *, is_named: bool) -> tuple[str, str] | None:
    """Why nobody, or nobody without a name, stands in for a seat, with its clause; None where somebody may."""
    seat = next((seat for seat in policy.panel(panel).seats if seat.role == role), None)
    if seat is None:
        return None
    clause = policy.clause(seat.rule) if seat.rule else ""
    if seat.substitute == "nobody":
        return f"Nobody stands in for the {seat.title}.", clause
    if seat.substitute == "named" and not is_named:
        return f"A named person stands in for the {seat.title}: choose a colleague.", clause
    return None


def is_expected(seat: Seat, cases: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a seat is to be filled at a meeting: always a core one, one with flags where a case carries one.

    Args:
        seat: of the panel.
        cases: the council's own facts of each case on the agenda.
    """
    if seat.attendance != "as_needed":
        return seat.attendance == "core"
    return any(own.get(flag) is True for own in cases for flag in seat.flags)
