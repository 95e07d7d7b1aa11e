"""Earmarks: for a council that chooses to reserve money when a case is submitted, before anything is decided.

Pending is never mixed with committed: an earmark is released when the case is decided, and the decision commits anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from finance.models import Bucket, BudgetLine, Funder, Kind, LedgerEntry
from finance.rules import digest
from people import services as people_services
from people.models.record import Verb

from .corrections import recorded_batch, reversals
from .posting import Transfer, lock_head, post
from .purchase import funders_for

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import Council, User


@transaction.atomic
def earmark(*, line: BudgetLine, pence: int, source_ref: str, by: User, at: datetime) -> list[LedgerEntry]:
    """Hold money on a line for a pending case; a second call with the same `source_ref` holds nothing more.

    Raises:
        ValueError: the amount is not above nothing.
    """
    if pence <= 0:
        raise ValueError("An earmark holds more than nothing.")
    council = line.council
    head = lock_head(council)
    funders, _ = funders_for(council, [Funder.OWN], store=True)
    held = Transfer(
        kind=Kind.EARMARK,
        source=Bucket.AVAILABLE,
        target=Bucket.PENDING,
        pence=pence,
        line=line,
        funder=funders[Funder.OWN],
        key=digest("earmark", council.pk, source_ref),
        source_ref=source_ref,
    )
    entries = post(head, [held], by=by, at=at, batch=recorded_batch("earmark", source_ref))
    _record(council, "earmark.held", entries, source_ref=source_ref, by=by, at=at)
    return entries


@transaction.atomic
def release_earmark(*, council: Council, source_ref: str, by: User, at: datetime) -> list[LedgerEntry]:
    """Give back what was held under a `source_ref`; nothing happens when nothing is."""
    head = lock_head(council)
    held = LedgerEntry.objects.filter(
        council=council, idempotency_key=digest("earmark", council.pk, source_ref), reversed_by__isnull=True
    ).select_related("budget_line__year", "funder", "rate_version", "split_version", "commitment")
    undone = reversals(held, source_ref=source_ref, reason="Released")
    entries = post(head, undone, by=by, at=at, batch=recorded_batch("release", source_ref))
    _record(council, "earmark.released", entries, source_ref=source_ref, by=by, at=at)
    return entries


def _record(
    council: Council, action: str, entries: list[LedgerEntry], *, source_ref: str, by: User, at: datetime
) -> None:
    if entries:
        people_services.record(
            council=council,
            by=by,
            at=at,
            verb=Verb.ALTERATION,
            action=action,
            subject="ledger",
            subject_ref=f"row {entries[0].seq}",
            facts={"source": source_ref, "rows": [entry.seq for entry in entries]},
        )


__all__ = ["earmark", "release_earmark"]
