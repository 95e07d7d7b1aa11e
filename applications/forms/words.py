"""How the codes of the rules' interface read on a page."""

from __future__ import annotations

from panels.policy import words

# Codes that do not read well with their underscores taken out.
SAID = {
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
GROUP_TITLES = (
    ("Placements", words.PLACEMENTS),
    ("Support", words.SUPPORT),
    ("Legal", words.LEGAL),
    ("Orders", words.ORDERS),
    ("Reviews", words.REVIEWS),
)


def label(code: str) -> str:
    """A code as a page says it."""
    return SAID.get(code) or code.replace("_", " ").capitalize()


def labelled(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Codes with their words, for a choice."""
    return [(code, label(code)) for code in codes]


def grouped_categories(offered: tuple[str, ...], current: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """The categories a council offers under their headings; one that is no longer offered stays while it is chosen."""
    kept = {*offered, current}
    groups = [(title, labelled(tuple(c for c in codes if c in kept))) for title, codes in GROUP_TITLES]
    return [(title, choices) for title, choices in groups if choices]
