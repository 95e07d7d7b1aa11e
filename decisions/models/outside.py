"""What an officer approves because the panel cannot be waited for, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

from applications.models import Application
from applications.states import State
from decisions.states import OutsideState
from finance.models import Commitment
from panels.models import PolicyVersion
from people.models import Council

from .decision import Decision, readable

if TYPE_CHECKING:
    from datetime import date

    from people.models import User

OPEN = (OutsideState.TOLD, OutsideState.STANDING)
PAYS = (OutsideState.STANDING, OutsideState.RATIFIED, OutsideState.NOT_RATIFIED, OutsideState.FOLLOWED)


class OutsideApprovalQuerySet(models.QuerySet["OutsideApproval"]):
    """Questions about approvals outside the panel."""

    def for_user(self, user: User) -> OutsideApprovalQuerySet:
        """Approvals of requests whose narrative somebody may read, and those given in their name."""
        here = models.Q(readable(user, "application"))
        return self.filter(here | models.Q(agreed_by=user), council_id=user.tenant)

    def in_the_name_of(self, user: User) -> OutsideApprovalQuerySet:
        """Those given in somebody's name: the part of `for_user` for which no request need be looked at."""
        return self.filter(agreed_by=user, council_id=user.tenant)

    def unsettled(self) -> OutsideApprovalQuerySet:
        """Those the panel has still to see, by the policy; a request that was withdrawn comes to no panel."""
        owed = self.filter(state__in=OPEN).exclude(afterwards=OutsideApproval.Then.NOTHING)
        return owed.exclude(application__state=State.WITHDRAWN)


class OutsideApproval(models.Model):
    """One approval outside the panel: a decision of its own kind, with its evidence, money and clauses.

    It lasts until `valid_until`, that day included, and has committed no money beyond it. What the panel then says is
    a decision of the panel; this row keeps which one. It never changes but for its way: confirmed, seen by the panel.
    """

    class Then(models.TextChoices):
        """What the policy asks of the panel afterwards."""

        RATIFIED = "ratified", "to be ratified"
        REVIEWED = "reviewed", "to be reviewed"
        HEARD = "heard", "to be heard"
        NOTHING = "nothing", "not to come to the panel"

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="outside_approvals")
    reference = models.SlugField(max_length=24, unique=True)
    state = models.CharField(max_length=12, choices=OutsideState.choices)
    kind = models.SlugField(help_text="Which kind of emergency, in the words of the policy.")
    role = models.SlugField(
        blank=True, help_text="The office it was given in; blank where it was none the policy names."
    )
    rule = models.CharField(max_length=20, blank=True, help_text="The clause's id it rests on.")
    afterwards = models.CharField(max_length=10, choices=Then.choices, default=Then.NOTHING)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    request_version = models.PositiveIntegerField(help_text="The version of the request that was approved.")
    reason = models.TextField(max_length=4000)
    consulted = models.JSONField(
        default=list, help_text="Whom the policy asks to consult: role, name and when, or not."
    )
    valid_until = models.DateField(null=True, help_text="The last day it lasts; none where the policy states none.")
    findings = models.JSONField(default=dict, help_text="The assessment it was given under, clause by clause.")
    lines = models.JSONField(default=list, help_text="Each resource as far as it is approved here.")
    money = models.JSONField(default=dict, help_text="The budget lines before and after; empty until it is committed.")
    pence = models.BigIntegerField(default=0, help_text="What it has committed, in all.")
    agreed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    covering_for = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True, max_length=2000, help_text="The officer's words on what was recorded.")
    settled_at = models.DateTimeField(null=True, help_text="When the panel decided on it.")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="+")
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    commitments = models.ManyToManyField(Commitment, related_name="+")

    objects = OutsideApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-agreed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(state__in=OPEN), name="one_open_approval_outside"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=OutsideState.values), name="outside_state_is_a_known_one"
            ),
        ]
        indexes = [models.Index(fields=["council", "state", "valid_until"], name="outside_by_state")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Where it is read."""
        return reverse("decisions:outside_approval", args=[self.reference])

    def has_lapsed(self, on: date) -> bool:
        """Whether its last day is over and the panel has not seen it."""
        return self.state in OPEN and self.valid_until is not None and self.valid_until < on
