"""The versions of a request say what changed in its lists and of the child, before and after, and who signed."""

from __future__ import annotations

from copy import copy
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from applications import services
from applications.models import Application, Child, ResourceLine
from applications.queries import with_parts
from applications.views.versions import versions
from people.models import User
from tests.factories.applications import AT, House

pytestmark = pytest.mark.django_db


def told(request: Application) -> list[dict[str, Any]]:
    return versions(with_parts(Application.objects.all()).get(pk=request.pk))


def save(house: House, request: Application, part: str, pk: int | None = None, **values: Any) -> Any:
    return services.save_part(
        application=request, part=part, pk=pk, values=values, base_version=10_000, by=house.worker, at=AT
    )


def remove(house: House, request: Application, part: str, pk: int) -> None:
    services.remove_part(application=request, part=part, pk=pk, by=house.worker, at=AT)


@pytest.fixture
def returned(house: House) -> Application:
    """A request of £1,127.00 a week that its manager returned."""
    request = services.submit(application=house.whole(pence=112_700), by=house.worker, at=AT)
    return services.return_to_worker(application=request, by=house.manager, at=AT, reasons="Too dear.")


def test_what_is_changed_removed_and_added_after_a_return_is_seen_before_and_after(
    house: House, returned: Application, as_user
) -> None:
    save(house, returned, "lines", returned.lines.get().pk, pence=999_900, provider="Dear Care")
    remove(house, returned, "alternatives", returned.alternatives.get().pk)
    save(house, returned, "lines", category="contact", unit="one_off", pence=50_000, start=date(2026, 12, 1))

    added, removed, changed, sent_back, *_ = told(returned)

    assert (added["why"], removed["why"], changed["why"]) == (
        "saved: resource",
        "saved: Alternatives tried or considered",
        "saved: resource",
    )
    assert changed["changes"] == [
        {"field": "Resource, Therapy: Provider", "before": "", "after": "Dear Care"},
        {"field": "Resource, Therapy: Cost", "before": "£1,127.00 a week", "after": "£9,999.00 a week"},
    ]
    assert removed["changes"] == [
        {
            "field": "Alternative, Family support worker: removed",
            "before": "What was tried or considered? Family support worker\nWhy does it not do? Not enough.",
            "after": "",
        }
    ]
    assert [change["field"] for change in added["changes"]] == ["Resource, Contact: added"]
    assert added["changes"][0]["before"] == ""
    assert "Cost: £500.00 once\nFirst day: 1 December 2026" in added["changes"][0]["after"]
    assert [change["field"] for change in sent_back["changes"]] == ["state"]
    page = as_user(house.manager).get(f"/requests/{returned.reference}/history/tab/").content.decode()
    assert "<del>£1,127.00 a week</del>" in page
    assert "<ins>£9,999.00 a week</ins>" in page
    assert "lines-" not in page


@pytest.mark.parametrize(
    ("part", "values", "change"),
    [
        ("views", {"view": "Disagrees."}, ("View, Mother: What do they think?", "Agrees.", "Disagrees.")),
        ("actions", {"due": date(2027, 1, 5)}, ("By when", "1 December 2026", "5 January 2027")),
        ("funding", {"is_possible": True}, ("Could it pay?", "No", "Yes")),
        ("lines", {"facts": {"rate": "12.00"}}, ("Rate of the assessment", "", "£12.00")),
        ("lines", {"facts": {"court_related": True}}, ("Is it needed for court or pre-proceedings?", "", "Yes")),
        ("lines", {"end": date(2027, 2, 1)}, ("Last day", "31 January 2027", "1 February 2027")),
        ("lines", {"category": "contact"}, ("What is asked for?", "Therapy", "Contact")),
        ("lines", {"provision": "in_house"}, ("Who provides it?", "", "In-house")),
    ],
)
def test_each_list_says_its_changes_in_words(
    house: House, part: str, values: dict[str, Any], change: tuple[str, str, str]
) -> None:
    request = house.whole()
    save(house, request, "funding", source="health", is_possible=False)
    row = services.PARTS[part]._default_manager.get(application=request)

    save(house, request, part, row.pk, **values)

    [said] = told(request)[0]["changes"]
    field, *sides = change
    assert said["field"].endswith(field)
    assert [said["before"], said["after"]] == sides


def test_a_history_says_who_and_when_as_the_requests_own_does(house: House) -> None:
    request = house.whole()
    later = AT + timedelta(days=1)
    line = request.lines.get()

    services.save_part(
        application=request,
        part="lines",
        pk=line.pk,
        values={"pence": 1},
        base_version=10_000,
        by=house.manager,
        at=later,
    )

    assert list(
        line.history.order_by("history_id").values_list("history_user", "history_date", "history_type", "pence")
    ) == [
        (house.worker.pk, AT, "+", 60_000),
        (house.manager.pk, later, "~", 1),
    ]


def test_a_line_that_loses_its_placement_says_so(house: House) -> None:
    request = house.whole(category="residential")
    placement = request.lines.get()
    save(house, request, "lines", category="therapy", for_line=placement)

    remove(house, request, "lines", placement.pk)

    changes = {change["field"]: change for change in told(request)[0]["changes"]}
    assert set(changes) == {"Resource, Residential: removed", "Resource, Therapy: It belongs to this placement"}
    assert changes["Resource, Therapy: It belongs to this placement"]["before"] == "Residential"


def test_a_version_names_who_signed_it_and_who_returned_it(house: House, as_user) -> None:
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    seen = request.version

    services.sign(application=request, by=house.manager, at=AT)

    signed = {row["number"]: [(s.given_by, office) for s, office in row["signed"]] for row in told(request)}
    assert {number: names for number, names in signed.items() if names} == {seen: [(house.manager, "Team manager")]}
    page = as_user(house.administrator).get(f"/requests/{request.reference}/history/tab/").content.decode()
    assert "Signed as it stands here" in page


def correct(house: House, request: Application, by: User, **values: Any) -> None:
    services.save_child(application=request, base_version=10_000, values=values, by=by, at=AT + timedelta(days=1))


def test_what_was_said_of_the_child_is_seen_in_the_request_that_changed_it_and_in_the_others(house: House) -> None:
    request, other = house.whole(), house.whole()

    correct(house, request, house.worker, status="looked_after", legal_basis="section_20")

    said = [(one["field"].split(" (")[0], one["before"], one["after"]) for one in told(request)[0]["changes"]]
    assert said == [
        ("Child: Status", "Child in need", "Looked after"),
        ("Child: Legal basis", "Not looked after", "Section 20 (voluntary)"),
    ]
    [elsewhere, _] = told(other)[0]["changes"][-2:]
    assert elsewhere["field"] == (
        "Child: Status (by Worker Example on Tuesday 6 October 2026, 10:30am, from another request)"
    )


def test_what_stood_before_there_were_histories_begins_them(house: House) -> None:
    request = house.whole()
    old = ResourceLine.objects.bulk_create([ResourceLine(application=request, category="contact", pence=100)])[0]
    sister = copy(house.child)
    sister.pk, sister.reference, sister.case_reference, sister.first_name = None, "K-OLDER", "C-0001", "Wren"
    Child.objects.bulk_create([sister])

    import_module("applications.migrations.0002_parts_have_histories").keep_what_stands(apps, None)

    assert list(ResourceLine.history.filter(id=old.pk).values_list("history_type", "pence", "history_date")) == [
        ("~", 100, request.changed_at)
    ]
    assert Child.history.get(id=sister.pk).first_name == "Wren"
    save(house, request, "lines", old.pk, category="contact", pence=200)
    assert told(request)[0]["changes"] == [{"field": "Resource, Contact: Cost", "before": "£1.00", "after": "£2.00"}]
