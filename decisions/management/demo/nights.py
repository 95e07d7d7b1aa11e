"""Emergencies of the demonstration: approved outside the panel, lapsed, agreed by telephone, waiting for an officer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from applications.models import Application, ResourceLine
from applications.queries import signers, with_parts
from applications.states import State
from decisions.queries.outside import offer_of
from decisions.services import outside
from panels.policy.words import GROUPS

from .cast import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from panels.models import Panel
    from people.models import User

    from .cast import Cast

WHY = "The carer fell ill this evening and nobody in the family can take over before the panel sits."


class Nights:
    """A few nights of one council, where its policy knows a way outside the panel; elsewhere nothing."""

    def __init__(
        self,
        cast: Cast,
        panel: Panel,
        *,
        now: datetime,
        write: Callable[..., Application],
        send: Callable[..., bool],
    ) -> None:
        self.panel, self.now = panel, now
        self.write, self.send = write, send
        self.is_known = bool(cast.policy.panel(panel.slug).outside_panel)

    def before_the_last_meeting(self, starts: datetime) -> list[Application]:
        """One that the meeting will ratify, which is given back to be listed, and one that nobody lists: it lapses."""
        if not self.is_known:
            return []
        at = starts - timedelta(days=4, hours=10)
        listed, forgotten = self._emergency(at), self._emergency(at)
        for application in (listed, forgotten):
            self._approve(application, at=at + timedelta(hours=1))
        return [Application.objects.get(pk=listed.pk)]

    def of_today(self) -> None:
        """One approved last night, one agreed by telephone and not confirmed, one that waits for the officer."""
        if not self.is_known:
            return
        at = self.now - timedelta(hours=14)
        self._approve(self._emergency(at), at=at + timedelta(hours=1))
        told = self._emergency(at)
        outside.record_telephone(
            application=told,
            officer=self._officer(told, at=at),
            agreed_at=at,
            reason=WHY,
            by=told.worker,
            at=at + timedelta(minutes=15),
        )
        self._emergency(at)

    def _emergency(self, at: datetime) -> Application:
        """A request that is sent at once and begins on the same day."""
        application = self.write(self.panel, at=at)
        line = application.lines.get()
        kind = "placement" if line.category in GROUPS["placements"] else "support"
        emergency = {"kind": kind, "care_need": True, "risk_to_life": False}
        starts = timezone.localdate(at)
        assert line.start is not None
        assert line.end is not None
        ResourceLine.objects.filter(pk=line.pk).update(start=starts, end=starts + (line.end - line.start))
        Application.objects.filter(pk=application.pk).update(facts={**application.facts, "emergency": emergency})
        fresh = Application.objects.get(pk=application.pk)
        self.send(fresh, to=State.WITH_MANAGER, at=at)
        return Application.objects.get(pk=application.pk)

    def _officer(self, application: Application, *, at: datetime) -> User:
        read = with_parts(Application.objects.filter(pk=application.pk)).get()
        asked = offer_of(read, at=at).asked[0].role
        return signers(application, role=asked, on=timezone.localdate(at))[0]

    def _approve(self, application: Application, *, at: datetime) -> None:
        outside.approve(
            application=application,
            reason=WHY,
            password=PASSWORD,
            seen_version=application.version,
            by=self._officer(application, at=at),
            at=at,
        )
