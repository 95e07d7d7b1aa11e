"""Words typed and not yet accepted: kept valid or not, so that nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from .application import Application

if TYPE_CHECKING:
    from people.models import User


class DraftTextQuerySet(models.QuerySet["DraftText"]):
    """Questions about drafts."""

    def for_user(self, user: User) -> DraftTextQuerySet:
        """One's own drafts only."""
        return self.filter(user=user)


class DraftText(models.Model):
    """The newest unsaved state of one form group of one request by one person."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    group = models.SlugField(max_length=40)
    fields = models.JSONField(default=dict, help_text="As typed, by field name.")
    base_version = models.PositiveIntegerField()
    saved_at = models.DateTimeField()

    objects = DraftTextQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "user", "group"], name="one_draft_of_a_group")]

    def __str__(self) -> str:
        return f"{self.group} of {self.application}"
