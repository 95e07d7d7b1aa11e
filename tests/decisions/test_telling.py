"""Whom the notices of the policy bring word: once, by reference, with a link they may open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.states import State
from decisions import services
from decisions.models import AgendaItem, Decision
from decisions.queries.expected import PUT_OFF, SENT, not_come
from decisions.services import NewAnswer, reminders
from decisions.services.outside.writing import tell
from panels.models import Meeting
from panels.services import move_meeting
from panels.services.policies import policy_for
from people.models import Message, User
from people.permissions import Capacity
from tests.decisions.conftest import text_of
from tests.factories.applications import person
from tests.factories.decisions import AT, STARTS, Hall
from tests.factories.outside import Night

pytestmark = pytest.mark.django_db

CLOSED = datetime(2026, 10, 19, 12, 0, tzinfo=UTC)  # the day before the meeting: papers have closed everywhere


def told(template: str) -> list[tuple[str, str]]:
    """Who is owed messages of a kind, and about what."""
    rows = Message.objects.filter(template=template).order_by("pk")
    return [(row.recipient.username, row.reference) for row in rows.select_related("recipient")]


def state_of(application: Application, state: State) -> None:
    Application.objects.filter(pk=application.pk).update(state=state)


# --- papers and agenda ------------------------------------------------------------------------------------------------


def test_a_worker_hears_the_time_of_the_case_where_the_policy_gives_workers_their_slots() -> None:
    hall = Hall("swindon")
    item = hall.listed(hall.case(category="residential_placement"))

    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)

    assert item.application is not None
    assert told("request_listed") == [(item.application.worker.username, item.application.reference)]
    message = Message.objects.get(template="request_listed")
    assert message.on == date(2026, 10, 20)
    assert message.path == reverse("applications:request", args=[item.application.reference])


def test_a_worker_hears_again_only_when_the_time_of_the_case_changed() -> None:
    hall = Hall("swindon")
    first, second = (hall.listed(hall.case(category="residential_placement")) for _ in range(2))
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)

    services.set_minutes(item=AgendaItem.objects.get(pk=first.pk), minutes=45, by=hall.administrator, at=AT)
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)

    assert first.application is not None
    assert second.application is not None
    assert [reference for _, reference in told("request_listed")] == [
        first.application.reference,
        second.application.reference,
        second.application.reference,
    ]


def test_no_worker_hears_of_a_slot_where_the_policy_sends_papers_to_members_alone(hall: Hall) -> None:
    hall.listed()

    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)

    assert told("request_listed") == []
    assert len(told("agenda_published")) == len({*hall.members, hall.chair, hall.administrator})


# --- after the meeting ------------------------------------------------------------------------------------------------


def test_the_assistant_director_hears_that_a_meeting_has_ended_where_the_policy_says_so() -> None:
    hall = Hall("wokingham")
    director = hall.person("director", role="assistant_director", capacity=Capacity.HEAD_OF_SERVICE)
    item = hall.opened()[0]
    services.carry_forward(item=item, reason="No time", by=hall.chair, at=STARTS)

    services.close_meeting(meeting=hall.meeting, by=hall.chair, at=STARTS + timedelta(hours=1))

    assert told("meeting_closed") == [(director.username, hall.meeting.reference)]
    path = Message.objects.get(template="meeting_closed").path
    assert path == reverse("decisions:minutes", args=[hall.meeting.reference])


def test_nobody_hears_of_the_end_of_a_meeting_where_the_policy_is_silent(hall: Hall) -> None:
    hall.decided()

    services.close_meeting(meeting=hall.meeting, by=hall.chair, at=STARTS + timedelta(hours=1))

    assert told("meeting_closed") == []


# --- put on the child's file ------------------------------------------------------------------------------------------


def test_worker_and_manager_hear_once_the_last_step_of_the_file_is_done(hall: Hall) -> None:
    decision = hall.decided()
    steps = list(decision.duties.filter(kind="upload"))

    for step in steps:
        assert told("on_file") == []
        services.do_duty(duty=step, evidence="Done today", by=hall.administrator, at=STARTS + timedelta(days=1))
    services.do_duty(duty=steps[-1], evidence="Done twice", by=hall.administrator, at=STARTS + timedelta(days=2))

    reference = decision.application.reference
    assert told("on_file") == [
        (user.username, reference)
        for user in sorted({decision.application.worker, hall.house.manager}, key=lambda user: user.pk)
    ]


# --- reviews and emergencies ------------------------------------------------------------------------------------------


def test_the_office_a_notice_names_hears_of_a_review_beside_the_worker() -> None:
    south = Hall("southmere")
    director = south.person("director", role="director", capacity=Capacity.HEAD_OF_SERVICE)
    best = NewAnswer("best_value", "Is it the best value to be had?", "SM-10", value=True)
    decision = south.decided(None, "agreed", review_date=date(2026, 11, 10), no_review_reason="", answers=[best])

    reminders.owe(at=STARTS)
    reminders.owe(at=STARTS + timedelta(hours=1))

    reference = decision.application.reference
    assert sorted(told("review_due")) == sorted(
        [(decision.application.worker.username, reference), (director.username, reference)]
    )


def test_the_office_a_notice_names_hears_of_an_approval_outside_the_panel_beside_the_worker() -> None:
    night = Night("northmoor", panel="resource")

    approval = night.approved(by=night.director)

    assert sorted(told("approved_outside")) == sorted(
        [(approval.application.worker.username, approval.reference), (night.head.username, approval.reference)]
    )


def test_nobody_else_hears_of_an_approval_outside_where_no_notice_names_them() -> None:
    night = Night()

    approval = night.approved()

    assert told("approved_outside") == [(approval.application.worker.username, approval.reference)]


def test_who_may_not_read_a_case_is_led_to_the_outline_of_its_request() -> None:
    night = Night()
    approval = night.approved()
    purse = person(approval.council, "purse", role="accountant", capacity=Capacity.ACCOUNTANT)

    tell(approval, [purse, night.service_manager], "outside_seen", by=night.head, at=approval.agreed_at)

    led = dict(Message.objects.filter(template="outside_seen").values_list("recipient__username", "path"))
    assert led == {
        purse.username: approval.application.get_absolute_url(),
        night.service_manager.username: approval.get_absolute_url(),
    }


# --- expected, and not come -------------------------------------------------------------------------------------------


def missing(meeting: Meeting, *, at: datetime = CLOSED, user: User | None = None) -> list[tuple[str, str, bool]]:
    policy = policy_for(council=meeting.panel.council, on=STARTS.date())[1]
    found = not_come(meeting, policy=policy, at=at, user=user)
    return [] if found is None else [(case.request.reference, case.why, case.is_open) for case in found.cases]


@pytest.fixture
def signing(hall: Hall) -> Application:
    """A request that was sent for signature and has come no further."""
    request = hall.case()
    state_of(request, State.WITH_MANAGER)
    return request


def test_a_request_sent_for_signature_has_not_come_once_papers_have_closed(hall: Hall, signing: Application) -> None:
    assert missing(hall.meeting) == [(signing.reference, SENT, False)]
    assert missing(hall.meeting, at=AT) == []


def test_a_case_put_off_by_an_earlier_meeting_is_expected_until_it_is_back(hall: Hall) -> None:
    earlier = hall.plan(STARTS - timedelta(days=7))
    item = hall.listed(meeting=earlier)
    AgendaItem.objects.filter(pk=item.pk).update(state="deferred")
    assert item.application is not None
    state_of(item.application, State.RETURNED)

    assert missing(hall.meeting) == [(item.application.reference, PUT_OFF, False)]
    state_of(item.application, State.SUBMITTED)
    assert missing(hall.meeting) == []


def test_a_draft_that_nobody_announced_is_not_expected(hall: Hall) -> None:
    state_of(hall.case(), State.DRAFT)

    assert missing(hall.meeting) == []


def test_a_review_due_by_the_day_of_the_meeting_is_expected_and_a_later_one_is_not(hall: Hall) -> None:
    decision: Decision = hall.decided(review_date=date(2026, 11, 10), no_review_reason="")
    on_the_day, before = (hall.plan(datetime(2026, 11, day, 10, tzinfo=UTC)) for day in (10, 9))

    reference = decision.application.reference
    assert missing(on_the_day, at=datetime(2026, 11, 9, tzinfo=UTC)) == [
        (reference, "due for review on 10 November 2026", False)
    ]
    assert missing(before, at=datetime(2026, 11, 8, 20, tzinfo=UTC)) == []


def test_the_chair_alone_hears_once_that_expected_papers_have_not_come(hall: Hall, signing: Application) -> None:
    early = reminders.owe(at=AT)
    late = [reminders.owe(at=CLOSED), reminders.owe(at=CLOSED + timedelta(hours=1))]

    assert (early, late) == (0, [1, 0])
    assert told("papers_missing") == [(hall.chair.username, hall.meeting.reference)]
    assert signing.reference not in Message.objects.get(template="papers_missing").path


def test_nobody_hears_of_missing_papers_where_everything_came(hall: Hall) -> None:
    hall.case()

    assert reminders.owe(at=CLOSED) == 0


def test_nobody_hears_of_missing_papers_where_the_policy_tells_nobody() -> None:
    kent = Hall("kent", area="east")
    state_of(kent.case(), State.WITH_MANAGER)

    assert reminders.owe(at=CLOSED) == 0
    assert missing(kent.meeting) == []


def test_a_meeting_that_was_moved_expects_its_papers_by_the_new_day(hall: Hall, signing: Application) -> None:
    later = STARTS + timedelta(days=14)
    move_meeting(
        meeting=hall.meeting,
        starts_at=later,
        ends_at=later + timedelta(hours=2),
        reason="Illness",
        expected_version=hall.meeting.version,
        by=hall.administrator,
        at=AT,
    )

    assert reminders.owe(at=CLOSED) == 0
    assert signing.state == State.READY  # as it was read; the row itself waits for a signature


def test_the_agenda_says_what_has_not_come_to_builder_and_chair_and_opens_only_what_they_may_read(
    hall: Hall, signing: Application, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: CLOSED)
    hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)
    address = reverse("decisions:agenda", args=[hall.meeting.reference])

    for reader in (hall.administrator, hall.chair):
        page = text_of(signed_in(reader).get(address))
        assert "Expected, and not come: 1" in page
        assert signing.reference in page
        is_open = Application.objects.for_user(reader).filter(pk=signing.pk).exists()
        assert (reverse("applications:request", args=[signing.reference]) in page) is is_open
