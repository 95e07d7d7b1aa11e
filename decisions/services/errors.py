"""Why a decision could not be recorded, signed or approved, with what a page needs to say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from decisions.models import Decision
    from people.models import User


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason, the field it belongs to where there is one, and the clause it rests on."""

    message: str
    field: str = ""
    clause: str = ""


class DecisionRefusedError(Exception):
    """The rules, the policy's outcomes or somebody's office stand in the way. Nothing was written."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(r.message for r in refusals))
        self.refusals = tuple(refusals)


def fitting(words: str, *, most: int, field: str, clause: str = "") -> str:
    """Words as they are kept; too many are refused, never cut.

    Raises:
        DecisionRefusedError: they are longer than `most`.
    """
    kept = words.replace("\r\n", "\n").strip()
    if len(kept) > most:
        raise DecisionRefusedError(
            [Refusal(f"Shorten this to {most:,} characters; it has {len(kept):,}.", field, clause)]
        )
    return kept


class AlreadyDecidedError(Exception):
    """Somebody was faster. Nothing was written; whoever was later keeps their text."""

    def __init__(self, *, decision: Decision | None, who: User | None, when: datetime | None) -> None:
        super().__init__(f"{who or 'Somebody'} has decided this case already.")
        self.decision, self.who, self.when = decision, who, when


class NotOnTheTableError(Exception):
    """The case is not the one being heard, or changed since the page was opened; nobody has decided it."""


class PasswordWrongError(Exception):
    """The password given with a signature is not the signer's."""
