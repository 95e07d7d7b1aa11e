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

from .books import Books
from .posting import DifferentTermsError, Transfer, lock_head, post
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
    return what_they_would_cost(council=council, at=at, asked=[asked])[0]


def what_they_would_cost(*, council: Council, at: datetime, asked: Sequence[AskedFor]) -> list[MoneySnapshot]:
    """Say of each of several purchases what it would cost by itself; as many statements for thirty as for one."""
    purchases = [Purchase(**one) for one in asked]
    return [plan.snapshot for plan in _plans(council, purchases, at=at, store=False)] if purchases else []


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
    return commit_all(council=council, asked={source_ref: asked}, by=by, at=at)[0]


@transaction.atomic
def commit_all(
    *, council: Council, asked: Mapping[str, AskedFor], by: User, at: datetime, is_first: bool = False
) -> list[Committed]:
    """Commit everything a decision buys, by `source_ref`, in order; else as `commit`.

    It is the same as committing one after the other: each snapshot finds what the ones before it left. It takes as
    many statements for thirty lines as for one. With `is_first` the references were made in this transaction, so that
    nothing can have been posted for them and nobody looks; the unique key refuses if something was.
    """
    purchases = {source_ref: Purchase(**one) for source_ref, one in asked.items()}
    if not purchases:
        return []
    head = lock_head(council)
    before = {} if is_first else posted_before(council, list(purchases))
    fresh = {source_ref: purchase for source_ref, purchase in purchases.items() if source_ref not in before}
    made = _posted(head, council, fresh, by=by, at=at) if fresh else {}
    return [
        made[source_ref] if source_ref in made else _again(before[source_ref], purchase)
        for source_ref, purchase in purchases.items()
    ]


def posted_before(council: Council, source_refs: Sequence[str]) -> dict[str, Commitment]:
    """Find what decided lines were posted as. True until the transaction ends only when the head is locked."""
    found = Commitment.objects.filter(council=council, source_ref__in=source_refs)
    return {commitment.source_ref: commitment for commitment in found}


def _again(before: Commitment, purchase: Purchase) -> Committed:
    if before.terms_hash != purchase.terms_hash:
        raise DifferentTermsError(f"{before.source_ref} was posted before as {before.reference}, with other terms.")
    entries = LedgerEntry.objects.filter(commitment=before, source_ref=before.source_ref).order_by("seq")
    return Committed(before, MoneySnapshot.from_json(before.snapshot), tuple(entries), was_new=False)


def _posted(
    head: ChainHead, council: Council, purchases: Mapping[str, Purchase], *, by: User, at: datetime
) -> dict[str, Committed]:
    """Write what was not posted before: rows of one kind together, the record last."""
    plans = dict(zip(purchases, _plans(council, list(purchases.values()), at=at, store=True), strict=True))
    commitments = Commitment.objects.bulk_create(
        [_commitment(head, plan, source_ref=source_ref, by=by, at=at) for source_ref, plan in plans.items()]
    )
    versions = _first_versions(commitments, list(plans.values()), by=by, at=at)
    transfers = [
        transfer_of(row, commitment=commitment, plan_lines=plan.lines, funder=plan.funders[row.funder], rate=rate,
                    split=split, source_ref=commitment.source_ref, batch=digest("commit", commitment.source_ref)[:32])
        for commitment, plan, (rate, split) in zip(commitments, plans.values(), versions, strict=True)
        for row in plan.rows
    ]  # fmt: skip
    # Under the head's lock they stand as the books read them.
    locked = {line.pk: line for plan in plans.values() for line in plan.lines.by_year.values()}
    entries = post(head, transfers, by=by, at=at, locked=locked)
    if not entries:  # else the numbers were stored with them
        head.save(update_fields=["commitments"])
    done = {
        commitment.source_ref: Committed(
            commitment,
            plans[commitment.source_ref].snapshot,
            tuple(entry for entry in entries if entry.commitment_id == commitment.pk),
            was_new=True,
        )
        for commitment in commitments
    }
    people_services.record_many(
        council=council,
        happenings=[_happening(one, plans[source_ref], by=by, at=at) for source_ref, one in done.items()],
    )
    return done


def _happening(done: Committed, plan: Plan, *, by: User, at: datetime) -> people_services.Happening:
    return people_services.Happening(
        by=by,
        at=at,
        verb=Verb.COLLECTION,
        action="commitment.posted",
        subject="commitment",
        subject_ref=done.commitment.reference,
        facts={
            "case": plan.purchase.case_reference,
            "source": done.commitment.source_ref,
            "line": plan.lines.code,
            "in_year_pence": plan.snapshot.in_year,
            "next_year_pence": plan.snapshot.next_year,
            "rows": [entry.seq for entry in done.entries],
            "levels": [check.level for check in plan.snapshot.checks],
        },
    )


def _plans(council: Council, purchases: Sequence[Purchase], *, at: datetime, store: bool) -> list[Plan]:
    """Plan purchases from one reading of the books. Where they are to be posted, each finds what the last one left."""
    this_year = year_of(today_of(at))
    books = Books(council)
    codes = [Funder.OWN, *(share.funder for purchase in purchases for share in purchase.shares)]
    funders, unknown = funders_for(council, codes, store=store)
    plans = []
    for purchase in purchases:
        pieces = segments_of(purchase, this_year)
        years = sorted({piece.year for piece in pieces})
        lines = lines_for(books, purchase=purchase, years=years, this_year=this_year, store=store)
        rows = planned_rows(pieces, funders=funders, posting_year=lines.posting_year, underwrite=purchase.underwrite)
        mine = {share.funder for share in purchase.shares}
        snapshot = snapshot_of(
            books,
            purchase=purchase,
            rows=rows,
            lines=lines,
            funders={code: funder for code, funder in funders.items() if code in {Funder.OWN, *mine}},
            unknown_funders=[code for code in unknown if code in mine],
            this_year=this_year,
        )
        plans.append(Plan(purchase, rows, lines, funders, snapshot))
        if store:
            books.post(rows, lines)
            unknown = [code for code in unknown if code not in mine]
    return plans


def _commitment(head: ChainHead, plan: Plan, *, source_ref: str, by: User, at: datetime) -> Commitment:
    """The commitment of a plan, with the next number of the council."""
    purchase = plan.purchase
    this_year = year_of(today_of(at))
    head.commitments += 1
    return Commitment(
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


def _first_versions(
    commitments: Sequence[Commitment], plans: Sequence[Plan], *, by: User, at: datetime
) -> list[tuple[RateVersion, SplitVersion]]:
    """Write price, end and split of new commitments; give price and split of each."""
    said = [{"commitment": made, "source_ref": made.source_ref, "at": at, "by": by} for made in commitments]
    rates = RateVersion.objects.bulk_create(
        RateVersion(
            **words,
            effective_from=made.start,
            unit=made.unit,
            quantity=plan.purchase.quantity,
            rate_pence=plan.purchase.rate_pence,
        )
        for words, made, plan in zip(said, commitments, plans, strict=True)
    )
    EndVersion.objects.bulk_create(
        EndVersion(**words, expected_end=made.expected_end, end_basis=made.end_basis)
        for words, made in zip(said, commitments, strict=True)
    )
    splits = SplitVersion.objects.bulk_create(
        SplitVersion(**words, effective_from=made.start, reason=ChangeReason.INITIAL)
        for words, made in zip(said, commitments, strict=True)
    )
    SplitShare.objects.bulk_create(
        share
        for split, plan in zip(splits, plans, strict=True)
        for share in shares_of(split, plan.purchase.shares, plan.funders)
    )
    return list(zip(rates, splits, strict=True))


def shares_of(split: SplitVersion, shares: Sequence[Share], funders: Mapping[str, Funder]) -> list[SplitShare]:
    """The shares of a split in their order, to be written."""
    return [
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
    ]


def transfer_of(
    row: PlannedRow,
    *,
    commitment: Commitment,
    plan_lines: Lines,
    funder: Funder,
    rate: RateVersion,
    split: SplitVersion,
    source_ref: str,
    batch: str = "",
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
        batch=batch,
    )


__all__ = [
    "Committed",
    "Plan",
    "commit",
    "commit_all",
    "shares_of",
    "transfer_of",
    "what_it_would_cost",
    "what_they_would_cost",
]
