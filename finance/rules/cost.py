"""What a resource costs: rate by days, cut at every change, rounded once per cumulative position in each year."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from .spans import DAY, Span, cut, year_of, year_span
from .splits import Share, ShareMode, Split, exact_shares, largest_remainder, with_remainder


class Unit(StrEnum):
    """What the rate is charged by."""

    WEEK = "WEEK"
    DAY = "DAY"
    NIGHT = "NIGHT"
    HOUR = "HOUR"
    ONE_OFF = "ONE_OFF"
    TERM = "TERM"


class AnnualBasis(StrEnum):
    """How many weeks a council counts in a year when it annualises."""

    EXACT_DAYS = "EXACT_DAYS"
    WEEKS_52 = "WEEKS_52"
    WEEKS_52_14 = "WEEKS_52_14"


@dataclass(frozen=True, slots=True)
class Rate:
    """A price in force from a day on.

    Attributes:
        pence: pence per unit.
        quantity: units per week for WEEK (normally 1), DAY, NIGHT and HOUR; how many in all for ONE_OFF and TERM.
    """

    effective_from: date
    pence: int
    quantity: Decimal = Decimal(1)
    unit: Unit = Unit.WEEK

    @property
    def amount(self) -> Fraction:
        """Pence per week for weekly units, pence in all for ONE_OFF and TERM; exact."""
        return self.pence * Fraction(self.quantity)


@dataclass(frozen=True, slots=True)
class Suspended:
    """Days on which only part of the price is paid.

    Attributes:
        percent_retained: per cent of the price still paid, 0 to 100.
    """

    span: Span
    percent_retained: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a cost follows from.

    Attributes:
        expected_end: last day; charged unless `count_last_day` is False. None means no end is known.
        horizon: last day worked out, included; normally 31 March of the year after the decision's.
        own: code of the council's own funder, who pays what no share covers.
    """

    start: date
    expected_end: date | None
    horizon: date
    rates: tuple[Rate, ...]
    splits: tuple[Split, ...] = ()
    suspensions: tuple[Suspended, ...] = ()
    own: str = "COUNCIL"
    count_last_day: bool = True

    @property
    def span(self) -> Span:
        """Days that are charged; a one-off is charged on its first day."""
        if self.rates[0].unit is Unit.ONE_OFF:
            return Span(self.start, self.start)
        last = self.horizon
        if self.expected_end is not None:
            last = min(last, self.expected_end if self.count_last_day else self.expected_end - DAY)
        return Span(self.start, last)


@dataclass(frozen=True, slots=True)
class Portion:
    """One funder's whole pence of a segment."""

    share: Share
    pence: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Days inside one financial year with one rate, one split and one state of suspension."""

    span: Span
    year: int
    rate: Rate
    split_from: date | None
    exact: Fraction
    pence: int
    portions: tuple[Portion, ...] = field(default=())

    @property
    def days(self) -> int:
        """Days charged, both ends counted."""
        return self.span.days


def half_up(amount: Fraction) -> int:
    """Round to whole pence; half a penny rounds up (towards plus infinity)."""
    return floor(amount + Fraction(1, 2))


def period_cost(rate_pence: int, span: Span, quantity: Decimal = Decimal(1)) -> int:
    """Cost one span at one weekly rate, in whole pence, rounded once, half up.

    Examples:
        >>> period_cost(485000, Span(date(2026, 10, 12), date(2027, 3, 31)))
        11847857
    """
    return half_up(rate_pence * Fraction(quantity) * span.days / 7)


def segments(terms: Terms) -> list[Segment]:
    """Cut the terms at every boundary and cost each piece.

    Boundaries are 1 April, each rate, each split, each suspension's first day and the day after its last. Within a
    financial year the *cumulative* amount is rounded half up and each segment is the difference, for the whole and,
    by largest remainder, for each funder; so segments always add up to the year and funders to the segment. The
    cumulative position begins anew each 1 April: a year's figure does not depend on pennies of the year before.

    Returns:
        Segments in order of date; a segment may cost 0.

    Raises:
        ValueError: no rate is in force on the first day, the end is before the start, or the split is impossible.
    """
    span = terms.span
    rates = sorted(terms.rates, key=lambda rate: rate.effective_from)
    if rates[0].effective_from > terms.start:
        raise ValueError("No rate is in force on the first day.")
    starts = [rate.effective_from for rate in rates] + [split.effective_from for split in terms.splits]
    for suspension in terms.suspensions:
        starts += [suspension.span.first, suspension.span.last + DAY]
    made: list[Segment] = []
    year, position = None, _Position()
    for piece in cut(span, starts):
        if year_of(piece.first) != year:
            year, position = year_of(piece.first), _Position()
        made.append(position.add(piece, terms, rates))
    return made


class _Position:
    """The cumulative position of one financial year: exact so far, and posted so far."""

    def __init__(self) -> None:
        self.exact = Fraction(0)
        self.pence = 0
        self.exact_by: dict[str, Fraction] = {}
        self.pence_by: dict[str, int] = {}

    def add(self, piece: Span, terms: Terms, rates: list[Rate]) -> Segment:
        """Add a piece and return it as the difference it makes to the rounded position."""
        rate = [rate for rate in rates if rate.effective_from <= piece.first][-1]
        exact = _daily(rate, terms) * _retained(piece, terms) * piece.days
        split = _split_on(piece.first, terms)
        shares = with_remainder(split.shares if split else (), terms.own)
        before = self.pence
        self.exact += exact
        self.pence = half_up(self.exact)
        for share, part in zip(shares, exact_shares(exact, shares, piece.days), strict=True):
            self.exact_by[share.funder] = self.exact_by.get(share.funder, Fraction(0)) + part
        was = self.pence_by
        rounded = largest_remainder(self.pence, list(self.exact_by.values()))
        self.pence_by = dict(zip(self.exact_by, rounded, strict=True))
        in_force = {share.funder: share for share in shares}
        portions = tuple(
            Portion(in_force.get(funder) or Share(funder, ShareMode.REMAINDER), pence - was.get(funder, 0))
            for funder, pence in self.pence_by.items()
            if pence != was.get(funder, 0) or funder in in_force
        )
        split_from = split.effective_from if split else None
        return Segment(piece, year_of(piece.first), rate, split_from, exact, self.pence - before, portions)


def _daily(rate: Rate, terms: Terms) -> Fraction:
    if rate.unit is Unit.ONE_OFF:
        return rate.amount
    if rate.unit is Unit.TERM:
        return rate.amount / terms.span.days
    return rate.amount / 7


def _retained(piece: Span, terms: Terms) -> Fraction:
    """Return the part of the price paid; where suspensions overlap the one that retains least holds."""
    kept = [s.percent_retained for s in terms.suspensions if s.span.overlap(piece)]
    return Fraction(min(kept)) / 100 if kept else Fraction(1)


def _split_on(day: date, terms: Terms) -> Split | None:
    in_force = [split for split in terms.splits if split.effective_from <= day]
    return max(in_force, key=lambda split: split.effective_from) if in_force else None


def weekly_pence(terms: Terms, on: date) -> Fraction:
    """Return the exact pence per week in force on a day, suspensions ignored; 0 for a one-off."""
    rates = [rate for rate in terms.rates if rate.effective_from <= on] or [terms.rates[0]]
    rate = max(rates, key=lambda rate: rate.effective_from)
    return Fraction(0) if rate.unit is Unit.ONE_OFF else _daily(rate, terms) * 7


def own_weekly_pence(terms: Terms, on: date, funders: frozenset[str]) -> Fraction:
    """Return the exact pence per week that the named funders pay of the price in force on a day."""
    weekly = weekly_pence(terms, on)
    split = _split_on(on, terms)
    shares = with_remainder(split.shares if split else (), terms.own)
    parts = exact_shares(weekly, shares, 7)
    return sum((part for share, part in zip(shares, parts, strict=True) if share.funder in funders), Fraction(0))


def annualised(weekly: Fraction | int, *, year: int, basis: AnnualBasis = AnnualBasis.EXACT_DAYS) -> int:
    """Say what a weekly price comes to over a whole year, ignoring start and end dates.

    Args:
        weekly: pence per week.
        year: the financial year whose days count when the basis is exact.
        basis: how many weeks the council counts.

    Returns:
        Whole pence, rounded once, half up. Never to be shown without `basis_text`.
    """
    weeks = {
        AnnualBasis.EXACT_DAYS: Fraction(year_span(year).days, 7),
        AnnualBasis.WEEKS_52: Fraction(52),
        AnnualBasis.WEEKS_52_14: Fraction("52.14"),
    }
    return half_up(weekly * weeks[basis])


def basis_text(basis: AnnualBasis, year: int) -> str:
    """Name the basis of an annual figure, to be printed beside it.

    Examples:
        >>> basis_text(AnnualBasis.EXACT_DAYS, 2026)
        'exact days, 365'
    """
    if basis is AnnualBasis.EXACT_DAYS:
        return f"exact days, {year_span(year).days}"
    return "52 weeks" if basis is AnnualBasis.WEEKS_52 else "52.14 weeks"


def day_before_birthday(born: date, age: int) -> date:
    """Return the last day a child is under an age; one born on 29 February has the birthday on 1 March otherwise."""
    try:
        return born.replace(year=born.year + age) - DAY
    except ValueError:
        return date(born.year + age, 3, 1) - DAY
