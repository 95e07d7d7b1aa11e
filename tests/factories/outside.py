"""Emergencies for tests: a request on its way, the officers who may approve it, approvals of each kind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from applications.models import Application
from applications.services import submit
from applications.states import State
from decisions.models import OutsideApproval
from decisions.services import outside
from decisions.services.outside import Consulted
from people.models import User
from people.permissions import Capacity

from .decisions import PASSWORD, Hall

NIGHT = datetime(2026, 10, 6, 22, 30, tzinfo=UTC)  # half past eleven in England, two weeks before the panel
PLACEMENT = {"kind": "placement", "care_need": True, "risk_to_life": False}
SUPPORT = {**PLACEMENT, "kind": "support"}
STARTS_ON, ENDS_ON = date(2026, 10, 7), date(2026, 12, 29)  # twelve weeks


class Night(Hall):
    """A panel with an emergency on its way to it, and the officers its policy names."""

    def __init__(self, slug: str = "west-berkshire", *, area: str = "", panel: str = "") -> None:
        super().__init__(slug, area=area, panel=panel)
        self.service_manager = self.house.service_manager
        self.head = self.house.head
        self.director = self.officer("director", "director")

    def officer(self, username: str, role: str, *, capacity: Capacity = Capacity.HEAD_OF_SERVICE) -> User:
        return self.person(username, role=role, capacity=capacity)

    def emergency(self, facts: dict[str, Any] | None = None, *, sends: bool = True, **line: Any) -> Application:
        """A placement (support, where the facts say so) of £1,001 a week that cannot wait; waits for its signature."""
        facts = facts or PLACEMENT
        category = "therapy" if facts["kind"] == "support" else "ifa_foster_placement"
        number = Application.objects.count() + 1
        child = self.house.new_child(case_reference=f"C-{4000 + number}")
        asked = {"pence": 100_100, "start": STARTS_ON, "end": ENDS_ON, **line}
        request = self.house.whole(child, category=category, **asked)
        Application.objects.filter(pk=request.pk).update(facts={**request.facts, "emergency": facts})
        request.refresh_from_db()
        if sends:
            Application.objects.filter(pk=request.pk).update(
                state=State.WITH_MANAGER, with_role="team_manager", declared_at=NIGHT, declared_by=self.house.worker
            )
            request.refresh_from_db()
        return request

    def sent(self, request: Application) -> Application:
        return submit(application=request, by=self.house.worker, at=NIGHT, skip_notes=True)

    def approved(self, request: Application | None = None, *, by: User | None = None, **said: Any) -> OutsideApproval:
        request = request or self.emergency()
        return outside.approve(
            **{
                "application": request,
                "reason": "She cannot go home tonight.",
                "password": PASSWORD,
                "seen_version": request.version,
                "by": by or self.head,
                "at": NIGHT,
                **said,
            }
        )

    def told(self, request: Application | None = None, *, officer: User | None = None, **said: Any) -> OutsideApproval:
        return outside.record_telephone(
            **{
                "application": request or self.emergency(),
                "officer": officer or self.head,
                "agreed_at": NIGHT,
                "reason": "She cannot go home tonight.",
                "by": self.house.worker,
                "at": NIGHT + timedelta(minutes=20),
                **said,
            }
        )

    def talked(self, role: str, name: str = "Ann Example") -> Consulted:
        return Consulted(role, name, NIGHT - timedelta(minutes=10))
