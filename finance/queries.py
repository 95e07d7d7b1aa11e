"""Reading the money: by line, as it stands or stood, and the rows behind every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, When

from finance.models import (
    Balance,
    Bucket,
    BudgetLine,
    ChainHead,
    Commitment,
    CommitmentStatus,
    FinancialYear,
    Funder,
    Kind,
    LedgerEntry,
)
from finance.rules import (
    AgendaSlot,
    AnnualBasis,
    Level,
    LineBaseline,
    Projection,
    ShareState,
    Thresholds,
    basis_text,
    headline,
    level_of,
    project,
    used_percent,
    year_of,
)

if TYPE_CHECKING:
    from people.models import User

LONDON = ZoneInfo("Europe/London")
# Each figure of a line is what some buckets hold; `budget` is what was taken out of the appropriation.
FIGURES: dict[str, tuple[Bucket, ...]] = {
    "budget": (Bucket.APPROPRIATION,),
    "pending": (Bucket.PENDING,),
    "committed": (Bucket.COMMITTED,),
    "accrued": (Bucket.ACCRUED,),
    "actual": (Bucket.ACTUAL,),
    "available": (Bucket.AVAILABLE,),
    "forecast": (Bucket.PENDING, Bucket.COMMITTED, Bucket.ACCRUED, Bucket.ACTUAL),
    "partners": (Bucket.PARTNER_COMMITTED, Bucket.PARTNER_ACTUAL),
}
ENDING_SOON_DAYS = 56
PENCE = BigIntegerField()


@dataclass(frozen=True, slots=True)
class LinePosition:
    """Where a budget line, or the total, stands. Whole pence."""

    line: BudgetLine | None
    name: str
    figures: Mapping[str, int]
    used: Decimal | None
    level: Level

    @property
    def variance(self) -> int:
        """Forecast less budget: positive is over."""
        return self.figures["forecast"] - self.figures["budget"]


@dataclass(frozen=True, slots=True)
class PartnerExposure:
    """What partners are expected to pay in a year, by state of agreement, and what it costs the council if not."""

    funder: Funder
    by_state: Mapping[ShareState, int]
    held_by_council: int

    @property
    def not_agreed(self) -> int:
        """Pence of shares that are not agreed."""
        return sum(pence for state, pence in self.by_state.items() if state != ShareState.AGREED)

    @property
    def extra(self) -> int:
        """Pence the council pays on top of what it already holds, if the funder does not agree."""
        return self.not_agreed - self.held_by_council


@dataclass(frozen=True, slots=True)
class FundsAvailable:
    """A year's money as it stands, or stood at an instant."""

    year: FinancialYear
    as_at: datetime | None
    lines: tuple[LinePosition, ...]
    total: LinePosition
    partners: tuple[PartnerExposure, ...]
    thresholds: Thresholds
    basis: str

    @property
    def headline(self) -> str:
        """The sentence that answers the question."""
        figures = self.total.figures
        return headline(budget=figures["budget"], available=figures["available"])

    @property
    def exposure(self) -> int:
        """What the council pays in the year if no share that is not agreed is ever paid."""
        return self.total.figures["committed"] + self.total.figures["actual"] + sum(p.extra for p in self.partners)


def end_of(day: date) -> datetime:
    """Return the last instant of a London day, so that an as-at read includes all of it."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON) - timedelta(microseconds=1)


def years_for(user: User) -> QuerySet[FinancialYear]:
    """Return the years somebody may look at, newest first."""
    return FinancialYear.objects.for_user(user).order_by("-begins")


def watermark(user: User) -> int:
    """Return the number of the last ledger row: reading up to it later gives the same figures again, exactly."""
    return ChainHead.objects.for_user(user).values_list("seq", flat=True).first() or 0


def posted_until(
    rows: QuerySet[LedgerEntry], *, as_at: datetime | None = None, upto: int | None = None
) -> QuerySet[LedgerEntry]:
    """Keep the rows known at an instant (included), or up to a watermark (included); both None keeps all."""
    if as_at is not None:
        rows = rows.filter(posted_at__lte=as_at)
    return rows.filter(seq__lte=upto) if upto is not None else rows


def funds_available(
    user: User, *, year: FinancialYear, as_at: datetime | None = None, upto: int | None = None
) -> FundsAvailable:
    """Say what is available by line, in four queries however many lines and rows there are.

    Args:
        user: who asks; sees the lines their scopes of `see_ledger` reach.
        year: of the same council.
        as_at: as it was known at this instant; None reads the balances as they stand.
        upto: as it was after this ledger row; exact where `as_at` is convenient.
    """
    lines = list(BudgetLine.objects.for_user(user).filter(year=year).select_related("owner"))
    held: dict[int, dict[str, int]] = {line.pk: {} for line in lines}
    sums: dict[str, int] = {}
    for (line_pk, bucket), pence in _cells(user, year, as_at=as_at, upto=upto).items():
        held.setdefault(line_pk, {})[bucket] = pence
        sums[bucket] = sums.get(bucket, 0) + pence
    return FundsAvailable(
        year=year,
        as_at=as_at,
        lines=tuple(_position(line, held[line.pk], year.thresholds) for line in lines),
        total=_position(None, sums, year.thresholds),
        partners=_partners(user, lines, as_at=as_at, upto=upto),
        thresholds=year.thresholds,
        basis=basis_text(AnnualBasis(year.annual_basis), year.begins),
    )


def _cells(user: User, year: FinancialYear, *, as_at: datetime | None, upto: int | None) -> dict[tuple[int, str], int]:
    """Return what each bucket of each line holds: from the balances, or from the rows when the past is asked for."""
    cells: dict[tuple[int, str], int] = {}
    if as_at is None and upto is None:
        kept = Balance.objects.for_user(user).filter(year=year)
        for line, bucket, pence in kept.values_list("budget_line_id", "bucket").annotate(Sum("pence")).order_by():
            cells[line, bucket] = int(pence)
        return cells
    rows = posted_until(LedgerEntry.objects.for_user(user).filter(year=year), as_at=as_at, upto=upto)
    moves = rows.values_list("budget_line_id", "from_bucket", "to_bucket").annotate(Sum("pence")).order_by()
    for line, source, target, pence in moves:
        cells[line, source] = cells.get((line, source), 0) - int(pence)
        cells[line, target] = cells.get((line, target), 0) + int(pence)
    return cells


def _position(line: BudgetLine | None, held: Mapping[str, int], thresholds: Thresholds) -> LinePosition:
    figures = {figure: sum(held.get(bucket, 0) for bucket in buckets) for figure, buckets in FIGURES.items()}
    figures["budget"] = -figures["budget"]
    budget, available = figures["budget"], figures["available"]
    level = level_of(budget=budget, available=available, thresholds=thresholds)
    name = line.name if line else "All budget lines"
    return LinePosition(line, name, figures, used_percent(budget, available), level)


def _partners(
    user: User, lines: Sequence[BudgetLine], *, as_at: datetime | None, upto: int | None
) -> tuple[PartnerExposure, ...]:
    """Return the partners' commitments on some lines by state: who the partners are, then only their rows.

    Lines and funders are named so that the index leads straight to those rows, however many others there are.
    """
    partners = {funder.pk: funder for funder in Funder.objects.for_user(user).filter(internal=False)}
    rows = posted_until(LedgerEntry.objects.for_user(user), as_at=as_at, upto=upto)
    rows = rows.filter(
        Q(kind=Kind.COMMIT) | Q(reverses__kind=Kind.COMMIT),
        year__in={line.year_id for line in lines},
        budget_line__in=[line.pk for line in lines],
        funder__in=partners,
    )
    moves = rows.values_list("funder_id", "share_state", "to_bucket", "from_bucket").annotate(Sum("pence")).order_by()
    states: dict[int, dict[ShareState, int]] = {}
    held: dict[int, int] = {}
    for pk, state, target, source, pence in moves:
        into = target in {Bucket.COMMITTED, Bucket.PARTNER_COMMITTED}
        signed = int(pence) if into else -int(pence)
        mine = states.setdefault(pk, dict.fromkeys(ShareState, 0))
        mine[ShareState(state)] += signed
        if Bucket.COMMITTED in {target, source}:
            held[pk] = held.get(pk, 0) + signed
    return tuple(PartnerExposure(partners[pk], states[pk], held.get(pk, 0)) for pk in partners if pk in states)


def rows_behind(
    user: User,
    *,
    year: FinancialYear,
    figure: str,
    line: BudgetLine | None = None,
    as_at: datetime | None = None,
    upto: int | None = None,
) -> QuerySet[LedgerEntry]:
    """Return the rows a number is made of, newest first, each with `signed` pence; their sum is the number.

    Raises:
        KeyError: there is no such figure.
    """
    buckets = FIGURES[figure]
    into, out_of = Q(to_bucket__in=buckets), Q(from_bucket__in=buckets)
    sign = -1 if figure == "budget" else 1
    rows = LedgerEntry.objects.for_user(user).filter(year=year)
    if line is not None:
        rows = rows.filter(budget_line=line)
    return (
        posted_until(rows, as_at=as_at, upto=upto)
        .filter(Q(into & ~out_of) | Q(out_of & ~into))
        .annotate(
            signed=Case(When(into, then=F("pence") * sign), default=F("pence") * -sign, output_field=BigIntegerField())
        )
        .select_related("budget_line", "funder", "commitment", "posted_by", "reverses")
        .order_by("-seq")
    )


def sum_of(rows: QuerySet[LedgerEntry]) -> int:
    """Add up `signed` pence of `rows_behind`."""
    return int(rows.aggregate(sum=Sum("signed"))["sum"] or 0)


def baselines(user: User, *, on: date) -> dict[str, LineBaseline]:
    """Return where every line stands this year and next, by code; one query."""
    begins = year_of(on)
    kept = (
        Balance.objects.for_user(user)
        .filter(year__begins__in=[begins, begins + 1], bucket__in=[Bucket.AVAILABLE, Bucket.APPROPRIATION])
        .values_list("budget_line__code", "year__begins", "bucket")
        .annotate(Sum("pence"))
        .order_by()
    )
    found: dict[str, dict[tuple[int, str], int]] = {}
    for code, year, bucket, pence in kept:
        found.setdefault(code, {})[year - begins, bucket] = int(pence)
    return {
        code: LineBaseline(
            budget=-cells.get((0, Bucket.APPROPRIATION), 0),
            available=cells.get((0, Bucket.AVAILABLE), 0),
            next_year_budget=-cells.get((1, Bucket.APPROPRIATION), 0),
            next_year_available=cells.get((1, Bucket.AVAILABLE), 0),
        )
        for code, cells in found.items()
    }


def effect_of_agenda(user: User, *, slots: Sequence[AgendaSlot], choices: Mapping[str, str], on: date) -> Projection:
    """Project an agenda's cases onto the money as it stands; two queries, nothing written."""
    year = FinancialYear.objects.for_user(user).filter(begins=year_of(on)).first()
    thresholds = year.thresholds if year else Thresholds()
    return project(baselines(user, on=on), slots, choices, thresholds=thresholds)


def ending_soon(user: User, *, on: date, days: int = ENDING_SOON_DAYS) -> QuerySet[Commitment]:
    """Return live commitments whose last day is from a day on until `days` later, both included, soonest first."""
    return (
        Commitment.objects.for_user(user)
        .filter(status=CommitmentStatus.ACTIVE, expected_end__gte=on, expected_end__lte=on + timedelta(days=days))
        .select_related("budget_line")
        .order_by("expected_end", "id")
    )
