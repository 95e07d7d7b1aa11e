"""The names a condition may use, with their types: the facts of a case, and what Python works out from them.

Days are day numbers (a later day is a greater number, the difference is days). Money is whole pence. Instants are
time stamps; each instant `x` has its London day beside it as `x_day`. A fact that may be null has `x_none` beside it:
true when it is known to be none, false when it is given, unknown when it was left out. A role that is null is the
word `none`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

Kind = Literal["word", "words", "yes_no", "count", "money", "miles", "day", "instant", "answers"]

EVENTS: Final = ("emergency", "decision", "review_request", "dispute", "meeting_change", "event", "means_test")
"""Objects that tell of something that happened; left out, it has not happened."""

OBJECTS: Final = (*EVENTS, "child", "family", "placement", "support_order", "stand_in")

_CASE: Final[dict[Kind, str]] = {
    "word": """area child.status child.legal_basis emergency.kind emergency.agreed_by support_order.order
        support_order.overseer decision.outcome decision.carers_told_by event.kind event.agreed_by""",
    "words": """documents funding_sources_considered joint_funding care_reasons presenters emergency.consulted""",
    "yes_no": """child.disabled_childrens_team child.sister_panel_criteria_met child.unaccompanied
        family.section_17_paid_before placement.outside_council_area placement.high_cost complete out_of_panel_leave
        emergency.care_need emergency.risk_to_life support_order.requested_by_carer stand_in.cannot_attend
        stand_in.cannot_defer stand_in.fully_briefed stand_in.same_team decision.on_day decision.reasons_given
        review_request.written review_request.reasons_given event.stop_resources event.risk""",
    "count": "child.placement_breakdowns",
    "money": "family.agreed_last_six_months",
    "miles": "placement.distance_miles",
    "day": """child.date_of_birth support_order.court_filing_date support_order.manager_agreed_on
        support_order.carer_told_on means_test.sent_to_payments_on means_test.result_on decision.review_date
        decision.chair_timescale""",
    "instant": """as_at submitted_at panel_starts_at emergency.decided_at decision.decided_at
        review_request.received_at review_request.finished_at dispute.service_manager_at dispute.escalated_at
        meeting_change.old_start meeting_change.new_start meeting_change.told_at""",
    "answers": "evidence",
}

_LINE: Final[dict[Kind, str]] = {
    "word": "category provision",
    "yes_no": """part_of_wider_package high_level_family_support_package low_level court_related open_ended initial
        extra_cost within_service_contract rate_exception regulation_24 alternatives_ruled_out in_house_available
        camhs_insufficient direct_work_insufficient best_value_note evaluation_recorded tender_completed
        executive_preapproval contract_register""",
    "count": "quotations for_line",
    "money": "one_off weekly monthly rate national_rate",
    "day": "start end last_review",
    "instant": "criteria_set_at first_quote_asked_at procurement_advice_at provider_contacted_at",
}


def _names(table: dict[Kind, str], prefix: str = "") -> dict[str, Kind]:
    return {prefix + name: kind for kind, text in table.items() for name in text.split()}


CASE: Final[dict[str, Kind]] = _names(_CASE)
LINE: Final[dict[str, Kind]] = _names(_LINE, "line.")

NULL_WORDS: Final = frozenset({"emergency.agreed_by", "support_order.overseer", "decision.outcome", "event.agreed_by"})

DERIVED: Final[dict[str, tuple[Kind, str]]] = {
    "request.panel": ("word", "the panel named, or the one the policy picks"),
    "request.panel_named": ("yes_no", "the case names its panel itself"),
    "request.total": ("money", "what all lines cost over their whole life"),
    "request.section_17_total": ("money", "what all section 17 lines, one-off and regular, cost over their whole life"),
    "request.family_six_months": ("money", "the family's total over six months, the greater of back and forward"),
    "request.categories": ("words", "the categories of the lines"),
    "request.has_placement": ("yes_no", "some line is a placement"),
    "request.has_order": ("yes_no", "some line is support around an order"),
    "request.enters_care": ("yes_no", "some placement line is the child's first (no move, no uplift)"),
    "request.needs_assessment": ("yes_no", "some line is no placement move"),
    "request.joint": ("yes_no", "health or education is asked to share the cost"),
    "request.starts": ("day", "the earliest start of a line"),
    "panel_day": ("day", "the London day of the meeting aimed at"),
    "panel_day_works": ("yes_no", "the day of the meeting aimed at is a working day"),
    "today": ("day", "the London day on which the question is asked"),
    "child.age": ("count", "full years on the day of the panel, or when the question is asked"),
    "child.turns_18": ("day", "the 18th birthday"),
    "signed": ("words", "the roles that signed"),
    "room": ("words", "the roles in the room"),
    "room_undeclared": ("count", "people in the room who have not declared, nil returns included"),
    "room_conflicted": ("count", "people in the room who declared an interest"),
    "other_funding_possible": ("yes_no", "money could come from elsewhere"),
    "other_funding_without_details": ("yes_no", "money could come from elsewhere and the details are not given"),
    "line.index": ("count", "the place of the line in the request, from nought"),
    "line.total": ("money", "what the line costs over its whole life"),
    "line.category_total": ("money", "what all lines of the same category cost together"),
    "line.annual": ("money", "weekly times 52 or monthly times 12"),
    "line.is_placement": ("yes_no", "the category is a placement"),
    "line.court": ("yes_no", "court-related by nature, or said to be"),
    "line.for_placement": ("yes_no", "the line belongs to a placement line of the request"),
    "line.last_day": ("day", "the end, or the day before the 18th birthday of an open-ended line"),
    "line.paid": ("word", "how it is paid: one_off, weekly or monthly"),
    "line.priced": ("yes_no", "a price is given"),
}

SUMS: Final = frozenset(
    {"request.total", "request.section_17_total", "request.family_six_months", "line.total", "line.category_total"}
)
"""Sums of which the least is known where a part of them is not."""


def declared() -> dict[str, Kind]:
    """Every name of the language with its kind, parameters, groups and timers of a policy apart."""
    names: dict[str, Kind] = {}
    for name, kind in (CASE | LINE).items():
        names[name] = kind
        if kind == "instant":
            names[f"{name}_day"] = "day"
        if kind in {"instant", "day"} or name == "line.for_line":
            names[f"{name}_none"] = "yes_no"
    for name in OBJECTS:
        names[f"{name}.given"] = "yes_no"
    names |= {name: kind for name, (kind, _) in DERIVED.items()}
    return names


NAMES: Final[dict[str, Kind]] = declared()


@lru_cache(maxsize=4096)
def path_of(name: str, line: int | None = None) -> str:
    """The JSON path of a fact of the case; of a line's fact, that of the given line."""
    for suffix in ("_none", "_day", ".given"):
        stem = name.removesuffix(suffix)
        if stem != name and (stem in CASE or stem in LINE or stem in OBJECTS):
            name = stem
    if name.startswith("line."):
        return f"$.lines[{line}].{name.removeprefix('line.')}"
    return f"$.{name}"
