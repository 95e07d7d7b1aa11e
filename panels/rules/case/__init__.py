"""One request as the rules see it: read from JSON, checked to the last field, never guessed at."""

from __future__ import annotations

from .fields import CaseError
from .read import MOST_CASES, Case, Cases, read_case, read_cases
from .text import MOST_BYTES, MOST_PARTS
from .words import CATEGORIES, DOCUMENTS, FUNDING_SOURCES, PLACEMENTS, ROLES, VISITORS, Vocabulary, vocabulary_of

__all__ = [
    "CATEGORIES",
    "DOCUMENTS",
    "FUNDING_SOURCES",
    "MOST_BYTES",
    "MOST_CASES",
    "MOST_PARTS",
    "PLACEMENTS",
    "ROLES",
    "VISITORS",
    "Case",
    "CaseError",
    "Cases",
    "Vocabulary",
    "read_case",
    "read_cases",
    "vocabulary_of",
]
