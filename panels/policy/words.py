"""The closed words of a case: categories, roles, states. A policy may add roles and groups, never categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

PLACEMENTS: Final = (
    "in_house_foster_placement",
    "ifa_foster_placement",
    "residential_placement",
    "parent_and_child_placement",
    "connected_person_placement",
    "supported_lodgings",
    "supported_accommodation",
    "respite_placement",
    "secure_placement",
    "placement_move",
    "placement_uplift",
)
SUPPORT: Final = (
    "family_support_package",
    "intensive_family_support",
    "therapy",
    "specialist_assessment",
    "parenting_assessment",
    "plo_package",
    "section_17_one_off",
    "section_17_regular",
    "nursery",
    "child_minding",
    "day_care",
    "transport",
    "supervised_contact",
    "home_support",
    "holiday",
    "short_break",
    "community_support",
    "direct_payment",
    "crisis_intervention",
    "nrpf_support",
    "general_resource",
)
LEGAL: Final = ("legal_planning_meeting", "care_proceedings")
ORDERS: Final = ("sgo_support", "cao_support", "adoption_support")
REVIEWS: Final = (
    "placement_review",
    "funding_review",
    "section_20_review",
    "placed_with_parents_review",
    "order_allowance_assessment",
)
COURT_BY_NATURE: Final = ("plo_package", "legal_planning_meeting", "care_proceedings")
SECTION_17: Final = ("section_17_one_off", "section_17_regular")
CATEGORIES: Final = PLACEMENTS + SUPPORT + LEGAL + ORDERS + REVIEWS

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "placements": PLACEMENTS,
    "support": SUPPORT,
    "legal": LEGAL,
    "orders": ORDERS,
    "reviews": REVIEWS,
    "court_by_nature": COURT_BY_NATURE,
    "section_17": SECTION_17,
    "all": CATEGORIES,
}
"""Groups of categories which every policy may name."""


def unfolded(name: str, groups: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The categories of one of these groups or of the language's, each once; a category stands for itself."""
    found, seen, left = list[str](), set[str](), [name]
    while left:
        one = left.pop()
        if one not in seen:
            seen.add(one)
            if one in groups:
                left.extend(reversed(groups[one]))
            else:
                found.extend(GROUPS.get(one, (one,)))
    return tuple(dict.fromkeys(found))


ROLES: Final = (
    "social_worker",
    "team_manager",
    "assistant_team_manager",
    "service_manager",
    "head_of_service",
    "assistant_director",
    "area_director",
    "director_childrens_social_work",
    "director_childrens_services",
    "corporate_director_communities",
    "director",
    "council_executive",
    "chair",
    "vice_chair",
    "panel_administrator",
    "accountant",
    "finance",
    "operational_commissioning",
    "commissioning_manager",
    "family_placement_team",
    "virtual_school",
    "independent_reviewing_officer",
    "integrated_families_service_manager",
)
OTHER_ATTENDEES: Final = ("third_party", "parent", "carer", "young_person")
REPRESENTATIVE: Final = "_representative"

CHILD_STATUSES: Final = ("none", "child_in_need", "child_protection", "looked_after", "care_leaver")
LEGAL_BASES: Final = (
    "none",
    "section_20",
    "interim_care_order",
    "care_order",
    "remand",
    "police_protection",
    "emergency_protection_order",
)
PROVISIONS: Final = ("in_house", "independent", "connected_person")
DOCUMENTS: Final = (
    "social_work_assessment",
    "care_plan",
    "out_of_area_report",
    "support_plan",
    "carer_financial_request",
    "commissioning_advice",
)
FUNDING_SOURCES: Final = ("education", "health", "camhs", "youth_justice", "adoption_support_fund")
JOINT_FUNDERS: Final = ("health", "education", "social_care")
CARE_REASONS: Final = (
    "significant_harm",
    "harm_to_others",
    "no_one_with_parental_responsibility",
    "remand",
    "parental_rejection",
    "school_non_attendance",
    "offending",
    "late_nights",
    "antisocial_behaviour",
)
PRESENTERS: Final = ("submitter", "team_manager", "assistant_team_manager", "briefed_colleague", "duty_worker")
ANSWERS: Final = ("met", "not_met", "not_applicable")
OUTCOMES: Final = ("agreed", "deferred", "not_agreed")
EMERGENCY_KINDS: Final = ("placement", "support")
COURT_ORDERS: Final = ("sgo", "cao", "adoption")
TELLING: Final = ("post", "by_hand")
EVENT_KINDS: Final = ("no_show", "withdrawal")
PRICES: Final = ("one_off", "weekly", "monthly")
OTHER_PANELS: Final = ("marp", "complex-health-needs", "canmap", "jrap", "kfsf", "fostering", "adoption")
"""Panels a request may be sent to which are nobody's policy here."""
