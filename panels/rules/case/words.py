"""The words a case may be written in: those of the interface, and what a council's policy adds to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from panels.policy import Policy, words

PLACEMENTS = frozenset(words.PLACEMENTS)
CATEGORIES = frozenset(words.CATEGORIES)
ROLES = frozenset(words.ROLES)
#: Who may be in the room without holding a role.
VISITORS = frozenset(words.OTHER_ATTENDEES)
REPRESENTATIVE = words.REPRESENTATIVE
STATUSES = frozenset(words.CHILD_STATUSES)
LEGAL_BASES = frozenset(words.LEGAL_BASES)
PROVISIONS = frozenset(words.PROVISIONS)
ANSWERS = frozenset(words.ANSWERS)
DOCUMENTS = frozenset(words.DOCUMENTS)
FUNDING_SOURCES = frozenset(words.FUNDING_SOURCES)
FUNDERS = frozenset(words.JOINT_FUNDERS)
CARE_REASONS = frozenset(words.CARE_REASONS)
PRESENTERS = frozenset(words.PRESENTERS)
OUTCOMES = frozenset(words.OUTCOMES)
EMERGENCY_KINDS = frozenset(words.EMERGENCY_KINDS)
COURT_ORDERS = frozenset(words.COURT_ORDERS)
TELLING = frozenset(words.TELLING)
EVENT_KINDS = frozenset(words.EVENT_KINDS)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words one version of a council's policy adds to those of the interface.

    Attributes:
        council: the council's slug.
        panels: slugs of its own panels.
        areas: codes of its areas; empty where it has none.
        roles: roles it names beside `ROLES`.
        evidence: rule ids of its checklist and statutory-duty rows.
        own: facts only it asks for: name, kind, and the words to choose from.
    """

    council: str
    panels: frozenset[str] = field(default_factory=frozenset)
    areas: frozenset[str] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    evidence: frozenset[str] = field(default_factory=frozenset)
    own: tuple[tuple[str, str, frozenset[str]], ...] = ()


@lru_cache(maxsize=64)
def vocabulary_of(policy: Policy) -> Vocabulary:
    """The words a policy adds to those of the interface."""
    return Vocabulary(
        council=policy.slug,
        panels=frozenset(panel.slug for panel in policy.panels),
        areas=policy.area_codes,
        roles=policy.role_codes,
        evidence=policy.evidence_codes,
        own=tuple((name, fact.kind, frozenset(fact.choices)) for name, fact in policy.book.facts.items()),
    )
