"""What a purchase of a size asks for by the council's bands: quotations, a tender, a note, somebody's word before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from panels.policy import Policy
from panels.policy.schema import Band
from panels.rules.engine.program import program_at

MEANS: Final = {
    "best_value_note": "a note of best value",
    "quotations": "quotations",
    "tender": "a tender",
    "contract_register": "an entry in the contract register",
    "executive_preapproval": "the executive’s agreement beforehand",
}


@dataclass(frozen=True, slots=True)
class Needed:
    """One thing a purchase of this size asks for, in words, with its rule."""

    words: str
    rule: str
    clause: str


def needed_for(policy: Policy, pence: int, *, on: date) -> tuple[Needed, ...]:
    """What the bands of a policy ask of a purchase with this estimated total; nothing where it has no bands."""
    return tuple(
        Needed(_words(policy, band, on=on), entry.id, policy.clause(entry.id))
        for entry in program_at(policy, on).entries
        for band in entry.bands
        if _within(policy, band, pence, on=on)
    )


def _within(policy: Policy, band: Band, pence: int, *, on: date) -> bool:
    over, at_least = _number(policy, band.over, on=on), _number(policy, band.at_least, on=on)
    up_to, below = _number(policy, band.up_to, on=on), _number(policy, band.below, on=on)
    return (
        (over is None or pence > over)
        and (at_least is None or pence >= at_least)
        and (up_to is None or pence <= up_to)
        and (below is None or pence < below)
    )


def _number(policy: Policy, number: int | str | None, *, on: date) -> int | None:
    return int(policy.parameter(number, on)) if isinstance(number, str) else number


def _words(policy: Policy, band: Band, *, on: date) -> str:
    count = _number(policy, band.count, on=on)
    return f"{count} {MEANS[band.requires]}" if count is not None else MEANS[band.requires]
