"""What a request costs, in whole pence.

Every sum is worked out exactly and rounded once, half a penny up. These are the sums a policy's thresholds are read
against; what is paid and when is finance's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from panels.policy.words import LEGAL, REVIEWS

from .calendar import birthday, months_after

ADULT_AGE = 18
WEEKS_IN_YEAR = 52
MONTHS_IN_YEAR = 12
WINDOW_MONTHS = 6

_ONE_DAY = timedelta(days=1)
_WITHOUT_PRICE = frozenset(LEGAL + REVIEWS)


class Amount(NamedTuple):
    """A sum, or what has to be known before there is one.

    Attributes:
        pence: the sum in whole pence; None while a fact is missing.
        missing: JSON paths of the facts it waits for, in the order of the case; empty when there is a sum.
        at_least: pence the sum cannot be below whatever the missing facts turn out to be.
    """

    pence: int | None
    missing: tuple[str, ...] = ()
    at_least: int = 0


def rounded(exact: Fraction) -> int:
    """Round pence to a whole penny, half a penny up."""
    return _divided(exact.numerator, exact.denominator)


def _divided(pence: int, parts: int) -> int:
    return (pence * 2 + parts) // (parts * 2)


def pounds(pence: int) -> str:
    """Write whole pence, not negative, as pounds and pence: `"1000.00"`."""
    return f"{pence // 100}.{pence % 100:02}"


def by_days(weekly: int, start: date, end: date) -> int:
    """The cost of a period at a weekly price: price times days over 7, both days counted, in pence.

    A period that ends before it starts costs nothing.
    """
    return _divided(weekly * max((end - start).days + 1, 0), 7)


def months_in(start: date, end: date) -> Fraction:
    """Count the months of a period, both days counted (T-16).

    Whole months run from the starting day of the month; what is left over is a part of the month it lies in, taken
    by that month's own days. 15 January to 14 February is one month; 15 January to 28 February is one month and
    14 of the 28 days from 15 February to 14 March.
    """
    after_end = end + _ONE_DAY
    if after_end <= start:
        return Fraction(0)
    whole = (after_end.year - start.year) * 12 + after_end.month - start.month
    if months_after(start, whole) > after_end:
        whole -= 1
    begun = months_after(start, whole)
    return whole + Fraction((after_end - begun).days, (months_after(start, whole + 1) - begun).days)


def by_months(monthly: int | Fraction, start: date, end: date) -> int:
    """The cost of a period at a monthly price: price times months, both days counted, in pence."""
    return rounded(monthly * months_in(start, end))


def monthly_of(weekly: int) -> Fraction:
    """The exact monthly price, in pence, of a weekly one: times 52 over 12 (T-16)."""
    return Fraction(weekly * WEEKS_IN_YEAR, MONTHS_IN_YEAR)


def annual(line: Mapping[str, Any]) -> int | None:
    """What a line costs in a year, in pence: 52 weeks or 12 months of it; None for a one-off or unknown price."""
    if "weekly" in line:
        return int(line["weekly"]) * WEEKS_IN_YEAR
    if "monthly" in line:
        return int(line["monthly"]) * MONTHS_IN_YEAR
    return None


def last_day(line: Mapping[str, Any], *, index: int, child: Mapping[str, Any] | None) -> tuple[date | None, str | None]:
    """The last day of a line, or the path of the fact that would tell it.

    An open-ended line, and one whose end is known to be none, ends on the day before the 18th birthday.

    Args:
        line: the resource line.
        index: its place among the lines.
        child: the child's facts; None or an empty mapping where there are none.
    """
    end = line.get("end")
    if isinstance(end, date):
        return end, None
    no_end = line.get("open_ended") or ("end" in line and "open_ended" not in line)
    if not no_end:
        return None, f"$.lines[{index}].end"
    born = (child or {}).get("date_of_birth")
    if born is None:
        return None, "$.child.date_of_birth"
    adult = birthday(born, ADULT_AGE)
    start = line.get("start")
    if start is not None and adult <= start:
        # An adult's open-ended support has no last day that could be known.
        return None, f"$.lines[{index}].end"
    return adult - _ONE_DAY, None


def asks_no_money(line: Mapping[str, Any]) -> bool:
    """Whether a line asks for a meeting, proceedings or a review and no price: it adds nothing to a sum."""
    return line.get("category") in _WITHOUT_PRICE and not {"one_off", "weekly", "monthly"} & line.keys()


def line_total(
    line: Mapping[str, Any],
    *,
    index: int,
    child: Mapping[str, Any] | None,
    weekly_by_months: bool = False,
    until: date | None = None,
) -> Amount:
    """What a line costs over its whole life, in pence.

    Args:
        line: the resource line.
        index: its place among the lines, for the paths of missing facts.
        child: the child's facts, for the end of an open-ended line.
        weekly_by_months: reckon a weekly price by months (T-16) and not by days.
        until: count no day after this one; a one-off counts whole if it starts by then.
    """
    at = f"$.lines[{index}]"
    start = line.get("start")
    if "one_off" in line:
        beyond = until is not None and start is not None and start > until
        return _known(0 if beyond else int(line["one_off"]))
    price = line.get("weekly", line.get("monthly"))
    if price == 0:
        return _known(0)
    missing = [] if price is not None else [f"{at}.one_off"]
    if start is None:
        missing.append(f"{at}.start")
    end, end_missing = last_day(line, index=index, child=child)
    if end_missing is not None:
        missing.append(end_missing)
    if missing or price is None or start is None or end is None:
        return Amount(None, tuple(missing))
    if until is not None:
        end = min(end, until)
    if "monthly" in line:
        return _known(by_months(price, start, end))
    return _known(by_months(monthly_of(price), start, end) if weekly_by_months else by_days(price, start, end))


def _known(pence: int) -> Amount:
    return Amount(pence, at_least=pence)


def share_within(amount: int, *, begins: date, ends: date, first: date, last: date) -> int:
    """The part of a sum spread evenly over a period that falls within a window, in pence; all four days counted."""
    inside = (min(ends, last) - max(begins, first)).days + 1
    return _divided(amount * max(inside, 0), (ends - begins).days + 1)


def family_six_months(
    lines: Sequence[Mapping[str, Any]],
    *,
    family: Mapping[str, Any] | None,
    child: Mapping[str, Any] | None,
    weekly_by_months: Iterable[int] = (),
) -> Amount:
    """The family's total over six months: the greater of the sums back and forward from the request's start (T-15).

    The request's start is its earliest line's. Back are the six calendar months that end the day before it: what was
    already agreed, and commitments by the days that fall there. Forward are the six that begin with it: commitments
    by their days. This request's own part, which falls in the six months forward, counts in both.

    Args:
        lines: the resource lines.
        family: the family's facts.
        child: the child's facts, for the end of an open-ended line.
        weekly_by_months: indexes of the lines whose weekly price is reckoned by months (T-16).
    """
    known = family or {}
    months_lines = frozenset(weekly_by_months)
    missing: list[str] = []
    starts = [line["start"] for line in lines if line.get("start") is not None]
    start: date | None = min(starts) if starts else None
    last = months_after(start, WINDOW_MONTHS) - _ONE_DAY if start else None

    own = 0
    for index, line in enumerate(lines):
        if asks_no_money(line):
            continue
        part = line_total(line, index=index, child=child, weekly_by_months=index in months_lines, until=last)
        own += part.at_least
        missing.extend(part.missing)

    back, forward = known.get("agreed_last_six_months"), 0
    if back is None:
        missing.append("$.family.agreed_last_six_months")
        back = 0
    for index, commitment in enumerate(known.get("commitments", ())):
        at = f"$.family.commitments[{index}]"
        amount, begins, ends = (commitment.get(key) for key in ("amount", "from", "to"))
        gaps = [f"{at}.{key}" for key, value in (("amount", amount), ("from", begins), ("to", ends)) if value is None]
        if start is None and "$.lines[0].start" not in missing:
            gaps.append("$.lines[0].start")
        missing.extend(gaps)
        if gaps or start is None or last is None:
            continue
        first = months_after(start, -WINDOW_MONTHS)
        back += share_within(amount, begins=begins, ends=ends, first=first, last=start - _ONE_DAY)
        forward += share_within(amount, begins=begins, ends=ends, first=start, last=last)

    total = own + max(back, forward)
    if missing:
        return Amount(None, tuple(dict.fromkeys(missing)), at_least=total)
    return _known(total)
