"""Lists cost the same number of queries for one row and for thirty."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import services
from tests.factories.applications import AT, House

pytestmark = pytest.mark.django_db


def queries(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    ("address", "who"), [("/requests/mine/", "worker"), ("/requests/", "worker"), ("/requests/waiting/", "manager")]
)
def test_a_list_of_thirty_costs_what_a_list_of_one_costs(house: House, as_user, address: str, who: str) -> None:
    client = as_user(getattr(house, who))
    services.submit(application=house.whole(), by=house.worker, at=AT)
    client.get(address)
    one = queries(client, address)
    for _ in range(29):
        services.submit(application=house.whole(), by=house.worker, at=AT)

    assert queries(client, address) == one


def test_the_filter_finds_by_state_and_by_words(house: House, as_user) -> None:
    draft, sent = house.whole(), services.submit(application=house.whole(), by=house.worker, at=AT)
    client = as_user(house.worker)
    page = client.get("/requests/?state=with_manager&text=Sample").content.decode()
    assert sent.reference in page
    assert draft.reference not in page
