"""The meeting while it is held: who is in the room, who has an interest, what is on the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings
from django.db import models

from panels.models import Meeting

from .agenda import AgendaItem

if TYPE_CHECKING:
    from people.models import User

M = TypeVar("M", bound=models.Model)


class OfMeetingQuerySet(models.QuerySet[M]):
    """Questions about what belongs to a meeting."""

    def for_user(self, user: User) -> Self:
        """Rows of the meetings somebody may see."""
        return self.filter(meeting__in=Meeting.objects.for_user(user))


class AttendanceEventQuerySet(OfMeetingQuerySet["AttendanceEvent"]):
    """Questions about attendance."""


class AttendanceEvent(models.Model):
    """Somebody came, left, sent apologies. Presence at a moment is read from these; none is ever changed."""

    class Kind(models.TextChoices):
        """What happened."""

        CAME = "came", "present"
        LEFT = "left", "left"
        APOLOGIES = "apologies", "apologies"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    guest = models.CharField(max_length=160, blank=True, help_text="Title of somebody without an account.")
    role = models.SlugField(help_text="The role code that counts for the quorum.")
    substitute_for = models.SlugField(blank=True, help_text="The seat they stand in for.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AttendanceEventQuerySet.as_manager()

    class Meta:
        ordering = ["noted_at", "pk"]

    def __str__(self) -> str:
        return f"{self.role} {self.kind}"


class OfItemQuerySet(models.QuerySet[M]):
    """Questions about what belongs to an item."""

    def for_user(self, user: User) -> Self:
        """Rows of items in meetings somebody may see."""
        return self.filter(item__meeting__in=Meeting.objects.for_user(user))


class InterestQuerySet(OfItemQuerySet["Interest"]):
    """Questions about interests."""


class Interest(models.Model):
    """What somebody in the room declared on one case, and whether they withdraw from it."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="interests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    guest = models.CharField(max_length=160, blank=True, help_text="Title of somebody without an account.")
    nature = models.CharField(max_length=300, blank=True, help_text="Empty for a nil return.")
    withdraws = models.BooleanField(default=False)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering = ["declared_at"]
        constraints = [
            models.UniqueConstraint(fields=["item", "user"], name="one_declaration_of_a_person_on_a_case"),
            models.UniqueConstraint(
                fields=["item", "guest"], condition=~models.Q(guest=""), name="one_declaration_of_a_guest_on_a_case"
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(guest=""), name="declared_by_a_person_or_a_guest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.item}"

    @property
    def name(self) -> str:
        """Who declared: somebody with an account by name, a guest by title."""
        return str(self.user) if self.user else self.guest


class LiveStateQuerySet(OfMeetingQuerySet["LiveState"]):
    """Questions about what the room looks at."""


LIVE_PARTS = ("items", "attendance", "money", "current", "case", "meeting")
"""The regions of a screen that follows a meeting."""


class LiveState(models.Model):
    """What the room is looking at, and a number that grows with every change, for screens that follow."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="live")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, related_name="+")
    recorder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveBigIntegerField(default=0)
    # The version at which each region of the screen last changed.
    items_version = models.PositiveBigIntegerField(default=0)
    attendance_version = models.PositiveBigIntegerField(default=0)
    money_version = models.PositiveBigIntegerField(default=0)
    current_version = models.PositiveBigIntegerField(default=0)
    case_version = models.PositiveBigIntegerField(default=0)
    meeting_version = models.PositiveBigIntegerField(default=0)

    objects = LiveStateQuerySet.as_manager()

    def __str__(self) -> str:
        return f"live {self.meeting}"

    @property
    def parts(self) -> dict[str, int]:
        """Each region of the screen with the version at which it last changed."""
        return {part: getattr(self, f"{part}_version") for part in LIVE_PARTS}


class MinuteDraftQuerySet(OfItemQuerySet["MinuteDraft"]):
    """Questions about drafts."""


class MinuteDraft(models.Model):
    """What somebody is typing for a case's decision: kept valid or not, never an effect."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField(default=dict)
    base_version = models.PositiveIntegerField()
    saved_at = models.DateTimeField()

    objects = MinuteDraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="one_minute_draft_of_a_person_on_a_case")]

    def __str__(self) -> str:
        return f"draft on {self.item}"
