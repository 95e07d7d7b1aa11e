"""Offices of a meeting that the policy asks for: an administrator, and a chair in turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from panels.models import Meeting, Panel, SeatHolder
from panels.policy import Policy
from panels.policy.schema import Panel as PanelRules
from panels.rules.assessment import Finding
from panels.rules.chairing import agency_of, next_in_turn
from panels.services.calendar import rules_of
from panels.services.policies import NoPolicyError
from panels.states import MeetingState
from people.models import User


@dataclass(frozen=True, slots=True)
class Turn:
    """Which agency leads a meeting in turn, who sits for it, and the clause."""

    agency: str
    people: tuple[User, ...]
    rule: str
    clause: str

    @property
    def words(self) -> str:
        """The turn as a sentence."""
        name = self.agency.replace("_", " ").capitalize()
        named = " or ".join(str(person) for person in self.people) or "nobody holds its seat on that day"
        return f"{name} leads this meeting in turn: {named}."


def turn_of(panel: Panel, *, on: date) -> Turn | None:
    """Whose turn it is to lead a meeting on a day, after whoever led the one before; None where nobody takes turns.

    Four queries at most.
    """
    found = _rules(panel, on=on)
    if found is None or not found[1].offices.rotates_chair:
        return None
    policy, rules = found
    last = (
        Meeting.objects.filter(panel=panel, starts_at__date__lt=on, chair__isnull=False)
        .exclude(state=MeetingState.CANCELLED)
        .order_by("-starts_at")
        .first()
    )
    before = None
    if last is not None and last.chair_id is not None:
        held = SeatHolder.objects.filter(panel=panel, user_id=last.chair_id).on(timezone.localdate(last.starts_at))
        before = agency_of(rules, frozenset(held.values_list("seat", flat=True)))
    agency = next_in_turn(rules, before)
    assert agency is not None  # noqa: S101 -- they take turns
    seats = [seat.role for seat in rules.seats if seat.agency == agency]
    holders = SeatHolder.objects.filter(panel=panel, seat__in=seats, user__is_active=True).on(on).select_related("user")
    rule = rules.offices.rotates_rule or rules.rule
    people = {holder.user_id: holder.user for holder in holders.order_by("pk")}
    return Turn(agency, tuple(people.values()), rule, policy.clause(rule))


def out_of_turn(panel: Panel, *, chair: User | None, on: date) -> list[Finding]:
    """A warning where somebody else leads than the agency whose turn it is; whose turn it is, where nobody is named."""
    turn = turn_of(panel, on=on)
    if turn is None or (chair is not None and chair in turn.people):
        return []
    return [Finding(turn.rule, turn.clause, "inform" if chair is None else "warn", "list", turn.words)]


def lacks_administrator(panel: Panel, *, administrator: User | None, on: date) -> str:
    """The sentence that refuses a meeting without the administrator the policy asks for; empty where all is well."""
    found = _rules(panel, on=on) if administrator is None else None
    if found is None or not found[1].offices.administrator_required:
        return ""
    policy, rules = found
    clause = policy.clause(rules.offices.administrator_rule or rules.rule)
    return f"The policy asks for a panel administrator at each meeting: name one. ({clause})"


def _rules(panel: Panel, *, on: date) -> tuple[Policy, PanelRules] | None:
    try:
        return rules_of(panel, on=on)
    except NoPolicyError:
        return None
