"""A council and its teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .user import User


class CouncilQuerySet(models.QuerySet["Council"]):
    """Questions about councils."""

    def for_user(self, user: User) -> CouncilQuerySet:
        """The council somebody works for, and no other."""
        return self.filter(pk=user.tenant)


class Council(models.Model):
    """A council that runs panels. Its rules are its policy; this row is what others point at."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    colour = models.CharField(max_length=7, default="#1d70b8", help_text="As #rrggbb, dark enough for white text.")

    objects = CouncilQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TeamQuerySet(models.QuerySet["Team"]):
    """Questions about teams."""

    def for_user(self, user: User) -> TeamQuerySet:
        """The teams of somebody's own council."""
        return self.filter(council_id=user.tenant)


class Team(models.Model):
    """A team of social workers: what a request belongs to."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=120)
    service = models.CharField(max_length=120, help_text="The service whose manager the team answers to.")
    area = models.SlugField(blank=True, help_text="A code of the council's policy, where it has areas.")
    is_disabled_childrens_team = models.BooleanField(default=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["council", "name"], name="team_name_once_in_a_council")]

    def __str__(self) -> str:
        return self.name
