"""A request that is withdrawn leaves the agenda it stood on, and nothing of it is heard or decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications import services as applications
from applications.models import Application
from applications.states import State
from decisions import services, tasks
from decisions.models import AgendaItem, Decision
from decisions.queries import agenda as questions
from decisions.services import DecisionRefusedError, MeetingRefusedError
from decisions.states import ItemState
from panels.models import Meeting
from people.models import RecordEntry, User
from tests.factories.decisions import AT, STARTS, Hall

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        yield


def withdraw(hall: Hall, item: AgendaItem) -> None:
    """The worker withdraws; where the policy wants agreement, its office agrees."""
    application = Application.objects.get(pk=item.application_id)
    applications.withdraw(application=application, reasons="Moved away.", by=hall.house.worker, at=AT)
    application.refresh_from_db()
    if application.state != State.WITHDRAWN:
        applications.agree_withdrawal(application=application, by=hall.house.service_manager, at=AT)
    assert Application.objects.get(pk=application.pk).state == State.WITHDRAWN


def state_of(item: AgendaItem) -> str:
    return str(AgendaItem.objects.get(pk=item.pk).state)


def test_a_withdrawn_request_leaves_the_agenda_and_the_times_follow(hall: Hall) -> None:
    first, second = hall.listed(), hall.listed()
    withdraw(hall, first)

    gone = services.drop_withdrawn(meeting=hall.meeting, by=hall.administrator, at=AT)
    again = services.drop_withdrawn(meeting=hall.meeting, by=hall.administrator, at=AT)

    left = questions.items_of(hall.meeting, user=hall.administrator)
    assert ([i.pk for i in gone], again) == ([first.pk], [])
    assert state_of(first) == ItemState.WITHDRAWN
    assert [i.position for i in left] == list(range(1, 5))
    assert next(i for i in left if i.pk == second.pk).starts_at == first.starts_at
    entry = RecordEntry.objects.get(action="agenda.withdrawn")
    assert (entry.by, entry.facts) == (
        hall.administrator,
        {"item": first.reference, "request": first.application.reference},
    )


def test_opening_the_agenda_to_work_on_it_lets_the_withdrawn_request_go_and_says_so(
    hall: Hall, signed_in: Browser
) -> None:
    item = hall.listed()
    withdraw(hall, item)

    page = signed_in(hall.administrator).get(reverse("decisions:agenda", args=[hall.meeting.reference]))

    assert state_of(item) == ItemState.WITHDRAWN
    assert f"{item.application.reference} was withdrawn and is off the agenda." in page.content.decode()


def test_a_member_who_looks_changes_nothing(hall: Hall, signed_in: Browser) -> None:
    item, _other = hall.listed(), hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)
    withdraw(hall, item)

    signed_in(hall.members[0]).get(reverse("decisions:run", args=[hall.meeting.reference]), follow=True)

    assert state_of(item) == ItemState.WAITING


def test_the_run_sheet_of_an_item_that_left_leads_to_one_that_stands(hall: Hall, signed_in: Browser) -> None:
    first, second = hall.opened(cases=2)
    withdraw(hall, first)

    page = signed_in(hall.administrator).get(
        reverse("decisions:run_item", args=[hall.meeting.reference, first.reference]), follow=True
    )

    assert page.status_code == 200
    assert state_of(first) == ItemState.WITHDRAWN
    assert page.context["item"].pk != first.pk
    assert state_of(second) == ItemState.WAITING


def test_the_next_version_of_the_agenda_says_that_it_was_withdrawn(hall: Hall) -> None:
    first, second = hall.listed(), hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)
    withdraw(hall, first)

    version = services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)

    assert f"Support at home ({first.application.reference}) was withdrawn." in version.changes
    assert [i["reference"] for i in version.snapshot["items"] if i["kind"] == "case"] == [second.reference]


def test_an_agenda_that_lost_its_only_case_is_published_again(hall: Hall) -> None:
    item = hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)
    withdraw(hall, item)

    version = services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)

    assert version.changes[0] == f"Support at home ({item.application.reference}) was withdrawn."


def test_opening_the_meeting_lets_it_go(hall: Hall) -> None:
    first, _second = hall.listed(), hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)
    withdraw(hall, first)

    services.open_meeting(meeting=hall.meeting, by=hall.administrator, at=STARTS)

    assert state_of(first) == ItemState.WITHDRAWN


def test_it_can_not_be_called(hall: Hall, signed_in: Browser) -> None:
    first, second = hall.opened(cases=2)
    withdraw(hall, first)

    with pytest.raises(MeetingRefusedError, match="An item that is withdrawn"):
        services.call_item(item=first, by=hall.chair, at=STARTS)
    answer = signed_in(hall.administrator).post(
        reverse("decisions:item_step", args=[first.reference, "call"]), follow=True
    )
    services.call_item(item=second, by=hall.chair, at=STARTS)

    assert answer.status_code == 200
    assert (state_of(first), state_of(second)) == (ItemState.WITHDRAWN, ItemState.CALLED)


def test_nobody_is_told_that_it_comes_next(hall: Hall) -> None:
    item = hall.opened()[0]
    withdraw(hall, item)

    with pytest.raises(MeetingRefusedError, match="withdrawn"):
        services.tell_next(item=AgendaItem.objects.get(pk=item.pk), by=hall.chair, at=STARTS)


def test_it_can_not_be_decided_whatever_the_rows_say(hall: Hall) -> None:
    item = hall.called()
    # No step leads here; were there one some day, the decision must still stop.
    Application.objects.filter(pk=item.application_id).update(state=State.WITHDRAWN)

    with pytest.raises(DecisionRefusedError, match="withdrawn"):
        hall.decided(AgendaItem.objects.get(pk=item.pk))

    assert Decision.objects.count() == 0


def test_closing_asks_for_no_outcome_of_it_and_carrying_it_is_refused(hall: Hall) -> None:
    item = hall.opened()[0]
    withdraw(hall, item)

    with pytest.raises(MeetingRefusedError, match="withdrawn"):
        services.carry_forward(item=item, reason="Out of time", by=hall.chair, at=STARTS)
    services.close_meeting(meeting=hall.meeting, by=hall.administrator, at=STARTS)

    assert state_of(item) == ItemState.WITHDRAWN
    assert Meeting.objects.get().state == "closed"


def test_the_minutes_name_no_interest_in_a_case_that_has_no_number_any_more(hall: Hall, signed_in: Browser) -> None:
    first, second = hall.opened(cases=2)
    for item, nature in ((first, "An aunt"), (second, "A neighbour")):
        services.declare_interest(
            item=item, user=hall.members[0], nature=nature, withdraws=False, by=hall.members[0], at=STARTS
        )
    withdraw(hall, first)
    services.drop_withdrawn(meeting=hall.meeting, by=hall.administrator, at=STARTS)

    page = signed_in(hall.chair).get(reverse("decisions:minutes", args=[hall.meeting.reference])).content.decode()

    second.refresh_from_db()
    assert f"Item {second.position}: {hall.members[0]} – A neighbour" in page
    assert "An aunt" not in page


def test_taking_it_off_by_hand_does_the_same(hall: Hall) -> None:
    item = hall.listed()
    withdraw(hall, item)

    services.take_off(item=item, by=hall.administrator, at=AT)

    assert state_of(item) == ItemState.WITHDRAWN
    assert Application.objects.get().state == State.WITHDRAWN


def test_the_regular_look_finds_it_where_nobody_opens_a_page(hall: Hall) -> None:
    first, second = hall.listed(), hall.listed()
    withdraw(hall, first)

    tasks.owe_reminders()

    assert (state_of(first), state_of(second)) == (ItemState.WITHDRAWN, ItemState.WAITING)
    assert RecordEntry.objects.get(action="agenda.withdrawn").by is None


def test_a_meeting_that_is_over_keeps_its_agenda(hall: Hall) -> None:
    item = hall.listed()
    withdraw(hall, item)
    Meeting.objects.update(state="closed")

    assert services.drop_withdrawn(meeting=hall.meeting, by=hall.administrator, at=AT) == []
    assert services.drop_withdrawn_everywhere(at=AT) == 0
