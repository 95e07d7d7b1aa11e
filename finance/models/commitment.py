"""What the council has agreed to buy, and every version of its price, its end, its pauses and its funders."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from finance.rules import ShareMode, ShareState, Unit
from people.models import Council

from .base import AppendOnly, AppendOnlyQuerySet, ScopedQuerySet
from .budget import Funder


class EndBasis(models.TextChoices):
    """Why a commitment is taken to end when it does."""

    AGREED = "AGREED", "Agreed end"
    REVIEW_DATE = "REVIEW_DATE", "Review date"
    EIGHTEENTH_BIRTHDAY = "EIGHTEENTH_BIRTHDAY", "Day before the 18th birthday"
    ASSUMED_HORIZON = "ASSUMED_HORIZON", "No end known"


class CommitmentStatus(models.TextChoices):
    """Whether a commitment is live."""

    ACTIVE = "ACTIVE", "Active"
    ENDED = "ENDED", "Ended early"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class ChangeReason(models.TextChoices):
    """Why a version was added."""

    INITIAL = "INITIAL", "First version"
    UPLIFT = "UPLIFT", "Uplift"
    RENEGOTIATED = "RENEGOTIATED", "Renegotiated"
    CORRECTION = "CORRECTION", "Correction"
    ENDED_EARLY = "ENDED_EARLY", "Ended early"
    EXTENDED = "EXTENDED", "Extended"
    PARTNER_ANSWERED = "PARTNER_ANSWERED", "A funder answered"


class CommitmentQuerySet(ScopedQuerySet["Commitment"]):
    """Questions about commitments."""

    owner_path = "budget_line__owner_id"


class Commitment(models.Model):
    """A resource agreed for a child. Names neither child nor case: it carries references as text.

    `expected_end` and `status` repeat the newest version and are changed by services only; money never follows from
    them but from the ledger.
    """

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="commitments")
    reference = models.CharField(max_length=24)
    case_reference = models.CharField(max_length=60)
    child_reference = models.CharField(max_length=60, blank=True)
    source_ref = models.CharField(max_length=120, help_text="The decision, its version and the line it agreed.")
    terms_hash = models.CharField(max_length=64, help_text="Of everything that was asked for when it was posted.")
    provider = models.CharField(max_length=200, blank=True)
    service_type = models.CharField(max_length=120)
    budget_line = models.ForeignKey("finance.BudgetLine", on_delete=models.PROTECT, related_name="commitments")
    start = models.DateField()
    expected_end = models.DateField(null=True, blank=True)
    end_basis = models.CharField(max_length=20, choices=EndBasis.choices)
    horizon = models.DateField(help_text="The last day worked out when no end is known.")
    unit = models.CharField(max_length=8, choices=[(u.value, u.value) for u in Unit])
    count_last_day = models.BooleanField(default=True)
    underwrite = models.BooleanField(default=False, help_text="Shares not agreed are held against the council's line.")
    status = models.CharField(max_length=12, choices=CommitmentStatus.choices, default=CommitmentStatus.ACTIVE)
    snapshot = models.JSONField(default=dict, help_text="The money as it stood and as it became, when posted.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="commitment_reference_once_in_a_council"),
            models.UniqueConstraint(fields=["council", "source_ref"], name="commitment_once_for_a_decided_line"),
            models.CheckConstraint(
                condition=models.Q(expected_end__isnull=True) | models.Q(expected_end__gte=models.F("start")),
                name="commitment_does_not_end_before_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=CommitmentStatus.values), name="commitment_status_is_a_known_one"
            ),
        ]
        indexes = [
            models.Index(fields=["council", "case_reference"], name="commitment_by_case"),
            models.Index(fields=["council", "status", "expected_end"], name="commitment_by_end"),
            models.Index(fields=["budget_line", "-id"], name="commitment_by_line"),
        ]

    def __str__(self) -> str:
        return self.reference


class OfCommitment:
    """Says how a version leads to its council and the owner of its budget line."""

    council_path = "commitment__council_id"
    owner_path: str | None = "commitment__budget_line__owner_id"


class Version(AppendOnly):
    """What every version of a commitment says of itself: why, on whose decision, by whom and when."""

    reason = models.CharField(max_length=20, choices=ChangeReason.choices, default=ChangeReason.INITIAL)
    source_ref = models.CharField(max_length=120)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class RateVersionQuerySet(OfCommitment, AppendOnlyQuerySet["RateVersion"]):
    """Questions about prices."""


class RateVersion(Version):
    """A price from a day on: pence per unit, and how many units a week (or in all, for a one-off or a term)."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="rates")
    effective_from = models.DateField()
    unit = models.CharField(max_length=8, choices=[(u.value, u.value) for u in Unit])
    quantity = models.DecimalField(max_digits=9, decimal_places=2, default=1)
    rate_pence = models.BigIntegerField()

    objects = RateVersionQuerySet.as_manager()

    class Meta:
        ordering = ["effective_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "source_ref", "effective_from"], name="rate_once_for_a_decision"
            ),
            models.CheckConstraint(condition=models.Q(rate_pence__gte=0), name="rate_is_not_negative"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} from {self.effective_from}"


class EndVersionQuerySet(OfCommitment, AppendOnlyQuerySet["EndVersion"]):
    """Questions about last days."""


class EndVersion(Version):
    """The last day as it was understood from an instant on; the newest row holds."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="ends")
    expected_end = models.DateField(null=True, blank=True)
    end_basis = models.CharField(max_length=20, choices=EndBasis.choices)

    objects = EndVersionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["commitment", "source_ref"], name="end_once_for_a_decision")]

    def __str__(self) -> str:
        return f"{self.commitment_id} until {self.expected_end}"


class SuspensionQuerySet(OfCommitment, AppendOnlyQuerySet["Suspension"]):
    """Questions about suspensions."""


class Suspension(Version):
    """Days, both included, on which only part of the price is paid."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="suspensions")
    first_day = models.DateField()
    last_day = models.DateField()
    percent_retained = models.DecimalField(max_digits=5, decimal_places=2)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "source_ref", "first_day"], name="suspension_once_for_a_decision"
            ),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="suspension_does_not_end_before_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(percent_retained__gte=0, percent_retained__lte=100),
                name="suspension_retains_0_to_100_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.first_day} to {self.last_day}"


class SplitVersionQuerySet(OfCommitment, AppendOnlyQuerySet["SplitVersion"]):
    """Questions about splits."""


class SplitVersion(Version):
    """Who pays from a day on."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="splits")
    effective_from = models.DateField()

    objects = SplitVersionQuerySet.as_manager()

    class Meta:
        ordering = ["effective_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "source_ref", "effective_from"], name="split_once_for_a_decision"
            )
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} from {self.effective_from}"


class SplitShareQuerySet(AppendOnlyQuerySet["SplitShare"]):
    """Questions about shares."""

    council_path = "funder__council_id"
    owner_path = "split__commitment__budget_line__owner_id"


class SplitShare(AppendOnly):
    """One funder's share of a split, and how far it is agreed."""

    split = models.ForeignKey(SplitVersion, on_delete=models.PROTECT, related_name="shares")
    position = models.PositiveSmallIntegerField()
    funder = models.ForeignKey(Funder, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=12, choices=[(m.value, m.value) for m in ShareMode])
    value = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in ShareState])
    reference = models.CharField(max_length=120, blank=True)
    expires = models.DateField(null=True, blank=True)

    objects = SplitShareQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["split", "funder"], name="funder_once_in_a_split"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="share_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.funder_id} {self.mode} {self.value}"
