"""The record: who did what and who read what, in a chain that shows every later change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from .council import Council

if TYPE_CHECKING:
    from datetime import date

    from .user import User


def today() -> date:
    """The day in London."""
    return timezone.localdate()


class Verb(models.TextChoices):
    """What was done with data: the six kinds a log of processing tells apart."""

    COLLECTION = "collection", "added"
    ALTERATION = "alteration", "changed"
    CONSULTATION = "consultation", "read"
    DISCLOSURE = "disclosure", "disclosed"
    COMBINATION = "combination", "combined"
    ERASURE = "erasure", "erased"


class RecordEntryQuerySet(models.QuerySet["RecordEntry"]):
    """Questions about the record. It cannot be changed through here, nor (by trigger) through the database."""

    def for_user(self, user: User) -> RecordEntryQuerySet:
        """The record of somebody's own council."""
        return self.filter(council_id=user.tenant)

    def update(self, **_kwargs: object) -> int:
        """Refused: the record is only added to."""
        raise TypeError("The record cannot be changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: the record is only added to."""
        raise TypeError("The record cannot be deleted.")


class RecordEntry(models.Model):
    """One row of the record. `facts` holds references and codes, never a child's name or free text."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=16, choices=Verb.choices)
    action = models.CharField(max_length=60, help_text="What happened, such as request.submitted.")
    subject = models.CharField(max_length=40, help_text="The kind of thing, such as request.")
    subject_ref = models.CharField(max_length=60, help_text="Its reference.")
    facts = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = RecordEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-seq"]
        constraints = [models.UniqueConstraint(fields=["council", "seq"], name="record_seq_once_in_a_council")]
        indexes = [
            models.Index(fields=["council", "subject", "subject_ref", "-seq"], name="record_by_subject"),
            models.Index(fields=["council", "by", "-seq"], name="record_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject_ref}"


class RecordHead(models.Model):
    """The last link of a council's chain; locked while a link is added, so that links have one order."""

    council = models.OneToOneField(Council, on_delete=models.PROTECT, primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.council} at {self.seq}"
