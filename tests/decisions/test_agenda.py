"""Building an agenda: what goes on it, in which order, for how long, and what members are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from applications.states import State
from decisions import services
from decisions.models import AgendaItem, AgendaVersion, Review
from decisions.queries import agenda as questions
from decisions.queries import runsheet
from decisions.rules import changes, load_of, starts
from decisions.services import AgendaRefusedError
from people.models import Message
from tests.factories.decisions import AT, STARTS, Hall, changed

pytestmark = pytest.mark.django_db


def order(hall: Hall) -> list[str]:
    return [i.reference for i in questions.items_of(hall.meeting, user=hall.administrator)]


def test_an_agenda_begins_with_the_policys_standing_items_and_their_clauses(hall: Hall) -> None:
    made = services.begin_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)

    assert [(i.title, i.clause) for i in made] == [
        ("Available funds and the running total of agreed packages", "WB-26"),
        ("Expected applications that have not come", "WB-45"),
        ("Actions due and overdue", "WB-16"),
    ]
    assert services.begin_agenda(meeting=hall.meeting, by=hall.administrator, at=AT) == []


def test_a_case_gets_the_minutes_of_the_policy_and_a_complex_one_more(hall: Hall) -> None:
    plain, complex_one = hall.listed(), hall.listed(hall.case(is_complex=True))

    assert (plain.minutes, complex_one.minutes) == (10, 20)
    assert Application.objects.get(pk=plain.application_id).state == State.LISTED


def test_times_follow_order_and_minutes(hall: Hall) -> None:
    items = [hall.listed() for _ in range(3)]
    services.set_minutes(item=items[0], minutes=30, by=hall.administrator, at=AT)

    services.move(item=items[2], to=1, by=hall.administrator, at=AT)

    found = questions.items_of(hall.meeting, user=hall.administrator)
    assert [i.position for i in found] == list(range(1, 7))
    assert found[0].reference == items[2].reference
    assert [i.starts_at for i in found] == starts(STARTS, [i.minutes for i in found])


@pytest.mark.parametrize(("to", "expected"), [(1, 0), (2, 1), (99, -1)])
def test_a_position_beyond_the_end_means_the_end(hall: Hall, to: int, expected: int) -> None:
    items = [hall.listed() for _ in range(3)]

    services.move(item=items[1], to=to, by=hall.administrator, at=AT)

    assert order(hall)[expected] == items[1].reference


def test_the_load_is_said_in_words_and_an_overrun_too() -> None:
    begins = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)

    fits = load_of([("case", 10)] * 9 + [("standing", 40)], begins=begins, ends=begins + timedelta(hours=3))
    over = load_of([("case", 40)] * 5, begins=begins, ends=begins + timedelta(hours=3))

    assert fits.words == "9 cases, 2 h 10 min of 3 h"
    assert over.words == "5 cases, 3 h 20 min of 3 h: 20 min over"


def test_times_are_elapsed_also_on_the_day_the_clocks_change() -> None:
    begins = datetime(2026, 10, 25, 0, 30, tzinfo=ZoneInfo("Europe/London"))

    later = starts(begins, [90, 10])[1]

    assert (later - begins.astimezone(UTC)) == timedelta(minutes=90)


def test_a_request_waits_on_one_agenda_alone(hall: Hall) -> None:
    item = hall.listed()
    other = hall.plan(STARTS + timedelta(days=14))

    with pytest.raises(AgendaRefusedError):
        hall.listed(item.application, meeting=other)

    assert AgendaItem.objects.filter(application=item.application).count() == 1


def test_a_case_taken_off_is_ready_again_and_its_row_stays(hall: Hall) -> None:
    item = hall.listed()

    services.take_off(item=item, by=hall.administrator, at=AT)

    item.refresh_from_db()
    assert item.state == "withdrawn"
    assert Application.objects.get().state == State.READY
    assert item.reference not in order(hall)


def test_late_papers_follow_the_clause_of_the_policy(hall: Hall) -> None:
    late = hall.case(submitted_at=STARTS - timedelta(hours=20))

    with pytest.raises(AgendaRefusedError) as refusal:
        hall.listed(late)
    item = services.put_on_agenda(
        meeting=hall.meeting, application=late, reason="The head of service agreed.", by=hall.administrator, at=AT
    )

    assert "came after the list closed" in str(refusal.value)
    assert refusal.value.clause
    assert item.reason == "The head of service agreed."


def test_publishing_freezes_a_version_and_tells_each_member_once(hall: Hall) -> None:
    item = hall.listed()

    first = services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)
    services.set_minutes(item=item, minutes=25, by=hall.administrator, at=AT)
    second = services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)

    first.refresh_from_db()
    assert first.snapshot["items"][3]["minutes"] == 10
    assert second.changes == [f"Support at home ({item.application.reference}) has 25 minutes instead of 10."]
    assert Application.objects.get().is_published
    # The second word is not owed while the first has not left: the link shows the newest.
    assert Message.objects.filter(reference=hall.meeting.reference).count() == 4
    assert AgendaVersion.objects.count() == 2


def test_publishing_again_without_a_change_is_refused(hall: Hall) -> None:
    hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)

    with pytest.raises(AgendaRefusedError, match="Nothing has changed"):
        services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=AT)


def test_changes_are_said_in_sentences() -> None:
    def agenda(*items: tuple[str, str, int]) -> dict[str, Any]:
        return {
            "meeting": {"starts_at": "2026-10-20T10:00:00+01:00", "place": "Room 1"},
            "items": [
                {"reference": r, "title": r, "starts_at": f"2026-10-20T{s}:00+01:00", "minutes": m} for r, s, m in items
            ],
        }

    said = changes(agenda(("A", "10:00", 10), ("B", "10:10", 10)), agenda(("B", "10:00", 20), ("C", "10:20", 10)))

    assert said == [
        "C was added at 10:20.",
        "A was taken off.",
        "B moved from 10:10 to 10:00.",
        "B has 20 minutes instead of 10.",
    ]


def test_for_any_child_it_is_said_why_not(hall: Hall) -> None:
    draft = hall.house.draft(hall.house.new_child(case_reference="C-77"))
    listed = hall.listed()

    def why(words: str) -> str:
        return questions.why_not(hall.meeting, words=words, user=hall.administrator)[1]

    assert why("c-77") == f"It is still a draft with {hall.house.worker}."
    assert why(draft.reference) == f"It is still a draft with {hall.house.worker}."
    assert why(listed.application.reference) == "It is on this agenda."
    assert why("C-NOBODY") == "There is no request of that reference that you may see."


def count(client: Any, page: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


@time_machine.travel(AT, tick=False)  # a session notes activity every twenty seconds
def test_an_agenda_of_thirty_costs_the_queries_of_one(hall: Hall, signed_in: Any) -> None:
    browser = signed_in(hall.administrator)
    agenda, offered = (reverse(f"decisions:{n}", args=[hall.meeting.reference]) for n in ("agenda", "agenda_proposals"))
    hall.listed()
    hall.case()
    browser.get(agenda)
    one = count(browser, agenda), count(browser, offered)

    for _ in range(29):
        hall.listed()
    for _ in range(3):
        hall.case()

    assert (count(browser, agenda), count(browser, offered)) == one


def test_a_review_that_is_due_comes_back_and_is_done_when_it_is_noted(hall: Hall) -> None:
    hall.decided(review_date=date(2026, 11, 3), no_review_reason="")
    meeting = hall.plan(STARTS + timedelta(days=14))
    due = questions.reviews_due(meeting, user=hall.administrator)

    item = services.put_review_on_agenda(meeting=meeting, review=due[0], by=hall.administrator, at=AT)
    hall.listed(hall.case(), meeting=meeting)
    services.publish_agenda(meeting=meeting, by=hall.administrator, at=AT)
    services.open_meeting(meeting=meeting, by=hall.administrator, at=STARTS + timedelta(days=14))
    services.note_standing(item=item, note="Goes well.", by=hall.chair, at=STARTS + timedelta(days=14))

    assert item.title == "Review of minute AR/2026/1/1"
    assert questions.reviews_due(meeting, user=hall.administrator) == []
    assert Review.objects.get().done_by == hall.chair


def test_the_list_beside_a_case_names_what_was_decided_and_what_it_commits(hall: Hall) -> None:
    first, second = hall.opened(cases=2)
    old = hall.decided(hall.called(first))
    new = services.correct(
        decision=old,
        minute=hall.minute(first, lines=[changed(line, pence=line.pence * 2) for line in hall.minute(first).lines]),
        why="The price was doubled.",
        expected_version=1,
        by=hall.chair,
        at=STARTS + timedelta(minutes=30),
    )

    listed = {i.pk: i for i in questions.listed_of(hall.meeting, user=hall.chair)}

    money = new.money["this_year_pence"], new.money["next_year_pence"]
    decided, waiting = listed[first.pk], listed[second.pk]
    assert money[0] == 2 * old.money["this_year_pence"] > 0
    assert (decided.outcome, decided.this_year_pence, decided.next_year_pence) == (new.outcome, *money)
    assert (waiting.outcome, waiting.this_year_pence, waiting.next_year_pence) == (None, None, None)
    assert runsheet.spent_in(list(listed.values())) == runsheet.Spent(1, *money)
    assert questions.following(first) == second.reference
    assert questions.following(second) is None
