"""Decisions and what follows from them. A decision never changes; a correction is a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from applications.models import Application
from decisions.states import DecisionState
from finance.models import Commitment
from panels.models import PolicyVersion
from people.models import Council
from people.permissions import Permission

from .agenda import AgendaItem

if TYPE_CHECKING:
    from people.models import User

M = TypeVar("M", bound=models.Model)


def readable(user: User, request: str, permission: Permission = Permission.SEE_NARRATIVE) -> models.Exists:
    """The condition that somebody holds a permission over the request at this path from a row: may read its narrative.

    Asked row by row: as a list, every request they may read would be gathered to find the few that wait.
    """
    return models.Exists(Application.objects.for_user(user, permission).filter(pk=models.OuterRef(request)))


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Questions about decisions."""

    def for_user(self, user: User, permission: Permission = Permission.SEE_NARRATIVE) -> DecisionQuerySet:
        """Decisions on the requests over which somebody holds a permission: whose narrative they may read."""
        return self.filter(readable(user, "application", permission))


class Decision(models.Model):
    """One decision of one meeting on one request: a numbered minute with its evidence, money and clauses."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    reference = models.SlugField(max_length=24, unique=True)
    minute_number = models.CharField(max_length=40, help_text="Such as 2026/14/3: year, meeting, item.")
    version = models.PositiveIntegerField(default=1)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    state = models.CharField(max_length=12, choices=DecisionState.choices, default=DecisionState.CONFIRMED)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    outcome = models.SlugField(help_text="An outcome code of the policy.")
    effect = models.SlugField(help_text="What the outcome does: agree, agree_in_part, refuse, defer, recommend.")
    is_in_principle = models.BooleanField(default=False, help_text="Waits for a named endorser: quorum or authority.")
    awaits_role = models.SlugField(blank=True, help_text="Whose approval after panel it waits for, if any.")
    reasons = models.TextField(max_length=8000)
    members_views = models.TextField(max_length=8000, blank=True)
    review_date = models.DateField(null=True)
    no_review_reason = models.CharField(max_length=300, blank=True)
    findings = models.JSONField(default=dict, help_text="The assessment it was taken under, clause by clause.")
    quorum = models.JSONField(default=dict, help_text="Who was in the room, who withdrew, which clause was met.")
    money = models.JSONField(default=dict, help_text="What the chair saw: available before and after, this year, next.")
    lines = models.JSONField(default=list, help_text="Each resource as agreed, with what was changed from the request.")
    correction_reason = models.CharField(
        max_length=500, blank=True, help_text="Why this version replaces the one before."
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True, help_text="When the sealed sheet was sent to everybody on the list.")
    commitments = models.ManyToManyField(Commitment, related_name="+")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at"]
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="decision_version_once_on_an_item"),
            models.UniqueConstraint(
                fields=["item"],
                condition=~models.Q(state=DecisionState.SUPERSEDED),
                name="one_standing_decision_on_an_item",
            ),
            models.UniqueConstraint(fields=["council", "minute_number", "version"], name="minute_number_once"),
        ]
        indexes = [
            models.Index(fields=["council", "-recorded_at"], name="decisions_latest"),
            models.Index(fields=["state", "recorded_at"], name="decisions_by_state"),
        ]

    def __str__(self) -> str:
        return self.minute_number

    def get_absolute_url(self) -> str:
        """Where the decision is read."""
        return reverse("decisions:decision", args=[self.reference])


class OfDecisionQuerySet(models.QuerySet[M]):
    """Questions about what follows from decisions."""

    def for_user(self, user: User) -> Self:
        """What follows from the decisions somebody may read."""
        return self.filter(readable(user, "decision__application"))


class ApprovalQuerySet(OfDecisionQuerySet["Approval"]):
    """Questions about approvals."""


class Approval(models.Model):
    """The agreement of an officer whom the policy names after panel: asked for with the decision, answered once."""

    class Answer(models.TextChoices):
        """What the officer answered."""

        WAITING = "waiting", "waiting"
        AGREED = "agreed", "agreed"
        REFUSED = "refused", "not agreed"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="approvals")
    role = models.SlugField()
    rule = models.CharField(max_length=20, blank=True, help_text="The clause's id it rests on.")
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.WAITING)
    reasons = models.TextField(max_length=4000, blank=True)
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "role"], name="one_answer_of_a_role_on_a_decision")]
        indexes = [models.Index(fields=["role"], condition=models.Q(answer="waiting"), name="approvals_owed")]

    def __str__(self) -> str:
        return f"{self.role} {self.answer}"


class ConditionQuerySet(OfDecisionQuerySet["Condition"]):
    """Questions about conditions."""


class Condition(models.Model):
    """Something that must be so for the decision to hold."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=500)
    owner = models.CharField(max_length=160, blank=True)
    due = models.DateField(null=True)
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.CharField(max_length=500, blank=True, help_text="What shows that it is met.")

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class ActionQuerySet(OfDecisionQuerySet["Action"]):
    """Questions about actions."""

    def for_user(self, user: User) -> Self:
        """Actions somebody was given, and those of the decisions they may read: one's own need no case to be done."""
        mine = models.Q(owner=user, decision__council_id=user.council_id)
        return self.filter(mine | models.Q(readable(user, "decision__application")))


class Action(models.Model):
    """Something a named person does by a day."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="actions")
    reference = models.SlugField(max_length=24, unique=True)
    text = models.CharField(max_length=500)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="actions")
    due = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        indexes = [models.Index(fields=["owner", "done_at", "due"], name="actions_of_a_person")]

    def __str__(self) -> str:
        return self.text


class ReviewQuerySet(OfDecisionQuerySet["Review"]):
    """Questions about reviews."""


class Review(models.Model):
    """A day on which what was agreed comes back to a panel by itself: planned, or put forward by a trigger."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reviews")
    due = models.DateField()
    code = models.CharField(max_length=60, blank=True, help_text="The trigger's code, where one put it forward.")
    rule = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was put forward.")
    panel = models.SlugField(blank=True, help_text="The panel a trigger sends it to; empty for the one that decided.")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due"]
        indexes = [
            models.Index(
                fields=["item", "done_at", "due"],
                condition=models.Q(done_at__isnull=True, item__isnull=True),
                name="reviews_to_come",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "code"], condition=~models.Q(code=""), name="a_trigger_puts_a_decision_forward_once"
            )
        ]

    def __str__(self) -> str:
        return f"review of {self.decision} on {self.due}"
