"""Years and budgets: opened, loaded, moved between lines, closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from finance.models import Bucket, BudgetLine, FinancialYear, Funder, Kind, LedgerEntry, YearState
from finance.rules import AnnualBasis, BudgetRow, digest
from people import services as people_services
from people.models.record import Verb

from .posting import Transfer, lock_head, post
from .purchase import funders_for, year_row

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from people.models import Council, User


@transaction.atomic
def open_year(
    *,
    council: Council,
    begins: int,
    by: User,
    at: datetime,
    warn_percent: Decimal | None = None,
    warn_pence: int | None = None,
    annual_basis: AnnualBasis = AnnualBasis.EXACT_DAYS,
) -> FinancialYear:
    """Make a year ready for postings and say when the council wants to be warned in it.

    Args:
        council: whose year.
        begins: the calendar year of its 1 April.
        by: who says so.
        at: when, aware.
        warn_percent: at risk from this per cent used, included; None when the council has not said.
        warn_pence: at risk below this available; None when the council has not said.
        annual_basis: how annual figures are worked out and what is printed beside them.
    """
    lock_head(council)
    year = FinancialYear.objects.filter(council=council, begins=begins).first() or year_row(
        council, begins, store=False
    )
    year.warn_percent, year.warn_pence, year.annual_basis = warn_percent, warn_pence, annual_basis
    year.state = YearState.OPEN
    year.save()
    _record(council, "year.opened", year.label, by=by, at=at, facts={"basis": annual_basis})
    return year


@transaction.atomic
def close_year(*, year: FinancialYear, by: User, at: datetime) -> FinancialYear:
    """Close a year: from now on nothing is posted to it; what belongs to it goes to the first open year."""
    lock_head(year.council)
    year.state = YearState.CLOSED
    year.save(update_fields=["state"])
    _record(year.council, "year.closed", year.label, by=by, at=at, facts={})
    return year


@transaction.atomic
def load_budget(
    *,
    council: Council,
    year: int,
    rows: Sequence[BudgetRow],
    source_ref: str,
    by: User,
    at: datetime,
    owner: User | None = None,
) -> list[LedgerEntry]:
    """Load budgets onto lines, making what is not there; the same source twice adds nothing.

    Args:
        council: whose budget.
        year: the calendar year of the financial year's 1 April.
        rows: a line may appear once.
        source_ref: where the figures come from; with the line's code it is the key against loading twice.
        by: who loads.
        at: when, aware.
        owner: who answers for these lines; None leaves it as it is.

    Returns:
        The ledger rows added.

    Raises:
        PeriodClosedError: the year is closed.
    """
    head = lock_head(council)
    known = {known.begins: known for known in FinancialYear.objects.filter(council=council)}
    before = max((begins for begins in known if begins < year), default=year)
    stored_year = known.get(year) or year_row(council, year, store=True, like=known.get(before))
    lines = {line.code: line for line in BudgetLine.objects.filter(year=stored_year)}
    for row in rows:
        line = lines.setdefault(row.code, BudgetLine(council=council, year=stored_year, code=row.code))
        line.name, line.cost_centre = row.name, row.cost_centre or line.cost_centre
        if row.categories is not None:
            line.categories = list(row.categories)
        line.owner = owner or line.owner
        line.save()
    funders, _ = funders_for(council, [Funder.OWN], store=True)
    transfers = [
        Transfer(
            kind=Kind.BUDGET,
            source=Bucket.APPROPRIATION,
            target=Bucket.AVAILABLE,
            pence=row.pence,
            line=lines[row.code],
            funder=funders[Funder.OWN],
            key=digest("budget", council.pk, year, row.code, source_ref),
            source_ref=source_ref,
        )
        for row in rows
    ]
    entries = post(head, transfers, by=by, at=at, batch=digest("budget", year, source_ref)[:32])
    if entries:
        facts = {"source": source_ref, "rows": [entry.seq for entry in entries]}
        _record(council, "budget.loaded", stored_year.label, by=by, at=at, facts=facts)
    return entries


@transaction.atomic
def move_budget(
    *, source: BudgetLine, target: BudgetLine, pence: int, reason: str, source_ref: str, by: User, at: datetime
) -> list[LedgerEntry]:
    """Move budget from one line to another of the same year; the year's total stays.

    Raises:
        ValueError: the lines are of different years or councils, or the amount is not above nothing.
        PeriodClosedError: the year is closed.
    """
    if pence <= 0 or source.year_id != target.year_id:
        raise ValueError("A virement moves more than nothing between two lines of one year.")
    council = source.council
    head = lock_head(council)
    funders, _ = funders_for(council, [Funder.OWN], store=True)
    transfers = [
        Transfer(
            kind=Kind.VIREMENT,
            source=Bucket.APPROPRIATION,
            target=Bucket.AVAILABLE,
            pence=amount,
            line=line,
            funder=funders[Funder.OWN],
            key=digest("virement", council.pk, source_ref, line.pk),
            source_ref=source_ref,
            narrative=reason,
        )
        for line, amount in ((source, -pence), (target, pence))
    ]
    entries = post(head, transfers, by=by, at=at, batch=digest("virement", source_ref)[:32])
    if entries:
        facts = {"source": source_ref, "rows": [entry.seq for entry in entries], "pence": pence}
        _record(council, "budget.moved", source.code, by=by, at=at, facts=facts)
    return entries


@transaction.atomic
def register_funders(
    *,
    council: Council,
    partners: Sequence[tuple[str, str]],
    own: Sequence[tuple[str, str]] = (),
    by: User,
    at: datetime,
) -> dict[str, Funder]:
    """Say who can pay: (code, name) of partners and of the council's own funds; those known are renamed."""
    lock_head(council)
    wanted = [(code, name, False) for code, name in partners]
    wanted += [(code, name, True) for code, name in ((Funder.OWN, "Council"), *own)]
    made = {}
    for code, name, internal in wanted:
        made[code], _ = Funder.objects.update_or_create(
            council=council, code=code, defaults={"name": name, "internal": internal}
        )
    _record(council, "funders.registered", "funders", by=by, at=at, facts={"codes": sorted(made)})
    return made


def _record(council: Council, action: str, ref: str, *, by: User, at: datetime, facts: Mapping[str, object]) -> None:
    people_services.record(
        council=council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=action,
        subject="budget",
        subject_ref=ref,
        facts=facts,
    )


__all__ = ["BudgetRow", "close_year", "load_budget", "move_budget", "open_year", "register_funders"]
