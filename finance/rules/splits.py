"""Who pays: fixed shares first, then percentages, then whoever takes the rest; pennies by largest remainder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class ShareMode(StrEnum):
    """How a funder's share is worked out."""

    FIXED_WEEKLY = "FIXED_WEEKLY"
    PERCENT = "PERCENT"
    REMAINDER = "REMAINDER"


class ShareState(StrEnum):
    """How far a funder has agreed to pay."""

    AGREED = "AGREED"
    IN_PRINCIPLE = "IN_PRINCIPLE"
    DISPUTED = "DISPUTED"
    NOT_ASKED = "NOT_ASKED"


@dataclass(frozen=True, slots=True)
class Share:
    """One funder's part of a split.

    Attributes:
        funder: the funder's code.
        value: pence per week for FIXED_WEEKLY, per cent (0 to 100) for PERCENT, ignored for REMAINDER.
        expires: last day the agreement covers; shown and warned of, the share itself stays until changed.
    """

    funder: str
    mode: ShareMode
    value: Decimal = Decimal(0)
    state: ShareState = ShareState.AGREED
    reference: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """The shares in force from a day on, until the next split."""

    effective_from: date
    shares: tuple[Share, ...]


def share_faults(shares: Sequence[Share]) -> list[str]:
    """Say in plain words what makes a split impossible; an empty list means it can be worked out."""
    faults = []
    funders = [share.funder for share in shares]
    if len(set(funders)) != len(funders):
        faults.append("Each funder may appear once in a split.")
    if sum(share.mode is ShareMode.REMAINDER for share in shares) > 1:
        faults.append("Only one funder can take the rest.")
    if any(share.value < 0 for share in shares):
        faults.append("A share cannot be negative.")
    if sum((share.value for share in shares if share.mode is ShareMode.PERCENT), Decimal(0)) > 100:
        faults.append("The percentages come to more than 100.")
    return faults


def with_remainder(shares: Sequence[Share], own: str) -> tuple[Share, ...]:
    """Complete a split so that exactly one funder takes the rest: the council, unless the split names another.

    Args:
        shares: the split as agreed; may be empty.
        own: code of the council's own funder.

    Raises:
        ValueError: the split cannot be worked out (see `share_faults`).
    """
    if faults := share_faults(shares):
        raise ValueError(" ".join(faults))
    if any(share.mode is ShareMode.REMAINDER for share in shares):
        return tuple(shares)
    percent = sum((share.value for share in shares if share.mode is ShareMode.PERCENT), Decimal(0))
    if percent == 100 and all(share.mode is ShareMode.PERCENT for share in shares):
        return tuple(shares)
    rest = Share(own, ShareMode.REMAINDER)
    mine = [share for share in shares if share.funder == own]
    if mine:
        # A council that pays a percentage or a fixed sum also pays what nobody else does: silence is not a gift.
        return tuple(replace(share, mode=ShareMode.REMAINDER) if share.funder == own else share for share in shares)
    return (*shares, rest)


def exact_shares(cost: Fraction, shares: Sequence[Share], days: int) -> list[Fraction]:
    """Share out a cost exactly, in pence as fractions, in the order of the shares.

    Fixed shares come first, by days (pence per week x days / 7), each capped so that the total never exceeds the
    cost; percentages are of the whole cost, capped by what is left; the REMAINDER funder takes the rest.

    Args:
        cost: gross pence of the piece, not negative.
        shares: completed by `with_remainder`.
        days: days of the piece.

    Returns:
        Fractions of pence that add up to the cost exactly.
    """
    amounts = {share.funder: Fraction(0) for share in shares}
    left = cost
    for share in sorted(shares, key=lambda share: share.mode is not ShareMode.FIXED_WEEKLY):
        if share.mode is ShareMode.REMAINDER:
            continue
        value = Fraction(share.value)
        asked = value * days / 7 if share.mode is ShareMode.FIXED_WEEKLY else cost * value / 100
        amounts[share.funder] = min(asked, left)
        left -= amounts[share.funder]
    for share in shares:
        if share.mode is ShareMode.REMAINDER:
            amounts[share.funder] = left
    return [amounts[share.funder] for share in shares]


def largest_remainder(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Turn exact shares into whole pence that add up to a total.

    Every share is first rounded down; the pennies left go one each to the largest fractions, the earlier share first
    when fractions are equal.

    Args:
        total: whole pence; within one penny of the sum of `exact`.
        exact: not negative.

    Returns:
        Whole pence, each less than a penny from its exact share, adding up to `total`.
    """
    pence = [floor(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda i: (pence[i] - exact[i], i))
    for i in order[: total - sum(pence)]:
        pence[i] += 1
    if sum(pence) != total:
        raise ValueError(f"Shares of {sum(exact)} cannot make {total}.")
    return pence
