"""How the codes of the rules' interface read on a page."""

from __future__ import annotations

from panels.policy import words
from panels.policy.said import label

GROUP_TITLES = (
    ("Placements", words.PLACEMENTS),
    ("Support", words.SUPPORT),
    ("Legal", words.LEGAL),
    ("Orders", words.ORDERS),
    ("Reviews", words.REVIEWS),
)


def labelled(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Codes with their words, for a choice."""
    return [(code, label(code)) for code in codes]


def grouped_categories(offered: tuple[str, ...], current: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """The categories a council offers under their headings; one that is no longer offered stays while it is chosen."""
    kept = {*offered, current}
    groups = [(title, labelled(tuple(c for c in codes if c in kept))) for title, codes in GROUP_TITLES]
    return [(title, choices) for title, choices in groups if choices]
