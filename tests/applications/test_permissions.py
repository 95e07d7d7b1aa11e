"""Who reaches which request, and who may do what to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications import services
from applications.models import Application
from applications.states import State
from panels.policy import installed
from people.models import Cover, RecordEntry, RoleHeld
from people.permissions import Capacity, Permission
from tests.factories.applications import AT, House, council, person, team

pytestmark = pytest.mark.django_db

PAGES = (
    "",
    "tasks/",
    "child/",
    "edit/request/",
    "edit/lines/",
    "rows/lines/add/",
    "documents/",
    "check/",
    "withdraw/",
    "sign/",
    "agree/",
    "return/",
)


def test_another_team_sees_that_nothing_is_there(house: House, as_user) -> None:
    request = house.whole()
    other = team(house.council, "Team Two", service="Disabled Children")
    for user in (
        person(house.council, "stranger", team=other),
        person(
            house.council,
            "othermanager",
            role="team_manager",
            capacity=Capacity.TEAM_MANAGER,
            team=other,
            team_of=other,
        ),
    ):
        for page in PAGES:
            assert as_user(user).get(f"/requests/{request.reference}/{page}").status_code in {403, 404}, page
        assert as_user(user).get(f"/requests/{request.reference}/").status_code == 404
        assert request.reference not in as_user(user).get("/requests/").content.decode()


def test_another_council_sees_that_nothing_is_there(house: House, as_user) -> None:
    request = house.whole()
    slug = next(s for s in installed() if s != house.council.slug) if len(installed()) > 1 else None
    if slug is None:
        pytest.skip("one council's policy is installed")
    elsewhere = council(slug)
    head = person(elsewhere, "elsewhere", role="head_of_service", capacity=Capacity.HEAD_OF_SERVICE)
    for page in PAGES:
        assert as_user(head).get(f"/requests/{request.reference}/{page}").status_code in {403, 404}, page


def test_a_colleague_of_the_team_sees_that_it_exists_and_no_more(house: House, as_user) -> None:
    request = house.whole()
    colleague = person(house.council, "colleague", team=house.team)
    page = as_user(colleague).get(f"/requests/{request.reference}/").content.decode()
    assert request.reference in page
    assert "Robin" not in page
    assert "A summary." not in page
    listed = as_user(colleague).get("/requests/?text=Robin").content.decode()
    assert request.reference not in listed


def test_every_look_at_a_request_is_on_record(house: House, as_user) -> None:
    request = house.whole()
    as_user(house.manager).get(f"/requests/{request.reference}/")
    entry = RecordEntry.objects.filter(action="request.read").get()
    assert (entry.by, entry.subject_ref) == (house.manager, request.reference)


def test_nobody_signs_their_own_request(house: House) -> None:
    RoleHeld.objects.create(
        user=house.worker, role="team_manager", capacity=Capacity.TEAM_MANAGER, since=date(2020, 1, 1), granted_at=AT
    )
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    with pytest.raises(services.NotAllowedError, match="own"):
        services.sign(application=request, by=house.worker, at=AT)


def test_a_manager_of_another_team_does_not_sign(house: House) -> None:
    other = team(house.council, "Team Two")
    stranger = person(
        house.council, "othermanager", role="team_manager", capacity=Capacity.TEAM_MANAGER, team=other, team_of=other
    )
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    with pytest.raises(services.NotAllowedError, match="neither hold nor cover"):
        services.sign(application=request, by=stranger, at=AT)


def test_a_cover_signs_for_the_absent_colleague_and_the_page_says_so(house: House, as_user) -> None:
    other = team(house.council, "Team Two", service="Elsewhere")
    deputy = person(
        house.council, "deputy", role="team_manager", capacity=Capacity.TEAM_MANAGER, team=other, team_of=other
    )
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    assert as_user(deputy).get(f"/requests/{request.reference}/sign/").status_code == 404
    Cover.objects.create(
        absent=house.manager,
        covering=deputy,
        role="team_manager",
        since=date(2020, 1, 1),
        until=date(2199, 1, 1),
        reason="Leave",
        arranged_at=AT,
        arranged_by=house.manager,
    )
    assert request.reference in as_user(deputy).get("/requests/waiting/").content.decode()
    page = as_user(deputy).get(f"/requests/{request.reference}/sign/").content.decode()
    assert f"you cover for {house.manager}" in page
    as_user(deputy).post(f"/requests/{request.reference}/sign/", {"seen_version": request.version})
    signature = request.sign_offs.get()
    assert (signature.given_by, signature.covering_for) == (deputy, house.manager)


TODAY = timezone.localdate()


@pytest.mark.parametrize(
    ("cover", "office", "is_reached"),
    [
        ({}, {}, True),
        ({"since": TODAY, "until": TODAY}, {}, True),
        ({"until": TODAY - timedelta(days=1)}, {}, False),
        ({"since": TODAY + timedelta(days=1)}, {}, False),
        ({"ended_at": AT}, {}, False),
        ({"role": "service_manager"}, {}, False),
        ({}, {"until": TODAY - timedelta(days=1)}, False),
        ({}, {"since": TODAY + timedelta(days=1)}, False),
        ({}, {"service": "Elsewhere"}, False),
        ({}, {"area": "north"}, False),
    ],
)
def test_a_cover_reaches_what_the_colleague_would_sign_on_that_day(
    house: House, as_user, cover: dict[str, object], office: dict[str, object], is_reached: bool
) -> None:
    other = team(house.council, "Team Two", service="Elsewhere")
    deputy = person(
        house.council, "deputy", role="team_manager", capacity=Capacity.TEAM_MANAGER, team=other, team_of=other
    )
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    RoleHeld.objects.filter(user=house.manager).update(**office)
    given = {"role": "team_manager", "since": date(2020, 1, 1), "until": date(2199, 1, 1), **cover}
    Cover.objects.create(
        absent=house.manager, covering=deputy, reason="Leave", arranged_at=AT, arranged_by=house.manager, **given
    )
    client = as_user(deputy)

    page = client.get(f"/requests/{request.reference}/")
    listed = client.get("/requests/waiting/").content.decode()

    assert page.status_code == (200 if is_reached else 404)
    assert (request.reference in listed) == is_reached
    assert (f"/requests/{request.reference}/sign/" in page.content.decode()) == is_reached
    assert (f"you cover for {house.manager}" in listed) == is_reached
    assert (request.reference in client.get("/").content.decode()) == is_reached


def test_what_waits_for_somebody_is_part_of_what_they_may_sign(house: House) -> None:
    other = team(house.council, "Team Two", service="Elsewhere")
    deputy = person(
        house.council, "deputy", role="team_manager", capacity=Capacity.TEAM_MANAGER, team=other, team_of=other
    )
    days = {"since": date(2020, 1, 1), "until": date(2199, 1, 1), "reason": "Leave", "arranged_at": AT}
    Cover.objects.create(absent=house.manager, covering=deputy, role="team_manager", arranged_by=house.manager, **days)
    member = person(house.council, "member", role="team_manager", capacity=Capacity.MEMBER)
    abroad = council(next(slug for slug in installed() if slug != house.council.slug))
    stranger = person(abroad, "stranger", role="team_manager", capacity=Capacity.TEAM_MANAGER)
    request = services.submit(application=house.whole(), by=house.worker, at=AT)

    people = [house.worker, house.manager, house.service_manager, house.head, deputy, member, stranger]
    waits = {user: set(Application.objects.waiting_for(user)) for user in people}

    assert {user for user, found in waits.items() if found == {request}} == {house.manager, deputy}
    for user, found in waits.items():
        assert found <= set(Application.objects.for_user(user, Permission.SIGN_OFF)), user


def test_a_signature_under_a_text_that_was_not_read_is_refused(house: House, as_user) -> None:
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    response = as_user(house.manager).post(
        f"/requests/{request.reference}/sign/", {"seen_version": request.version - 1}
    )
    assert response.status_code == 409
    assert Application.objects.get().state == State.WITH_MANAGER


def test_a_withdrawal_waits_for_the_office_the_policy_names(house: House) -> None:
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    asked = services.withdraw(application=request, reasons="Not needed now.", by=house.worker, at=AT)
    assert asked.state == State.WITH_MANAGER
    with pytest.raises(services.NotAllowedError):
        services.agree_withdrawal(application=asked, by=house.manager, at=AT)

    gone = services.agree_withdrawal(application=asked, by=house.service_manager, at=AT)

    assert gone.state == State.WITHDRAWN
    assert gone.withdrawal_reasons == "Not needed now."


def test_a_draft_is_withdrawn_by_its_worker_alone(house: House) -> None:
    gone = services.withdraw(application=house.draft(), reasons="A mistake.", by=house.worker, at=AT)
    assert gone.state == State.WITHDRAWN


def test_what_was_sent_cannot_be_changed(house: House, as_user) -> None:
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    with pytest.raises(services.NotAllowedError):
        house.save(request, "request", title="Another")
    answer = as_user(house.worker).post(
        f"/requests/{request.reference}/keep/request/", {"base_version": "1", "title": "x"}
    )
    assert answer.status_code == 409
