"""What the policy asks beside a decision: questions answered with it, and what is still to be done after it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .decision import Decision, OfDecisionQuerySet


class AnswerQuerySet(OfDecisionQuerySet["Answer"]):
    """Questions about answers."""


class Answer(models.Model):
    """A question of the policy, answered in the meeting or for the sheet: as it was asked, with its rule."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="answers")
    code = models.CharField(max_length=60)
    label = models.CharField(max_length=300)
    rule = models.CharField(max_length=20)
    value = models.JSONField(help_text="Words, a day in ISO, true or false, a list, or whole pence.")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "code"], name="one_answer_to_a_question")]

    def __str__(self) -> str:
        return self.label


class DutyQuerySet(OfDecisionQuerySet["Duty"]):
    """Questions about duties."""

    def open(self) -> DutyQuerySet:
        """What is not done yet."""
        return self.filter(done_at__isnull=True)


class Duty(models.Model):
    """Something the policy wants done after a decision, ticked once with evidence: told, uploaded, written down."""

    class Kind(models.TextChoices):
        """What sort of thing it is."""

        TELL = "tell", "tell"
        UPLOAD = "upload", "put on record"
        NOTE = "note", "write down"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    who = models.CharField(max_length=300, blank=True, help_text="Whom it is told to, in words.")
    how = models.CharField(max_length=200, blank=True, help_text="By which way, and what may be said.")
    rule = models.CharField(max_length=20, blank=True)
    due = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=500, blank=True, help_text="How it was done, or the answer.")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "duties"
        constraints = [models.UniqueConstraint(fields=["decision", "kind", "code"], name="one_duty_of_a_decision")]
        indexes = [models.Index(fields=["done_at", "due"], name="duties_open")]

    def __str__(self) -> str:
        return self.title


class CostNoteQuerySet(OfDecisionQuerySet["CostNote"]):
    """Questions about cost notes."""


class CostNote(models.Model):
    """The cost part of a decision, written once by the office the policy names for it."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="cost_note")
    words = models.CharField(max_length=500, help_text="What the cost rests on: budget, rate, period.")
    rule = models.CharField(max_length=20, blank=True)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CostNoteQuerySet.as_manager()

    def __str__(self) -> str:
        return f"cost of {self.decision}"
