"""A request goes from draft to ready under each installed policy; which signatures it meets is the policy's word."""

from __future__ import annotations

import pytest

from applications import services
from applications.queries import standing_of
from applications.states import State
from panels.policy import installed, load
from tests.factories.applications import AT, House

pytestmark = pytest.mark.django_db


def area_of(slug: str) -> str:
    return min(load(slug).area_codes, default="")


@pytest.mark.parametrize("slug", installed())
@pytest.mark.parametrize("category", ["ifa_foster_placement", "therapy"])
def test_a_request_meets_the_signatures_of_its_council_and_no_others(slug: str, category: str) -> None:
    house = House(slug, area=area_of(slug))
    request = house.with_document(house.whole(category=category), "care_plan")
    request = services.submit(application=request, by=house.worker, at=AT)
    met = []
    people = {"team_manager": house.manager, "service_manager": house.service_manager, "head_of_service": house.head}
    while request.state == State.WITH_MANAGER:
        met.append(request.with_role)
        request = services.sign(application=request, by=people[request.with_role], at=AT)

    assert met == [step.role for step in load(slug).panel(house.panel.slug).sign_offs]
    assert services.accept(application=request, by=house.administrator, at=AT).state == State.READY


@pytest.mark.parametrize("slug", installed())
def test_every_page_opens_under_every_policy(slug: str, client) -> None:
    house = House(slug, area=area_of(slug))
    request = house.whole(category="ifa_foster_placement")
    client.force_login(house.worker)
    codes = ("request", "lines", "facts", "questions", "checklist")
    pages = ["tasks/", "check/", "rows/lines/add/", "findings/tab/", *[f"edit/{code}/" for code in codes]]
    for page in pages:
        response = client.get(f"/requests/{request.reference}/{page}")
        found = response.status_code in {200, 404} if page == "edit/questions/" else response.status_code == 200
        assert found, page


@pytest.mark.parametrize("slug", installed())
def test_the_case_of_a_request_is_one_the_rules_can_read(slug: str) -> None:
    house = House(slug, area=area_of(slug))
    verdict = standing_of(house.whole(), at=AT).assessment
    assert verdict.council == slug
    assert verdict.remit in {"in", "out", "excluded", "other_panel", "unknown"}


def test_a_signature_that_is_only_asked_for_can_be_left_out() -> None:
    house = House("west-berkshire")
    request = services.submit(application=house.whole(), by=house.worker, at=AT, skip_notes=True)
    assert request.state == State.SUBMITTED
    assert "WB-48" in {finding["rule"] for finding in request.findings["findings"]}


def test_an_out_of_area_placement_is_first_agreed_by_the_head_of_service() -> None:
    house = House("west-berkshire")
    request = house.whole(category="residential_placement", facts={"initial": True})
    house.save(request, "facts", placement={"outside_council_area": True})
    with pytest.raises(services.RefusedError) as refusal:
        services.submit(application=request, by=house.worker, at=AT)
    assert [finding.rule for finding in refusal.value.findings] == ["WB-109"]
