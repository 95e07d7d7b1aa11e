"""Posting: locks in one order, rows numbered and hashed, balances kept, all in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from finance.models import Bucket, BudgetLine, ChainHead, Kind, LedgerEntry, YearState
from finance.rules import ShareState, Span, link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from finance.models import Commitment, Funder, RateVersion, SplitVersion
    from people.models import Council, User


class PeriodClosedError(ValueError):
    """The year is closed: nothing is posted to it any more."""


class DifferentTermsError(ValueError):
    """The same decided line was posted before, with other terms. Nothing was posted now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A row about to be posted: `pence` from one bucket to another; negative pence go the other way."""

    kind: Kind
    source: Bucket
    target: Bucket
    pence: int
    line: BudgetLine
    funder: Funder
    key: str
    source_ref: str
    share_state: ShareState = ShareState.AGREED
    commitment: Commitment | None = None
    rate: RateVersion | None = None
    split: SplitVersion | None = None
    span: Span | None = None
    reverses: LedgerEntry | None = None
    narrative: str = ""
    batch: str = ""


def lock_head(council: Council) -> ChainHead:
    """Take the one lock every posting of a council needs, before anything is read that it depends on.

    Locks are always taken in this order: the head, then budget lines by id, then the record's head (by `record`).
    On SQLite the transaction itself is the lock, because settings open it IMMEDIATE.
    """
    head = ChainHead.objects.select_for_update().filter(council=council).first()
    if head is not None:
        return head
    try:
        with transaction.atomic():
            ChainHead.objects.create(council=council)
    except IntegrityError:
        pass  # somebody else was first; theirs is locked below
    return ChainHead.objects.select_for_update().get(council=council)


def lock_lines(lines: Iterable[BudgetLine]) -> dict[int, BudgetLine]:
    """Lock budget lines in order of id and return them as they now stand, with their years."""
    ids = sorted({line.pk for line in lines})
    locked = BudgetLine.objects.select_for_update(of=("self",)).select_related("year").filter(pk__in=ids).order_by("pk")
    return {line.pk: line for line in locked}


def post(
    head: ChainHead,
    transfers: Sequence[Transfer],
    *,
    by: User,
    at: datetime,
    batch: str = "",
    locked: Mapping[int, BudgetLine] | None = None,
) -> list[LedgerEntry]:
    """Add rows to the ledger and move the balances with them.

    Transfers of nothing are left out; so are transfers whose key is already in the ledger, so that a second press or
    a second import posts nothing twice.

    Args:
        head: from `lock_head`, in this transaction.
        transfers: in the order they are to be numbered.
        by: who posts.
        at: when, aware.
        batch: one text for everything posted together, but for transfers that name their own.
        locked: the lines posted to with their years, where the caller read or made them under the head's lock. It
            has also just made the commitments, so that no transfer's key can be in the ledger; the unique key refuses
            if not.

    Returns:
        The rows added.

    Raises:
        PeriodClosedError: a transfer goes to a closed year.
    """
    wanted = {transfer.key: transfer for transfer in transfers if transfer.pence}
    posted: set[str] = set()
    if locked is None:
        posted |= set(LedgerEntry.objects.filter(idempotency_key__in=wanted).values_list("idempotency_key", flat=True))
    fresh = [transfer for key, transfer in wanted.items() if key not in posted]
    if not fresh:
        return []
    lines = lock_lines(transfer.line for transfer in fresh) if locked is None else locked
    for transfer in fresh:
        year = lines[transfer.line.pk].year
        if year.state == YearState.CLOSED:
            raise PeriodClosedError(f"{year.label} is closed. Post to the first open year.")
    entries = [_entry(head, transfer, by=by, at=at, batch=batch) for transfer in fresh]
    entries = LedgerEntry.objects.bulk_create(entries)
    head.save(update_fields=["seq", "hash", "commitments"])
    _move_balances(entries)
    return entries


def _entry(head: ChainHead, transfer: Transfer, *, by: User, at: datetime, batch: str) -> LedgerEntry:
    """Make the next row of the chain and move the head to it."""
    forward = transfer.pence > 0
    entry = LedgerEntry(
        council_id=head.council_id,
        seq=head.seq + 1,
        posted_at=at,
        posted_by=by,
        batch=transfer.batch or batch,
        idempotency_key=transfer.key,
        kind=transfer.kind,
        from_bucket=transfer.source if forward else transfer.target,
        to_bucket=transfer.target if forward else transfer.source,
        pence=abs(transfer.pence),
        year_id=transfer.line.year_id,
        budget_line=transfer.line,
        funder=transfer.funder,
        share_state=transfer.share_state,
        commitment=transfer.commitment,
        rate_version=transfer.rate,
        split_version=transfer.split,
        effective_from=transfer.span.first if transfer.span else None,
        effective_to=transfer.span.last if transfer.span else None,
        days=transfer.span.days if transfer.span else None,
        source_ref=transfer.source_ref,
        reverses=transfer.reverses,
        narrative=transfer.narrative,
        prev_hash=head.hash,
    )
    entry.hash = link(head.hash, entry.facts)
    head.seq, head.hash = entry.seq, entry.hash
    return entry


# Adding where it stands needs no look before; both databases have it, Django's own way only replaces.
_INSERT = "INSERT INTO finance_balance (year_id, budget_line_id, funder_id, bucket, pence) VALUES "
_OR_ADD = (
    " ON CONFLICT (budget_line_id, funder_id, bucket) DO UPDATE SET pence = finance_balance.pence + excluded.pence"
)
_AT_ONCE = 150  # rows of a statement: five values each, within what any SQLite takes


def _move_balances(entries: Sequence[LedgerEntry]) -> None:
    """Bring the balances of the lines posted to up to date. The head is locked, so no update can be lost."""
    moved: dict[tuple[int, int, int, str], int] = {}
    for entry in entries:
        for bucket, pence in ((entry.from_bucket, -entry.pence), (entry.to_bucket, entry.pence)):
            cell = (entry.year_id, entry.budget_line_id, entry.funder_id, bucket)
            moved[cell] = moved.get(cell, 0) + pence
    with connection.cursor() as cursor:
        rows = [(*cell, pence) for cell, pence in moved.items()]
        for some in (rows[n : n + _AT_ONCE] for n in range(0, len(rows), _AT_ONCE)):
            places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(some))
            cursor.execute(f"{_INSERT}{places}{_OR_ADD}", [value for row in some for value in row])
