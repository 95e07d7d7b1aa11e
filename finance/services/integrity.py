"""Verifying: the chain walked again from its first row, every balance added up again from the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Sum

from finance.models import Balance, ChainHead, LedgerEntry
from finance.rules import GENESIS, first_break

if TYPE_CHECKING:
    from people.models import Council

Cell = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class LedgerProof:
    """What verifying found: `faults` in plain words, empty when every row and balance holds."""

    rows: int
    head: str
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify_ledger(council: Council) -> LedgerProof:
    """Recompute a council's chain and balances and say what is wrong. Changes nothing.

    It shows rows altered, removed, reordered or added by hand. It cannot show a tail cut off together with the head,
    nor a chain hashed anew from some row on: for those, compare `head` with one kept elsewhere.
    """
    head = ChainHead.objects.filter(council=council).first() or ChainHead(council=council, hash=GENESIS)
    faults = []
    walked = first_break(_rows(council))
    if isinstance(walked, str):
        faults.append(walked)
        last, last_hash = head.seq, head.hash
    else:
        last, last_hash, _ = walked
    if (last, last_hash) != (head.seq, head.hash):
        faults.append(f"The chain ends at row {last}, but its head says {head.seq}.")
    faults += _unequal_balances(council)
    faults += _uneven_reversals(council)
    return LedgerProof(last, last_hash, tuple(faults))


def _rows(council: Council) -> Iterator[tuple[int, str, str, Mapping[str, object]]]:
    for entry in LedgerEntry.objects.filter(council=council).order_by("seq").iterator(chunk_size=2000):
        yield entry.seq, entry.prev_hash, entry.hash, entry.facts


def derived_balances(council: Council) -> dict[Cell, int]:
    """Add up every (line, funder, bucket) of a council from its rows, in pence; cells of nothing are left out."""
    sums: dict[Cell, int] = {}
    for bucket, sign in (("from_bucket", -1), ("to_bucket", 1)):
        found = (
            LedgerEntry.objects.filter(council=council)
            .values_list("budget_line_id", "funder_id", bucket)
            .annotate(sum=Sum("pence"))
            .order_by()
        )
        for line, funder, name, pence in found:
            sums[line, funder, name] = sums.get((line, funder, name), 0) + sign * int(pence)
    return {cell: pence for cell, pence in sums.items() if pence}


def kept_balances(council: Council) -> dict[Cell, int]:
    """Read the balances that are kept, in pence; cells of nothing are left out."""
    kept = Balance.objects.filter(budget_line__council=council).values_list(
        "budget_line_id", "funder_id", "bucket", "pence"
    )
    return {(line, funder, bucket): pence for line, funder, bucket, pence in kept if pence}


def _unequal_balances(council: Council) -> list[str]:
    derived, kept = derived_balances(council), kept_balances(council)
    wrong = sorted(cell for cell in {*derived, *kept} if derived.get(cell, 0) != kept.get(cell, 0))
    return [
        f"Balance of line {line}, funder {funder}, {bucket} is kept as {kept.get((line, funder, bucket), 0)} pence; "
        f"its rows make {derived.get((line, funder, bucket), 0)}."
        for line, funder, bucket in wrong
    ]


def _uneven_reversals(council: Council) -> list[str]:
    wrong = LedgerEntry.objects.filter(council=council, reverses__isnull=False).exclude(
        pence=F("reverses__pence"), from_bucket=F("reverses__to_bucket"), to_bucket=F("reverses__from_bucket")
    )
    return [f"Row {seq} is not the opposite of the row it reverses." for seq in wrong.values_list("seq", flat=True)]


__all__ = ["LedgerProof", "derived_balances", "kept_balances", "verify_ledger"]
