"""An office proposed by one person, which another one gives or refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from people.permissions import Capacity

from .council import Team

if TYPE_CHECKING:
    from .user import User


class ProposalState(models.TextChoices):
    """Where a proposed office stands."""

    WAITING = "waiting", "waiting"
    APPROVED = "approved", "approved"
    REFUSED = "refused", "refused"


class RoleProposalQuerySet(models.QuerySet["RoleProposal"]):
    """Questions about proposed offices."""

    def for_user(self, user: User) -> RoleProposalQuerySet:
        """Offices proposed in somebody's own council."""
        return self.filter(user__council_id=user.tenant)

    def waiting(self) -> RoleProposalQuerySet:
        """Those nobody has answered."""
        return self.filter(state=ProposalState.WAITING)

    def answered(self) -> RoleProposalQuerySet:
        """Those that were given or refused, the last answered first."""
        return self.exclude(state=ProposalState.WAITING).order_by("-decided_at", "-pk")


class RoleProposal(models.Model):
    """An office somebody is to hold. Who proposes it, who answers and whose it is to be are three different people."""

    reference = models.SlugField(max_length=24, unique=True, help_text="Random; what addresses are made of.")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="proposals")
    role = models.SlugField(help_text="A role code of the policy, such as team_manager.")
    capacity = models.SlugField(choices=[(c.value, c.label) for c in Capacity])
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.CharField(max_length=120, blank=True)
    area = models.SlugField(blank=True)
    since = models.DateField(help_text="The first day asked for; it is given from the day of approval at the earliest.")
    until = models.DateField(null=True, blank=True, help_text="The last day it is to be held.")
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.WAITING)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was refused.")

    objects = RoleProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="proposal_does_not_end_before_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__in=[c.value for c in Capacity]), name="proposed_capacity_is_a_known_one"
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("proposed_by")), name="nobody_proposes_an_office_for_themselves"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | (~models.Q(decided_by=models.F("proposed_by")) & ~models.Q(decided_by=models.F("user"))),
                name="proposal_is_answered_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(state=ProposalState.WAITING, decided_by__isnull=True, decided_at__isnull=True)
                    | (
                        ~models.Q(state=ProposalState.WAITING)
                        & models.Q(decided_by__isnull=False, decided_at__isnull=False)
                    )
                ),
                name="proposal_is_answered_by_somebody_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(state=ProposalState.WAITING),
                name="one_proposal_of_an_office_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.user} as {self.role}"

    @property
    def title(self) -> str:
        """The office in words, where the policy's own title is not at hand."""
        return self.role.replace("_", " ").capitalize()
