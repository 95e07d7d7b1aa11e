"""Changing what is committed: new versions, and the difference they make posted as reversals and new rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from finance.models import (
    ChangeReason,
    Commitment,
    CommitmentStatus,
    EndBasis,
    EndVersion,
    Funder,
    LedgerEntry,
    RateVersion,
    SplitShare,
    SplitVersion,
    Suspension,
)
from finance.rules import (
    Share,
    Span,
    segments,
    with_remainder,
    year_of,
    year_span,
)
from people import services as people_services
from people.models.record import Verb

from .books import Books
from .commitments import shares_of, transfer_of
from .corrections import OpenLines, open_entries, recorded_batch, reversals, settle
from .posting import lock_head, lock_lines, post
from .purchase import Purchase, funders_for, lines_for, planned_rows, today_of
from .versions import terms_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from finance.models import BudgetLine, ChainHead
    from people.models import User

    from .posting import Transfer


@dataclass(frozen=True, slots=True)
class Changed:
    """The rows a change added: reversals, replacements, settlement; none when the change had been posted before."""

    commitment: Commitment
    entries: tuple[LedgerEntry, ...]

    @property
    def pence(self) -> int:
        """What the change adds to what is held against the council and partners, in pence; negative gives back."""
        into = {"COMMITTED", "PARTNER_COMMITTED"}
        return sum(
            (entry.pence if entry.to_bucket in into else -entry.pence)
            for entry in self.entries
            if entry.kind != "OVERRUN"
        )


@transaction.atomic
def change_rate(
    *,
    commitment: Commitment,
    effective_from: date,
    rate_pence: int,
    source_ref: str,
    by: User,
    at: datetime,
    quantity: Decimal | None = None,
    reason: ChangeReason = ChangeReason.UPLIFT,
) -> Changed:
    """Change the price from a day on; days before it keep the old price.

    Args:
        commitment: what is changed.
        effective_from: first day at the new price; not before the start.
        rate_pence: pence per unit.
        source_ref: the decision on the change; with the day it is the key against posting twice.
        by: who recorded it.
        at: when, aware.
        quantity: as before when None.
        reason: why.

    Raises:
        ValueError: the day is before the start, or the price is below nothing.
    """
    if effective_from < commitment.start or rate_pence < 0:
        raise ValueError("A price cannot start before the commitment, nor be below nothing.")
    head = lock_head(commitment.council)
    same = {"commitment": commitment, "source_ref": source_ref, "effective_from": effective_from}
    if RateVersion.objects.filter(**same).exists():
        return Changed(commitment, ())
    latest = RateVersion.objects.filter(commitment=commitment).latest("effective_from", "id")
    RateVersion.objects.create(
        **same,
        unit=commitment.unit,
        quantity=latest.quantity if quantity is None else quantity,
        rate_pence=rate_pence,
        reason=reason,
        at=at,
        by=by,
    )
    return _repost(head, commitment, action="rate_changed", source_ref=source_ref, by=by, at=at)


@transaction.atomic
def end_early(*, commitment: Commitment, last_day: date, source_ref: str, by: User, at: datetime) -> Changed:
    """End a commitment on a day, which is the last one charged; what was committed for later days is given back.

    Raises:
        ValueError: the day is before the start; `reverse` withdraws a commitment as a whole.
    """
    return change_end(
        commitment=commitment,
        expected_end=last_day,
        end_basis=EndBasis.AGREED,
        reason=ChangeReason.ENDED_EARLY,
        source_ref=source_ref,
        by=by,
        at=at,
    )


@transaction.atomic
def change_end(
    *,
    commitment: Commitment,
    expected_end: date | None,
    source_ref: str,
    by: User,
    at: datetime,
    end_basis: EndBasis = EndBasis.AGREED,
    reason: ChangeReason = ChangeReason.EXTENDED,
) -> Changed:
    """Change the last day, earlier or later; None says that no end is known.

    Raises:
        ValueError: the end is before the start.
    """
    if expected_end is not None and expected_end < commitment.start:
        raise ValueError("The end is before the start.")
    head = lock_head(commitment.council)
    if EndVersion.objects.filter(commitment=commitment, source_ref=source_ref).exists():
        return Changed(commitment, ())
    EndVersion.objects.create(
        commitment=commitment,
        expected_end=expected_end,
        end_basis=end_basis if expected_end else EndBasis.ASSUMED_HORIZON,
        reason=reason,
        source_ref=source_ref,
        at=at,
        by=by,
    )
    commitment.expected_end = expected_end
    commitment.end_basis = end_basis if expected_end else EndBasis.ASSUMED_HORIZON
    ended = reason == ChangeReason.ENDED_EARLY
    commitment.status = CommitmentStatus.ENDED if ended else CommitmentStatus.ACTIVE
    commitment.save(update_fields=["expected_end", "end_basis", "status"])
    return _repost(head, commitment, action="end_changed", source_ref=source_ref, by=by, at=at)


@transaction.atomic
def suspend(
    *,
    commitment: Commitment,
    first_day: date,
    last_day: date,
    percent_retained: Decimal,
    source_ref: str,
    by: User,
    at: datetime,
) -> Changed:
    """Pay only part of the price for some days, both ends included; 0 per cent pays nothing.

    Raises:
        ValueError: the last day is before the first, or the percentage is not 0 to 100.
    """
    Span(first_day, last_day)
    if not 0 <= percent_retained <= 100:
        raise ValueError("The part retained is from 0 to 100 per cent.")
    head = lock_head(commitment.council)
    same = {"commitment": commitment, "source_ref": source_ref, "first_day": first_day}
    if Suspension.objects.filter(**same).exists():
        return Changed(commitment, ())
    Suspension.objects.create(**same, last_day=last_day, percent_retained=percent_retained, at=at, by=by)
    return _repost(head, commitment, action="suspended", source_ref=source_ref, by=by, at=at)


@transaction.atomic
def change_split(
    *,
    commitment: Commitment,
    effective_from: date,
    splits: Sequence[Share],
    source_ref: str,
    by: User,
    at: datetime,
    reason: ChangeReason = ChangeReason.PARTNER_ANSWERED,
) -> Changed:
    """Change who pays from a day on; a partner's answer is a split from the first day it covers.

    Raises:
        ValueError: the split cannot be worked out.
    """
    shares = with_remainder(splits, Funder.OWN)
    head = lock_head(commitment.council)
    same = {"commitment": commitment, "source_ref": source_ref, "effective_from": effective_from}
    if SplitVersion.objects.filter(**same).exists():
        return Changed(commitment, ())
    funders, _ = funders_for(commitment.council, [Funder.OWN, *(share.funder for share in shares)], store=True)
    split = SplitVersion.objects.create(**same, reason=reason, at=at, by=by)
    SplitShare.objects.bulk_create(shares_of(split, shares, funders))
    return _repost(head, commitment, action="split_changed", source_ref=source_ref, by=by, at=at)


@transaction.atomic
def reverse(*, commitment: Commitment, source_ref: str, reason: str, by: User, at: datetime) -> Changed:
    """Withdraw a commitment as a whole: every open row is reversed, once.

    Payments made stay and come out of what is available. A decision made anew is then committed anew, under its own
    version's reference.
    """
    head = lock_head(commitment.council)
    entries = open_entries(commitment)
    batch = recorded_batch("withdraw", commitment.pk, source_ref)
    posted = post(head, reversals(entries, source_ref=source_ref, reason=reason), by=by, at=at, batch=batch)
    posted += settle(head, commitment, source_ref=source_ref, by=by, at=at, batch=batch)
    if commitment.status != CommitmentStatus.WITHDRAWN:
        commitment.status = CommitmentStatus.WITHDRAWN
        commitment.save(update_fields=["status"])
        _record(commitment, "withdrawn", posted, source_ref=source_ref, by=by, at=at)
    return Changed(commitment, tuple(posted))


@transaction.atomic
def reach_horizon(*, commitment: Commitment, by: User, at: datetime) -> Changed:
    """Work out one more year of a commitment that runs on; run for each active one when a new year begins.

    Screens of this year and the next are right without it: it adds the year after.
    """
    horizon = year_span(year_of(today_of(at)) + 1).last
    if commitment.status != CommitmentStatus.ACTIVE or horizon <= commitment.horizon:
        return Changed(commitment, ())
    head = lock_head(commitment.council)
    commitment.horizon = horizon
    commitment.save(update_fields=["horizon"])
    source_ref = f"Year after next: to {horizon:%-d %B %Y}"
    return _repost(head, commitment, action="horizon_reached", source_ref=source_ref, by=by, at=at)


def _repost(
    head: ChainHead, commitment: Commitment, *, action: str, source_ref: str, by: User, at: datetime
) -> Changed:
    """Post the difference between the rows that stand and the rows the versions now make.

    Rows that are the same stay untouched; the others are reversed and replaced; then what was paid is settled.
    """
    wanted = _wanted(commitment, source_ref=source_ref, at=at)
    standing = open_entries(commitment)
    taking = OpenLines()
    shapes = {entry.pk: _posted_shape(entry, taking.of(entry.budget_line)) for entry in standing}
    same = {_shape(transfer) for transfer in wanted} & set(shapes.values())
    undone = [entry for entry in standing if shapes[entry.pk] not in same]
    batch = recorded_batch(action, commitment.pk, source_ref)
    transfers = reversals(undone, source_ref=source_ref, reason=action.replace("_", " "))
    transfers += [transfer for transfer in wanted if _shape(transfer) not in same]
    posted = post(head, transfers, by=by, at=at, batch=batch)
    posted += settle(head, commitment, source_ref=source_ref, by=by, at=at, batch=batch)
    _record(commitment, action, posted, source_ref=source_ref, by=by, at=at)
    return Changed(commitment, tuple(posted))


def _shape(transfer: Transfer) -> tuple[object, ...]:
    span = transfer.span
    target = transfer.target if transfer.pence > 0 else transfer.source
    return (
        transfer.line.pk,
        transfer.funder.pk,
        str(target),
        abs(transfer.pence),
        span.first if span else None,
        span.last if span else None,
        transfer.rate.pk if transfer.rate else None,
        transfer.split.pk if transfer.split else None,
    )


def _posted_shape(entry: LedgerEntry, line: BudgetLine) -> tuple[object, ...]:
    return (
        line.pk,
        entry.funder_id,
        entry.to_bucket,
        entry.pence,
        entry.effective_from,
        entry.effective_to,
        entry.rate_version_id,
        entry.split_version_id,
    )


def _wanted(commitment: Commitment, *, source_ref: str, at: datetime) -> list[Transfer]:
    """Return the rows that a commitment's versions make today. Of two versions from one day the newer holds."""
    council, this_year = commitment.council, year_of(today_of(at))
    rates: Mapping[date, RateVersion] = {version.effective_from: version for version in commitment.rates.order_by("id")}
    splits: Mapping[date, SplitVersion] = {
        version.effective_from: version
        for version in commitment.splits.prefetch_related("shares__funder").order_by("id")
    }
    pieces = segments(terms_of(commitment, rates=rates, splits=splits))
    purchase = Purchase(
        service_type=commitment.service_type,
        start=commitment.start,
        rate_pence=0,
        budget_line=commitment.budget_line,
        underwrite=commitment.underwrite,
    )
    years = sorted({piece.year for piece in pieces})
    lines = lines_for(Books(council), purchase=purchase, years=years, this_year=this_year, store=True)
    lock_lines(lines.by_year.values())
    codes = {share.funder.code for version in splits.values() for share in version.shares.all()}
    funders, _ = funders_for(council, [Funder.OWN, *sorted(codes)], store=True)
    rows = planned_rows(pieces, funders=funders, posting_year=lines.posting_year, underwrite=commitment.underwrite)
    return [
        transfer_of(
            row,
            commitment=commitment,
            plan_lines=lines,
            funder=funders[row.funder],
            rate=rates[row.rate_from],
            split=splits[row.split_from or commitment.start],
            source_ref=source_ref,
        )
        for row in rows
    ]


def _record(
    commitment: Commitment, action: str, posted: Sequence[LedgerEntry], *, source_ref: str, by: User, at: datetime
) -> None:
    people_services.record(
        council=commitment.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=f"commitment.{action}",
        subject="commitment",
        subject_ref=commitment.reference,
        facts={"source": source_ref, "rows": [entry.seq for entry in posted]},
    )


__all__ = [
    "Changed",
    "change_end",
    "change_rate",
    "change_split",
    "end_early",
    "reach_horizon",
    "reverse",
    "suspend",
]
