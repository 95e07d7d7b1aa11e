"""Undoing: a reversal is a new row, opposite to the one it names; what money remains committed is settled after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finance.models import Bucket, BudgetLine, FinancialYear, Funder, Kind, LedgerEntry, YearState
from finance.rules import ShareState, Span, digest

from .posting import Transfer, post
from .purchase import year_row

if TYPE_CHECKING:
    from datetime import datetime

    from finance.models import ChainHead, Commitment
    from people.models import User

OWN = (Bucket.AVAILABLE, Bucket.COMMITTED, Bucket.ACTUAL)
PARTNER = (Bucket.PARTNER_EXPECTED, Bucket.PARTNER_COMMITTED, Bucket.PARTNER_ACTUAL)


def open_entries(commitment: Commitment) -> list[LedgerEntry]:
    """Return the rows by which a commitment is committed now: those that no row reverses."""
    return list(
        LedgerEntry.objects.filter(commitment=commitment, kind=Kind.COMMIT, reversed_by__isnull=True)
        .select_related("budget_line__year", "funder", "rate_version", "split_version", "commitment")
        .order_by("seq")
    )


def reversals(entries: Iterable[LedgerEntry], *, source_ref: str, reason: str) -> list[Transfer]:
    """Return the transfers that undo rows, for the same days, in the same year or else the first open one.

    Raises:
        ValueError: a row is itself a reversal; post a new entry instead.
    """
    made = []
    taking = OpenLines()
    for entry in entries:
        if entry.kind == Kind.REVERSAL:
            raise ValueError(f"Row {entry.seq} is a reversal and is not reversed again; post a new entry.")
        made.append(
            Transfer(
                kind=Kind.REVERSAL,
                source=Bucket(entry.to_bucket),
                target=Bucket(entry.from_bucket),
                pence=entry.pence,
                line=taking.of(entry.budget_line),
                funder=entry.funder,
                key=digest("reverse", entry.pk),
                source_ref=source_ref,
                share_state=ShareState(entry.share_state),
                commitment=entry.commitment,
                rate=entry.rate_version,
                split=entry.split_version,
                span=Span(entry.effective_from, entry.effective_to)
                if entry.effective_from and entry.effective_to
                else None,
                reverses=entry,
                narrative=reason,
            )
        )
    return made


def open_line(line: BudgetLine) -> BudgetLine:
    """Return the line itself, or, when its year is closed, the same line in the first open year after it."""
    if line.year.state != YearState.CLOSED:
        return line
    following = (
        FinancialYear.objects.filter(council_id=line.council_id, begins__gt=line.year.begins)
        .exclude(state=YearState.CLOSED)
        .order_by("begins")
        .first()
    )
    if following is None:
        following = year_row(line.council, line.year.begins + 1, store=True)
    same, _ = BudgetLine.objects.get_or_create(
        year=following,
        code=line.code,
        defaults={
            "council_id": line.council_id,
            "name": line.name,
            "cost_centre": line.cost_centre,
            "categories": line.categories,
            "owner_id": line.owner_id,
        },
    )
    return same


class OpenLines:
    """Remembers, for the length of one posting, which line takes the postings of each line."""

    def __init__(self) -> None:
        self._found: dict[int, BudgetLine] = {}

    def of(self, line: BudgetLine) -> BudgetLine:
        """Return what `open_line` returns, asked once."""
        if line.pk not in self._found:
            self._found[line.pk] = open_line(line)
        return self._found[line.pk]


@dataclass(slots=True)
class _Position:
    """What one commitment holds on one line for one funder, in pence."""

    line: BudgetLine
    funder: Funder
    committed: int = 0  # by commitment rows alone
    paid: int = 0
    held: int = 0  # the bucket as it is


def settle(
    head: ChainHead, commitment: Commitment, *, source_ref: str, by: User, at: datetime, batch: str
) -> list[LedgerEntry]:
    """Make what is held as committed what is still to be paid: the commitment less what was paid, never below nothing.

    What was paid beyond the commitment comes out of what is available, and goes back when the commitment grows again.

    Returns:
        The rows added; none when everything already fits.
    """
    transfers = []
    positions = _positions(commitment)
    for (line, funder, is_own), position in positions.items():
        free, committed, _ = OWN if is_own else PARTNER
        short = max(position.committed - position.paid, 0) - position.held
        transfers.append(
            Transfer(
                kind=Kind.OVERRUN,
                source=free,
                target=committed,
                pence=short,
                line=position.line,
                funder=position.funder,
                key=digest("settle", batch, commitment.pk, line, funder, is_own),
                source_ref=source_ref,
                commitment=commitment,
                narrative="Paid beyond the commitment",
            )
        )
    return post(head, transfers, by=by, at=at, batch=batch)


def _positions(commitment: Commitment) -> dict[tuple[int, int, bool], _Position]:
    found: dict[tuple[int, int, bool], _Position] = {}
    rows = LedgerEntry.objects.filter(commitment=commitment).select_related("budget_line__year", "funder", "reverses")
    taking = OpenLines()
    for row in rows:
        kind = row.reverses.kind if row.reverses else row.kind
        # What a closed year held is undone in the first open one, so the two are settled together.
        line = taking.of(row.budget_line)
        for bucket, pence in ((row.from_bucket, -row.pence), (row.to_bucket, row.pence)):
            is_own = bucket in OWN
            position = found.setdefault((line.pk, row.funder_id, is_own), _Position(line, row.funder))
            _, committed, paid = OWN if is_own else PARTNER
            if bucket == committed:
                position.held += pence
                position.committed += pence if kind == Kind.COMMIT else 0
            elif bucket == paid:
                position.paid += pence
    return found


def recorded_batch(name: str, *parts: object) -> str:
    """Return the text that marks rows posted together."""
    return digest(name, *parts)[:32]


__all__ = ["OpenLines", "open_entries", "open_line", "recorded_batch", "reversals", "settle"]
