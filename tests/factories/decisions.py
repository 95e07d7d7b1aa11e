"""A panel in its room for tests: a meeting, its people, cases as far along as a test wants them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from applications.models import Application
from applications.states import State
from decisions import services
from decisions.models import AgendaItem, Decision
from decisions.queries.money import AgreedLine, as_requested
from decisions.services import Minute
from finance import services as finance
from finance.models import BudgetLine
from panels.models import Meeting, SeatHolder
from panels.services import make_meeting
from panels.services.policies import policy_for
from people.models import User
from people.permissions import Capacity

from . import applications as requests

AT = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
STARTS = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)  # ten o'clock in England
PASSWORD = "correct horse battery"


class Hall:
    """A council with a panel, a planned meeting, a chair, two members, and cases to hear."""

    def __init__(self, slug: str = "west-berkshire", *, area: str = "", panel: str = "") -> None:
        self.house = requests.House(slug, area=area)
        self.council = self.house.council
        self.panel = self.council.panels.get(slug=panel, area=area) if panel else self.house.panel
        self.house.panel = self.panel
        self.administrator = self.house.administrator
        policy = policy_for(council=self.council, on=STARTS.date())[1]
        seats = policy.panel(self.panel.slug).seats
        leads = next((s.role for s in seats if s.chairs == "chair"), seats[0].role)
        self.chair = self.person("chair", role=leads, capacity=Capacity.CHAIR)
        self.seat(self.chair, leads)
        others = [s.role for s in seats if s.role != leads][:2]
        self.members = [
            self.person(f"member{n}", role=role, capacity=Capacity.MEMBER) for n, role in enumerate(others, start=1)
        ]
        for member, role in zip(self.members, others, strict=True):
            self.seat(member, role)
        self.meeting = self.plan(STARTS)
        self.budget = self.load_budget(100_000_00)

    def load_budget(self, pence: int, *categories: str) -> BudgetLine:
        finance.open_year(council=self.council, begins=2026, by=self.administrator, at=AT)
        row = finance.BudgetRow(
            code="SUPPORT",
            name="Support packages",
            pence=pence,
            categories=categories or ("therapy", "ifa_foster_placement"),
        )
        finance.load_budget(
            council=self.council, year=2026, rows=[row], source_ref="Budget 2026", by=self.administrator, at=AT
        )
        return BudgetLine.objects.get(council=self.council, year__begins=2026, code="SUPPORT")

    def person(self, username: str, *, role: str, capacity: Capacity) -> User:
        return requests.person(self.council, username, role=role, capacity=capacity)

    def seat(self, user: User, role: str) -> SeatHolder:
        return SeatHolder.objects.create(panel=self.panel, seat=role, user=user, since=date(2020, 1, 1))

    def plan(self, starts_at: datetime) -> Meeting:
        return make_meeting(
            panel=self.panel,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            place="Room 1",
            chair=self.chair,
            administrator=self.administrator,
            by=self.administrator,
            at=AT,
            tells_members=False,
        )

    def case(self, *, category: str = "therapy", submitted_at: datetime = AT, **fields: Any) -> Application:
        """A request that is ready for this panel's agenda."""
        number = Application.objects.count() + 1
        child = self.house.new_child(case_reference=f"C-{2000 + number}")
        application = self.house.whole(child, category=category)
        Application.objects.filter(pk=application.pk).update(
            state=State.READY, submitted_at=submitted_at, submitted_by=self.house.manager, **fields
        )
        return Application.objects.get(pk=application.pk)

    def listed(self, application: Application | None = None, *, meeting: Meeting | None = None) -> AgendaItem:
        return services.put_on_agenda(
            meeting=meeting or self.meeting, application=application or self.case(), by=self.administrator, at=AT
        )

    def opened(self, *, cases: int = 1) -> list[AgendaItem]:
        """The meeting in session with so many cases, chair and members in the room."""
        items = [self.listed() for _ in range(cases)]
        services.publish_agenda(meeting=self.meeting, by=self.administrator, at=AT)
        services.open_meeting(meeting=self.meeting, by=self.administrator, at=STARTS)
        self.come(self.chair, *self.members)
        self.meeting.refresh_from_db()
        return [AgendaItem.objects.get(pk=item.pk) for item in items]

    def listed_and_opened(self, application: Application) -> AgendaItem:
        """The meeting in session with this one case, chair and members in the room."""
        item = self.listed(application)
        services.publish_agenda(meeting=self.meeting, by=self.administrator, at=AT)
        services.open_meeting(meeting=self.meeting, by=self.administrator, at=STARTS)
        self.come(self.chair, *self.members)
        self.meeting.refresh_from_db()
        return AgendaItem.objects.get(pk=item.pk)

    def come(self, *users: User, kind: str = "came", at: datetime = STARTS) -> None:
        for user in users:
            role = user.roles.get().role
            services.note_attendance(
                meeting=self.meeting, user=user, role=role, kind=kind, by=self.administrator, at=at
            )

    def called(self, item: AgendaItem | None = None, *, at: datetime = STARTS) -> AgendaItem:
        item = item or self.opened()[0]
        services.call_item(item=item, by=self.chair, at=at)
        return AgendaItem.objects.select_related("meeting__panel", "application").get(pk=item.pk)

    def costed(self, decision: Decision) -> Decision:
        """The decision with its cost part, where the policy asks for one."""
        office = policy_for(council=self.council, on=STARTS.date())[1].panel(self.panel.slug).offices.cost_recorded_by
        if office and decision.lines:
            purse = User.objects.filter(council=self.council, roles__role=office).first()
            purse = purse or self.person("purse", role=office, capacity=Capacity.ACCOUNTANT)
            services.record_cost(decision=decision, words="Support budget, agreed rate.", by=purse, at=STARTS)
        return decision

    def minute(self, item: AgendaItem, outcome: str = "agreed", **values: Any) -> Minute:
        lines = as_requested(item.application) if outcome.startswith(("agree", "approv")) else []
        return Minute(
            **{
                "outcome": outcome,
                "lines": lines,
                "reasons": "It meets the need.",
                "no_review_reason": "Ends soon.",
                **values,
            }
        )

    def decided(self, item: AgendaItem | None = None, outcome: str = "agreed", **values: Any) -> Decision:
        item = item or self.called()
        return services.record(
            item=item,
            minute=self.minute(item, outcome, **values),
            item_version=item.version,
            by=self.chair,
            at=STARTS + timedelta(minutes=20),
        )


def changed(line: AgreedLine, **values: Any) -> AgreedLine:
    """An agreed line with some of it changed by the panel."""
    return replace(line, **values)
