"""What is to be bought, on which lines it falls, and the rows it would post.

The one computation behind the confirm page and the posting, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Required, TypedDict

from django.utils import timezone

from finance.models import BudgetLine, EndBasis, FinancialYear, Funder, YearState
from finance.rules import (
    Rate,
    Segment,
    Share,
    ShareState,
    Span,
    Split,
    Terms,
    Unit,
    digest,
    segments,
    with_remainder,
    year_of,
    year_span,
)

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import Council

    from .books import Books

UNALLOCATED = "UNALLOCATED"


class AskedFor(TypedDict, total=False):
    """The keyword arguments that say what is bought.

    `rate_pence` is pence per `unit`; `quantity` is units per week for WEEK, DAY, NIGHT and HOUR and units in all for
    ONE_OFF and TERM. `start` and `expected_end` are both charged (unless `count_last_day` is False); no
    `expected_end` means no end is known. `splits` are the funders' shares from the first day; empty means that the
    council pays it all. `budget_line` may be of any year; without one, `category` (or else `service_type`) finds it.
    With `underwrite`, shares that are not agreed are held against the council's line until they are.
    """

    case_reference: str
    child_reference: str
    provider: str
    service_type: Required[str]
    budget_line: BudgetLine | None
    category: str | None
    start: Required[date]
    expected_end: date | None
    end_basis: str | None
    unit: str
    rate_pence: Required[int]
    quantity: Decimal
    splits: Sequence[Share]
    underwrite: bool
    count_last_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What is bought; the meaning of each field stands in `AskedFor`."""

    service_type: str
    start: date
    rate_pence: int
    case_reference: str = ""
    child_reference: str = ""
    provider: str = ""
    budget_line: BudgetLine | None = None
    category: str | None = None
    expected_end: date | None = None
    end_basis: str | None = None
    unit: str = Unit.WEEK
    quantity: Decimal = Decimal(1)
    splits: Sequence[Share] = ()
    underwrite: bool = False
    count_last_day: bool = True

    def __post_init__(self) -> None:
        if self.rate_pence < 0 or self.quantity <= 0:
            raise ValueError("A price cannot be negative and a quantity must be more than nothing.")
        if self.expected_end is not None and self.expected_end < self.start:
            raise ValueError("The end is before the start.")
        with_remainder(self.splits, Funder.OWN)  # refuses an impossible split

    @property
    def basis_of_end(self) -> EndBasis:
        """Why it is taken to end when it does."""
        if self.end_basis:
            return EndBasis(self.end_basis)
        return EndBasis.AGREED if self.expected_end else EndBasis.ASSUMED_HORIZON

    @property
    def shares(self) -> tuple[Share, ...]:
        """The shares, completed so that somebody takes the rest."""
        return with_remainder(self.splits, Funder.OWN)

    @property
    def terms_hash(self) -> str:
        """One text for everything asked for, to tell a repeat from a different request."""
        said = {name: value for name, value in _plain(self).items() if name != "budget_line"}
        code = self.budget_line.code if self.budget_line else None
        return digest(said, code)

    def terms(self, this_year: int) -> Terms:
        """Return what the cost follows from, up to 31 March of the year after the later of now and the start."""
        return Terms(
            start=self.start,
            expected_end=self.expected_end,
            horizon=year_span(max(this_year, year_of(self.start)) + 1).last,
            rates=(Rate(self.start, self.rate_pence, self.quantity, Unit(self.unit)),),
            splits=(Split(self.start, self.shares),),
            own=Funder.OWN,
            count_last_day=self.count_last_day,
        )


def _plain(purchase: Purchase) -> dict[str, object]:
    said: dict[str, object] = {name: getattr(purchase, name) for name in Purchase.__slots__}
    said["splits"] = [
        [share.funder, share.mode, f"{share.value.normalize():f}", share.state, share.reference, share.expires]
        for share in purchase.splits
    ]
    said["quantity"] = f"{purchase.quantity.normalize():f}"
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """One row that would be posted.

    Attributes:
        year: the financial year it is posted to (a closed year's cost goes to the first open one).
        on_council: whether it is held against the council's own line.
        pence: positive; a penny may run back (negative) where cumulative rounding takes it back.
    """

    year: int
    funder: str
    state: ShareState
    on_council: bool
    span: Span
    pence: int
    rate_from: date
    split_from: date | None

    @property
    def days(self) -> int:
        """Days it is for, both ends counted."""
        return self.span.days


@dataclass(frozen=True, slots=True)
class Lines:
    """The same budget line in each year that is posted to. In a dry run those not yet there are not stored."""

    code: str
    by_year: dict[int, BudgetLine]
    posting_year: dict[int, int]
    is_unallocated: bool

    def of(self, year: int) -> BudgetLine:
        """Return the line of a posting year."""
        return self.by_year[year]


def today_of(at: datetime) -> date:
    """Return the day in London at an instant."""
    return timezone.localdate(at)


def lines_for(books: Books, *, purchase: Purchase, years: Sequence[int], this_year: int, store: bool) -> Lines:
    """Find the budget line in every year, making those that are not there, which are stored when `store` is True.

    A line nobody has loaded a budget for is made with none: a decision is recorded and the line is over budget,
    which is then said. It is never refused.
    """
    code = purchase.budget_line.code if purchase.budget_line else None
    model = purchase.budget_line
    if code is None:
        model = _line_of_category(books.lines, purchase.category or purchase.service_type, this_year)
        code = model.code if model else UNALLOCATED
    there = {line.year.begins: line for line in books.lines if line.code == code}
    posting = {year: _first_open(books, year) for year in sorted({*years, this_year, this_year + 1})}
    for year in sorted(set(posting.values())):
        if year not in there:
            line = BudgetLine(
                council=books.council,
                year=books.year(year) or year_row(books.council, year, store=store, like=books.year_before(year)),
                code=code,
                name=model.name if model else "Not yet allocated to a budget line",
                cost_centre=model.cost_centre if model else "",
                categories=model.categories if model else [],
                owner=model.owner if model else None,
            )
            if store:
                line.save()
            books.add(line)
            there[year] = line
    return Lines(code, there, posting, is_unallocated=model is None)


def _line_of_category(stored: Sequence[BudgetLine], category: str, this_year: int) -> BudgetLine | None:
    """Find this year's line for a kind of service, else the newest line that ever had it."""
    fits = [line for line in stored if category in (line.code, *line.categories)]
    now = [line for line in fits if line.year.begins == this_year]
    return next(iter([*now, *fits]), None)


def _first_open(books: Books, begins: int) -> int:
    year = books.year(begins)
    while year is not None and year.state == YearState.CLOSED:
        begins += 1
        year = books.year(begins)
    return begins


def year_row(council: Council, begins: int, *, store: bool, like: FinancialYear | None = None) -> FinancialYear:
    """Make a financial year with the settings of the newest year before it."""
    span = year_span(begins)
    year = FinancialYear(council=council, begins=begins, start=span.first, end=span.last)
    if like:
        year.warn_percent, year.warn_pence, year.annual_basis = like.warn_percent, like.warn_pence, like.annual_basis
    if store:
        year.save()
    return year


def funders_for(council: Council, codes: Sequence[str], *, store: bool) -> tuple[dict[str, Funder], list[str]]:
    """Find funders by code, and say which were not known.

    An unknown one counts as the council's own until somebody says that it is a partner: the prudent mistake. The
    council itself is nobody else, so where nothing is stored its row need not be read.
    """
    wanted = {code for code in codes if store or code != Funder.OWN}
    known = {funder.code: funder for funder in Funder.objects.filter(council=council, code__in=wanted)}
    unknown = [code for code in dict.fromkeys(codes) if code not in known]
    for code in unknown:
        name = "Council" if code == Funder.OWN else code
        known[code] = Funder(council=council, code=code, name=name, internal=True)
        if store:
            known[code].save()
    return known, [code for code in unknown if code != Funder.OWN]


def planned_rows(
    pieces: Sequence[Segment], *, funders: dict[str, Funder], posting_year: dict[int, int], underwrite: bool
) -> list[PlannedRow]:
    """Turn segments into rows: one per segment and funder, nothing for nothing."""
    rows = []
    for piece in pieces:
        for portion in piece.portions:
            share = portion.share
            internal = funders[share.funder].internal
            rows.append(
                PlannedRow(
                    year=posting_year[piece.year],
                    funder=share.funder,
                    state=ShareState.AGREED if internal else share.state,
                    on_council=internal or (underwrite and share.state is not ShareState.AGREED),
                    span=piece.span,
                    pence=portion.pence,
                    rate_from=piece.rate.effective_from,
                    split_from=piece.split_from,
                )
            )
    return [row for row in rows if row.pence]


def segments_of(purchase: Purchase, this_year: int) -> list[Segment]:
    """Cost a purchase in pieces."""
    return segments(purchase.terms(this_year))


__all__ = [
    "UNALLOCATED",
    "AskedFor",
    "Lines",
    "PlannedRow",
    "Purchase",
    "funders_for",
    "lines_for",
    "planned_rows",
    "segments_of",
    "today_of",
    "year_row",
]
