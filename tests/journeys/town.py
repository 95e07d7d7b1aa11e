"""A council for a walk: its offices and seats held by invented people, all of it read from its policy."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from applications.models import Application
from applications.states import State
from decisions.management.demo.cast import Casting, load_budgets
from decisions.management.demo.story import Story
from panels.models import Panel, SeatHolder
from panels.policy import load
from panels.services import adopt
from people.models import Council, User

PASSWORD = "paper-lantern-orchard"


class Town:
    """One council with everybody its policy names, this year's budgets, and no request yet."""

    def __init__(self, slug: str, *, at: datetime) -> None:
        self.policy = load(slug)
        adopt(policy=self.policy, by=None, at=at)
        self.council = Council.objects.get(slug=slug)
        casting = Casting(self.council, self.policy, on=at.date(), at=at, password=make_password(PASSWORD), shift=0)
        self.cast = casting.make()
        load_budgets(self.cast, year=at.year if at.month >= 4 else at.year - 1, at=at)
        self.worker: User = self.cast.workers[0]
        team = self.worker.team
        assert team is not None
        self.team = team
        self.panel: Panel = next(p for p in self.cast.panels if p.area in {"", self.team.area})
        self.administrator: User = self.cast.administrator
        self.chair: User = self.cast.chairs[self.panel.pk]

    def members(self, *, on: date) -> list[User]:
        """Who sits on the panel, the chair and the administrator left out."""
        held = SeatHolder.objects.filter(panel=self.panel).on(on).select_related("user").order_by("pk")
        rest = [one.user for one in held if one.user_id not in {self.chair.pk, self.administrator.pk}]
        return list(dict.fromkeys(rest))

    def signer(self, request: Application) -> User:
        """Whose signature a request waits for."""
        if request.with_user is not None:
            return request.with_user
        if request.with_role == "team_manager":
            return self.cast.managers[request.team_id]
        return self.cast.by_role[request.with_role]

    def another_ready(self, *, at: datetime) -> Application:
        """A second request of the same panel, as far as the administrator's list, so that there is an order."""
        story: Any = Story(self.cast, now=at, shift=0)
        for _ in range(8):
            request: Application = story.drafts.write([(self.panel, at - timedelta(days=2))])[0]
            if story._sent(request, to=State.READY, at=at - timedelta(days=1)):
                return Application.objects.get(pk=request.pk)
        raise AssertionError("no request of the demonstration gets through")
