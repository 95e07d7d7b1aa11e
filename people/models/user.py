"""People who sign in, what they are, and who covers for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.functional import cached_property

from people.permissions import Capacity, Permission, Scope, scopes

from .council import Council, Team
from .record import today

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class UserQuerySet(models.QuerySet["User"]):
    """Questions about users."""

    def for_user(self, user: User) -> UserQuerySet:
        """The colleagues of somebody: the people of the same council."""
        return self.filter(council_id=user.tenant)

    def named(self, word: str) -> UserQuerySet:
        """People with a word in their name, title, office or team."""
        return self.filter(
            models.Q(first_name__icontains=word)
            | models.Q(last_name__icontains=word)
            | models.Q(job_title__icontains=word)
            | models.Q(team__name__icontains=word)
        )

    def holding(self, *, role: str, on: date) -> UserQuerySet:
        """Active people who hold an office (a role code of the policy) on a day; both days of the grant count."""
        return self.filter(
            models.Q(roles__until__isnull=True) | models.Q(roles__until__gte=on),
            is_active=True,
            roles__role=role,
            roles__since__lte=on,
        ).distinct()


class UserManagerWithQuestions(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's user manager with our questions."""

    def at_the_door(self, pk: int) -> User | None:
        """Somebody with council, team and the offices they hold today, in one statement; two where they hold none."""
        roles = list(RoleHeld.objects.filter(user=pk).select_related("team", "user__council", "user__team"))
        found: User | None = roles[0].user if roles else self.select_related("council", "team").filter(pk=pk).first()
        if found is not None:
            found.held = current(roles)
        return found


class User(AbstractUser):
    """Somebody with an account. Everybody belongs to one council; what they may do stands in `RoleHeld`."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, null=True, related_name="users")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    job_title = models.CharField(max_length=120, blank=True)
    must_change_password = models.BooleanField(
        default=False, help_text="The password was made by somebody else: no page opens before it is changed."
    )

    objects: ClassVar[Any] = UserManagerWithQuestions()

    REQUIRED_FIELDS = ["email"]

    class Meta:
        ordering = ["last_name", "first_name"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def tenant(self) -> int:
        """The key of the council whose records somebody may reach; 0, which no council has, for somebody of none."""
        return self.council_id or 0

    @cached_property
    def held(self) -> tuple[RoleHeld, ...]:
        """The offices held today, read once a request. Ended and future ones are left out."""
        return current(self.roles.select_related("team").all())

    @property
    def capacities(self) -> frozenset[Capacity]:
        """What somebody is to the panel today."""
        return frozenset(Capacity(role.capacity) for role in self.held)

    @cached_property
    def covered(self) -> tuple[RoleHeld, ...]:
        """The offices in which somebody acts today for the colleagues (`user`) who hold them, read once a request."""
        on = today()
        covers = {
            "user__covered_by__covering": self,
            "user__covered_by__role": models.F("role"),
            "user__covered_by__since__lte": on,
            "user__covered_by__until__gte": on,
            "user__covered_by__ended_at__isnull": True,
        }
        return tuple(RoleHeld.objects.for_user(self).on(on).filter(**covers).select_related("user").order_by("pk"))

    def scopes_of(self, permission: Permission) -> frozenset[Scope]:
        """Over which scopes a permission is held today."""
        return scopes(self.capacities, permission) if self.is_active and self.council_id else frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether a permission is held over anything at all; which records is the query's business."""
        return bool(self.scopes_of(permission))


class RoleHeldQuerySet(models.QuerySet["RoleHeld"]):
    """Questions about offices held."""

    def for_user(self, user: User) -> RoleHeldQuerySet:
        """Offices held in somebody's own council."""
        return self.filter(user__council_id=user.tenant)

    def on(self, day: date) -> RoleHeldQuerySet:
        """Offices held on a day; both days count."""
        return self.not_over(day).filter(since__lte=day)

    def not_over(self, day: date) -> RoleHeldQuerySet:
        """Offices held on a day or from a later one on."""
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gte=day))


class RoleHeld(models.Model):
    """An office somebody holds: a role code of the council's policy, and what that makes them to the panel."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles")
    role = models.SlugField(help_text="A role code of the policy, such as team_manager.")
    capacity = models.SlugField(choices=[(c.value, c.label) for c in Capacity])
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.CharField(max_length=120, blank=True, help_text="For a service manager: which service.")
    area = models.SlugField(blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="The last day it is held.")
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = RoleHeldQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["role", "since"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="role_does_not_end_before_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__in=[c.value for c in Capacity]), name="capacity_is_a_known_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"

    @property
    def title(self) -> str:
        """The office in words, where the policy's own title is not at hand."""
        return self.role.replace("_", " ").capitalize()


def current(roles: Iterable[RoleHeld]) -> tuple[RoleHeld, ...]:
    """Those offices that are held today; both days of a grant count."""
    on = today()
    return tuple(role for role in roles if role.since <= on and (role.until is None or role.until >= on))


class CoverQuerySet(models.QuerySet["Cover"]):
    """Questions about cover."""

    def for_user(self, user: User) -> CoverQuerySet:
        """Cover arranged in somebody's own council."""
        return self.filter(absent__council_id=user.tenant)

    def of(self, user: User) -> CoverQuerySet:
        """Cover in which somebody is one of the two, or which they arranged."""
        return self.filter(models.Q(absent=user) | models.Q(covering=user) | models.Q(arranged_by=user))

    def on(self, day: date) -> CoverQuerySet:
        """Cover in force on a day; both days count."""
        return self.filter(since__lte=day, until__gte=day, ended_at__isnull=True)


class Cover(models.Model):
    """One person acting for another in one office, between two days, both included."""

    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="covered_by")
    covering = models.ForeignKey(User, on_delete=models.PROTECT, related_name="covers_for")
    role = models.SlugField()
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=200)
    arranged_at = models.DateTimeField()
    arranged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = CoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="cover_does_not_end_before_it_starts"
            ),
            models.CheckConstraint(
                condition=~models.Q(absent=models.F("covering")), name="nobody_covers_for_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.covering} for {self.absent}"
