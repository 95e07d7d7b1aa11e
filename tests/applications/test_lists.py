"""Lists cost the same number of queries for one row and for thirty."""

from __future__ import annotations

import pytest
from django.test import Client

from applications import services
from applications.models import Application, ResourceLine, View
from decisions.management.bench.measure import counted, undone
from people.models import RecordEntry
from tests.factories.applications import AT, House

pytestmark = pytest.mark.django_db


def asked_by(client: Client, address: str) -> list[str]:
    client.get(address)  # a session's first page, and one a while later, write down when they were
    with undone(), counted() as sent:
        assert client.get(address).status_code == 200
    return sent


@pytest.mark.parametrize(
    ("address", "who", "number"),
    [
        ("/", "worker", 14),
        ("/", "manager", 15),
        ("/requests/", "administrator", 7),
        ("/requests/", "worker", 8),
        ("/requests/?state=with_manager&text=Sample&worker={worker}&team={team}", "administrator", 7),
        ("/requests/mine/", "worker", 16),
        ("/requests/waiting/", "manager", 17),
    ],
)
def test_a_list_of_thirty_costs_what_a_list_of_one_costs(
    house: House, as_user, address: str, who: str, number: int
) -> None:
    client = as_user(getattr(house, who))
    address = address.format(worker=house.worker.pk, team=house.team.pk)
    sent = services.submit(application=house.whole(), by=house.worker, at=AT)
    one = asked_by(client, address)
    Application.objects.bulk_create(copies_of(sent, 29))

    thirty = asked_by(client, address)

    assert (len(one), len(thirty)) == (number, number), thirty


@pytest.mark.parametrize(
    ("tab", "number"),
    [
        ("", 12),
        ("lines/tab/", 14),
        ("views/tab/", 8),
        ("documents/tab/", 8),
        ("signatures/tab/", 7),
        ("findings/tab/", 15),
        ("history/tab/", 14),
        ("timeline/tab/", 7),
    ],
)
def test_a_tab_asks_only_for_what_it_draws_however_long_the_request(
    house: House, as_user, tab: str, number: int
) -> None:
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    client, path = as_user(house.administrator), f"/requests/{request.reference}/{tab}"
    short = asked_by(client, path)
    for position in range(2, 31):
        ResourceLine.objects.create(application=request, position=position, category="therapy")
        View.objects.create(application=request, person=f"Person {position}", relation="aunt")

    long = asked_by(client, path)

    assert (len(short), len(long)) == (number, number), long


def test_every_request_of_a_list_is_put_on_record_before_the_page_leaves(house: House, as_user) -> None:
    shown = sorted(services.submit(application=house.whole(), by=house.worker, at=AT).reference for _ in range(3))

    as_user(house.administrator).get("/requests/")

    looks = RecordEntry.objects.filter(action="request.read", by=house.administrator)
    assert sorted(looks.values_list("subject_ref", flat=True)) == shown


def test_a_page_beyond_the_end_shows_the_last_one(house: House, as_user) -> None:
    Application.objects.bulk_create(copies_of(house.draft(), 51))
    client = as_user(house.administrator)

    first, second, beyond = (client.get(f"/requests/?page={page}").context["page"] for page in ("first", "2", "9"))

    assert (first.number, len(first), first.paginator.count) == (1, 50, 52)
    assert (second.number, len(second)) == (2, 2)
    assert (beyond.number, len(beyond), beyond.paginator.num_pages) == (2, 2, 2)


def copies_of(request: Application, number: int) -> list[Application]:
    fields = {f.attname: getattr(request, f.attname) for f in Application._meta.concrete_fields if not f.primary_key}
    return [Application(**{**fields, "reference": f"R-COPY-{copy}"}) for copy in range(number)]


def test_the_filter_finds_by_state_and_by_words(house: House, as_user) -> None:
    draft, sent = house.whole(), services.submit(application=house.whole(), by=house.worker, at=AT)
    client = as_user(house.worker)
    page = client.get("/requests/?state=with_manager&text=Sample").content.decode()
    assert sent.reference in page
    assert draft.reference not in page
