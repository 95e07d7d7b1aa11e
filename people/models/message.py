"""Messages owed: written with the change they tell of, sent later by the relay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from people.messages import TEMPLATES

from .council import Council

if TYPE_CHECKING:
    from .user import User


class MessageState(models.TextChoices):
    """How far a message has come."""

    OWED = "owed", "waiting to be sent"
    CLAIMED = "claimed", "being sent"
    ACCEPTED = "accepted", "sent"
    FAILED = "failed", "could not be sent"
    SUPPRESSED = "suppressed", "not sent: access had ended"
    UNKNOWN = "unknown", "may have been sent"


class MessageQuerySet(models.QuerySet["Message"]):
    """Questions about messages."""

    def for_user(self, user: User) -> MessageQuerySet:
        """Messages of somebody's own council."""
        return self.filter(council_id=user.tenant)


class Message(models.Model):
    """One message to one person. It holds codes and references; the text is made when it is sent.

    `about_model` and `about_pk` name the thing the link opens: before sending, the relay asks that model's
    `for_user` whether the recipient may still see it.
    """

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="messages")
    template = models.SlugField(help_text="A constant of people/messages: the words that do not vary.")
    reference = models.CharField(max_length=40)
    path = models.CharField(max_length=200, help_text="Where the link leads; holds a random reference only.")
    on = models.DateField(null=True, blank=True, help_text="The one date the message may name.")
    about_model = models.CharField(max_length=60, blank=True)
    about_pk = models.BigIntegerField(null=True, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.OWED)
    owed_at = models.DateTimeField()
    owed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    next_try_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    settled = models.DateTimeField(null=True, blank=True, help_text="When its last state was reached.")
    fault = models.CharField(max_length=120, blank=True, help_text="The server's code; never its words.")
    text_sha256 = models.CharField(max_length=64, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-owed_at"]
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="messages_to_send"),
            models.Index(fields=["council", "-owed_at"], name="messages_of_a_council"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.reference}"

    @property
    def says(self) -> str:
        """What the message says, in the words it is sent with."""
        return TEMPLATES[self.template].says if self.template in TEMPLATES else self.template
