"""The answer of the rules: what a policy says about one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from panels.rules.calendar import in_london
from panels.rules.money import pounds

SUBMISSION_STAGES = frozenset({"submit", "list"})


class Finding(NamedTuple):
    """One thing a rule says about the request or one of its lines."""

    rule: str
    clause: str
    effect: str
    stage: str
    message: str
    line: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The finding as results print it."""
        return {
            "rule": self.rule,
            "clause": self.clause,
            "effect": self.effect,
            "stage": self.stage,
            "message": self.message,
            "line": self.line,
        }


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's agreement the request needs; `given` is None while it is not known."""

    role: str
    stage: str
    rule: str
    given: bool | None

    def as_json(self) -> dict[str, Any]:
        """The approval as results print it."""
        return {"role": self.role, "stage": self.stage, "rule": self.rule, "given": self.given}


class Deadline(NamedTuple):
    """A timer: when it runs out, and whether what it waits for was in time."""

    timer: str
    rule: str
    due: datetime
    met: bool | None

    def as_json(self) -> dict[str, Any]:
        """The deadline as results print it, on London's clock."""
        return {"timer": self.timer, "rule": self.rule, "due": in_london(self.due), "met": self.met}


class Quorum(NamedTuple):
    """Whether the room may decide; `met` is None while nobody has said who is in it."""

    met: bool | None
    missing: tuple[str, ...]
    rule: str

    def as_json(self) -> dict[str, Any]:
        """The quorum as results print it."""
        return {"met": self.met, "missing": list(self.missing), "rule": self.rule}


class LineTotal(NamedTuple):
    """What one line costs, in pence, over its life and in a year; None where it is not known or makes no sense."""

    total: int | None
    annual: int | None

    def as_json(self) -> dict[str, Any]:
        """The sums as results print them."""
        return {"total": _money(self.total), "annual": _money(self.annual)}


class Totals(NamedTuple):
    """The sums behind the verdict, in pence."""

    family_six_months: int | None
    lines: tuple[LineTotal, ...]

    def as_json(self) -> dict[str, Any]:
        """The sums as results print them."""
        return {
            "family_six_months": _money(self.family_six_months),
            "lines": [line.as_json() for line in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the policy says about one request at one moment; see the interface of `manage.py assess`."""

    council: str
    panel: str | None
    policy: str
    remit: str
    route_to: str | None
    findings: tuple[Finding, ...]
    approvals: tuple[Approval, ...]
    deadlines: tuple[Deadline, ...]
    quorum: Quorum | None
    totals: Totals
    can_record_emergency: bool
    missing: tuple[str, ...]

    @property
    def can_submit(self) -> bool:
        """False when a block of stage submit or list stands in the way of the ordinary route."""
        return not any(f.effect == "block" and f.stage in SUBMISSION_STAGES for f in self.findings)

    def blocks(self, *stages: str) -> tuple[Finding, ...]:
        """What stands in the way at these stages, at any where none is named."""
        return tuple(f for f in self.findings if f.effect == "block" and (not stages or f.stage in stages))

    def deadline(self, timer: str) -> Deadline | None:
        """The deadline of a timer, or None where it does not run."""
        return next((d for d in self.deadlines if d.timer == timer), None)

    def as_json(self) -> Mapping[str, Any]:
        """The result object of the interface, ready for `json.dumps`."""
        return {
            "council": self.council,
            "panel": self.panel,
            "policy": self.policy,
            "remit": self.remit,
            "route_to": self.route_to,
            "findings": [finding.as_json() for finding in self.findings],
            "approvals": [approval.as_json() for approval in self.approvals],
            "deadlines": [deadline.as_json() for deadline in self.deadlines],
            "quorum": self.quorum.as_json() if self.quorum else None,
            "totals": self.totals.as_json(),
            "can_submit": self.can_submit,
            "can_record_emergency": self.can_record_emergency,
            "missing": list(self.missing),
        }


def _money(pence: int | None) -> str | None:
    return None if pence is None else pounds(pence)
