"""Who may act in a colleague's office, by the council's text: a named vice-chair, or somebody level or above."""

from __future__ import annotations

from collections.abc import Collection

from panels.policy import Policy


def is_personal(policy: Policy, role: str) -> bool:
    """Whether the policy ties an office to its holder, so that nobody may act in it."""
    return any(r.code == role and r.personal for r in policy.book.council.roles)


def vice_chairs(policy: Policy, role: str) -> frozenset[str]:
    """The offices that stand in for a chair's office at a panel where the policy names a vice-chair; else none."""
    stand_ins: set[str] = set()
    for panel in policy.panels:
        chairs = {seat.role for seat in panel.seats if seat.chairs == "chair"}
        if panel.offices.cover == "named_vice_chair" and role in chairs:
            stand_ins |= {seat.role for seat in panel.seats if seat.chairs == "vice_chair"}
    return frozenset(stand_ins)


def goes_by_rank(policy: Policy) -> bool:
    """Whether some panel of the policy lets people of equal or higher rank cover for each other."""
    return any(panel.offices.cover == "equal_or_higher" for panel in policy.panels)


def coverable_roles(policy: Policy) -> tuple[str, ...]:
    """The offices in which the policy lets somebody else act; where it is silent, none."""
    by_rank = goes_by_rank(policy)
    return tuple(
        role.code
        for role in policy.book.council.roles
        if vice_chairs(policy, role.code) or (by_rank and not role.personal)
    )


def cover_refused(policy: Policy, role: str, *, held: Collection[str], is_level_or_above: bool) -> str:
    """Why somebody may not act in an office, as a sentence; empty where they may.

    Args:
        policy: the version that holds on the first day.
        role: the office of the absent colleague.
        held: the offices of whoever would act in it; a named vice-chair needs no rank.
        is_level_or_above: whether they hold that same office, or stand above it in the line of management.
    """
    stand_ins = vice_chairs(policy, role)
    if not stand_ins.isdisjoint(held):
        return ""
    if is_personal(policy, role):
        return "The policy ties this office to its holder: nobody acts in it."
    if role not in coverable_roles(policy):
        return "The policy does not foresee cover for this office."
    if stand_ins and not goes_by_rank(policy):
        return "The policy names who stands in here: the vice-chair, and nobody else."
    return "" if is_level_or_above else "Cover goes sideways or up: choose somebody in the same office or a higher one."
