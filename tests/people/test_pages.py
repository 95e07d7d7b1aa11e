"""Pages of the record, messages, colleagues and the post box: what they show, to whom, at what cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import RequestFactory
from django.views.defaults import server_error

from people import deeds
from people.models import Message
from people.models.message import MessageState
from people.models.record import Verb
from people.permissions import Capacity
from people.services import note_read, owe_message, record
from people.services.relay import relay
from tests.factories.people import RoleHeldFactory, UserFactory


@pytest.fixture
def auditor(staff, signed_in, now):
    with time_machine.travel(now, tick=False):
        yield signed_in(staff[Capacity.AUDITOR])


def write(council, by, now, *, refs):
    for ref in refs:
        record(
            council=council,
            by=by,
            at=now,
            verb=Verb.ALTERATION,
            action="request.submitted",
            subject="request",
            subject_ref=ref,
            facts={"version": 2},
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_record_costs_the_same_for_one_and_for_three(auditor, council, staff, now, rows, django_assert_num_queries):
    write(council, staff[Capacity.CHAIR], now, refs=[f"R-{n}" for n in range(rows)])
    auditor.get("/record/")

    with django_assert_num_queries(5):
        assert auditor.get("/record/").content.decode().count("<tr") == rows + 1


@pytest.mark.parametrize("rows", [1, 3])
def test_accounts_in_the_record_are_named_at_one_price(
    auditor, council, staff, other_staff, now, rows, django_assert_num_queries
):
    named = [staff[Capacity.CHAIR], staff[Capacity.MEMBER], staff[Capacity.ACCOUNTANT]][:rows]
    stranger = other_staff[Capacity.CHAIR]
    for person in (*named, stranger):
        about = {"subject": "user", "subject_ref": str(person.pk), "facts": {"chair": person.pk}}
        record(council=council, by=None, at=now, verb=Verb.ALTERATION, action="role.granted", **about)
    auditor.get("/record/")

    with django_assert_num_queries(6):
        page = auditor.get("/record/").content.decode()

    said = [(f'account <span class="house-number">{one}</span>' in page, f"chair: {one}" in page) for one in named]
    assert said == [(True, True)] * rows
    assert f'account <span class="house-number">{stranger.pk}</span>' in page
    assert str(stranger) not in page


def test_the_record_is_filtered_by_person_kind_reference_and_day(auditor, council, staff, now):
    chair, worker = staff[Capacity.CHAIR], staff[Capacity.SOCIAL_WORKER]
    write(council, chair, now, refs=["R-ONE"])
    write(council, worker, now - timedelta(days=2), refs=["R-TWO"])
    note_read(by=worker, at=now, subject="request", subject_ref="R-THREE")

    def found(query):
        page = auditor.get(f"/record/?{query}").content.decode()
        return [ref for ref in ("R-ONE", "R-TWO", "R-THREE") if ref in page]

    assert found("") == ["R-ONE", "R-TWO", "R-THREE"]
    assert found(f"by={chair.pk}") == ["R-ONE"]
    assert found("verb=consultation") == ["R-THREE"]
    assert found("subject_ref=r-two") == ["R-TWO"]
    assert found("action=request.sub") == ["R-ONE", "R-TWO"]
    assert found("action=Request+sub") == ["R-ONE", "R-TWO"]
    assert found("action=Signed+in") == []
    assert found("since_day=9&since_month=3&since_year=2026") == ["R-ONE", "R-THREE"]
    assert found("until_day=8&until_month=3&until_year=2026") == ["R-TWO"]


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("request.brought_forward", "Request brought forward"),
        ("session.began", "Signed in"),
        ("approval.given", "Officer’s approval given"),
    ],
)
def test_what_happened_is_said_in_words(action, said):
    assert deeds.deed(action) == said


def test_what_is_typed_of_a_deed_finds_its_code():
    assert deeds.deeds_beginning("  Signed  IN ") == ("signed.in", ["session.began"])
    assert deeds.deeds_beginning("Request brought f") == ("request.brought_f", [])


def test_the_facts_of_a_row_are_words_figures_and_days():
    held = {
        "policy": "kent@2",
        "list": True,
        "in_year_pence": 64805,
        "next_year_pence": -1,
        "role": "team_manager",
        "until": "2026-12-07",
        "starts_at": "2026-07-06T08:30:00Z",
        "ends_at": "2026-12-07T17:00:00+00:00",
        "levels": ["INSIDE", "AT_RISK"],
        "page": "run",
        "covering_for": None,
        "rows": [1, 2],
        "minute": "ARP/2026/1/1",
    }

    assert deeds.facts(held) == [
        ("policy", "version 2"),
        ("seen in a list", "yes"),
        ("in year", "£648.05"),
        ("next year", "−£0.01"),
        ("office", "team manager"),
        ("until", "7 December 2026"),
        ("starts at", "6 July 2026, 9:30am"),  # by the clock in England, not by Greenwich
        ("ends at", "7 December 2026, 5pm"),
        ("levels", "inside, at risk"),
        ("page", "run sheet"),
        ("rows", "1, 2"),
        ("minute", "ARP/2026/1/1"),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "verb=x",
        "by=%00",
        "by=99999999999999999999",
        "since_day=99",
        "subject_ref=" + "x" * 5000,
        "page=0",
        "action=%00",
        "by=<script>alert(1)</script>",
        "until_year=9999&until_month=12&until_day=31",
    ],
)
def test_odd_questions_to_the_record_are_answered(auditor, query):
    response = auditor.get(f"/record/?{query}")

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_the_kind_of_use_is_not_said_twice(auditor, council, staff, now):
    note_read(by=staff[Capacity.CHAIR], at=now, subject="request", subject_ref="R-ONE")
    write(council, staff[Capacity.CHAIR], now, refs=["R-TWO"])

    page = " ".join(auditor.get("/record/?verb=&since_day=9&since_month=3&since_year=2026").content.decode().split())

    assert 'data-label="What">Request read</td>' in page
    assert 'data-label="What">Request submitted<br><span class="house-quiet">changed</span></td>' in page


def test_others_see_their_own_reads_and_nobody_elses(signed_in, council, staff, now):
    note_read(by=staff[Capacity.SOCIAL_WORKER], at=now, subject="request", subject_ref="R-MINE")
    note_read(by=staff[Capacity.TEAM_MANAGER], at=now, subject="request", subject_ref="R-THEIRS")

    page = signed_in(staff[Capacity.SOCIAL_WORKER]).get("/record/mine/").content.decode()

    assert "R-MINE" in page
    assert "R-THEIRS" not in page


def test_the_record_of_another_council_is_not_shown(auditor, other_council, other_staff, now):
    write(other_council, other_staff[Capacity.CHAIR], now, refs=["R-ELSEWHERE"])

    assert "R-ELSEWHERE" not in auditor.get("/record/").content.decode()


def test_colleagues_are_those_of_ones_council_with_their_offices(signed_in, staff, other_staff, council, now):
    newcomer = UserFactory(council=council, first_name="Wren", last_name="Larkspur", job_title="Team Manager")
    RoleHeldFactory(user=newcomer, role="team_manager", capacity="team_manager")
    gone = UserFactory(council=council, last_name="Gone", is_active=False)
    UserFactory(council=other_staff[Capacity.CHAIR].council, last_name="Elsewhere")
    client = signed_in(staff[Capacity.MEMBER])

    everybody = client.get("/colleagues/").content.decode()
    named = client.get("/colleagues/?name=wren+lark").content.decode()

    assert "Wren Larkspur" in everybody
    assert gone.last_name not in everybody
    assert "Elsewhere" not in everybody
    assert named.count('scope="row"') == 1
    assert "Team manager" in named


@pytest.mark.parametrize("rows", [1, 3])
def test_colleagues_cost_the_same_for_one_and_for_three_more(
    signed_in, staff, council, rows, django_assert_num_queries
):
    for _ in range(rows):
        RoleHeldFactory(user=UserFactory(council=council))
    client = signed_in(staff[Capacity.MEMBER])
    client.get("/colleagues/")

    with django_assert_num_queries(5):
        client.get("/colleagues/")


@pytest.fixture
def message(council, staff, now):
    return owe_message(
        council=council,
        recipient=staff[Capacity.CHAIR],
        template="agenda_published",
        reference="M-2345ABCD",
        path="/panels/meetings/",
        dedupe_key="k",
        by=None,
        at=now,
    )


def test_the_administrator_sees_what_failed_and_may_send_it_again(signed_in, staff, message, now):
    Message.objects.update(state=MessageState.UNKNOWN, fault="TimeoutError", settled=now)
    client = signed_in(staff[Capacity.ADMINISTRATOR])

    page = client.get("/post/?state=unknown").content.decode()
    assert "May have been sent" in page
    assert "TimeoutError" in page
    assert "M-2345ABCD" in page
    assert client.post(f"/post/{message.pk}/again/").status_code == 302

    message.refresh_from_db()
    assert message.state == MessageState.OWED
    assert "will be sent again" in client.get("/post/").content.decode()
    assert (
        client.post(f"/post/{message.pk}/again/", follow=True).content.decode().count("waiting to be sent by now") == 1
    )


@pytest.mark.parametrize(("path", "status"), [("/no-such-page/", 404), ("/accounts/", 403)])
def test_a_page_that_is_refused_keeps_the_menu_of_who_is_signed_in(signed_in, staff, path, status):
    answer = signed_in(staff[Capacity.SOCIAL_WORKER]).get(path)

    page = answer.content.decode()
    assert answer.status_code == status
    assert str(staff[Capacity.SOCIAL_WORKER]) in page
    assert [word in page for word in ("Sign out", 'aria-label="Menu"', 'href="/requests/"')] == [True] * 3


def test_a_stranger_gets_no_menu_and_costs_no_query(client):  # without a database a query would fail
    answer = client.get("/no-such-page/")

    assert answer.status_code == 404
    assert 'aria-label="Menu"' not in answer.content.decode()


def test_a_page_that_failed_is_drawn_without_any_query(signed_in, staff, monkeypatch, django_assert_num_queries):
    client = signed_in(staff[Capacity.SOCIAL_WORKER])
    client.raise_request_exception = False
    monkeypatch.setattr("people.views.people.ColleagueFilter", None)
    path, request = "/colleagues/", client.get

    answer = request(path)

    assert answer.status_code == 500
    assert 'aria-label="Menu"' not in answer.content.decode()
    with django_assert_num_queries(0):
        assert server_error(RequestFactory().get(path)).content == answer.content


def test_the_post_box_exists_in_the_demo_alone(signed_in, staff, settings):
    client = signed_in(staff[Capacity.CHAIR])

    settings.DEMO = False
    assert client.get("/mailbox/").status_code == 404
    settings.DEMO = True
    assert client.get("/mailbox/").status_code == 200


def test_the_post_box_shows_the_mail_of_ones_council(signed_in, staff, other_staff, settings, message, now):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    relay(clock=lambda: now)
    relay(clock=lambda: now)

    here = signed_in(staff[Capacity.SOCIAL_WORKER]).get("/mailbox/").content.decode()
    there = signed_in(other_staff[Capacity.CHAIR]).get("/mailbox/").content.decode()

    assert len(list(settings.MAILBOX_DIR.glob("*.eml"))) == 1
    assert "Panel: an agenda is published" in here
    assert "Reference: M-2345ABCD" in here
    assert 'href="http://127.0.0.1:8000/panels/meetings/"' in here
    assert "M-2345ABCD" not in there


def test_the_menu_holds_what_one_may_see(signed_in, staff, settings):
    settings.DEMO = False

    def menu(capacity):
        page = signed_in(staff[capacity]).get("/colleagues/")
        return [label for label, _, _ in page.context["nav"] if label in {"Meetings", "Record", "Messages", "Post box"}]

    assert menu(Capacity.ADMINISTRATOR) == ["Meetings", "Messages", "Record"]
    assert menu(Capacity.SOCIAL_WORKER) == []
    assert menu(Capacity.AUDITOR) == ["Meetings", "Record"]


def test_the_menu_marks_the_page_one_is_on(signed_in, staff):
    page = signed_in(staff[Capacity.AUDITOR]).get("/record/")

    assert [label for label, _, is_current in page.context["nav"] if is_current] == ["Record"]


def test_a_part_somebody_has_twice_is_named_once(signed_in, staff):
    worker = staff[Capacity.SOCIAL_WORKER]
    for role in ("one", "two"):
        RoleHeldFactory(user=worker, role=role, capacity=Capacity.MEMBER.value)

    page = signed_in(worker).get("/colleagues/").content.decode()

    assert ("Social worker, Member<" in page, "Member, Member" in page) == (True, False)
