"""Days and financial years: whole dates, both ends counted, cut wherever something changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"A span cannot end ({self.last}) before it starts ({self.first}).")

    @property
    def days(self) -> int:
        """Count the days, both ends included; never negative, never a part of a day."""
        return (self.last - self.first).days + 1

    def overlap(self, other: Span) -> Span | None:
        """Return the days two spans share, or None."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


def year_of(day: date) -> int:
    """Name the financial year of a day by the calendar year it begins in: 31 March 2027 is 2026."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def year_span(year: int) -> Span:
    """Return 1 April to 31 March of a financial year, both included."""
    return Span(date(year, 4, 1), date(year + 1, 3, 31))


def year_label(year: int) -> str:
    """Write a financial year as people do.

    Examples:
        >>> year_label(2026)
        '2026/27'
    """
    return f"{year}/{(year + 1) % 100:02d}"


def cut(span: Span, starts: Iterable[date]) -> list[Span]:
    """Cut a span before each of the days given and before each 1 April, in order of date.

    Args:
        span: what is cut.
        starts: days on which something new begins; those outside the span are ignored.

    Returns:
        Pieces that touch, do not overlap, and together have exactly the days of the span.
    """
    aprils = (date(year, 4, 1) for year in range(year_of(span.first) + 1, year_of(span.last) + 1))
    cuts = sorted({day for day in (*starts, *aprils) if span.first < day <= span.last})
    firsts = [span.first, *cuts]
    lasts = [*(day - DAY for day in cuts), span.last]
    return [Span(first, last) for first, last in zip(firsts, lasts, strict=True)]


def weeks_shown(days: int) -> str:
    """Write days as weeks to two places, half up. For the eye only: money is never worked out from it.

    Examples:
        >>> weeks_shown(171)
        '24.43'
    """
    hundredths = (days * 200 + 7) // 14
    return f"{hundredths // 100}.{hundredths % 100:02d}"
