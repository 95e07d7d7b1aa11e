"""Pages of a meeting ask as many questions of the database for a long agenda and a long request as for short ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import Application, OtherFunding, ResourceLine, View
from decisions.management.bench.measure import counted, undone
from decisions.models import AgendaItem, Decision
from finance import services as finance
from panels.models import PolicyVersion
from people.models import User
from tests.factories.decisions import AT, STARTS, Hall

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        yield


def at_work(hall: Hall, items: list[AgendaItem]) -> None:
    """Pin requests to the policy they were sent under, and give next year its budget, as a council at work has it."""
    version = PolicyVersion.objects.in_force(council=hall.council, on=STARTS.date())
    Application.objects.filter(items__in=items).update(policy_version=version)
    row = finance.BudgetRow(code="SUPPORT", name="Support packages", pence=1, categories=("therapy",))
    finance.load_budget(
        council=hall.council, year=2027, rows=[row], source_ref="Budget 2027", by=hall.administrator, at=AT
    )


def asked_by(browser: Client, path: str) -> list[str]:
    browser.get(path)  # a session's first page writes down when it was
    with undone(), counted() as sent:
        assert browser.get(path).status_code == 200
    return sent


def said(line: ResourceLine) -> dict[str, str]:
    assert line.pence is not None
    assert line.start is not None
    assert line.end is not None
    return {
        "pence": f"{line.pence / 100:.2f}",
        "start": line.start.isoformat(),
        "end": line.end.isoformat(),
    }


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
    at_work(hall, items)
    hall.called(items[0])
    path = reverse("decisions:run_item", args=[hall.meeting.reference, items[-1].reference])

    assert len(asked_by(signed_in(hall.administrator), path)) == 17


def test_the_chair_who_decides_is_asked_for_colleagues_and_draft_once(
    hall: Hall, signed_in: Callable[[User], Client]
) -> None:
    item = hall.called()
    at_work(hall, [item])
    browser = signed_in(hall.chair)
    browser.post(reverse("decisions:item_interest", args=[item.reference]), {"answer": "none"})

    sent = asked_by(browser, reverse("decisions:run_item", args=[hall.meeting.reference, item.reference]))

    assert len(sent) == 20, sent


@pytest.mark.parametrize("lines", [1, 30])
def test_recording_asks_as_often_for_one_resource_as_for_thirty(
    hall: Hall, signed_in: Callable[[User], Client], lines: int
) -> None:
    item = hall.called()
    at_work(hall, [item])
    line = item.application.lines.get()
    for number in range(2, lines + 1):
        line.pk, line.position = None, number
        line.save()
    browser = signed_in(hall.chair)
    browser.get(reverse("home"))
    data = {f"line_{one.pk}_{part}": value for one in item.application.lines.all() for part, value in said(one).items()}
    data |= {
        "item_version": str(item.version),
        "outcome": "agreed",
        "reasons": "It meets the need.",
        "no_review_reason": "Ends soon.",
        "condition_1_text": "A report",
        "action_1_text": "Tell the family",
        "action_1_owner": str(hall.house.worker.pk),
        "action_1_due": "2026-11-20",
        "confirm": "1",
    }

    with counted() as sent:
        answer = browser.post(reverse("decisions:item_decide", args=[item.reference]), data)

    assert (answer.status_code, Decision.objects.get().commitments.count()) == (302, lines)
    assert len(sent) == 39, sent


@pytest.mark.parametrize("cases", [1, 30])
def test_the_agenda_asks_as_often_for_one_case_as_for_thirty(
    hall: Hall, signed_in: Callable[[User], Client], cases: int
) -> None:
    for _ in range(cases):
        hall.listed()

    sent = asked_by(signed_in(hall.administrator), reverse("decisions:agenda", args=[hall.meeting.reference]))

    assert len(sent) == 11, sent


def test_the_live_version_asks_three_questions(hall: Hall, signed_in: Callable[[User], Client]) -> None:
    hall.opened(cases=3)

    sent = asked_by(signed_in(hall.chair), reverse("decisions:live_version", args=[hall.meeting.reference]))

    assert len(sent) == 3, sent
