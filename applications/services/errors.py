"""Why something could not be done, with what a page needs to say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from panels.rules import Finding
    from people.models import User


class NotAllowedError(Exception):
    """This person may not do this to this request, or not now; the message is a sentence for the page."""


class StaleError(Exception):
    """Somebody was faster: the request changed between reading and writing. Nothing was written."""


class RefusedError(Exception):
    """The council's rules stand in the way."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{finding.message} ({finding.rule})" for finding in findings))
        self.findings = tuple(findings)


class ConflictError(Exception):
    """Somebody else changed the same group of fields meanwhile. Nothing was written; both versions are kept."""

    def __init__(self, *, theirs: Mapping[str, Any], changed_by: User, changed_at: datetime) -> None:
        super().__init__("Somebody else changed this meanwhile.")
        self.theirs, self.changed_by, self.changed_at = theirs, changed_by, changed_at
