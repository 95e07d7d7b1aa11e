"""Pages of a meeting ask as many questions of the database for a long agenda and a long request as for short ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import OtherFunding, ResourceLine, View
from decisions.management.bench.measure import counted, undone
from people.models import User
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        yield


def asked_by(browser: Client, path: str) -> list[str]:
    browser.get(path)  # a session's first page writes down when it was
    with undone(), counted() as sent:
        assert browser.get(path).status_code == 200
    return sent


def test_the_run_sheet_reads_each_part_of_a_request_once(hall: Hall, signed_in: Callable[[User], Client]) -> None:
    item = hall.called()
    browser = signed_in(hall.chair)
    path = reverse("decisions:run_item", args=[hall.meeting.reference, item.reference])
    browser.post(reverse("decisions:item_interest", args=[item.reference]), {"answer": "none"})
    short = asked_by(browser, path)
    line = item.application.lines.get()

    for number in range(2, 30):
        ResourceLine.objects.create(application=item.application, position=number, category=line.category)
        View.objects.create(application=item.application, person=f"Person {number}", relation="aunt")
    long = asked_by(browser, path)

    assert len(long) == len(short)
    read = [sql for sql in long if f'FROM "{OtherFunding._meta.db_table}"' in sql]
    assert len(read) == 1, "the run sheet reads other funding once, however often the rules ask"


@pytest.mark.parametrize("cases", [1, 30])
def test_the_run_sheet_asks_as_often_for_one_case_as_for_thirty(
    hall: Hall, signed_in: Callable[[User], Client], cases: int
) -> None:
    items = hall.opened(cases=cases)
    hall.called(items[0])
    path = reverse("decisions:run_item", args=[hall.meeting.reference, items[-1].reference])

    assert len(asked_by(signed_in(hall.administrator), path)) == 23


def test_the_chair_who_decides_is_asked_for_colleagues_and_draft_once(
    hall: Hall, signed_in: Callable[[User], Client]
) -> None:
    item = hall.called()
    browser = signed_in(hall.chair)
    browser.post(reverse("decisions:item_interest", args=[item.reference]), {"answer": "none"})

    sent = asked_by(browser, reverse("decisions:run_item", args=[hall.meeting.reference, item.reference]))

    assert len(sent) == 25, sent


@pytest.mark.parametrize("cases", [1, 30])
def test_the_agenda_asks_as_often_for_one_case_as_for_thirty(
    hall: Hall, signed_in: Callable[[User], Client], cases: int
) -> None:
    for _ in range(cases):
        hall.listed()

    sent = asked_by(signed_in(hall.administrator), reverse("decisions:agenda", args=[hall.meeting.reference]))

    assert len(sent) == 10, sent


def test_the_live_version_asks_three_questions(hall: Hall, signed_in: Callable[[User], Client]) -> None:
    hall.opened(cases=3)

    sent = asked_by(signed_in(hall.chair), reverse("decisions:live_version", args=[hall.meeting.reference]))

    assert len(sent) == 3, sent
