"""The words a case may be written in: categories, roles, documents and the like.

They are the words of the interface, the same for every council. What a council adds to them (its panels, areas,
roles and checklist rows) comes from its policy as a `Vocabulary`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PLACEMENTS = frozenset(
    """in_house_foster_placement ifa_foster_placement residential_placement parent_and_child_placement
    connected_person_placement supported_lodgings supported_accommodation respite_placement secure_placement
    placement_move placement_uplift""".split()
)
SUPPORT = frozenset(
    """family_support_package intensive_family_support therapy specialist_assessment parenting_assessment plo_package
    section_17_one_off section_17_regular nursery child_minding day_care transport supervised_contact home_support
    holiday short_break community_support direct_payment crisis_intervention nrpf_support general_resource""".split()
)
LEGAL = frozenset({"legal_planning_meeting", "care_proceedings"})
ORDERS = frozenset({"sgo_support", "cao_support", "adoption_support"})
REVIEWS = frozenset(
    """placement_review funding_review section_20_review placed_with_parents_review
    order_allowance_assessment""".split()
)
CATEGORIES = PLACEMENTS | SUPPORT | LEGAL | ORDERS | REVIEWS

ROLES = frozenset(
    """social_worker team_manager assistant_team_manager service_manager head_of_service assistant_director
    area_director director_childrens_social_work director_childrens_services corporate_director_communities director
    council_executive chair vice_chair panel_administrator accountant finance operational_commissioning
    commissioning_manager family_placement_team virtual_school independent_reviewing_officer
    integrated_families_service_manager""".split()
)
#: Who may be in the room without holding a role.
VISITORS = frozenset({"third_party", "parent", "carer", "young_person"})

STATUSES = frozenset({"none", "child_in_need", "child_protection", "looked_after", "care_leaver"})
LEGAL_BASES = frozenset(
    """none section_20 interim_care_order care_order remand police_protection emergency_protection_order""".split()
)
PROVISIONS = frozenset({"in_house", "independent", "connected_person"})
ANSWERS = frozenset({"met", "not_met", "not_applicable"})
DOCUMENTS = frozenset(
    """social_work_assessment care_plan out_of_area_report support_plan carer_financial_request
    commissioning_advice""".split()
)
FUNDING_SOURCES = frozenset({"education", "health", "camhs", "youth_justice", "adoption_support_fund"})
FUNDERS = frozenset({"health", "education", "social_care"})
CARE_REASONS = frozenset(
    """significant_harm harm_to_others no_one_with_parental_responsibility remand parental_rejection
    school_non_attendance offending late_nights antisocial_behaviour""".split()
)
PRESENTERS = frozenset({"submitter", "team_manager", "assistant_team_manager", "briefed_colleague", "duty_worker"})
EMERGENCY_KINDS = frozenset({"placement", "support"})
COURT_ORDERS = frozenset({"sgo", "cao", "adoption"})
OUTCOMES = frozenset({"agreed", "deferred", "not_agreed"})
TELLING = frozenset({"post", "by_hand"})
EVENT_KINDS = frozenset({"no_show", "withdrawal"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words one version of a council's policy adds to those of the interface.

    Attributes:
        council: the council's slug.
        panels: slugs of its own panels.
        areas: codes of its areas; empty where it has none.
        roles: roles it names beside `ROLES`.
        evidence: rule ids of its checklist and statutory-duty rows.
    """

    council: str
    panels: frozenset[str] = field(default_factory=frozenset)
    areas: frozenset[str] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    evidence: frozenset[str] = field(default_factory=frozenset)
