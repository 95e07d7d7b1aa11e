"""Decision sheets: drawn from stored data alone, sealed, their fingerprint in the record."""

from __future__ import annotations

from django.db import models

from decisions.states import SheetState

from .decision import Decision, OfDecisionQuerySet


class SheetQuerySet(OfDecisionQuerySet["Sheet"]):
    """Questions about sheets."""


class Sheet(models.Model):
    """The sheet of one decision version. The row is written when the chair signs; a task draws what is owed."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="sheet")
    reference = models.SlugField(max_length=24, unique=True)
    state = models.CharField(max_length=8, choices=SheetState.choices, default=SheetState.OWED)
    data = models.JSONField(help_text="Everything the sheet shows; nothing else is read when it is drawn.")
    data_sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="sheets/%Y/%m", blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True, help_text="The server's time of the seal.")
    fault = models.CharField(max_length=200, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "next_try_at"], name="sheets_to_draw")]

    def __str__(self) -> str:
        return self.reference
