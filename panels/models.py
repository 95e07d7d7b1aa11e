"""Policies as adopted, panels, who holds their seats, and meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from panels.states import MeetingState
from people.models import Council
from people.permissions import Permission, Scope

if TYPE_CHECKING:
    from datetime import date

    from people.models import User


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Questions about policy versions."""

    def for_user(self, user: User) -> PolicyVersionQuerySet:
        """The policies of somebody's own council."""
        return self.filter(council_id=user.tenant)

    def in_force(self, *, council: Council, on: date) -> PolicyVersion | None:
        """The latest version that took effect on or before a day, or None."""
        return self.filter(council=council, effective_from__lte=on).order_by("-effective_from", "-number").first()

    def update(self, **_kwargs: object) -> int:
        """Refused: an adopted policy never changes; adopt a new version."""
        raise TypeError("An adopted policy cannot be changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: decisions rest on it."""
        raise TypeError("An adopted policy cannot be deleted.")


class PolicyVersion(models.Model):
    """A council's rules as adopted: the whole payload, its digest, from when, by whom. Never changed."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="policies")
    number = models.PositiveIntegerField()
    payload = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical payload.")
    effective_from = models.DateField()
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_from", "-number"]
        constraints = [models.UniqueConstraint(fields=["council", "number"], name="policy_number_once_in_a_council")]

    def __str__(self) -> str:
        return f"{self.council.slug}@{self.number}"


class PanelQuerySet(models.QuerySet["Panel"]):
    """Questions about panels."""

    def for_user(self, user: User) -> PanelQuerySet:
        """The panels of somebody's own council."""
        return self.filter(council_id=user.tenant)


class Panel(models.Model):
    """A standing panel: one for each panel of the policy, and for each area where the policy has one per area."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="panels")
    slug = models.SlugField(help_text="The panel's code in the policy.")
    area = models.SlugField(blank=True)
    name = models.CharField(max_length=160)
    is_active = models.BooleanField(default=True)

    objects = PanelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["council", "slug", "area"], name="panel_once_in_a_council_and_area")
        ]

    def __str__(self) -> str:
        return self.name


class SeatHolderQuerySet(models.QuerySet["SeatHolder"]):
    """Questions about who sits on a panel."""

    def for_user(self, user: User) -> SeatHolderQuerySet:
        """Seats of the panels of somebody's own council."""
        return self.filter(panel__council_id=user.tenant)

    def on(self, day: date) -> SeatHolderQuerySet:
        """Seats held on a day; both days count."""
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gte=day), since__lte=day)


class SeatHolder(models.Model):
    """Somebody holding a seat of a panel between two days, both included."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="seat_holders")
    seat = models.SlugField(help_text="A seat code of the policy.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = SeatHolderQuerySet.as_manager()

    class Meta:
        ordering = ["panel", "seat"]

    def __str__(self) -> str:
        return f"{self.user}: {self.seat} of {self.panel}"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Questions about meetings."""

    def for_user(self, user: User) -> MeetingQuerySet:
        """Meetings somebody may see: all of the council's, or those of the panels where they hold a seat."""
        scopes = user.scopes_of(Permission.SEE_MEETING)
        if Scope.COUNCIL in scopes:
            return self.filter(panel__council_id=user.tenant)
        if Scope.PANELS in scopes:
            seats = SeatHolder.objects.for_user(user).filter(user=user).values("panel_id")
            return self.filter(panel__council_id=user.tenant, panel_id__in=seats)
        return self.none()

    def upcoming(self, *, on: date) -> MeetingQuerySet:
        """Meetings of a day or later that are still to be held, the next first."""
        return self.filter(starts_at__date__gte=on).exclude(state__in=[MeetingState.CANCELLED]).order_by("starts_at")


class Meeting(models.Model):
    """One sitting of a panel. Its agenda lives above, in decisions."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="meetings")
    reference = models.SlugField(max_length=24, unique=True, help_text="Random; what addresses are made of.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=24, choices=MeetingState.choices, default=MeetingState.PLANNED)
    number = models.PositiveIntegerField(null=True, blank=True, help_text="Given when the meeting is opened.")
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    administrator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(
        default=0, help_text="Counts every change; what stale forms are held against."
    )
    agenda_version = models.PositiveIntegerField(default=0, help_text="The number of the agenda last published.")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True, help_text="When the chair signed the minutes.")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why it departs from the schedule, was moved or cancelled."
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="meeting_ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["panel", "starts_at"], name="one_meeting_of_a_panel_at_a_time"),
            models.UniqueConstraint(fields=["panel", "number"], name="meeting_number_once_in_a_panel"),
        ]
        indexes = [
            models.Index(fields=["panel", "starts_at"], name="meetings_of_a_panel"),
            models.Index(fields=["state", "starts_at"], name="meetings_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.panel}, {self.starts_at:%d %B %Y}"
