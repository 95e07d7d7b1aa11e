"""The first page: each finds first what they come for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

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
