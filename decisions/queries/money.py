"""What agreed lines would cost and leave: the same computation as the posting, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from applications.models import ResourceLine
from finance.models import EndBasis, Funder
from finance.rules import Share, ShareMode, ShareState, Unit, day_before_birthday, half_up
from finance.services import AskedFor, MoneySnapshot, what_they_would_cost
from panels.rules.money import by_days, by_months

if TYPE_CHECKING:
    from datetime import datetime

    from applications.models import Application

MONTHS_IN_YEAR, DAYS_IN_WEEK, DAYS_IN_YEAR = 12, 7, 365
ADULT_AGE = 18


OWN_SHARE = "social_care"  # the word of a case for the council itself among those who fund jointly


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedLine:
    """One resource as the panel agrees it.

    Attributes:
        pence: whole pence of `unit` (`one_off`, `weekly`, `monthly`).
        asked_pence: what the request asked for, in the same unit.
        start: first day, charged.
        end: last day, charged; None for a line without known end.
        line_id: the request's line it answers.
        shares: who pays which hundredths by the policy, proposed; none where the council pays it all.
    """

    line_id: int
    category: str
    description: str
    provider: str
    unit: str
    pence: int
    asked_pence: int | None
    start: date
    end: date | None
    asked_end: date | None = None
    is_open_ended: bool = False
    shares: tuple[tuple[str, int], ...] = ()

    @property
    def label(self) -> str:
        """What the line is called on screens and sheets."""
        return self.description or self.category.replace("_", " ").capitalize()

    @property
    def is_changed(self) -> bool:
        """Whether the panel agrees another price or end than was asked for."""
        return self.pence != self.asked_pence or self.end != self.asked_end


def as_requested(application: Application) -> list[AgreedLine]:
    """The lines of a request as they would be agreed unchanged; lines without a price or a start are left out."""
    return [
        AgreedLine(
            line_id=line.pk,
            category=line.category,
            description=line.description,
            provider=line.provider,
            unit=line.unit,
            pence=line.pence,
            asked_pence=line.pence,
            start=line.start,
            end=line.end,
            asked_end=line.end,
            is_open_ended=line.is_open_ended,
        )
        for line in application.lines.all()
        if line.pence is not None and line.start is not None and line.unit
    ]


def line_total(*, unit: str, pence: int | None, start: date | None, end: date | None) -> int | None:
    """The whole cost of a line in pence, both days counted, rounded once; None while it cannot be known."""
    if pence is None:
        return None
    if unit == ResourceLine.Unit.ONE_OFF:
        return pence
    if start is None or end is None:
        return None
    return by_days(pence, start, end) if unit == ResourceLine.Unit.WEEKLY else by_months(pence, start, end)


def weekly_of_monthly(pence: int) -> int:
    """A monthly price as the week's share of its year: × 12 × 7 ÷ 365, half a penny up."""
    return half_up(Fraction(pence * MONTHS_IN_YEAR * DAYS_IN_WEEK, DAYS_IN_YEAR))


def purchase_of(application: Application, line: AgreedLine) -> AskedFor:
    """What finance is asked for one agreed line. A line without end is reckoned to the day before the 18th birthday."""
    born = application.child.date_of_birth
    end, basis = line.end, EndBasis.AGREED
    if end is None and line.unit != ResourceLine.Unit.ONE_OFF:
        basis = EndBasis.ASSUMED_HORIZON
        last = day_before_birthday(born, ADULT_AGE) if born else None
        if last is not None and last >= line.start:
            end, basis = last, EndBasis.EIGHTEENTH_BIRTHDAY
    if line.unit == ResourceLine.Unit.ONE_OFF:
        unit, pence, end = Unit.ONE_OFF, line.pence, line.end or line.start
    elif line.unit == ResourceLine.Unit.MONTHLY:
        unit, pence = Unit.WEEK, weekly_of_monthly(line.pence)
    else:
        unit, pence = Unit.WEEK, line.pence
    return AskedFor(
        case_reference=application.reference,
        child_reference=application.child.reference,
        provider=line.provider,
        service_type=line.category,
        category=line.category,
        start=line.start,
        expected_end=end,
        end_basis=basis,
        unit=unit.value,
        rate_pence=pence,
        splits=[
            Share(Funder.OWN if funder == OWN_SHARE else funder, ShareMode.PERCENT, Decimal(part), ShareState.NOT_ASKED)
            for funder, part in line.shares
        ],
        underwrite=bool(line.shares),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePosition:
    """One budget line before and after, in pence."""

    code: str
    budget_line: str
    budget_pence: int
    available_before_pence: int
    available_after_pence: int
    this_year_pence: int
    next_year_pence: int

    @property
    def is_over(self) -> bool:
        """Whether the line is overspent afterwards."""
        return self.available_after_pence < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What agreeing several lines does, budget line by budget line and in all; whole pence."""

    positions: tuple[LinePosition, ...]
    this_year_pence: int
    next_year_pence: int
    annualised_pence: int
    basis: str
    weeks: tuple[str, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The effect as decisions keep it and sheets show it."""
        return {
            "lines": [asdict(position) for position in self.positions],
            "this_year_pence": self.this_year_pence,
            "next_year_pence": self.next_year_pence,
            "annualised_pence": self.annualised_pence,
            "basis": self.basis,
            "warnings": list(self.warnings),
        }


def effect_of(application: Application, lines: Sequence[AgreedLine], *, at: datetime) -> Effect:
    """Work out what agreeing lines would do, and write nothing."""
    return combined(would_cost(application, lines, at=at))


def would_cost(application: Application, lines: Sequence[AgreedLine], *, at: datetime) -> list[MoneySnapshot]:
    """What each of several agreed lines would commit by itself, now."""
    asked = [purchase_of(application, line) for line in lines]
    return what_they_would_cost(council=application.council, at=at, asked=asked)


def combined(shots: Sequence[MoneySnapshot]) -> Effect:
    """Add up snapshots taken before anything of this decision was posted: lines share what is left of a budget line."""
    positions: dict[str, LinePosition] = {}
    for shot in shots:
        seen = positions.get(shot.line_code)
        if seen is None:
            positions[shot.line_code] = LinePosition(
                code=shot.line_code,
                budget_line=shot.line_name,
                budget_pence=shot.budget,
                available_before_pence=shot.available_before,
                available_after_pence=shot.available_before - shot.in_year,
                this_year_pence=shot.in_year,
                next_year_pence=shot.next_year,
            )
        else:
            positions[shot.line_code] = replace(
                seen,
                available_after_pence=seen.available_after_pence - shot.in_year,
                this_year_pence=seen.this_year_pence + shot.in_year,
                next_year_pence=seen.next_year_pence + shot.next_year,
            )
    said = [f"{p.budget_line} would be overspent." for p in positions.values() if p.is_over]
    said += [text for shot in shots for text in shot.warnings]
    return Effect(
        positions=tuple(positions.values()),
        this_year_pence=sum(s.in_year for s in shots),
        next_year_pence=sum(s.next_year for s in shots),
        annualised_pence=sum(s.annualised for s in shots),
        basis=shots[0].basis if shots else "",
        weeks=tuple(s.weeks for s in shots),
        warnings=tuple(dict.fromkeys(said)),
    )


def lines_json(lines: Sequence[AgreedLine], shots: Sequence[MoneySnapshot]) -> list[dict[str, Any]]:
    """Each line as decisions keep it: what was agreed, what was asked, its money this year and next."""
    return [
        {
            "line_id": line.line_id,
            "category": line.category,
            "label": line.label,
            "description": line.description,
            "provider": line.provider,
            "unit": line.unit,
            "pence": line.pence,
            "asked_pence": line.asked_pence,
            "start": line.start.isoformat(),
            "end": line.end.isoformat() if line.end else None,
            "asked_end": line.asked_end.isoformat() if line.asked_end else None,
            "is_open_ended": line.is_open_ended,
            "shares": [list(share) for share in line.shares],
            "days": (line.end - line.start).days + 1 if line.end else None,
            "total_pence": posted_pence(shot) if line.end or line.unit == ResourceLine.Unit.ONE_OFF else None,
            "this_year_pence": shot.in_year,
            "next_year_pence": shot.next_year,
        }
        for line, shot in zip(lines, shots, strict=True)
    ]


def posted_pence(shot: MoneySnapshot) -> int:
    """Everything a line commits, in pence: the rows of the ledger added up, each financial year rounded by itself."""
    return shot.in_year + shot.next_year + shot.other_years


def lines_from_json(stored: Sequence[dict[str, Any]]) -> list[AgreedLine]:
    """Read back agreed lines from a decision."""
    return [
        AgreedLine(
            line_id=row["line_id"],
            category=row["category"],
            description=row["description"],
            provider=row["provider"],
            unit=row["unit"],
            pence=row["pence"],
            asked_pence=row["asked_pence"],
            start=date.fromisoformat(row["start"]),
            end=date.fromisoformat(row["end"]) if row["end"] else None,
            asked_end=date.fromisoformat(row["asked_end"]) if row.get("asked_end") else None,
            is_open_ended=row["is_open_ended"],
            shares=tuple((funder, part) for funder, part in row.get("shares", [])),
        )
        for row in stored
    ]


def with_dates(stored: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines as kept, with days as dates for pages to write out."""
    days = ("start", "end", "asked_end")
    return [row | {day: date.fromisoformat(row[day]) if row.get(day) else None for day in days} for row in stored]
