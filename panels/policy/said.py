"""How the codes of the rules' interface read on a page."""

from __future__ import annotations

from typing import Final

# Codes that do not read well with their underscores taken out.
SAID: Final = {
    "ifa_foster_placement": "Foster placement through an agency",
    "in_house_foster_placement": "In-house foster placement",
    "parent_and_child_placement": "Parent and child placement",
    "connected_person_placement": "Placement with a connected person",
    "plo_package": "Pre-proceedings (PLO) package",
    "section_17_one_off": "Section 17 payment, one-off",
    "section_17_regular": "Section 17 payments, regular",
    "child_minding": "Childminding",
    "nrpf_support": "Support without recourse to public funds",
    "general_resource": "Another resource",
    "sgo_support": "Special guardianship support",
    "cao_support": "Child arrangements order support",
    "adoption_support": "Adoption support",
    "section_20_review": "Section 20 review",
    "placed_with_parents_review": "Review of a placement with parents",
    "order_allowance_assessment": "Assessment of an order allowance",
    "sgo": "Special guardianship order",
    "cao": "Child arrangements order",
    "adoption": "Adoption order",
    "camhs": "CAMHS",
    "plo": "PLO",
    "marp": "MARP",
    "canmap": "CANMAP",
    "jrap": "JRAP",
    "kfsf": "KFSF",
    "complex_health_needs": "Complex Health Needs",
}


def quantity(value: float | str, unit: str) -> str:
    """A number of a policy with its unit: "1 working day", "£1,000"; what is counted is a bare number."""
    if unit == "pence" and not isinstance(value, str):
        return f"£{value / 100:,.2f}"
    noun = unit.replace("_", " ")
    return str(value) if unit == "count" else f"{value} {noun.removesuffix('s') if value == 1 else noun}"


def label(code: str) -> str:
    """A code as a page says it."""
    return SAID.get(code) or code.replace("_", " ").capitalize()
