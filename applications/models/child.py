"""The minimal record of a child: enough to ask for a resource, no second case file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from people.models import Council, Team
from people.permissions import Permission, Scope

if TYPE_CHECKING:
    from people.models import User


class ChildQuerySet(models.QuerySet["Child"]):
    """Questions about children."""

    def for_user(self, user: User) -> ChildQuerySet:
        """Children somebody may ask for or sign off: their own, their team's, their service's, the council's."""
        scopes = user.scopes_of(Permission.SEE_NARRATIVE)
        mine = models.Q(pk__in=[])
        if Scope.OWN in scopes:
            mine |= models.Q(worker=user)
        if Scope.TEAM in scopes:
            mine |= models.Q(team_id=user.team_id)
        if Scope.SERVICE in scopes:
            mine |= models.Q(team__service__in=[held.service for held in user.held if held.service])
        if Scope.COUNCIL in scopes:
            mine = models.Q()
        return self.filter(mine, council_id=user.council_id or 0)


class Child(models.Model):
    """A child as the panel needs to know them; the file itself is in the case system under `case_reference`."""

    class Status(models.TextChoices):
        """The child's status in law, as the rules know it."""

        NONE = "none", "None of these"
        CHILD_IN_NEED = "child_in_need", "Child in need"
        CHILD_PROTECTION = "child_protection", "Child protection plan"
        LOOKED_AFTER = "looked_after", "Looked after"
        CARE_LEAVER = "care_leaver", "Care leaver"

    class LegalBasis(models.TextChoices):
        """On what legal basis the child is looked after."""

        NONE = "none", "Not looked after"
        SECTION_20 = "section_20", "Section 20 (voluntary)"
        INTERIM_CARE_ORDER = "interim_care_order", "Interim care order"
        CARE_ORDER = "care_order", "Care order"
        REMAND = "remand", "Remand"
        POLICE_PROTECTION = "police_protection", "Police protection"
        EMERGENCY_PROTECTION_ORDER = "emergency_protection_order", "Emergency protection order"

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="+")
    reference = models.SlugField(max_length=24, unique=True, help_text="Random; what the ledger and addresses use.")
    case_reference = models.CharField("case system reference", max_length=40)
    family_reference = models.CharField(max_length=40, blank=True, help_text="Siblings share it.")
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    date_of_birth = models.DateField(null=True, blank=True, help_text="Empty for an unborn child.")
    due_date = models.DateField(null=True, blank=True, help_text="For an unborn child.")
    status = models.CharField(max_length=20, choices=Status.choices)
    legal_basis = models.CharField(max_length=30, choices=LegalBasis.choices, default=LegalBasis.NONE)
    is_disabled = models.BooleanField(default=False)
    is_unaccompanied = models.BooleanField(default=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="children")
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="children")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = HistoricalRecords()
    objects = ChildQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name"]
        constraints = [
            models.UniqueConstraint(fields=["council", "case_reference"], name="case_reference_once_in_a_council")
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        """First letters, for screens that may be shared."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()
