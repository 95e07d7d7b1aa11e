"""The agenda of a meeting: its items, and the versions that were published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from applications.models import Application
from decisions.states import ItemState
from panels.models import Meeting

if TYPE_CHECKING:
    from people.models import User


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    """Questions about agenda items."""

    def for_user(self, user: User) -> AgendaItemQuerySet:
        """Items of the meetings somebody may see."""
        return self.filter(meeting__in=Meeting.objects.for_user(user))


class AgendaItem(models.Model):
    """One item of one meeting. A case carried forward gets a new item that points back; the old one stays."""

    class Kind(models.TextChoices):
        """What sort of item it is."""

        CASE = "case", "Case"
        STANDING = "standing", "Standing item"
        BREAK = "break", "Break"

    class Origin(models.TextChoices):
        """Why it is on the agenda."""

        NEW = "new", "new request"
        CARRIED = "carried", "carried over"
        URGENT = "urgent", "urgent"
        REVIEW = "review", "review due"
        TRIGGER = "trigger", "put forward by the policy"
        RATIFY = "ratify", "decided outside panel, to be ratified"
        STANDING = "standing", "on every agenda"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, related_name="items")
    reference = models.SlugField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CASE)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.NEW)
    title = models.CharField(max_length=160, blank=True)
    clause = models.CharField(max_length=20, blank=True, help_text="The policy entry a standing item rests on.")
    position = models.PositiveIntegerField()
    minutes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(
        null=True, help_text="Follows from order and minutes; kept so that lists need not count."
    )
    state = models.CharField(max_length=12, choices=ItemState.choices, default=ItemState.WAITING)
    version = models.PositiveIntegerField(default=1)
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why it was carried, or listed out of the ordinary."
    )
    note = models.TextField(max_length=4000, blank=True, help_text="What was said of a standing item.")
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="carried_to")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(null=True, help_text="What the timer counts from.")
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(state__in=[ItemState.WAITING, ItemState.CALLED]),
                name="a_request_waits_on_one_agenda",
            ),
            models.UniqueConstraint(
                fields=["meeting"], condition=models.Q(state=ItemState.CALLED), name="one_item_is_heard_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["meeting", "position"], name="agenda_in_order")]

    def __str__(self) -> str:
        return f"{self.position} of {self.meeting}"


class AgendaVersionQuerySet(models.QuerySet["AgendaVersion"]):
    """Questions about published agendas."""

    def for_user(self, user: User) -> AgendaVersionQuerySet:
        """Agendas of the meetings somebody may see."""
        return self.filter(meeting__in=Meeting.objects.for_user(user))


class AgendaVersion(models.Model):
    """An agenda as published: frozen."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda_versions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField(help_text="What the pack is drawn from.")
    changes = models.JSONField(default=list, help_text="What differs from the version before, in sentences.")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pack = models.FileField(upload_to="packs/%Y/%m", blank=True)
    pack_sha256 = models.CharField(max_length=64, blank=True)

    objects = AgendaVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="agenda_number_once_in_a_meeting")]

    def __str__(self) -> str:
        return f"agenda {self.number} of {self.meeting}"
