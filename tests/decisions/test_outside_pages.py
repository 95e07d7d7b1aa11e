"""The pages of approvals outside the panel: what an officer sees, what hostile input does, what each list costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import Application
from decisions.management.bench.measure import counted, undone
from decisions.models import OutsideApproval
from decisions.services import outside
from decisions.states import OutsideState
from people.models import RecordEntry, User
from people.permissions import Capacity
from people.services import arrange_cover
from tests.decisions.conftest import text_of
from tests.factories.decisions import PASSWORD
from tests.factories.outside import NIGHT, SUPPORT, Night

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _at_night() -> Iterator[None]:
    with time_machine.travel(NIGHT + timedelta(minutes=30), tick=False):
        yield


@pytest.fixture
def night(db: None) -> Night:
    return Night()


def page_of(request: Application) -> str:
    return reverse("decisions:outside", args=[request.reference])


def said(request: Application, **more: str) -> dict[str, str]:
    return {"seen_version": str(request.version), "reason": "She cannot go home.", "password": PASSWORD, **more}


def test_the_officer_sees_ask_cost_clauses_and_the_last_day(night: Night, signed_in: Browser) -> None:
    request = night.emergency()

    text = text_of(signed_in(night.head).get(page_of(request)))

    assert "Agree the support." in text
    assert "Tuesday 20 October 2026" in text
    assert "£2,002.00" in text
    assert "21 October 2026" in text  # what is left for the panel begins then
    assert "(WB-67)" in text
    assert RecordEntry.objects.filter(action="request.read", subject_ref=request.reference, by=night.head).exists()


def test_the_officer_approves_and_lands_on_the_approval(night: Night, signed_in: Browser) -> None:
    request = night.emergency()

    answer = signed_in(night.head).post(page_of(request), said(request), follow=True)

    approval = OutsideApproval.objects.get()
    assert answer.redirect_chain == [(approval.get_absolute_url(), 302)]
    assert approval.state == OutsideState.STANDING


def test_a_wrong_password_keeps_what_was_typed(night: Night, signed_in: Browser) -> None:
    request = night.emergency()

    answer = signed_in(night.head).post(page_of(request), said(request, password="guess"))

    assert answer.status_code == 422
    assert "She cannot go home." in text_of(answer)
    assert "guess" not in text_of(answer)
    assert OutsideApproval.objects.count() == 0


def test_another_officer_reads_who_is_asked_and_finds_no_form(night: Night, signed_in: Browser) -> None:
    request = night.emergency()
    browser = signed_in(night.service_manager)

    text = text_of(browser.get(page_of(request)))
    answer = browser.post(page_of(request), said(request))

    assert "To be approved by: Head of Service" in text
    assert 'name="password"' not in text
    assert (answer.status_code, OutsideApproval.objects.count()) == (422, 0)


def test_who_cannot_read_the_request_does_not_find_it(night: Night, signed_in: Browser) -> None:
    request = night.emergency()
    other = night.person("other", role="service_manager", capacity=Capacity.SERVICE_MANAGER)

    assert signed_in(other).get(page_of(request)).status_code == 404
    assert signed_in(night.house.worker).get(page_of(request)).status_code == 403


def test_who_covers_reaches_the_emergencies_of_that_officer_and_no_other_request(
    night: Night, signed_in: Browser
) -> None:
    urgent, ordinary = night.emergency(SUPPORT), night.emergency()
    Application.objects.filter(pk=ordinary.pk).update(facts={})
    other = night.person("other", role="service_manager", capacity=Capacity.SERVICE_MANAGER)
    other.roles.update(service="Disabled Children")
    days = {"since": NIGHT.date(), "until": NIGHT.date() + timedelta(days=1)}  # it is past midnight in England
    browser = signed_in(other)
    assert browser.get(page_of(urgent)).status_code == 404
    arrange_cover(
        absent=night.service_manager, covering=other, role="service_manager", **days, reason="leave", by=other, at=NIGHT
    )

    assert "You cover for" in text_of(browser.get(page_of(urgent)))
    assert browser.get(page_of(ordinary)).status_code == 404


def test_a_consultation_needs_a_name_and_a_time_that_is_past(signed_in: Browser) -> None:
    night = Night("wokingham")
    request = night.emergency()
    browser = signed_in(night.service_manager)
    asked = "consulted_assistant_director"

    bare = browser.post(page_of(request), said(request, **{asked: "on"}))
    unticked = browser.post(page_of(request), said(request, **{f"{asked}_name": "Ira"}))
    ahead = browser.post(
        page_of(request), said(request, **{asked: "on", f"{asked}_name": "Ira", f"{asked}_at": "2026-10-09T10:00"})
    )
    whole = browser.post(
        page_of(request), said(request, **{asked: "on", f"{asked}_name": "Ira", f"{asked}_at": "2026-10-06T23:00"})
    )

    assert "Enter the name of the" in text_of(bare)
    assert "Tick that it was talked over" in text_of(unticked)
    assert "The time lies ahead" in text_of(ahead)
    assert whole.status_code == 302
    assert [c["name"] for c in OutsideApproval.objects.get().consulted] == ["Ira"]


HOSTILE = [
    "",
    "x" * 70_000,
    "<script>alert(1)</script>",
    "\x00",
    "\U0001d54f'; DROP TABLE--",
    "-1",
    "99999999999999999999",
    "\uff12",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_words_are_answered_and_never_run(night: Night, signed_in: Browser, value: str) -> None:
    request = night.emergency()
    officer, worker = signed_in(night.head), signed_in(night.house.worker)
    telephone = reverse("decisions:outside_telephone", args=[request.reference])

    answers = [
        officer.post(page_of(request), {"seen_version": value, "reason": value, "password": value}),
        worker.post(telephone, {"officer": value, "agreed_at": value, "kind": value, "reason": value}),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert "<script>alert(1)</script>" not in "".join(text_of(answer) for answer in answers)
    assert OutsideApproval.objects.count() == 0


def test_the_worker_records_a_call_and_the_officer_confirms_it(night: Night, signed_in: Browser) -> None:
    request = night.emergency(sends=False)
    telephone = reverse("decisions:outside_telephone", args=[request.reference])
    words = {"officer": str(night.head.pk), "agreed_at": "2026-10-06T23:20", "reason": "She cannot go home."}

    worker = signed_in(night.house.worker)
    assert worker.get(telephone).status_code == 200
    worker.post(telephone, words)
    approval = OutsideApproval.objects.get()
    officer = signed_in(night.head)
    assert "Confirm it" in text_of(officer.get(approval.get_absolute_url()))
    answer = reverse("decisions:outside_answer", args=[approval.reference])
    assert officer.post(answer, {"agrees": "yes", "password": "guess"}).status_code == 422
    assert officer.post(answer, {"agrees": "yes", "password": PASSWORD}).status_code == 302

    approval.refresh_from_db()
    assert (approval.state, approval.recorded_by) == (OutsideState.STANDING, night.house.worker)


def test_an_officer_rung_in_error_finds_what_was_recorded_in_their_name_and_not_the_request(
    night: Night, signed_in: Browser
) -> None:
    other = night.person("other", role="service_manager", capacity=Capacity.SERVICE_MANAGER)
    approval = night.told(officer=other)
    browser = signed_in(other)

    page = browser.get(approval.get_absolute_url())

    assert page.status_code == 200
    assert approval.application.get_absolute_url() not in text_of(page)
    assert browser.get(page_of(approval.application)).status_code == 404


def test_a_lapsed_approval_is_said_in_words_on_three_first_pages(night: Night, signed_in: Browser) -> None:
    night.approved()
    with time_machine.travel(NIGHT + timedelta(days=15), tick=False):
        for user in (night.head, night.administrator, night.director):
            text = text_of(signed_in(user).get("/"))
            assert "1 approval lapsed, not seen by the panel" in text, user
            assert "£2,002.00" in text, user
        assert "lapsed" not in text_of(signed_in(night.house.worker).get("/"))


def test_the_officers_first_page_names_what_they_may_approve_and_nobody_elses(night: Night, signed_in: Browser) -> None:
    request = night.emergency()

    assert page_of(request) in text_of(signed_in(night.head).get("/"))
    assert page_of(request) not in text_of(signed_in(night.service_manager).get("/"))
    night.approved(request)
    assert page_of(request) not in text_of(signed_in(night.head).get("/"))


def asked_by(browser: Client, path: str) -> int:
    browser.get(path)  # a session's first page writes down when it was
    with undone(), counted() as sent:
        assert browser.get(path).status_code == 200
    return len(sent)


@pytest.mark.parametrize("who", ["head", "administrator"])
def test_lists_and_first_page_cost_the_same_for_one_and_for_many(night: Night, signed_in: Browser, who: str) -> None:
    night.emergency()
    night.approved()
    browser = signed_in(getattr(night, who))
    short = [asked_by(browser, path) for path in (reverse("decisions:outside_list"), "/")]

    for _ in range(6):
        night.emergency()
        night.approved()
        night.told()

    assert [asked_by(browser, path) for path in (reverse("decisions:outside_list"), "/")] == short


def test_the_proposals_cost_the_same_for_one_and_for_many(night: Night, signed_in: Browser) -> None:
    night.approved()
    browser = signed_in(night.administrator)
    path = reverse("decisions:agenda_proposals", args=[night.meeting.reference])
    short = asked_by(browser, path)

    for _ in range(6):
        night.approved()

    assert asked_by(browser, path) == short


def test_a_second_officer_is_led_to_the_approval_that_stands(
    night: Night, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = night.emergency()
    approval = night.approved(request)

    def late(**_said: Any) -> OutsideApproval:
        raise outside.AlreadyApprovedError(approval)

    monkeypatch.setattr(outside, "approve", late)
    answer = signed_in(night.head).post(page_of(request), said(request))

    assert answer["Location"] == approval.get_absolute_url()


@pytest.mark.parametrize("urgent", [1, 30])
def test_a_first_page_offers_emergencies_to_their_officer_at_a_fixed_number_of_questions(
    night: Night, signed_in: Browser, urgent: int
) -> None:
    requests = [night.emergency() for _ in range(urgent)]
    offered = "an emergency you may approve"
    browser = signed_in(night.head)

    assert text_of(browser.get("/")).count(offered) == min(urgent, 8)
    assert offered not in text_of(signed_in(night.service_manager).get("/"))
    with undone(), counted() as sent:
        browser.get("/")
    assert len(sent) == 14

    Application.objects.filter(pk=requests[0].pk).update(
        findings={"approvals": [{"role": "service_manager", "stage": "outside_panel", "rule": "X", "given": False}]}
    )
    assert text_of(signed_in(night.service_manager).get("/")).count(offered) == 1
