"""The agenda as the policy sees it: what kind each item is, under which heading, who finds a place, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from decisions.models import AgendaItem
from decisions.rules import load_of
from panels.policy.words import ORDERS
from panels.rules import Wanted, fit
from panels.rules.capacity import Limit, limit_of

if TYPE_CHECKING:
    from panels.models import Meeting
    from panels.policy import Policy
    from panels.policy.schema import Capacity, Section

KINDS: Final[dict[str, str]] = {
    AgendaItem.Origin.NEW: "new",
    AgendaItem.Origin.CARRIED: "carried_over",
    AgendaItem.Origin.URGENT: "emergency",
    AgendaItem.Origin.REVIEW: "review",
    AgendaItem.Origin.TRIGGER: "trigger",
    AgendaItem.Origin.RATIFY: "ratification",
}
WAYS: Final = {
    "next_meeting": "to the next meeting",
    "extra_meeting": "to an extra meeting",
    "outside_panel": "to whoever may agree outside the panel",
}


def is_case(item: AgendaItem) -> bool:
    """Whether an item is of a sort the policy has a word for, and so neither a standing item nor a break."""
    return item.origin in KINDS


def kind_of(item: AgendaItem) -> str | None:
    """What sort of case an item is in the words of the policy; None for a standing item or a break."""
    kind = KINDS.get(item.origin)
    if kind == "new" and item.application is not None:
        lines = [line.category for line in item.application.lines.all()]
        return "order_support" if lines and all(category in ORDERS for category in lines) else kind
    return kind


def section_of(item: AgendaItem, *, policy: Policy, panel: str) -> Section | None:
    """The heading under which the policy has an item stand; None where it names none."""
    kind = kind_of(item)
    return next((section for section in policy.panel(panel).sections if kind in section.holds), None)


def in_order(items: Sequence[AgendaItem], *, policy: Policy, panel: str) -> list[AgendaItem]:
    """The cases and reviews of an agenda in the policy's order: its list of kinds, else its headings, else as is."""
    rules = policy.panel(panel)
    kinds: list[str] = list(rules.capacity.order) if rules.capacity else []
    kinds = kinds or [kind for section in rules.sections for kind in section.holds]
    place = {kind: number for number, kind in reversed(list(enumerate(kinds)))}
    cases = [item for item in items if is_case(item)]
    return sorted(cases, key=lambda item: place.get(kind_of(item) or "", len(kinds)))


@dataclass(frozen=True, slots=True)
class Places:
    """How much of a meeting is taken under its policy: places left, slots kept, who finds none and where they go."""

    said: tuple[str, ...]
    left_over: tuple[str, ...]
    clause: str
    emergency_clause: str


def places_of(meeting: Meeting, items: Sequence[AgendaItem], *, policy: Policy) -> Places | None:
    """Say how many places and minutes are left and who finds none; None where the policy limits nothing.

    Slots kept for emergencies are taken off until emergencies fill them. Where the policy gives minutes to no case,
    the meeting's own length counts.
    """
    panel = policy.panel(meeting.panel.slug)
    slots, capacity = panel.slots, panel.capacity
    cases = [item for item in items if is_case(item)]
    kinds = [kind_of(item) or "" for item in cases]
    limit = limit_of(panel, kinds=kinds, room=_room(meeting, items))
    if limit.capacity is None:
        return None
    fitted = fit(
        limit.capacity, [Wanted(item.reference, kind, item.minutes) for item, kind in zip(cases, kinds, strict=True)]
    )
    listed = [item for item in cases if item.reference in set(fitted.listed)]
    names = {item.reference: item.application.reference if item.application else item.title for item in cases}
    left_over = tuple(names[reference] for reference in fitted.left_over)
    return Places(
        said=tuple(_said(limit, limit.capacity, listed=listed, left_over=left_over, ways=fitted.ways)),
        left_over=left_over,
        clause=policy.clause(capacity.rule) if capacity and capacity.rule else "",
        emergency_clause=policy.clause(slots.emergency_rule) if slots.emergency_slots and slots.emergency_rule else "",
    )


def _room(meeting: Meeting, items: Sequence[AgendaItem]) -> int:
    others = [(item.kind, item.minutes) for item in items if not is_case(item)]
    load = load_of(others, begins=meeting.starts_at, ends=meeting.ends_at)
    return max(0, load.room - load.minutes)


def _said(
    limit: Limit,
    capacity: Capacity,
    *,
    listed: Sequence[AgendaItem],
    left_over: Sequence[str],
    ways: Sequence[str],
) -> list[str]:
    left = []
    if capacity.cases is not None:
        left.append(f"{_count(capacity.cases - len(listed), 'place')}")
    if capacity.minutes is not None:
        left.append(f"{_count(capacity.minutes - sum(item.minutes for item in listed), 'minute')}")
    said = [f"Left for cases: {' and '.join(left)}."] if left else []
    if limit.kept:
        said.append(f"Kept for emergencies: {_count(limit.kept, 'slot')} of {_count(limit.each, 'minute')}.")
    if left_over:
        where = " or ".join(WAYS[way] for way in ways)
        said.append(f"No place for {', '.join(left_over)}: {where}.")
    return said


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
