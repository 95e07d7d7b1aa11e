"""Emergencies of the demonstration: approved outside the panel, lapsed, agreed by telephone, waiting for an officer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from applications.models import Application
from applications.queries import signers, with_parts
from applications.states import State
from decisions.queries.outside import offer_of
from decisions.services import outside

from .cast import PASSWORD
from .hours import LONDON

if TYPE_CHECKING:
    from collections.abc import Callable

    from panels.models import Panel
    from people.models import User

    from .cast import Cast

WHY = "The carer fell ill today and nobody in the family can take over before the panel sits."


def _clock(at: datetime, hour: int) -> datetime:
    """An hour of a day."""
    return at.astimezone(LONDON).replace(hour=hour, minute=0, second=0, microsecond=0)


class Nights:
    """A few bad days of one council, where its policy knows a way outside the panel; elsewhere nothing."""

    def __init__(
        self,
        cast: Cast,
        panel: Panel,
        *,
        now: datetime,
        write: Callable[..., list[Application]],
        send: Callable[..., bool],
    ) -> None:
        self.panel, self.now = panel, now
        self.write, self.send = write, send
        self.is_known = bool(cast.policy.panel(panel.slug).outside_panel)

    def before_the_last_meeting(self, starts: datetime) -> list[Application]:
        """One that the meeting will ratify, which is given back to be listed, and one that nobody lists: it lapses."""
        if not self.is_known:
            return []
        at = _clock(starts - timedelta(days=5), 11)
        listed, forgotten = self._emergencies(2, at=at)
        for application in (listed, forgotten):
            self._approve(application, at=at + timedelta(hours=1))
        return [listed]

    def of_today(self) -> None:
        """One approved yesterday, one agreed by telephone and not confirmed, one that waits for the officer."""
        if not self.is_known:
            return
        at = _clock(self.now - timedelta(days=1), 15)
        approved, told, _waits = self._emergencies(3, at=at)
        self._approve(approved, at=at + timedelta(hours=1))
        outside.record_telephone(
            application=told,
            officer=self._officer(told, at=at),
            agreed_at=at,
            reason=WHY,
            by=told.worker,
            at=at + timedelta(minutes=15),
        )

    def _emergencies(self, count: int, *, at: datetime) -> list[Application]:
        """So many requests that are sent at once and begin on the same day, read with their parts."""
        drafts = self.write([(self.panel, at)] * count, is_urgent=True)
        for draft in drafts:
            self.send(draft, to=State.WITH_MANAGER, at=at)
        sent = with_parts(Application.objects.filter(pk__in=[draft.pk for draft in drafts]))
        return list(sent.order_by("pk"))

    def _officer(self, application: Application, *, at: datetime) -> User:
        asked = offer_of(application, at=at).asked[0].role
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
