"""How a budget stands: use, headroom, the three levels of message, forecast, price and volume."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from .cost import half_up


class Level(StrEnum):
    """Inside, at risk or over: always shown in these words, never by colour alone."""

    INSIDE = "INSIDE"
    AT_RISK = "AT_RISK"
    OVER = "OVER"

    @property
    def words(self) -> str:
        """The level in words."""
        return {"INSIDE": "Inside budget", "AT_RISK": "At risk", "OVER": "Over budget"}[self.value]

    @property
    def rag(self) -> str:
        """The level as councils speak of it."""
        return {"INSIDE": "Green", "AT_RISK": "Amber", "OVER": "Red"}[self.value]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a council wants to be warned; None means that it has not said.

    Attributes:
        warn_percent: at risk from this per cent of the budget used, included.
        warn_pence: at risk when less than this is available.
    """

    warn_percent: Decimal | None = None
    warn_pence: int | None = None

    @property
    def words(self) -> str:
        """Print the thresholds, for the page to show beside each level."""
        parts = []
        if self.warn_percent is not None:
            parts.append(f"from {self.warn_percent.normalize():f}% used")
        if self.warn_pence is not None:
            parts.append(f"below {pounds(self.warn_pence)} available")
        return "amber " + " or ".join(parts) + "; red below £0" if parts else "no amber threshold set; red below £0"


def used_percent(budget: int, available: int) -> Decimal | None:
    """Say how much of a budget is used, in per cent to one place, half up; None when there is no budget."""
    if budget <= 0:
        return None
    used = Decimal(budget - available) * 100 / Decimal(budget)
    return used.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def level_of(*, budget: int, available: int, thresholds: Thresholds) -> Level:
    """Judge a line or a total, from unrounded figures: over below zero, at risk from a threshold, else inside."""
    if available < 0:
        return Level.OVER
    percent, floor_pence = thresholds.warn_percent, thresholds.warn_pence
    if percent is not None and budget > 0 and Fraction(budget - available) * 100 >= Fraction(percent) * budget:
        return Level.AT_RISK
    if floor_pence is not None and available < floor_pence:
        return Level.AT_RISK
    return Level.INSIDE


def money(pence: int) -> str:
    """Write pence as pounds and pence with a true minus sign.

    Examples:
        >>> money(-1200)
        '\N{MINUS SIGN}£12.00'
    """
    sign = "\N{MINUS SIGN}" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def pounds(pence: int) -> str:
    """Write pence as whole pounds, half a pound away from zero.

    Examples:
        >>> pounds(4367857)
        '£43,679'
    """
    sign = "\N{MINUS SIGN}" if pence <= -50 else ""
    return f"{sign}£{(abs(pence) + 50) // 100:,}"


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def headline(*, budget: int, available: int, pending: int = 0, cases: int = 0) -> str:
    """Answer the first question in one sentence: what is left, of how much, and where pending cases lead.

    Args:
        budget: pence.
        available: pence; negative when overspent.
        pending: pence the pending cases would take if all are agreed; negative when they give back.
        cases: how many cases that is; 0 leaves the forecast out.
    """
    percent = used_percent(budget, available)
    used = f" ({percent}% used)" if percent is not None else ""
    text = f"{pounds(available)} available of {pounds(budget)}{used}."
    if cases:
        after = available - pending
        outcome = f"{pounds(-after)} over" if after < 0 else f"{pounds(after)} left"
        number = _NUMBERS[cases] if cases < len(_NUMBERS) else str(cases)
        which = "the one case is" if cases == 1 else f"all {number} cases are"
        text += f" Forecast {outcome} if {which} agreed."
    return text


@dataclass(frozen=True, slots=True)
class Variance:
    """A variance in pence, split so that price + volume is the whole."""

    price: int
    volume: int

    @property
    def total(self) -> int:
        """Pence over (positive) or under (negative)."""
        return self.price + self.volume


def variance(*, budget_days: int, budget_weekly: int, actual_days: int, actual_weekly: int) -> Variance:
    """Explain a variance by price and by volume.

    volume = (actual weeks - budget weeks) x budget rate; price = the rest, so that pennies never go missing.

    Args:
        budget_days: placement-days bought at the budget's rate.
        budget_weekly: pence per week.
        actual_days: placement-days used.
        actual_weekly: pence per week.
    """
    budget = half_up(Fraction(budget_days * budget_weekly, 7))
    actual = half_up(Fraction(actual_days * actual_weekly, 7))
    volume = half_up(Fraction((actual_days - budget_days) * budget_weekly, 7))
    return Variance(price=actual - budget - volume, volume=volume)
