"""A night in a browser: an officer approves, a call is put on record and confirmed, the agenda has both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from applications.models import Application
from decisions.management.demo.nights import Nights
from decisions.management.demo.story import Story
from decisions.models import OutsideApproval
from decisions.states import OutsideState
from people.models import User

from .town import PASSWORD, Town
from .walk import MONDAY
from .walker import Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EVENING = MONDAY.replace(hour=22)


class Night:
    """A council with a meeting ahead and emergencies on their way."""

    def __init__(self, slug: str) -> None:
        self.town = Town(slug, at=MONDAY - timedelta(days=30))
        story: Any = Story(self.town.cast, now=EVENING, shift=0)
        [self.meeting] = story._coming(self.town.panel, 1)
        self.nights: Any = Nights(
            self.town.cast, self.town.panel, now=EVENING, write=story.drafts.write, send=story._sent
        )

    def emergencies(self, count: int) -> list[tuple[Application, User]]:
        made = self.nights._emergencies(count, at=EVENING - timedelta(hours=2))
        return [(request, self.nights._officer(request, at=EVENING)) for request in made]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_night_from_the_call_to_the_agenda(
    chromium: Browser, live_server: Any, clock: Callable[[datetime], None], scripts: bool
) -> None:
    clock(EVENING)
    night = Night("wokingham")
    [(urgent, officer), (rung, other)] = night.emergencies(2)

    def as_(user: User) -> Walker:
        return Walker(chromium, live_server.url, user, scripts=scripts).sign_in()

    worker = as_(rung.worker)
    worker.open(f"/requests/{rung.reference}/").press("Agreed by telephone")
    worker.fill(officer=other.pk, agreed_at="2026-10-05T21:30", reason="The carer cannot keep her tonight.")
    worker.press("Put it on record")
    assert "Not confirmed yet" in worker.said()
    worker.leave()

    deciding = as_(officer)
    assert "an emergency you may approve" in deciding.said()
    deciding.follow(urgent.title).fill(reason="The carer fell ill.", password=PASSWORD)
    if deciding.page.locator("[name=consulted_assistant_director]").count():
        deciding.fill(
            consulted_assistant_director=True,
            consulted_assistant_director_name="Ira Example",
            consulted_assistant_director_at="2026-10-05T21:45",
        )
    deciding.press("Approve outside the panel")
    approval = OutsideApproval.objects.get(application=urgent)
    assert approval.pence > 0
    deciding.leave()

    confirming = as_(other)
    confirming.follow("Agreed by telephone in your name").fill(agrees="yes", password=PASSWORD).press("Answer")
    assert OutsideApproval.objects.get(application=rung).state == OutsideState.STANDING
    confirming.follow("Outside the panel")
    confirming.leave()

    administrator = as_(night.town.administrator)
    assert "2 approvals outside the panel not yet seen by it" in administrator.said()
    administrator.open(f"/meetings/{night.meeting.reference}/agenda/add/")
    assert administrator.said().count("to be reviewed") == 2
    administrator.press(f"Put {urgent.reference} on the agenda")
    item = urgent.items.get()
    assert (item.origin, item.clause, item.meeting_id) == ("ratify", approval.rule, night.meeting.pk)
    administrator.leave()
