"""The ledger: every row moves a positive amount from one bucket to another, is numbered, hashed and never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from finance.rules import GENESIS, ShareState
from people.models import Council

from .base import AppendOnly, AppendOnlyQuerySet, ScopedQuerySet
from .budget import BudgetLine, FinancialYear, Funder
from .commitment import Commitment, RateVersion, SplitVersion


class Bucket(models.TextChoices):
    """Where money stands, per budget line and funder. A row moves it from one to another, so their sum is zero."""

    APPROPRIATION = "APPROPRIATION", "Budget set"
    AVAILABLE = "AVAILABLE", "Available"
    PENDING = "PENDING", "Earmarked for pending cases"
    COMMITTED = "COMMITTED", "Committed"
    ACCRUED = "ACCRUED", "Accrued"
    ACTUAL = "ACTUAL", "Actual"
    CARRIED_OUT = "CARRIED_OUT", "Carried out of the year"
    PARTNER_EXPECTED = "PARTNER_EXPECTED", "Expected of partners"
    PARTNER_COMMITTED = "PARTNER_COMMITTED", "Committed by partners"
    PARTNER_ACTUAL = "PARTNER_ACTUAL", "Paid for partners"


class Kind(models.TextChoices):
    """Why a row was posted."""

    BUDGET = "BUDGET", "Budget load"
    VIREMENT = "VIREMENT", "Virement"
    SAVING = "SAVING", "Saving"
    GROWTH = "GROWTH", "Growth"
    EARMARK = "EARMARK", "Earmark"
    COMMIT = "COMMIT", "Commitment"
    OVERRUN = "OVERRUN", "Paid beyond the commitment"
    ACTUAL = "ACTUAL", "Actual"
    REVERSAL = "REVERSAL", "Reversal"


class LedgerEntryQuerySet(AppendOnlyQuerySet["LedgerEntry"]):
    """Questions about ledger rows. A row's year says its council, so that sums are read from one index alone."""

    council_path = "year__council_id"
    owner_path = "budget_line__owner_id"


class LedgerEntry(AppendOnly):
    """One transfer. `pence` is positive; direction is in the buckets. A correction is a row that reverses it."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveBigIntegerField()
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    from_bucket = models.CharField(max_length=20, choices=Bucket.choices)
    to_bucket = models.CharField(max_length=20, choices=Bucket.choices)
    pence = models.BigIntegerField()
    year = models.ForeignKey(FinancialYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    budget_line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="entries", db_index=False)
    funder = models.ForeignKey(Funder, on_delete=models.PROTECT, related_name="+", db_index=False)
    share_state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in ShareState], default=ShareState.AGREED
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False
    )
    rate_version = models.ForeignKey(RateVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    split_version = models.ForeignKey(
        SplitVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True)
    days = models.PositiveIntegerField(null=True)
    source_ref = models.CharField(max_length=120)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    narrative = models.CharField(max_length=200, blank=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-seq"]
        constraints = [
            models.UniqueConstraint(fields=["council", "seq"], name="ledger_seq_once_in_a_council"),
            models.CheckConstraint(condition=models.Q(pence__gt=0), name="ledger_amount_is_positive"),
            models.CheckConstraint(
                condition=~models.Q(from_bucket=models.F("to_bucket")), name="ledger_moves_between_two_buckets"
            ),
            models.CheckConstraint(
                condition=models.Q(from_bucket__in=Bucket.values, to_bucket__in=Bucket.values),
                name="ledger_buckets_are_known_ones",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_from__isnull=True)
                | models.Q(effective_to__gte=models.F("effective_from")),
                name="ledger_span_is_the_right_way_round",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="REVERSAL", reverses__isnull=False)
                | (~models.Q(kind="REVERSAL") & models.Q(reverses__isnull=True)),
                name="ledger_reversal_names_what_it_reverses",
            ),
        ]
        indexes = [
            # Sums by line, funder and bucket, now or as at an instant, are read from this index alone.
            models.Index(
                fields=["year", "budget_line", "funder", "from_bucket", "to_bucket", "posted_at", "seq", "pence"],
                name="ledger_sums",
            ),
            models.Index(fields=["year", "-seq"], name="ledger_by_year"),
            models.Index(fields=["budget_line", "-seq"], name="ledger_by_line"),
            models.Index(fields=["commitment", "-seq"], name="ledger_by_commitment"),
            models.Index(fields=["council", "posted_at", "seq"], name="ledger_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.pence} {self.from_bucket} to {self.to_bucket}"

    @property
    def facts(self) -> dict[str, object]:
        """Everything the hash covers: all stored facts but the hashes themselves and the row's own id."""
        left_out = {"id", "prev_hash", "hash"}
        return {f.attname: getattr(self, f.attname) for f in self._meta.concrete_fields if f.attname not in left_out}


class ChainHeadQuerySet(ScopedQuerySet["ChainHead"]):
    """Questions about the heads of chains."""


class ChainHead(models.Model):
    """The last number and hash of a council's ledger; locked by every posting, so that rows have one order."""

    council = models.OneToOneField(Council, on_delete=models.PROTECT, primary_key=True, related_name="ledger_head")
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)
    commitments = models.PositiveBigIntegerField(default=0, help_text="The last number given to a commitment.")

    objects = ChainHeadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.council_id} at {self.seq}"


class BalanceQuerySet(ScopedQuerySet["Balance"]):
    """Questions about balances."""

    council_path = "year__council_id"
    owner_path = "budget_line__owner_id"


class Balance(models.Model):
    """What a bucket holds: kept in the posting transaction, proved equal to the rows by `verify_ledger`."""

    year = models.ForeignKey(FinancialYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    budget_line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="balances", db_index=False)
    funder = models.ForeignKey(Funder, on_delete=models.PROTECT, related_name="+", db_index=False)
    bucket = models.CharField(max_length=20, choices=Bucket.choices)
    pence = models.BigIntegerField(default=0)

    objects = BalanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget_line", "funder", "bucket"], name="balance_once_for_a_bucket"),
        ]
        indexes = [
            models.Index(fields=["year", "budget_line", "funder", "bucket", "pence"], name="balance_sums"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_line_id} {self.bucket} {self.pence}"
