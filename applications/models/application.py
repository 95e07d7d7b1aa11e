"""A request for resources and its signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from applications.states import EDITABLE, OUTSIDE, State
from panels.models import Panel, PolicyVersion, SeatHolder
from people.models import Council, Team
from people.permissions import GRANTS, Permission, Scope

from .child import Child

if TYPE_CHECKING:
    from collections.abc import Iterable

    from people.models import RoleHeld, User

# What a panel's members may see: what has come as far as an agenda.
BEFORE_PANEL = frozenset({State.LISTED, State.IN_PANEL, State.DECIDED, State.DEFERRED})


# What short lists show of a request, and the columns of a person's name.
SHORT = (
    "reference",
    "title",
    "state",
    "with_role",
    "changed_at",
    "submitted_at",
    "withdrawal_asked_at",
    "child__first_name",
    "child__last_name",
    "child__worker",
    "team__name",
    "panel__name",
)
NAME = ("first_name", "last_name", "username")

# What a signature needs to be given: a cover reads what the colleague would have read.
TO_SIGN = frozenset(
    {
        Permission.SEE_REQUEST,
        Permission.SEE_SUMMARY,
        Permission.SEE_NARRATIVE,
        Permission.OPEN_DOCUMENT,
        Permission.SIGN_OFF,
    }
)


def waiting_in(offices: Iterable[RoleHeld]) -> models.Q:
    """The condition that a request waits for a signature in one of these offices.

    An office reaches the team, the service and the area it was given for; an office given for none reaches all.
    """
    here = models.Q(pk__in=[])
    for office in offices:
        here |= models.Q(with_role=office.role, **_bounds(office))
    return here & models.Q(state=State.WITH_MANAGER)


def _bounds(office: RoleHeld) -> dict[str, Any]:
    bounds = {"team": office.team_id, "team__service": office.service, "team__area": office.area}
    return {field: value for field, value in bounds.items() if value}


def urgent_in(offices: Iterable[RoleHeld]) -> models.Q:
    """The condition that a request is an emergency which one of these offices could approve outside the panel."""
    here = models.Q(pk__in=[])
    for office in offices:
        if office.capacity in GRANTS[Permission.APPROVE_BEYOND_PANEL]:
            here |= models.Q(facts__emergency__kind__in=["placement", "support"], **_bounds(office))
    return here & models.Q(state__in=OUTSIDE)


def reach(user: User, permission: Permission) -> models.Q:
    """Which requests somebody holds a permission over, as a condition.

    A panel's members reach a request from the publication of the agenda it stands on; who covers for a colleague
    reaches what that colleague would sign or, in an emergency, approve outside the panel.
    """
    scopes = user.scopes_of(permission)
    council = models.Q(council_id=user.tenant)
    if Scope.COUNCIL in scopes:
        return council
    mine = models.Q(pk__in=[])
    if Scope.OWN in scopes:
        mine |= models.Q(worker=user) | models.Q(child__worker=user)
    if Scope.TEAM in scopes and user.team_id:
        mine |= models.Q(team_id=user.team_id)
    if Scope.SERVICE in scopes:
        mine |= models.Q(team__service__in=[held.service for held in user.held if held.service])
    if Scope.PANELS in scopes:
        seats = SeatHolder.objects.for_user(user).filter(user=user).values("panel_id")
        mine |= models.Q(panel_id__in=seats, state__in=BEFORE_PANEL, is_published=True)
    if scopes and permission in TO_SIGN:
        mine |= waiting_in((*user.held, *user.covered)) | urgent_in(user.covered)
        mine |= models.Q(models.Exists(SignOff.objects.filter(application=models.OuterRef("pk"), given_by=user)))
    return council & mine


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Questions about requests."""

    def for_user(self, user: User, permission: Permission = Permission.SEE_REQUEST) -> ApplicationQuerySet:
        """Requests over which somebody holds a permission."""
        return self.filter(reach(user, permission))

    def waiting_for(self, user: User) -> ApplicationQuerySet:
        """Requests that wait for this person's signature, in an office of their own or as cover; never their own.

        A part of what `for_user` gives those who sign off, by the same offices; nobody else is given any.
        """
        if not user.may(Permission.SIGN_OFF):
            return self.none()
        waits = self.filter(waiting_in((*user.held, *user.covered)), council_id=user.tenant)
        return waits.exclude(worker=user)

    def for_list(self) -> ApplicationQuerySet:
        """Joined with what a short list shows, so that a row costs no query; no narrative is read."""
        joined = self.select_related("child", "worker", "team", "panel", "with_user")
        return joined.only(*SHORT, *(f"{person}__{name}" for person in ("worker", "with_user") for name in NAME))


class Application(models.Model):
    """A request for one or more resources for one child.

    A request pins the policy version at submission and keeps the findings it was judged under, so that it can be
    replayed. Narrative the policy asks for beyond the columns stands in `answers` by question code; facts for the
    rules beyond the columns in `facts`, in the words of the rules' interface.
    """

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="+")
    reference = models.SlugField(max_length=24, unique=True, help_text="Random; what messages and addresses use.")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, null=True, blank=True, related_name="applications")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="applications")
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="applications")
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="applications")
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(
        default=1, help_text="Counts every change; what stale forms are held against."
    )
    group_versions = models.JSONField(
        default=dict, blank=True, help_text="By form group: the version at which it last changed."
    )
    with_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who has it now, where that is one person.",
    )
    with_role = models.SlugField(blank=True, help_text="Which office has it now, where it waits for a signature.")
    is_published = models.BooleanField(default=False, help_text="Stands on a published agenda.")
    is_complex = models.BooleanField("Complex case (longer slot)", default=False)

    title = models.CharField(max_length=120, blank=True, help_text="What is asked for, without the child's name.")
    ask = models.TextField("What is the panel asked to agree?", blank=True, max_length=4000)
    summary = models.TextField("Summary of the case", blank=True, max_length=8000)
    assessment_date = models.DateField(null=True, blank=True)
    assessment_reference = models.CharField(max_length=60, blank=True)
    needs_analysis = models.TextField("Analysis of the child's needs", blank=True, max_length=8000)
    parenting_analysis = models.TextField("Analysis of parenting capacity", blank=True, max_length=8000)
    family_analysis = models.TextField("Family and environment", blank=True, max_length=8000)
    outcomes = models.TextField("Outcomes sought", blank=True, max_length=4000)
    plan_short_term = models.TextField(blank=True, max_length=4000)
    plan_long_term = models.TextField(blank=True, max_length=4000)
    child_views = models.TextField("The child's views, wishes and feelings", blank=True, max_length=4000)
    parent_views = models.TextField(
        "Views of parents, carers and those with parental responsibility", blank=True, max_length=4000
    )
    other_funding_considered = models.BooleanField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    findings = models.JSONField(default=dict, blank=True, help_text="The assessment at submission.")
    declared_at = models.DateTimeField(null=True, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True, help_text="When it reached the administrator, signed.")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    withdrawal_reasons = models.TextField(blank=True, max_length=2000)
    withdrawal_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="Until it is agreed to, the case stands."
    )
    withdrawal_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    history = HistoricalRecords(excluded_fields=["findings"])
    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]
        indexes = [
            models.Index(fields=["council", "-changed_at"], name="requests_latest"),
            models.Index(fields=["council", "state", "-changed_at"], name="requests_by_state"),
            models.Index(fields=["worker", "-changed_at"], name="requests_of_worker"),
            models.Index(fields=["team", "-changed_at"], name="requests_of_team"),
            models.Index(fields=["panel", "state"], name="requests_of_panel"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="request_state_is_a_known_one")
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Where the request is read."""
        return reverse("applications:request", args=[self.reference])

    @property
    def is_editable(self) -> bool:
        """Whether its worker may change it now."""
        return self.state in EDITABLE


class SignOffQuerySet(models.QuerySet["SignOff"]):
    """Questions about signatures."""

    def for_user(self, user: User) -> SignOffQuerySet:
        """Signatures under requests somebody may see."""
        seen = Application.objects.for_user(user)
        return self.filter(models.Exists(seen.filter(pk=models.OuterRef("application"))))


class SignOff(models.Model):
    """A signature or a return. Never deleted: a return makes earlier signatures void, and they stay readable."""

    class Answer(models.TextChoices):
        """What the manager did."""

        SIGNED = "signed", "signed"
        RETURNED = "returned", "returned"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="sign_offs")
    role = models.SlugField()
    stage = models.SlugField(default="before_submission")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    reasons = models.TextField(blank=True, max_length=4000)
    rule = models.CharField(max_length=20, blank=True, help_text="The clause's id it rests on.")
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    covering_for = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    request_version = models.PositiveIntegerField(help_text="The version of the request that was signed.")
    void_at = models.DateTimeField(null=True, blank=True)
    void_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "role", "stage"],
                condition=models.Q(answer="signed", void_at__isnull=True),
                name="one_standing_signature_of_a_role",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.answer} {self.application}"
