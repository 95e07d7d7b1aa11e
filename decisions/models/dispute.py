"""Disagreement with a decision: the steps of the council's ladder that were taken, each with its end."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .decision import Decision, OfDecisionQuerySet


class DisputeQuerySet(OfDecisionQuerySet["Dispute"]):
    """Questions about disputes."""


class Dispute(models.Model):
    """One step taken: who disagrees, why, to whom it went, by when, and how it ended."""

    class Raised(models.TextChoices):
        """Who disagrees."""

        PRACTITIONER = "practitioner", "a practitioner"
        FAMILY = "family", "the family or a carer"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="disputes")
    code = models.SlugField(help_text="The step's code in the policy.")
    raised_by = models.CharField(max_length=12, choices=Raised.choices)
    goes_to = models.SlugField(blank=True, help_text="The office it went to; empty where the policy names none.")
    rule = models.CharField(max_length=20)
    words = models.TextField(max_length=4000, help_text="What is disagreed with, and why.")
    due = models.DateTimeField(null=True, help_text="The step's timer, where the policy gives one.")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    result = models.TextField(max_length=4000, blank=True, help_text="How it ended.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "code", "raised_by"], name="a_step_is_taken_once_by_each")
        ]

    def __str__(self) -> str:
        return f"{self.code} on {self.decision}"

    @property
    def is_late(self) -> bool:
        """Whether it was opened after the step's timer had run out."""
        return self.due is not None and self.opened_at > self.due
