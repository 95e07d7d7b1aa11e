"""What a chair decides, as a page sends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from decisions.queries.money import AgreedLine
    from people.models import User


@dataclass(frozen=True, slots=True)
class NewCondition:
    """Something that must be so for a decision to hold."""

    text: str
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class NewAction:
    """Something a named colleague does by a day."""

    text: str
    owner: User
    due: date


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """A question of the policy as it was asked, and the answer."""

    code: str
    label: str
    rule: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What a chair decides: the outcome and everything that goes with it, as the page sends it.

    Attributes:
        outcome: an outcome code of the panel's policy.
        lines: the resources as agreed; none where nothing is bought or nothing is agreed.
        review_date: when it comes back; for a pending decision the day by which the chair decides.
        answers: what the policy asks in the meeting and for the sheet.
        override: the chair's words where a rule stands in the way of an emergency that was met already.
    """

    outcome: str
    reasons: str = ""
    members_views: str = ""
    lines: Sequence[AgreedLine] = ()
    conditions: Sequence[NewCondition] = ()
    actions: Sequence[NewAction] = ()
    review_date: date | None = None
    no_review_reason: str = ""
    override: str = ""
    answers: Sequence[NewAnswer] = ()
