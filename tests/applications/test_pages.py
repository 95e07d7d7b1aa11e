"""The pages of requests, walked as a worker, a manager and the administrator walk them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from applications import services
from applications.models import Application
from applications.queries import Standing, policy_under
from applications.states import State
from applications.views.showing import chain_rows
from panels.services import make_meeting
from people.models import Council
from tests.factories.applications import AT, House, person, team

pytestmark = pytest.mark.django_db


def test_every_task_page_opens_and_says_what_the_rules_say(house: House, as_user) -> None:
    request = house.whole()
    client = as_user(house.worker)
    addresses = ["", "tasks/", "child/", "documents/", "check/", "withdraw/", "rows/lines/add/", "rows/views/add/"]
    addresses += [
        f"edit/{code}/"
        for code in (
            "request",
            "assessment",
            "plan",
            "lines",
            "alternatives",
            "views",
            "funding",
            "facts",
            "questions",
            "checklist",
        )
    ]
    addresses += [
        f"{tab}/tab/" for tab in ("lines", "views", "documents", "signatures", "findings", "history", "timeline")
    ]
    for address in addresses:
        response = client.get(f"/requests/{request.reference}/{address}")
        assert response.status_code == 200, address


def test_a_request_goes_from_a_blank_form_to_ready(house: House, as_user) -> None:
    client = as_user(house.worker)
    answer = client.post("/requests/new/", {"child": house.child.reference})
    request = Application.objects.get()
    assert answer["Location"] == f"/requests/{request.reference}/tasks/"
    whole = house.whole()

    answer = client.post(f"/requests/{whole.reference}/check/", {"declared": "on"})
    assert answer.status_code == 302
    client = as_user(house.manager)
    page = client.get("/requests/waiting/")
    assert whole.reference in page.content.decode()
    version = Application.objects.get(pk=whole.pk).version
    assert client.get(f"/requests/{whole.reference}/sign/").status_code == 200
    answer = client.post(f"/requests/{whole.reference}/sign/", {"seen_version": version})
    assert answer["Location"] == "/requests/waiting/"
    client = as_user(house.administrator)
    assert client.get(f"/requests/{whole.reference}/").status_code == 200
    client.post(f"/requests/{whole.reference}/accept/")
    whole.refresh_from_db()
    assert whole.state == State.READY
    assert client.get("/requests/").status_code == 200


def test_without_an_adopted_policy_no_request_is_begun(db: None, as_user) -> None:
    bare = Council.objects.create(slug="bare", name="Bareshire")
    worker = person(bare, "worker", team=team(bare))
    response = as_user(worker).get("/requests/new/", follow=True)
    assert "adopted no policy yet" in response.content.decode()


def bys(request: Application, *, at: datetime = AT) -> list[datetime | None]:
    fresh = Application.objects.get(pk=request.pk)
    rows = chain_rows(Standing(fresh, policy_under(fresh, at=at), at))
    return [row["by"].due if row["by"] else None for row in rows]


def test_a_signature_to_come_has_the_moment_the_list_closes_as_its_last(house: House, as_user) -> None:
    request = house.whole()
    assert bys(request) == [None]  # no meeting is planned

    starts = datetime(2026, 12, 16, 10, 0, tzinfo=UTC)
    meeting = make_meeting(
        panel=house.panel, starts_at=starts, ends_at=starts + timedelta(hours=3), administrator=house.administrator,
        by=None, at=AT, tells_members=False,
    )  # fmt: skip
    closes = datetime(2026, 12, 9, 23, 59, 59, tzinfo=UTC)  # five working days before
    assert bys(request) == [closes]

    services.submit(application=request, by=house.worker, at=AT)
    assert bys(request) == [closes]
    services.sign(application=Application.objects.get(), by=house.manager, at=AT)
    assert bys(request) == [None]

    meeting.starts_at = datetime.now(UTC) + timedelta(days=20)
    meeting.ends_at = meeting.starts_at + timedelta(hours=3)
    meeting.save()
    other = house.whole(house.new_child("C-2002"))
    page = as_user(house.worker).get(f"/requests/{other.reference}/tasks/").content.decode()
    assert "when the list closes" in page
