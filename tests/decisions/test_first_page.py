"""The first page: each finds first what they come for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from decisions.management.bench.measure import counted, undone
from decisions.models import Approval
from people.models import User
from people.permissions import Capacity
from tests.factories.decisions import Hall

pytestmark = pytest.mark.django_db

FUNDS, ACCOUNTS, RECORD = "Funds by budget line</a>", ">Accounts</a>: who may sign in", "look in the record</a>"


@pytest.mark.parametrize(
    ("capacity", "finds"),
    [
        (Capacity.ACCOUNTANT, [FUNDS]),
        (Capacity.SYSTEM_ADMINISTRATOR, [ACCOUNTS]),
        (Capacity.AUDITOR, [RECORD]),
        (Capacity.SOCIAL_WORKER, []),
        (Capacity.ADMINISTRATOR, []),
    ],
)
def test_each_finds_the_work_they_come_for(
    capacity: Capacity, finds: list[str], signed_in: Callable[[User], Client]
) -> None:
    hall = Hall()
    hall.decided()
    somebody = hall.person("somebody", role=capacity.value, capacity=capacity)

    page = signed_in(somebody).get(reverse("home")).content.decode()

    assert [words for words in (FUNDS, ACCOUNTS, RECORD) if words in page] == finds


def test_the_accountant_reads_what_is_left_in_one_sentence(signed_in: Callable[[User], Client]) -> None:
    hall = Hall()
    hall.decided()
    accountant = hall.person("money", role="accountant", capacity=Capacity.ACCOUNTANT)

    page = signed_in(accountant).get(reverse("home")).content.decode()

    # £600 a week for 91 days, of a budget of £100,000.
    assert "£92,200 available of £100,000 (7.8% used)." in page


@pytest.mark.parametrize("decisions", [1, 3])
def test_decisions_to_sign_and_to_approve_cost_the_same_for_one_and_for_many(
    decisions: int, signed_in: Callable[[User], Client]
) -> None:
    hall = Hall()
    made = [hall.decided(hall.called(item)) for item in hall.opened(cases=decisions)]
    Approval.objects.all().delete()
    chair, head = signed_in(hall.chair), signed_in(hall.house.head)

    assert asked_by(chair, "to sign", expects=[f"Minute {one.minute_number}</a>" for one in made]) == 8

    for one in made:
        Approval.objects.create(decision=one, role="head_of_service", rule="WB-13")
    shown = [f"{one.application.reference}</span>, minute {one.minute_number}" for one in made]
    assert asked_by(head, "due after panel", expects=shown) == 13
    assert "Decisions to sign" not in chair.get("/").content.decode(), "an officer's approval is waited for first"


def asked_by(browser: Client, heading: str, *, expects: list[str]) -> int:
    browser.get("/")  # a session's first page writes down when it was
    with undone(), counted() as sent:
        page = browser.get("/").content.decode()
    assert heading in page
    assert [words for words in expects if words not in page] == []
    return len(sent)
