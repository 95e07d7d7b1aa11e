"""The parts of a request: resource lines, alternatives, plan, other funding, views."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import models
from simple_history.models import HistoricalRecords

from .application import Application

if TYPE_CHECKING:
    from people.models import User


Part = TypeVar("Part", bound=models.Model)


class PartQuerySet(models.QuerySet[Part]):
    """Questions about parts of requests."""

    def for_user(self, user: User) -> PartQuerySet[Part]:
        """Parts of the requests somebody may see."""
        seen = Application.objects.for_user(user)
        return self.filter(models.Exists(seen.filter(pk=models.OuterRef("application"))))


class ResourceLineQuerySet(PartQuerySet["ResourceLine"]):
    """Questions about these rows."""


class ResourceLine(models.Model):
    """One resource asked for, with its price and its days (both count)."""

    class Unit(models.TextChoices):
        """What the price is for."""

        ONE_OFF = "one_off", "once"
        WEEKLY = "weekly", "a week"
        MONTHLY = "monthly", "a month"

    class Provision(models.TextChoices):
        """Who provides it."""

        IN_HOUSE = "in_house", "In-house"
        INDEPENDENT = "independent", "Independent provider"
        CONNECTED_PERSON = "connected_person", "Connected person"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    category = models.SlugField(max_length=60, help_text="A category of the rules' interface.")
    description = models.CharField(max_length=300, blank=True)
    provider = models.CharField(max_length=160, blank=True)
    provision = models.CharField(max_length=20, choices=Provision.choices, blank=True)
    unit = models.CharField(max_length=10, choices=Unit.choices, blank=True)
    pence = models.PositiveBigIntegerField(null=True, blank=True, help_text="Price in pence for one unit.")
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    is_open_ended = models.BooleanField(default=False)
    for_line = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    facts = models.JSONField(default=dict, blank=True, help_text="Facts for the rules, in the interface's words.")

    history = HistoricalRecords()
    objects = ResourceLineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.category} of {self.application}"


class AlternativeQuerySet(PartQuerySet["Alternative"]):
    """Questions about these rows."""


class Alternative(models.Model):
    """Another way that was tried or considered, and why it does not do."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="alternatives")
    option = models.CharField(max_length=300)
    provider = models.CharField(max_length=160, blank=True)
    pence = models.PositiveBigIntegerField(null=True, blank=True)
    outcome = models.TextField(max_length=2000, blank=True)

    history = HistoricalRecords()
    objects = AlternativeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.option


class PlanActionQuerySet(PartQuerySet["PlanAction"]):
    """Questions about these rows."""


class PlanAction(models.Model):
    """A step of the plan: what, who, by when, when looked at again."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="plan_actions")
    action = models.CharField(max_length=300)
    service = models.CharField(max_length=160, blank=True)
    owner = models.CharField(max_length=160, blank=True)
    due = models.DateField(null=True, blank=True)
    review = models.DateField(null=True, blank=True)

    history = HistoricalRecords()
    objects = PlanActionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.action


class OtherFundingQuerySet(PartQuerySet["OtherFunding"]):
    """Questions about these rows."""


class OtherFunding(models.Model):
    """Whether somebody else could pay: asked of whom, how much, what they said."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="other_funding")
    source = models.SlugField()
    is_possible = models.BooleanField()
    details = models.TextField(max_length=2000, blank=True)
    pence = models.PositiveBigIntegerField(null=True, blank=True)

    history = HistoricalRecords()
    objects = OtherFundingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "source"], name="funding_source_once_in_a_request")
        ]

    def __str__(self) -> str:
        return self.source


class ViewQuerySet(PartQuerySet["View"]):
    """Questions about these rows."""


class View(models.Model):
    """What one person with parental responsibility thinks, or why that is not known."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="views")
    person = models.CharField(max_length=160)
    relation = models.CharField(max_length=120)
    has_parental_responsibility = models.BooleanField(default=True)
    view = models.TextField(max_length=4000, blank=True)
    why_not_known = models.TextField(max_length=2000, blank=True)

    history = HistoricalRecords()
    objects = ViewQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.relation} on {self.application}"
