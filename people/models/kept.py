"""Words that came too late: a form posted after the session had ended, kept for the one who typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .user import User


class KeptFormQuerySet(models.QuerySet["KeptForm"]):
    """Questions about kept forms."""

    def for_user(self, user: User) -> KeptFormQuerySet:
        """Somebody's own, and nobody else's."""
        return self.filter(user=user)

    def waiting(self) -> KeptFormQuerySet:
        """Those not given back yet, the latest first."""
        return self.filter(given_back__isnull=True).order_by("-kept", "-pk")


class KeptForm(models.Model):
    """One posted form: where it was to go and what it held. Files are not kept. Swept after a day."""

    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    fields = models.JSONField(help_text="Name to list of values, as posted.")
    kept = models.DateTimeField(help_text="When it came.")
    given_back = models.DateTimeField(null=True, help_text="When its owner sent it on or threw it away.")

    objects = KeptFormQuerySet.as_manager()

    class Meta:
        ordering = ["-kept"]
        indexes = [models.Index(fields=["user", "given_back"], name="forms_kept_for_somebody")]

    def __str__(self) -> str:
        return f"form for {self.path}"
