"""Typed words are never lost: autosave, conflicts, groups of their own."""

from __future__ import annotations

import pytest

from applications import services
from applications.models import Application, DraftText, ResourceLine
from people.permissions import Capacity
from tests.factories.applications import AT, House, person

pytestmark = pytest.mark.django_db


def save(house: House, request: Application, group: str, base: int, **values: str) -> Application:
    return services.save_group(
        application=request, group=group, base_version=base, values=values, by=house.worker, at=AT
    )


def test_two_people_in_two_groups_both_keep_their_words(house: House) -> None:
    request = house.draft()
    read = request.version
    save(house, request, "plan", read, outcomes="Safe.")
    save(house, request, "views", read, child_views="Happy.")
    request.refresh_from_db()
    assert (request.outcomes, request.child_views) == ("Safe.", "Happy.")


def test_two_people_in_one_group_conflict_and_both_texts_are_kept(house: House, as_user) -> None:
    request = house.draft()
    manager = person(
        house.council,
        "second",
        role="team_manager",
        capacity=Capacity.TEAM_MANAGER,
        team=house.team,
        team_of=house.team,
    )
    read = request.version
    services.save_group(
        application=request, group="plan", base_version=read, values={"outcomes": "Theirs."}, by=manager, at=AT
    )

    response = as_user(house.worker).post(
        f"/requests/{request.reference}/edit/plan/", {"base_version": read, "outcomes": "Mine."}
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "Mine." in page
    assert "<pre>Theirs.</pre>" in page
    assert str(manager) in page
    assert DraftText.objects.get().fields["outcomes"] == "Mine."
    request.refresh_from_db()
    assert request.outcomes == "Theirs."


def test_two_people_on_one_resource_conflict_and_both_texts_are_kept(house: House, as_user) -> None:
    request = house.whole()
    line = request.lines.get()
    address, read = f"/requests/{request.reference}/rows/lines/{line.pk}/", request.version
    colleague = house.child.worker = person(house.council, "colleague", team=house.team)
    house.child.save()
    days = {"start_day": "2", "start_month": "11", "start_year": "2026", "is_open_ended": "on"}
    mine = {"base_version": read, "category": "therapy", "unit": "monthly", "pence": "9,999.00", **days}
    theirs = {**mine, "provider": "Their Care", "unit": "weekly", "pence": "1,127.00"}

    first = as_user(colleague).post(address, theirs)
    second = as_user(house.worker).post(address, mine)

    assert (first.status_code, second.status_code) == (302, 409)
    page = second.content.decode()
    assert f"{colleague} changed this" in page
    assert [text in page for text in ("<pre>Their Care</pre>", "<pre>£1,127.00</pre>", "<pre>a week</pre>")] == [
        True
    ] * 3
    assert 'value="9,999.00"' in page
    line.refresh_from_db()
    assert (line.provider, line.unit, line.pence) == ("Their Care", "weekly", 112_700)
    assert DraftText.objects.get(user=house.worker).fields["pence"] == "9,999.00"


@pytest.mark.parametrize("lines", [1, 30])
def test_autosave_asks_six_questions_however_long_the_request(
    house: House, as_user, django_assert_num_queries, lines
) -> None:
    request = house.draft()
    for position in range(lines):
        ResourceLine.objects.create(application=request, position=position, category="placement")
    client = as_user(house.worker)
    path, data = f"/requests/{request.reference}/keep/plan/", {"base_version": request.version, "outcomes": "A"}
    client.post(path, data)

    with django_assert_num_queries(8) as asked:
        client.post(path, data)

    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) == 6, [q["sql"][:90] for q in asked]


def test_autosave_keeps_what_is_not_valid_and_changes_nothing(house: House, as_user) -> None:
    request = house.draft()
    client = as_user(house.worker)
    answer = client.post(
        f"/requests/{request.reference}/keep/assessment/",
        {"base_version": request.version, "assessment_date_day": "thirty", "needs_analysis": "Half a sen\0"},
    )
    assert answer.status_code == 200
    assert answer.json()["version"] == request.version
    request.refresh_from_db()
    assert request.needs_analysis == ""

    page = client.get(f"/requests/{request.reference}/edit/assessment/").content.decode()
    assert "Half a sen" in page
    assert 'value="thirty"' in page
    assert "There is a problem" not in page


def test_autosave_tells_of_a_conflict_and_keeps_the_words(house: House, as_user) -> None:
    request = house.draft()
    read = request.version
    save(house, request, "plan", read, outcomes="Theirs.")
    answer = as_user(house.worker).post(
        f"/requests/{request.reference}/keep/plan/", {"base_version": read, "outcomes": "Mine."}
    )
    told = answer.json()
    assert answer.status_code == 409
    assert {"name": "outcomes", "label": "Outcomes sought", "theirs": "Theirs."} in told["fields"]
    assert DraftText.objects.get().fields["outcomes"] == "Mine."


def test_saving_ends_the_draft_and_keeps_each_version(house: House, as_user) -> None:
    request = house.draft()
    client = as_user(house.worker)
    client.post(f"/requests/{request.reference}/keep/plan/", {"base_version": request.version, "outcomes": "A"})
    client.post(f"/requests/{request.reference}/edit/plan/", {"base_version": request.version, "outcomes": "A."})
    assert not DraftText.objects.exists()
    request.refresh_from_db()
    client.post(f"/requests/{request.reference}/edit/plan/", {"base_version": request.version, "outcomes": "B."})
    assert list(request.history.order_by("history_id").values_list("outcomes", flat=True)) == ["", "A.", "B."]


def test_each_line_is_saved_on_its_own(house: House, as_user) -> None:
    request = house.draft()
    client = as_user(house.worker)
    for _ in range(3):
        answer = client.post(
            f"/requests/{request.reference}/rows/lines/add/",
            {
                "category": "therapy",
                "unit": "weekly",
                "pence": "1,200.50",
                "start_day": "1",
                "start_month": "2",
                "start_year": "2027",
                "is_open_ended": "on",
            },
        )
        assert answer.status_code == 302
    assert list(request.lines.values_list("pence", "position")) == [(120050, 1), (120050, 2), (120050, 3)]


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        (
            {
                "category": "therapy",
                "end_day": "1",
                "end_month": "2",
                "end_year": "2026",
                "start_day": "2",
                "start_month": "2",
                "start_year": "2026",
            },
            "end",
        ),
        ({"category": "therapy", "pence": "10"}, "unit"),
        (
            {"category": "therapy", "is_open_ended": "on", "end_day": "1", "end_month": "2", "end_year": "2026"},
            "is_open_ended",
        ),
        ({}, "category"),
    ],
)
def test_a_line_that_does_not_fit_is_refused_beside_its_field(
    house: House, as_user, posted: dict[str, str], field: str
) -> None:
    request = house.draft()
    response = as_user(house.worker).post(f"/requests/{request.reference}/rows/lines/add/", posted)
    assert response.status_code == 422
    assert f'id="id_{field}-error"' in response.content.decode()
    assert not request.lines.exists()
