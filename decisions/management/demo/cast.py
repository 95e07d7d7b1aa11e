"""The people of a demonstration council, invented, made from its policy alone: every office and seat is held."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from ruamel.yaml import YAML

from finance import services as finance_services
from finance.models import Kind, LedgerEntry
from finance.rules import ActualRow
from panels.models import Panel, SeatHolder
from people.models import Council, RoleHeld, Team, User
from people.permissions import Capacity

if TYPE_CHECKING:
    from panels.policy import Policy

PASSWORD = "panel-demo-2026"  # noqa: S105 -- printed at every start of a demonstration; production refuses demo accounts
SENIOR = (
    "head_of_service",
    "assistant_director",
    "area_director",
    "director",
    "corporate_director",
    "council_executive",
)


@cache
def source() -> dict[str, Any]:
    """The names and cases the demonstration is made of."""
    path = settings.BASE_DIR / "fixtures" / "demo" / "names.yaml"
    loaded: dict[str, Any] = YAML(typ="safe").load(path)
    return loaded


def capacity_of(role: str) -> Capacity:
    """What an office makes somebody to the panel, guessed from the words of its code, for demo people only."""
    if role in {"social_worker", "team_manager", "service_manager"}:
        return Capacity(role)
    if role == "assistant_team_manager":
        return Capacity.TEAM_MANAGER
    if role == "panel_administrator":
        return Capacity.ADMINISTRATOR
    if role.startswith(SENIOR):
        return Capacity.HEAD_OF_SERVICE
    if "account" in role or "finance" in role:
        return Capacity.ACCOUNTANT
    if "commission" in role:
        return Capacity.COMMISSIONER
    return Capacity.MEMBER


@dataclass
class Cast:
    """Everybody of one demonstration council, by what they are."""

    council: Council
    policy: Policy
    teams: list[Team] = field(default_factory=list)
    workers: list[User] = field(default_factory=list)
    managers: dict[int, User] = field(default_factory=dict)  # by team
    by_role: dict[str, User] = field(default_factory=dict)
    chairs: dict[int, User] = field(default_factory=dict)  # by panel
    panels: list[Panel] = field(default_factory=list)

    @property
    def administrator(self) -> User:
        """Who looks after the panels."""
        return self.by_role["panel_administrator"]


class Casting:
    """Makes the people of one council, deterministically: the same policy and names give the same people."""

    def __init__(self, council: Council, policy: Policy, *, on: date, at: datetime, password: str, shift: int) -> None:
        self.cast = Cast(council, policy)
        self.since = date(on.year - 2, 1, 1)
        self.at = at
        self.password = password
        self.names = source()
        self.taken = shift * 7
        self.roles: list[RoleHeld] = []

    def make(self) -> Cast:
        """Teams, workers, managers, officers, members and the others; returns them."""
        self._teams()
        self._casework()
        self._officers()
        self._seats()
        self._onlookers()
        RoleHeld.objects.bulk_create(self.roles)
        return self.cast

    def _person(self, username: str, *, title: str, team: Team | None = None) -> User:
        first = self.names["first_names"][self.taken % len(self.names["first_names"])]
        last = self.names["last_names"][(self.taken * 11) % len(self.names["last_names"])]
        self.taken += 1
        name = f"{self.cast.council.slug}-{username}"
        user: User = User.objects.create(
            username=name,
            first_name=first,
            last_name=last,
            email=f"{name}@example.org",
            council=self.cast.council,
            team=team,
            job_title=title,
            password=self.password,
        )
        return user

    def _holds(self, user: User, role: str, capacity: Capacity, *, team: Team | None = None, service: str = "") -> None:
        self.roles.append(
            RoleHeld(
                user=user,
                role=role,
                capacity=capacity,
                team=team,
                service=service,
                since=self.since,
                granted_at=self.at,
                granted_by=None,
            )
        )
        self.cast.by_role.setdefault(role, user)

    def _teams(self) -> None:
        areas = self.cast.policy.book.council.areas
        services = self.names["services"]
        for number in range(max(len(areas), 3)):
            area = areas[number % len(areas)] if areas else None
            service = services[number % len(services)]
            self.cast.teams.append(
                Team.objects.create(
                    council=self.cast.council,
                    name=f"{service}, {area.name}" if area else f"{service} {number + 1}",
                    service=service,
                    area=area.code if area else "",
                    is_disabled_childrens_team=service.startswith("Disabled"),
                )
            )

    def _casework(self) -> None:
        managed: dict[str, User] = {}
        title = self.cast.policy.role_title
        for number, team in enumerate(self.cast.teams, start=1):
            for place in (1, 2):
                suffix = "" if number == place == 1 else f"-{number}{place}"
                worker = self._person(f"worker{suffix}", title=title("social_worker"), team=team)
                self._holds(worker, "social_worker", Capacity.SOCIAL_WORKER, team=team)
                self.cast.workers.append(worker)
            manager = self._person(
                "team-manager" if number == 1 else f"team-manager-{number}", title=title("team_manager"), team=team
            )
            self._holds(manager, "team_manager", Capacity.TEAM_MANAGER, team=team)
            self.cast.managers[team.pk] = manager
            if team.service not in managed:
                suffix = "" if not managed else f"-{len(managed) + 1}"
                senior = self._person(f"service-manager{suffix}", title=title("service_manager"), team=team)
                self._holds(senior, "service_manager", Capacity.SERVICE_MANAGER, service=team.service)
                managed[team.service] = senior

    def _officers(self) -> None:
        """Everybody whose agreement the policy asks for somewhere, and everybody it gives a title."""
        for role in self.cast.policy.book.council.roles:
            if role.code in self.cast.by_role:
                continue
            user = self._person(role.code.replace("_", "-"), title=role.title)
            self._holds(user, role.code, capacity_of(role.code))

    def _seats(self) -> None:
        panels = list(
            Panel.objects.filter(council=self.cast.council, is_active=True).select_related("council").order_by("pk")
        )
        self.cast.panels = panels
        seated = []
        chairing: set[int] = set()
        sitting: set[int] = set()
        for panel in panels:
            for seat in self.cast.policy.panel(panel.slug).seats:
                user = self.cast.by_role[seat.role]
                seated.append(SeatHolder(panel=panel, seat=seat.role, user=user, since=self.since))
                if seat.chairs == "chair":
                    self.cast.chairs[panel.pk] = user
                    chairing.add(user.pk)
                if seat.chairs and user.pk not in {held.user_id for held in self.roles if held.role == "chair"}:
                    role = "chair" if seat.chairs == "chair" else "vice_chair"
                    self._holds(user, role, Capacity.CHAIR)
                if user.pk not in sitting and seat.role != "panel_administrator":
                    self._holds(user, "member", Capacity.MEMBER)
                    sitting.add(user.pk)
        SeatHolder.objects.bulk_create(seated)

    def _onlookers(self) -> None:
        """Those every council has, whatever its text says: accountant, buyer, auditor, system administrator."""
        held = {role.capacity for role in self.roles}
        if "panel_administrator" not in self.cast.by_role:
            administrator = self._person("panel-administrator", title="Panel administrator")
            self._holds(administrator, "panel_administrator", Capacity.ADMINISTRATOR)
        for username, title, capacity in (
            ("accountant", "Accountant", Capacity.ACCOUNTANT),
            ("commissioner", "Commissioning officer", Capacity.COMMISSIONER),
            ("head", "Head of service", Capacity.HEAD_OF_SERVICE),
        ):
            if capacity not in held:
                self._holds(self._person(username, title=title), username, capacity)
        self._holds(self._person("auditor", title="Auditor"), "auditor", Capacity.AUDITOR)
        self._holds(
            self._person("system", title="System administrator"), "system_administrator", Capacity.SYSTEM_ADMINISTRATOR
        )


def load_budgets(cast: Cast, *, year: int, at: datetime) -> None:
    """Load this and the next financial year's budgets for every line of the demonstration."""
    accountant = _accountant(cast)
    rows = [
        finance_services.BudgetRow(
            code=line["code"],
            name=line["name"],
            pence=line["pounds"] * 100,
            cost_centre=f"CS{number:03d}",
            categories=line["categories"],
        )
        for number, line in enumerate(source()["budgets"], start=1)
    ]
    for begins in (year, year + 1):
        finance_services.open_year(council=cast.council, begins=begins, warn_percent=Decimal(95), by=accountant, at=at)
        finance_services.load_budget(
            council=cast.council,
            year=begins,
            rows=rows,
            source_ref=f"demo-{begins}",
            owner=accountant,
            by=accountant,
            at=at,
        )


def pay(cast: Cast, *, month: date, at: datetime) -> None:
    """Bring in one month's payments, as the finance system would send them: what each commitment costs in its days."""
    accountant = _accountant(cast)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    rows: dict[str, int] = {}
    entries = LedgerEntry.objects.filter(
        council=cast.council,
        kind=Kind.COMMIT,
        reversed_by__isnull=True,
        effective_from__lte=last,
        effective_to__gte=month,
        posted_at__lte=at,
    ).select_related("commitment")
    for entry in entries.order_by("seq"):
        assert entry.commitment
        assert entry.effective_from
        assert entry.effective_to
        assert entry.days
        days = (min(entry.effective_to, last) - max(entry.effective_from, month)).days + 1
        rows[entry.commitment.reference] = rows.get(entry.commitment.reference, 0) + entry.pence * days // entry.days
    finance_services.import_actuals(
        council=cast.council,
        rows=[
            ActualRow(reference, pence, month, f"{month:%Y%m}-{number:04d}")
            for number, (reference, pence) in enumerate(rows.items(), start=1)
        ],
        source_ref=f"Payments run {month:%B %Y}",
        by=accountant,
        at=at,
    )


def _accountant(cast: Cast) -> User:
    return next(held.user for held in RoleHeld.objects.filter(user__council=cast.council, capacity=Capacity.ACCOUNTANT))
