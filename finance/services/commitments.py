"""Committing: what a decision buys, in one transaction with its ledger rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from django.db import transaction

from finance.models import (
    Bucket,
    BudgetLine,
    ChangeReason,
    Commitment,
    EndVersion,
    Funder,
    Kind,
    LedgerEntry,
    RateVersion,
    SplitShare,
    SplitVersion,
)
from finance.rules import digest, year_label, year_of
from people import services as people_services
from people.models.record import Verb

from .posting import DifferentTermsError, Transfer, lock_head, lock_lines, post
from .purchase import (
    AskedFor,
    Lines,
    PlannedRow,
    Purchase,
    funders_for,
    lines_for,
    planned_rows,
    segments_of,
    today_of,
)
from .snapshot import MoneySnapshot, snapshot_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from finance.models import ChainHead
    from finance.rules import Share
    from people.models import Council, User


@dataclass(frozen=True, slots=True)
class Committed:
    """What was posted, or had been before: `was_new` is False when the same decided line came a second time."""

    commitment: Commitment
    snapshot: MoneySnapshot
    entries: tuple[LedgerEntry, ...]
    was_new: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a purchase, where they fall, and its money."""

    purchase: Purchase
    rows: list[PlannedRow]
    lines: Lines
    funders: Mapping[str, Funder]
    snapshot: MoneySnapshot


def what_it_would_cost(*, council: Council, at: datetime, **asked: Unpack[AskedFor]) -> MoneySnapshot:
    """Work out exactly what `commit` would post now, and write nothing.

    Args:
        council: whose money.
        at: the moment of the decision; its London day says which year is "this year".
        **asked: as for `commit`.

    Returns:
        The snapshot `commit` would return, as long as nothing is posted in between.

    Raises:
        ValueError: a price below nothing, an end before the start, or a split that cannot be worked out.
    """
    return _plan(council, Purchase(**asked), at=at, store=False).snapshot


@transaction.atomic
def commit(*, council: Council, source_ref: str, by: User, at: datetime, **asked: Unpack[AskedFor]) -> Committed:
    """Record what a decision buys: commitment, versions, ledger rows, balances and audit row, or none of them.

    Being over budget never refuses it; the snapshot's checks and warnings say so. A second call with the same
    `source_ref` and terms posts nothing and returns the first.

    Args:
        council: whose money.
        source_ref: the decision, its version and the line it agreed; unique in the council.
        by: who recorded the decision.
        at: when, aware.
        **asked: what is bought; see `AskedFor`.

    Raises:
        DifferentTermsError: the same `source_ref` was posted with other terms.
        ValueError: a price below nothing, an end before the start, or a split that cannot be worked out.
    """
    purchase = Purchase(**asked)
    head = lock_head(council)
    before = posted_before(council, source_ref)
    if before is not None:
        return _again(before, purchase)
    plan = _plan(council, purchase, at=at, store=True)
    commitment = _stored(head, plan, source_ref=source_ref, by=by, at=at)
    rate, split = _first_versions(commitment, plan, by=by, at=at)
    transfers = [
        transfer_of(row, commitment=commitment, plan_lines=plan.lines, funder=plan.funders[row.funder], rate=rate,
                    split=split, source_ref=source_ref)
        for row in plan.rows
    ]  # fmt: skip
    entries = post(head, transfers, by=by, at=at, batch=digest("commit", source_ref)[:32])
    if not entries:  # else the number was stored with them
        head.save(update_fields=["commitments"])
    people_services.record(
        council=council,
        by=by,
        at=at,
        verb=Verb.COLLECTION,
        action="commitment.posted",
        subject="commitment",
        subject_ref=commitment.reference,
        facts={
            "case": purchase.case_reference,
            "source": source_ref,
            "line": plan.lines.code,
            "in_year_pence": plan.snapshot.in_year,
            "next_year_pence": plan.snapshot.next_year,
            "rows": [entry.seq for entry in entries],
            "levels": [check.level for check in plan.snapshot.checks],
        },
    )
    return Committed(commitment, plan.snapshot, tuple(entries), was_new=True)


def posted_before(council: Council, source_ref: str) -> Commitment | None:
    """Find what a decided line was posted as. True until the transaction ends only when the head is locked."""
    return Commitment.objects.filter(council=council, source_ref=source_ref).first()


def _again(before: Commitment, purchase: Purchase) -> Committed:
    if before.terms_hash != purchase.terms_hash:
        raise DifferentTermsError(f"{before.source_ref} was posted before as {before.reference}, with other terms.")
    entries = LedgerEntry.objects.filter(commitment=before, source_ref=before.source_ref).order_by("seq")
    return Committed(before, MoneySnapshot.from_json(before.snapshot), tuple(entries), was_new=False)


def _plan(council: Council, purchase: Purchase, *, at: datetime, store: bool) -> Plan:
    this_year = year_of(today_of(at))
    pieces = segments_of(purchase, this_year)
    years = sorted({piece.year for piece in pieces})
    lines = lines_for(council, purchase=purchase, years=years, this_year=this_year, store=store)
    codes = [Funder.OWN, *(share.funder for share in purchase.shares)]
    funders, unknown = funders_for(council, codes, store=store)
    rows = planned_rows(pieces, funders=funders, posting_year=lines.posting_year, underwrite=purchase.underwrite)
    if store:
        lock_lines(lines.by_year.values())
    snapshot = snapshot_of(
        council,
        purchase=purchase,
        rows=rows,
        lines=lines,
        funders=funders,
        unknown_funders=unknown,
        this_year=this_year,
    )
    return Plan(purchase, rows, lines, funders, snapshot)


def _stored(head: ChainHead, plan: Plan, *, source_ref: str, by: User, at: datetime) -> Commitment:
    """Write the commitment, with the next number of the council."""
    purchase = plan.purchase
    this_year = year_of(today_of(at))
    head.commitments += 1
    return Commitment.objects.create(
        council_id=head.council_id,
        reference=f"C{year_label(this_year)[2:4]}-{head.commitments:06d}",
        case_reference=purchase.case_reference,
        child_reference=purchase.child_reference,
        source_ref=source_ref,
        terms_hash=purchase.terms_hash,
        provider=purchase.provider,
        service_type=purchase.service_type,
        budget_line=plan.lines.of(plan.lines.posting_year[this_year]),
        start=purchase.start,
        expected_end=purchase.expected_end,
        end_basis=purchase.basis_of_end,
        horizon=purchase.terms(this_year).horizon,
        unit=purchase.unit,
        count_last_day=purchase.count_last_day,
        underwrite=purchase.underwrite,
        snapshot=plan.snapshot.as_json(),
        created_at=at,
        created_by=by,
    )


def _first_versions(commitment: Commitment, plan: Plan, *, by: User, at: datetime) -> tuple[RateVersion, SplitVersion]:
    said = {"commitment": commitment, "source_ref": commitment.source_ref, "at": at, "by": by}
    rate = RateVersion.objects.create(
        **said,
        effective_from=commitment.start,
        unit=commitment.unit,
        quantity=plan.purchase.quantity,
        rate_pence=plan.purchase.rate_pence,
    )
    EndVersion.objects.create(**said, expected_end=commitment.expected_end, end_basis=commitment.end_basis)
    split = SplitVersion.objects.create(**said, effective_from=commitment.start, reason=ChangeReason.INITIAL)
    store_shares(split, plan.purchase.shares, plan.funders)
    return rate, split


def store_shares(split: SplitVersion, shares: Sequence[Share], funders: Mapping[str, Funder]) -> None:
    """Write the shares of a split in their order."""
    SplitShare.objects.bulk_create(
        SplitShare(
            split=split,
            position=position,
            funder=funders[share.funder],
            mode=share.mode,
            value=share.value,
            state=share.state,
            reference=share.reference,
            expires=share.expires,
        )
        for position, share in enumerate(shares)
    )


def transfer_of(
    row: PlannedRow,
    *,
    commitment: Commitment,
    plan_lines: Lines,
    funder: Funder,
    rate: RateVersion,
    split: SplitVersion,
    source_ref: str,
) -> Transfer:
    """Return the transfer a planned row becomes."""
    line: BudgetLine = plan_lines.of(row.year)
    source, target = (
        (Bucket.AVAILABLE, Bucket.COMMITTED) if row.on_council else (Bucket.PARTNER_EXPECTED, Bucket.PARTNER_COMMITTED)
    )
    span = row.span
    return Transfer(
        kind=Kind.COMMIT,
        source=source,
        target=target,
        pence=row.pence,
        line=line,
        funder=funder,
        key=digest("commit", commitment.pk, source_ref, row.year, row.funder, span.first, span.last),
        source_ref=source_ref,
        share_state=row.state,
        commitment=commitment,
        rate=rate,
        split=split,
        span=span,
    )


__all__ = [
    "Committed",
    "Plan",
    "commit",
    "store_shares",
    "transfer_of",
    "what_it_would_cost",
]
