"""Financial years, budget lines and those who pay."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from finance.rules import AnnualBasis, Thresholds, year_label
from people.models import Council

from .base import ScopedQuerySet


class YearState(models.TextChoices):
    """Whether a year still takes postings."""

    PLANNED = "PLANNED", "Planned"
    OPEN = "OPEN", "Open"
    SOFT_CLOSED = "SOFT_CLOSED", "Closing"
    CLOSED = "CLOSED", "Closed"


class FinancialYearQuerySet(ScopedQuerySet["FinancialYear"]):
    """Questions about financial years."""


class FinancialYear(models.Model):
    """A council's year from 1 April to 31 March, with what the council wants of its figures in it."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="financial_years")
    begins = models.PositiveSmallIntegerField(help_text="The calendar year of its 1 April.")
    start = models.DateField()
    end = models.DateField()
    state = models.CharField(max_length=12, choices=YearState.choices, default=YearState.OPEN)
    warn_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    warn_pence = models.BigIntegerField(null=True, blank=True)
    annual_basis = models.CharField(
        max_length=12, choices=[(b.value, b.value) for b in AnnualBasis], default=AnnualBasis.EXACT_DAYS
    )

    objects = FinancialYearQuerySet.as_manager()

    class Meta:
        ordering = ["begins"]
        constraints = [
            models.UniqueConstraint(fields=["council", "begins"], name="year_once_in_a_council"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="year_ends_after_it_starts"),
            models.CheckConstraint(condition=models.Q(state__in=YearState.values), name="year_state_is_a_known_one"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The year as people write it: 2026/27."""
        return year_label(self.begins)

    @property
    def thresholds(self) -> Thresholds:
        """When the council wants to be warned in this year."""
        return Thresholds(self.warn_percent, self.warn_pence)


class BudgetLineQuerySet(ScopedQuerySet["BudgetLine"]):
    """Questions about budget lines."""

    owner_path = "owner_id"


class BudgetLine(models.Model):
    """One line of a year's budget. The same code in the next year is the same line, a year on."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="budget_lines")
    year = models.ForeignKey(FinancialYear, on_delete=models.PROTECT, related_name="lines")
    cost_centre = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    categories = models.JSONField(default=list, blank=True, help_text="Kinds of service that fall on this line.")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="budget_lines"
    )

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["year", "code"], name="line_code_once_in_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FunderQuerySet(ScopedQuerySet["Funder"]):
    """Questions about funders."""


class Funder(models.Model):
    """Who pays a share. An internal funder spends the council's budget lines; a partner does not."""

    OWN = "COUNCIL"

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="funders")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    internal = models.BooleanField(default=False)

    objects = FunderQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["council", "code"], name="funder_code_once_in_a_council")]

    def __str__(self) -> str:
        return self.name
