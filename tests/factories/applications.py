"""Children, requests and their people for tests: valid, dull, always the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from applications import services
from applications.models import Application, Child
from applications.queries import own_questions, policy_under
from panels.models import Panel
from panels.policy import load
from panels.services import adopt
from people.models import Council, RoleHeld, Team, User
from people.permissions import Capacity

AT = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SINCE = date(2020, 1, 1)
INVENTED = Path(__file__).parents[1] / "policies"


def council(slug: str = "west-berkshire") -> Council:
    """A council, ours or an invented one, with the policy of that slug adopted, which makes its panels."""
    adopt(policy=load(slug, INVENTED) if (INVENTED / slug).is_dir() else load(slug), by=None, at=AT)
    return Council.objects.get(slug=slug)


def team(of: Council, name: str = "Team One", service: str = "Family Safeguarding", **fields: Any) -> Team:
    return Team.objects.create(council=of, name=name, service=service, **fields)


def person(
    of: Council,
    username: str,
    *,
    role: str = "",
    capacity: Capacity = Capacity.SOCIAL_WORKER,
    team: Team | None = None,
    **scope: Any,
) -> User:
    """Somebody with an office; the office reaches what `scope` says: team_of, service or area."""
    user = User.objects.create_user(
        username=username,
        email=f"{username}@example.org",
        password="correct horse battery",
        council=of,
        team=team,
        first_name=username.title(),
        last_name="Example",
    )
    RoleHeld.objects.create(
        user=user,
        role=role or capacity.value,
        capacity=capacity,
        since=SINCE,
        granted_at=AT,
        team=scope.get("team_of"),
        service=scope.get("service", ""),
        area=scope.get("area", ""),
    )
    return user


class House:
    """A council with one team and everybody a request meets on its way."""

    def __init__(self, slug: str = "west-berkshire", *, area: str = "") -> None:
        self.council = council(slug)
        self.team = team(self.council, area=area)
        self.worker = person(self.council, "worker", team=self.team)
        self.manager = person(
            self.council,
            "manager",
            role="team_manager",
            capacity=Capacity.TEAM_MANAGER,
            team=self.team,
            team_of=self.team,
        )
        self.service_manager = person(
            self.council,
            "service",
            role="service_manager",
            capacity=Capacity.SERVICE_MANAGER,
            service="Family Safeguarding",
        )
        self.head = person(self.council, "head", role="head_of_service", capacity=Capacity.HEAD_OF_SERVICE)
        self.administrator = person(self.council, "admin", role="panel_administrator", capacity=Capacity.ADMINISTRATOR)
        panels = Panel.objects.filter(council=self.council, area__in=["", area]).order_by("pk")
        self.panel = panels[0]
        self.child = self.new_child()

    def new_child(self, case_reference: str = "C-1001", **fields: Any) -> Child:
        return services.create_child(
            by=self.worker,
            at=AT,
            team=self.team,
            case_reference=case_reference,
            **{
                "first_name": "Robin",
                "last_name": "Sample",
                "date_of_birth": date(2014, 5, 6),
                "status": "child_in_need",
                **fields,
            },
        )

    def draft(self, child: Child | None = None) -> Application:
        return services.create_draft(child=child or self.child, by=self.worker, at=AT, panel=self.panel)

    def save(self, application: Application, group: str, **values: Any) -> Application:
        return services.save_group(
            application=application, group=group, base_version=10_000, values=values, by=self.worker, at=AT
        )

    def whole(self, child: Child | None = None, *, category: str = "therapy", **line: Any) -> Application:
        """A request with everything a council could ask for, about one resource that costs £600 a week."""
        request = self.draft(child)
        self.save(
            request,
            "request",
            panel=self.panel,
            title="Support at home",
            ask="Agree the support.",
            summary="A summary.",
        )
        self.save(
            request,
            "assessment",
            assessment_date=date(2026, 9, 1),
            assessment_reference="A-1",
            needs_analysis="Needs.",
            parenting_analysis="Parenting.",
            family_analysis="Family.",
        )
        self.save(request, "plan", outcomes="Safe at home.", plan_short_term="Now.", plan_long_term="Later.")
        self.save(request, "views", child_views="Wants to stay.", parent_views="Agree.")
        self.save(request, "funding", other_funding_considered=False)
        services.save_part(
            application=request,
            part="lines",
            by=self.worker,
            at=AT,
            values={
                "category": category,
                "unit": "weekly",
                "pence": 60_000,
                "start": date(2026, 11, 2),
                "end": date(2027, 1, 31),
                **line,
            },
        )
        for part, values in {
            "actions": {"action": "Visit weekly", "service": "Team", "owner": "Worker", "due": date(2026, 12, 1)},
            "alternatives": {"option": "Family support worker", "outcome": "Not enough."},
            "views": {"person": "Mother", "relation": "mother", "view": "Agrees."},
        }.items():
            services.save_part(application=request, part=part, values=values, by=self.worker, at=AT)
        request.refresh_from_db()
        return self.answered(request)

    def answered(self, request: Application) -> Application:
        """Answer every question the policy still asks."""
        policy = policy_under(request, at=AT)
        answers = {
            a.question.code: {"yes_no": True, "date": "2026-09-01"}.get(a.question.kind, "Answered.")
            for a in own_questions(request, policy)
        }
        return self.save(request, "questions", **answers)

    def with_document(self, request: Application, kind: str) -> Application:
        """Put a small PDF with a request."""
        file = SimpleUploadedFile("plan.pdf", PDF, content_type="application/pdf")
        services.add_document(application=request, kind=kind, name="plan.pdf", file=file, by=self.worker, at=AT)
        request.refresh_from_db()
        return request
