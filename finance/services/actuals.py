"""Importing what was paid: the finance system keeps the accounts, this ledger learns of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db import transaction

from finance.models import Bucket, BudgetLine, Commitment, Funder, Kind, LedgerEntry
from finance.rules import ActualRow, digest, largest_remainder, year_of
from people import services as people_services
from people.models.record import Verb

from .corrections import open_line, recorded_batch, settle
from .posting import Transfer, lock_head, post
from .purchase import funders_for

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import Council, User


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of each row.

    Attributes:
        posted: rows that are now in the ledger.
        already: rows that had been imported before, with the same amount.
        different: rows that had been imported before with another amount; nothing was posted for them.
        unmatched: rows whose reference is neither a commitment nor a budget line of the year.
    """

    posted: tuple[ActualRow, ...]
    already: tuple[ActualRow, ...]
    different: tuple[ActualRow, ...]
    unmatched: tuple[ActualRow, ...]

    @property
    def posted_pence(self) -> int:
        """What the posted rows come to, credits taken off."""
        return sum(row.pence for row in self.posted)


@transaction.atomic
def import_actuals(*, council: Council, rows: Sequence[ActualRow], source_ref: str, by: User, at: datetime) -> Imported:
    """Post payments and credits against commitments and budget lines; importing the same file again posts nothing.

    A payment moves what was committed to paid; what is beyond the commitment comes out of what is available. It is
    shared among the funders as the commitment of that year is.

    Args:
        council: whose money.
        rows: from `finance.rules.read_actuals`.
        source_ref: the file or batch it came in.
        by: who imports.
        at: when, aware.
    """
    head = lock_head(council)
    batch = recorded_batch("actuals", council.pk, source_ref, [row.source_ref for row in rows])
    commitments = {
        commitment.reference: commitment
        for commitment in Commitment.objects.filter(
            council=council, reference__in={row.reference for row in rows}
        ).select_related("budget_line__year", "council")
    }
    sorted_out: dict[str, list[ActualRow]] = {"posted": [], "already": [], "different": [], "unmatched": []}
    transfers: list[Transfer] = []
    paid_on: dict[int, Commitment] = {}
    seen = _seen(council, rows)
    for row in rows:
        key = _key(council, row)
        if key in seen:
            sorted_out["already" if seen[key] == row.pence else "different"].append(row)
            continue
        commitment = commitments.get(row.reference)
        made = _payment(council, row, commitment, source_ref=source_ref)
        sorted_out["posted" if made else "unmatched"].append(row)
        transfers += made
        seen[key] = row.pence
        if made and commitment:
            paid_on[commitment.pk] = commitment
    entries = post(head, transfers, by=by, at=at, batch=batch)
    for _, commitment in sorted(paid_on.items()):
        entries += settle(head, commitment, source_ref=source_ref, by=by, at=at, batch=batch)
    if entries:
        people_services.record(
            council=council,
            by=by,
            at=at,
            verb=Verb.COLLECTION,
            action="actuals.imported",
            subject="ledger",
            subject_ref=batch,
            facts={"source": source_ref, "rows": len(entries), "last": entries[-1].seq},
        )
    return Imported(**{name: tuple(found) for name, found in sorted_out.items()})


@transaction.atomic
def preview_actuals(
    *, council: Council, rows: Sequence[ActualRow], source_ref: str, by: User, at: datetime
) -> Imported:
    """Say what `import_actuals` would do with these rows. It is the import itself, taken back: nothing is posted."""
    done = import_actuals(council=council, rows=rows, source_ref=source_ref, by=by, at=at)
    transaction.set_rollback(True)
    return done


def _key(council: Council, row: ActualRow) -> str:
    return digest("actual", council.pk, row.source_ref, row.reference, row.period)


def _seen(council: Council, rows: Sequence[ActualRow]) -> dict[str, int]:
    """Return the signed pence of rows imported before, by key; each is found by the first ledger row it made."""
    firsts = {digest(key, 0): key for key in (_key(council, row) for row in rows)}
    found = LedgerEntry.objects.filter(idempotency_key__in=firsts).values_list("idempotency_key", "narrative")
    return {firsts[first]: int(said.split()[0]) for first, said in found}


def _payment(council: Council, row: ActualRow, commitment: Commitment | None, *, source_ref: str) -> list[Transfer]:
    """Return the transfers of one payment, one per funder; none when nothing fits its reference."""
    key = _key(council, row)
    code = commitment.budget_line.code if commitment else row.reference
    line = (
        BudgetLine.objects.select_related("year", "council")
        .filter(council=council, code=code, year__begins=year_of(row.period))
        .first()
    )
    if line is None:
        return []
    line = open_line(line)
    shares = _shares(commitment, line) if commitment else []
    if not shares:
        own = funders_for(council, [Funder.OWN], store=True)[0][Funder.OWN]
        source = Bucket.COMMITTED if commitment else Bucket.AVAILABLE
        shares = [(own, source, 1)]
    whole = sum(weight for _, _, weight in shares)
    size = abs(row.pence)
    parts = largest_remainder(size, [Fraction(size * weight, whole) for _, _, weight in shares])
    sign = 1 if row.pence > 0 else -1
    return [
        Transfer(
            kind=Kind.ACTUAL,
            source=source,
            target=Bucket.PARTNER_ACTUAL if source == Bucket.PARTNER_COMMITTED else Bucket.ACTUAL,
            pence=sign * part,
            line=line,
            funder=funder,
            key=digest(key, position),
            source_ref=f"{source_ref}: {row.source_ref}"[:120],
            commitment=commitment,
            narrative=f"{row.pence} pence in all",
        )
        for position, ((funder, source, _), part) in enumerate(zip(shares, parts, strict=True))
    ]


def _shares(commitment: Commitment, line: BudgetLine) -> list[tuple[Funder, Bucket, int]]:
    """Return who holds how much of a commitment on a line, by its commitment rows."""
    found: dict[tuple[int, Bucket], int] = {}
    funders: dict[int, Funder] = {}
    rows = LedgerEntry.objects.filter(
        commitment=commitment, budget_line=line, kind=Kind.COMMIT, reversed_by__isnull=True
    ).select_related("funder")
    for entry in rows.order_by("seq"):
        for bucket, pence in ((entry.from_bucket, -entry.pence), (entry.to_bucket, entry.pence)):
            if bucket in {Bucket.COMMITTED, Bucket.PARTNER_COMMITTED}:
                key = (entry.funder_id, Bucket(bucket))
                found[key] = found.get(key, 0) + pence
                funders[entry.funder_id] = entry.funder
    return [(funders[funder], bucket, pence) for (funder, bucket), pence in found.items() if pence > 0]


__all__ = ["Imported", "import_actuals", "preview_actuals"]
