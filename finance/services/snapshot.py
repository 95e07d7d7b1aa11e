"""The money of one decision as it stood and as it became: shown before, stored with, and equal to what was posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst

from finance.rules import (
    AnnualBasis,
    Level,
    ShareState,
    annualised,
    basis_text,
    half_up,
    level_of,
    money,
    own_weekly_pence,
    used_percent,
    weekly_pence,
    weeks_shown,
    year_label,
)

from .purchase import PlannedRow, Purchase

if TYPE_CHECKING:
    from finance.models import BudgetLine, FinancialYear, Funder

    from .books import Books
    from .purchase import Lines


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One row, posted or to be posted: whole pence for days, both ends counted."""

    year: str
    line: str
    funder: str
    state: str
    on_council: bool
    first_day: str
    last_day: str
    days: int
    pence: int


@dataclass(frozen=True, slots=True)
class Check:
    """One budget check: a line or the total of a year, after the decision. Checks warn, they never refuse."""

    scope: str
    year: str
    name: str
    level: str
    level_words: str
    budget: int
    available: int
    used_percent: str
    threshold: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySnapshot:
    """What a decision does to the money. Everything is whole pence; `*_gross` counts all funders.

    Attributes:
        in_year: held against the council's line in the year of the decision, on known dates and rates.
        next_year: the same for the year after; not the same thing as `annualised`.
        other_years: held against the council's lines in any other year.
        annualised: the council's weekly cost over a whole year, end dates ignored; print `basis` beside it.
        partner_by_state: pence of this year's partner shares by state of agreement.
        exposure: what the council pays this year if no share that is not agreed is ever paid.
        watermark: the last ledger row before this one; reading up to it gives `available_before` again.
    """

    line_code: str
    line_name: str
    this_year: str
    following_year: str
    budget: int
    available_before: int
    available_after: int
    next_year_available_before: int
    next_year_available_after: int
    in_year: int
    in_year_gross: int
    next_year: int
    next_year_gross: int
    other_years: int
    days: int
    weeks: str
    weekly: int
    weekly_gross: int
    annualised: int
    annualised_gross: int
    basis: str
    day_rule: str
    partner_by_state: Mapping[str, int]
    partner_agreed: int
    partner_not_agreed: int
    exposure: int
    rows: tuple[SnapshotRow, ...]
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]
    watermark: int

    @property
    def sentence(self) -> str:
        """Say in plain words what confirming does."""
        return (
            f"Commits {money(self.in_year)} this year and {money(self.next_year)} next year. "
            f"{self.weeks} weeks. {money(self.available_after)} left on this line."
        )

    def as_json(self) -> dict[str, Any]:
        """Return plain data for storing with the decision."""
        return {name: _listed(value) for name, value in asdict(self).items()} | {"sentence": self.sentence}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> MoneySnapshot:
        """Read back what `as_json` wrote."""
        facts = {name: value for name, value in stored.items() if name != "sentence"}
        facts["rows"] = tuple(SnapshotRow(**row) for row in facts["rows"])
        facts["checks"] = tuple(Check(**check) for check in facts["checks"])
        facts["warnings"] = tuple(facts["warnings"])
        return cls(**facts)


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def snapshot_of(
    books: Books,
    *,
    purchase: Purchase,
    rows: Sequence[PlannedRow],
    lines: Lines,
    funders: Mapping[str, Funder],
    unknown_funders: Sequence[str],
    this_year: int,
) -> MoneySnapshot:
    """Work out the money of a purchase from the rows it posts and what the lines hold now.

    The caller holds the locks when it is about to post; without them the figures are as good as the moment.
    """
    now, following = lines.of(lines.posting_year[this_year]), lines.of(lines.posting_year[this_year + 1])
    council_rows = [row for row in rows if row.on_council]
    in_year = sum(row.pence for row in council_rows if row.year == now.year.begins)
    next_year = sum(row.pence for row in council_rows if row.year == following.year.begins)
    this_years = [row for row in rows if row.year == now.year.begins]
    partner = [row for row in this_years if not funders[row.funder].internal]
    by_state = {state.value: sum(r.pence for r in partner if r.state is state) for state in ShareState}
    not_agreed = sum(row.pence for row in partner if row.state is not ShareState.AGREED)
    terms = purchase.terms(this_year)
    own = frozenset(code for code, funder in funders.items() if funder.internal)
    gross_weekly, own_weekly = weekly_pence(terms, purchase.start), own_weekly_pence(terms, purchase.start, own)
    basis = AnnualBasis(now.year.annual_basis)
    days = sum({row.span: row.days for row in this_years}.values())
    checks = _checks(books, now=now, following=following, in_year=in_year, next_year=next_year)
    return MoneySnapshot(
        line_code=lines.code,
        line_name=now.name,
        this_year=now.year.label,
        following_year=following.year.label,
        budget=books.budget(now),
        available_before=books.available(now),
        available_after=books.available(now) - in_year,
        next_year_available_before=books.available(following),
        next_year_available_after=books.available(following) - next_year,
        in_year=in_year,
        in_year_gross=sum(row.pence for row in this_years),
        next_year=next_year,
        next_year_gross=sum(row.pence for row in rows if row.year == following.year.begins),
        other_years=sum(row.pence for row in council_rows) - in_year - next_year,
        days=days,
        weeks=weeks_shown(days),
        weekly=half_up(own_weekly),
        weekly_gross=half_up(gross_weekly),
        annualised=annualised(own_weekly, year=this_year, basis=basis),
        annualised_gross=annualised(gross_weekly, year=this_year, basis=basis),
        basis=basis_text(basis, this_year),
        day_rule="first and last day both counted" if purchase.count_last_day else "the last day is not charged",
        partner_by_state={state: pence for state, pence in by_state.items() if pence},
        partner_agreed=by_state[ShareState.AGREED.value],
        partner_not_agreed=not_agreed,
        exposure=sum(r.pence for r in this_years if funders[r.funder].internal) + not_agreed,
        rows=tuple(_row(row, lines) for row in rows),
        checks=checks,
        warnings=(
            *(check.message for check in checks if check.level != Level.INSIDE),
            *_warnings(purchase, rows=rows, lines=lines, funders=funders, unknown=unknown_funders),
        ),
        watermark=books.watermark,
    )


def _row(row: PlannedRow, lines: Lines) -> SnapshotRow:
    return SnapshotRow(
        year=year_label(row.year),
        line=lines.code,
        funder=row.funder,
        state=row.state.value,
        on_council=row.on_council,
        first_day=row.span.first.isoformat(),
        last_day=row.span.last.isoformat(),
        days=row.days,
        pence=row.pence,
    )


def _checks(books: Books, *, now: BudgetLine, following: BudgetLine, in_year: int, next_year: int) -> tuple[Check, ...]:
    total_budget, total_available = books.total(now.year)
    made = [
        _check("line", now.year, now.name, books.budget(now), books.available(now) - in_year),
        _check("total", now.year, "All budget lines", total_budget, total_available - in_year),
    ]
    if books.budget(following) and next_year:
        left = books.available(following) - next_year
        made.append(_check("line", following.year, following.name, books.budget(following), left))
    return tuple(made)


def _check(scope: str, year: FinancialYear, name: str, *figures: int) -> Check:
    budget, available = figures
    level = level_of(budget=budget, available=available, thresholds=year.thresholds)
    percent = used_percent(budget, available)
    used = f" ({percent}% used)" if percent is not None else ""
    left = f"{money(available)} left" if available >= 0 else f"{money(-available)} over"
    threshold = year.thresholds.words
    return Check(
        scope=scope,
        year=year.label,
        name=name,
        level=level.value,
        level_words=level.words,
        budget=budget,
        available=available,
        used_percent=str(percent) if percent is not None else "",
        threshold=threshold,
        message=f"{level.words}: {name} {year.label}, {left} of {money(budget)}{used}; {threshold}.",
    )


def _warnings(
    purchase: Purchase,
    *,
    rows: Sequence[PlannedRow],
    lines: Lines,
    funders: Mapping[str, Funder],
    unknown: Sequence[str],
) -> list[str]:
    said = []
    if lines.is_unallocated:
        kind = (purchase.category or purchase.service_type).replace("_", " ")
        said.append(f"No budget line takes {kind}; the cost is held on a line of its own until it is allocated.")
    named = (capfirst(code.replace("_", " ")) for code in unknown)
    said += [f"{name} is not a known funder; its share is held against the council’s line." for name in named]
    for share in purchase.shares:
        funder = funders[share.funder]
        pence = sum(row.pence for row in rows if row.funder == share.funder)
        if not funder.internal and share.state is not ShareState.AGREED:
            state = share.state.value.replace("_", " ").lower()
            where = "It is held against the council's line until it is agreed." if purchase.underwrite else ""
            said.append(
                f"{funder.name}: share of {money(pence)} is {state}. If it is not agreed, the council pays it. {where}"
            )
        if share.expires and share.expires < max((row.span.last for row in rows), default=purchase.start):
            said.append(f"{funder.name}: the agreement ends on {share.expires:%-d %B %Y}, before the cost does.")
    if purchase.expected_end is None:
        said.append("No end is known; the cost is worked out to the end of next year.")
    if any(lines.posting_year.get(year) != year for year in lines.posting_year):
        said.append("Part of the cost belongs to a closed year and is posted to the first open one.")
    return [text.strip() for text in said]


__all__ = ["Check", "MoneySnapshot", "SnapshotRow", "snapshot_of"]
