"""Accounts, offices and teams: made by one, given by another, taken away at once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from panels.models import PolicyVersion
from panels.policy import load
from people.models import Message, RecordEntry, RoleHeld, RoleProposal, Team, User
from people.permissions import Capacity, Permission
from people.services import OfficeRefusedError, approve_office, end_office, propose_office, refuse_office
from people.services.accounts import AccountRefusedError, change_account, close_account, replace_password
from tests.factories.people import PASSWORD, CouncilFactory, RoleHeldFactory, TeamFactory, UserFactory

NEW = {"first_name": "Wren", "last_name": "Larkspur", "username": "wren.larkspur", "email": "wren@example.org"}


@pytest.fixture(autouse=True)
def _monday(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def system(staff):
    return staff[Capacity.SYSTEM_ADMINISTRATOR]


@pytest.fixture
def head(staff):
    return staff[Capacity.HEAD_OF_SERVICE]


@pytest.fixture
def admin(signed_in, system):
    return signed_in(system)


@pytest.fixture
def newcomer(council):
    return UserFactory(council=council, username="newcomer", first_name="Ash", last_name="Newcomer")


@pytest.fixture
def propose(newcomer, system, now, today):
    def one(**more):
        given = {
            "user": newcomer,
            "role": "auditor",
            "capacity": Capacity.AUDITOR,
            "since": today,
            "by": system,
            "at": now,
        }
        return propose_office(**(given | more))

    return one


def fresh(user):
    """The person as the next request finds them."""
    return User.objects.get(pk=user.pk)


def actions():
    return list(RecordEntry.objects.order_by("seq").values_list("action", flat=True))


def told():
    return sorted(Message.objects.values_list("template", "recipient__username"))


def shown_password(response):
    return re.search(r"<code>([0-9A-Z-]{19})</code>", response.content.decode())[1]


# The first two ---------------------------------------------------------------------------------


def first(*more):
    out = StringIO()
    call_command("first_administrator", *more, stdout=out)
    return out.getvalue()


def test_a_council_begins_with_an_administrator_and_an_approver_and_each_is_made_once(council, client):
    printed = first("exampleshire", "ann", "ann@example.org", "--name", "Ann Moss")
    first("exampleshire", "bo", "bo@example.org", "--approver", "--office", "area_director")
    password = printed.split("shown once: ")[1].split()[0]

    ann, bo = User.objects.get(username="ann"), User.objects.get(username="bo")
    assert (str(ann), ann.must_change_password, ann.may(Permission.MANAGE_USERS)) == ("Ann Moss", True, True)
    assert (ann.may(Permission.ADOPT_POLICY), bo.may(Permission.ADOPT_POLICY)) == (False, True)
    assert bo.roles.get().role == "area_director"
    assert client.post("/sign-in/", {"username": "ann", "password": password}).status_code == 302
    for more in ([], ["--approver"]):
        with pytest.raises(CommandError, match="already"):
            first("exampleshire", "cy", "cy@example.org", *more)
    assert not User.objects.filter(username="cy").exists()
    assert actions()[:4] == ["account.made", "role.granted"] * 2


def test_another_council_has_a_first_administrator_of_its_own(council, other_council):
    first("exampleshire", "ann", "ann@example.org")
    first("otherton", "ben", "ben@example.org")

    assert User.objects.get(username="ben").council == other_council


@pytest.mark.parametrize(
    "given",
    [
        ["nowhere", "ann", "ann@example.org"],
        ["exampleshire", "ann", "no address"],
        ["exampleshire", "a b/c", "ann@example.org"],
        ["exampleshire", "ann", "ann@example.org", "--office", "Head of it all"],
    ],
)
def test_a_first_administrator_that_cannot_be_is_refused_and_nothing_stays(council, given):
    with pytest.raises(CommandError):
        first(*given)

    assert not User.objects.exists()
    assert not RecordEntry.objects.exists()


# Accounts --------------------------------------------------------------------------------------


def test_a_new_account_gets_a_password_once_and_must_change_it_before_any_page(admin, council, system):
    response = admin.post("/accounts/new/", NEW)
    password = shown_password(response)
    person = User.objects.get(username="wren.larkspur")
    RoleHeldFactory(user=person)

    browser = Client()
    browser.post("/sign-in/", {"username": "wren.larkspur", "password": password})
    assert [browser.get(path).headers.get("Location") for path in ("/", "/colleagues/", "/record/mine/")] == [
        "/password/"
    ] * 3
    assert browser.get("/password/").status_code == 200
    changed = browser.post("/password/", {"old_password": password, "new_password": "heron-under-morning-bridge"})

    assert changed.status_code == 302
    assert browser.get("/colleagues/").status_code == 200
    assert (person.council, fresh(person).must_change_password) == (council, False)
    assert password not in admin.get(f"/accounts/{person.pk}/").content.decode()
    assert told() == [("account_made", "wren.larkspur")]
    assert RecordEntry.objects.get(action="account.made").by == system
    assert password not in str(list(RecordEntry.objects.values_list("facts", flat=True)))


LONG = "x" * 5000
HOSTILE = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("first_name", "", "Enter the first name"),
        ("first_name", LONG, "First name must be 150 characters or fewer"),
        ("first_name", "a\x00b", "holds a character that is no text"),
        ("last_name", "", "Enter the last name"),
        ("last_name", LONG, "Last name must be 150 characters or fewer"),
        ("email", "", "Enter the e-mail address"),
        ("email", "nobody", "Enter an e-mail address in the form name@example.org"),
        ("email", HOSTILE, "Enter an e-mail address in the form name@example.org"),
        ("email", f"{LONG}@example.org", "E-mail address must be 254 characters or fewer"),
        ("job_title", LONG, "Job title must be 120 characters or fewer"),
        ("job_title", "a\x00b", "holds a character that is no text"),
        ("team", "987654321", "Choose a team from the list"),
        ("team", "x\x00", "holds a character that is no text"),
        ("username", "", "Enter a user name"),
        ("username", HOSTILE, "Enter a valid username"),
        ("username", "=cmd|x", "Enter a valid username"),
        ("username", LONG, "User name must be 150 characters or fewer"),
        ("username", "AUDITOR.exampleshire", "This user name is taken"),
    ],
)
def test_what_an_account_cannot_hold_is_said_beside_its_field(admin, staff, field, value, says):
    before = User.objects.count()
    response = admin.post("/accounts/new/", NEW | {field: value})
    page = response.content.decode()

    assert response.status_code == 422
    assert says in page
    assert f'href="#id_{field}"' in page
    assert HOSTILE not in page
    assert ("Larkspur" in page) == (field != "last_name")
    assert User.objects.count() == before


def test_a_hostile_name_is_a_name(admin):
    response = admin.post("/accounts/new/", NEW | {"last_name": HOSTILE, "job_title": "=1+1"})

    assert response.status_code == 200
    assert HOSTILE not in response.content.decode()


def test_an_account_takes_nothing_but_its_fields(admin, newcomer):
    extra = {
        "is_superuser": "1",
        "is_staff": "1",
        "council": "2",
        "must_change_password": "",
        "password": "x",
        "is_active": "",
        "roles": "1",
        "username": "other",
        "capacity": "system_administrator",
    }
    admin.post(f"/accounts/{newcomer.pk}/change/", NEW | extra)
    admin.post("/accounts/new/", NEW | extra | {"username": "made.now"})

    changed, made = fresh(newcomer), User.objects.get(username="made.now")
    assert (changed.username, changed.last_name, changed.password) == ("newcomer", "Larkspur", newcomer.password)
    for person in (changed, made):
        assert (person.is_superuser, person.is_staff, person.is_active) == (False, False, True)
        assert (person.council_id, person.roles.count()) == (newcomer.council_id, 0)
    assert made.must_change_password


def test_the_team_changes_freely_only_before_the_first_office(admin, newcomer, council, team):
    other = TeamFactory(council=council, name="South team")
    asked = NEW | {"team": other.pk}

    assert admin.post(f"/accounts/{newcomer.pk}/change/", asked).status_code == 302
    assert fresh(newcomer).team == other
    RoleHeldFactory(user=newcomer)
    refused = admin.post(f"/accounts/{newcomer.pk}/change/", asked | {"team": team.pk})

    assert refused.status_code == 422
    assert "Propose the office in the new team" in refused.content.decode()
    assert fresh(newcomer).team == other


@pytest.mark.parametrize("page", ["change", "close", "password", "open"])
def test_nobody_administers_their_own_account(admin, system, page):
    before = User.objects.filter(pk=system.pk).values().get()

    admin.post(f"/accounts/{system.pk}/{page}/", NEW)

    assert User.objects.filter(pk=system.pk).values().get() == before
    with pytest.raises(OfficeRefusedError, match="their own"):
        propose_office(
            user=system,
            role="auditor",
            capacity=Capacity.AUDITOR,
            since=date(2026, 3, 9),
            by=system,
            at=system.date_joined,
        )


def test_a_closed_account_is_signed_out_at_once_and_comes_back_with_nothing(admin, staff, signed_in):
    worker = staff[Capacity.SOCIAL_WORKER]
    session = signed_in(worker)
    assert session.get("/colleagues/").status_code == 200

    admin.post(f"/accounts/{worker.pk}/close/")
    assert session.get("/colleagues/")["Location"].startswith("/sign-in/")
    assert Client().post("/sign-in/", {"username": worker.username, "password": PASSWORD}).status_code == 422
    assert fresh(worker).held == ()

    password = shown_password(admin.post(f"/accounts/{worker.pk}/open/"))
    assert session.get("/colleagues/")["Location"].startswith("/sign-in/")
    assert Client().post("/sign-in/", {"username": worker.username, "password": PASSWORD}).status_code == 422
    again = Client()
    assert again.post("/sign-in/", {"username": worker.username, "password": password}).status_code == 302
    assert again.get("/colleagues/").status_code == 403
    assert actions()[-4:-1] == ["role.ended", "account.closed", "account.reopened"]


def test_a_session_of_before_does_not_come_back_with_the_account(admin, staff, signed_in):
    """It was not used while the account was closed, so nothing but the password ended it."""
    worker = staff[Capacity.SOCIAL_WORKER]
    session = signed_in(worker)

    admin.post(f"/accounts/{worker.pk}/close/")
    admin.post(f"/accounts/{worker.pk}/open/")

    assert session.get("/colleagues/")["Location"].startswith("/sign-in/")


def test_an_office_of_today_or_later_is_gone_when_the_account_closes(system, newcomer, now, today):
    RoleHeldFactory(user=newcomer, since=today)
    RoleHeldFactory(user=newcomer, since=today + timedelta(days=30))
    RoleHeldFactory(user=newcomer, since=today - timedelta(days=30))

    close_account(user=newcomer, by=system, at=now)

    assert [held.until for held in newcomer.roles.all()] == [today - timedelta(days=1)]
    assert actions() == ["role.ended"] * 3 + ["account.closed"]


def test_a_replaced_password_ends_the_sessions_and_its_owner_is_told(admin, staff, signed_in):
    worker = staff[Capacity.SOCIAL_WORKER]
    session = signed_in(worker)

    password = shown_password(admin.post(f"/accounts/{worker.pk}/password/"))

    assert session.get("/colleagues/")["Location"].startswith("/sign-in/")
    assert fresh(worker).check_password(password)
    assert fresh(worker).must_change_password
    assert told() == [("password_given", worker.username)]


def test_who_proposes_cannot_take_the_place_of_who_approves(admin, head):
    response = admin.post(f"/accounts/{head.pk}/password/", follow=True)

    assert "their password is not yours to replace" in response.content.decode()
    assert fresh(head).check_password(PASSWORD)


def test_the_shell_replaces_an_approvers_password(council, head):
    out = StringIO()
    call_command("replace_password", "exampleshire", head.username, stdout=out)

    assert fresh(head).check_password(out.getvalue().split("shown once: ")[1].split()[0])
    assert RecordEntry.objects.get(action="password.given").by is None
    with pytest.raises(CommandError, match="no such account"):
        call_command("replace_password", "elsewhere", head.username)


def test_the_last_who_approves_stays(admin, head, system, now, today):
    held = head.roles.get()

    assert admin.post(f"/accounts/{head.pk}/close/").status_code == 409
    with pytest.raises(OfficeRefusedError, match="Nobody would be left"):
        end_office(held=held, last_day=today, by=system, at=now)
    assert fresh(head).is_active

    another = UserFactory(council=head.council)
    RoleHeldFactory(user=another, role="director", capacity="head_of_service")
    end_office(held=held, last_day=today, by=system, at=now)
    assert RoleHeld.objects.get(pk=held.pk).until == today
    with (
        time_machine.travel(now + timedelta(days=1)),
        pytest.raises(AccountRefusedError, match="Nobody would be left"),
    ):
        close_account(user=another, by=system, at=now + timedelta(days=1))


def test_services_refuse_what_is_another_councils(system, other_staff, newcomer, now, today):
    stranger = other_staff[Capacity.SOCIAL_WORKER]
    foreign = other_staff[Capacity.TEAM_MANAGER].team

    for service in (close_account, replace_password):
        with pytest.raises(AccountRefusedError, match="not of your council"):
            service(user=stranger, by=system, at=now)
    with pytest.raises(AccountRefusedError, match="not of this council"):
        change_account(
            user=newcomer,
            email="a@example.org",
            first_name="A",
            last_name="B",
            job_title="",
            team=foreign,
            by=system,
            at=now,
        )
    with pytest.raises(OfficeRefusedError, match="same council"):
        propose_office(user=stranger, role="auditor", capacity=Capacity.AUDITOR, since=today, by=system, at=now)
    with pytest.raises(OfficeRefusedError, match="not of your council"):
        end_office(held=stranger.roles.get(), last_day=today, by=system, at=now)


# Offices: two people ---------------------------------------------------------------------------


def test_a_proposed_office_gives_no_right_before_another_person_approves_it(propose, newcomer, head, system, now):
    proposal = propose()
    assert not fresh(newcomer).may(Permission.SEE_RECORD)
    assert told() == [("office_proposed", head.username)]

    held = approve_office(proposal=proposal, by=head, at=now)

    assert fresh(newcomer).may(Permission.SEE_RECORD)
    assert (held.role, held.capacity, held.granted_by) == ("auditor", "auditor", head)
    assert ("office_given", "newcomer") in told()
    assert ("office_given", system.username) in told()
    assert actions() == ["role.proposed", "role.granted", "role.approved"]


def test_a_refused_office_stays_refused_and_its_proposer_reads_why(propose, newcomer, head, system, now, admin):
    proposal = propose()

    refuse_office(proposal=proposal, reason="Not before the training.", by=head, at=now)

    assert fresh(newcomer).held == ()
    assert ("office_refused", system.username) in told()
    assert "Not before the training." in admin.get(f"/accounts/{newcomer.pk}/").content.decode()
    assert "Not before" not in str(list(RecordEntry.objects.values_list("facts", flat=True)))
    with pytest.raises(OfficeRefusedError, match="refused already"):
        approve_office(proposal=proposal, by=head, at=now)
    assert actions() == ["role.proposed", "role.refused"]


def test_an_office_is_given_once(propose, newcomer, head, now):
    proposal = propose()
    approve_office(proposal=proposal, by=head, at=now)

    with pytest.raises(OfficeRefusedError, match="approved already"):
        approve_office(proposal=proposal, by=head, at=now)
    assert newcomer.roles.count() == 1


def test_nobody_approves_what_they_proposed_or_are_to_hold(propose, council, newcomer, head, system, now):
    for person in (system, UserFactory(council=council)):
        RoleHeldFactory(user=person, role="director", capacity="head_of_service")
    own = propose()
    for_the_head = propose(user=head)
    other = UserFactory(council=council)
    RoleHeldFactory(user=other, capacity="accountant", role="accountant")

    for proposal, by, says in (
        (own, system, "neither proposed it"),
        (for_the_head, head, "neither proposed it"),
        (own, other, "may not approve"),
        (own, newcomer, "may not approve"),
    ):
        for answer, more in ((approve_office, {}), (refuse_office, {"reason": "No"})):
            with pytest.raises(OfficeRefusedError, match=says):
                answer(proposal=proposal, by=fresh(by), at=now, **more)
    assert set(RoleProposal.objects.values_list("state", flat=True)) == {"waiting"}
    assert newcomer.roles.count() == 0


@pytest.mark.parametrize("who", ["proposed_by", "user"])
def test_the_database_knows_the_two_people_too(propose, now, who):
    proposal = propose()

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleProposal.objects.filter(pk=proposal.pk).update(
            state="approved", decided_at=now, decided_by=getattr(proposal, who)
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleProposal.objects.filter(pk=proposal.pk).update(user=proposal.proposed_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleProposal.objects.filter(pk=proposal.pk).update(state="approved")


def test_an_office_begins_on_the_day_of_approval_at_the_earliest(propose, head, now, today):
    proposal = propose(until=today + timedelta(days=9))
    later = now + timedelta(days=3)

    assert approve_office(proposal=proposal, by=head, at=later).since == today + timedelta(days=3)

    second = propose(role="member", capacity=Capacity.MEMBER, until=today + timedelta(days=1))
    with pytest.raises(OfficeRefusedError, match="over already"):
        approve_office(proposal=second, by=head, at=later)


def test_a_worker_moves_into_the_team_of_the_office(propose, newcomer, head, team, now):
    proposal = propose(role="social_worker", capacity=Capacity.SOCIAL_WORKER, team=team)

    assert fresh(newcomer).team is None
    approve_office(proposal=proposal, by=head, at=now)
    assert fresh(newcomer).team == team


def test_an_office_for_a_closed_account_is_not_given(propose, newcomer, system, head, now):
    proposal = propose()
    close_account(user=newcomer, by=system, at=now)

    with pytest.raises(OfficeRefusedError, match="closed meanwhile"):
        approve_office(proposal=proposal, by=head, at=now)
    with pytest.raises(OfficeRefusedError, match="closed"):
        propose(role="member")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"since": date(2026, 3, 8)}, "today or later"),
        ({"until": date(2026, 3, 8)}, "first day or later"),
        ({"capacity": Capacity.TEAM_MANAGER}, "Choose the team"),
        ({"capacity": Capacity.SERVICE_MANAGER}, "Choose the service"),
    ],
)
def test_an_office_that_cannot_be_is_not_proposed(propose, asked, says):
    with pytest.raises(OfficeRefusedError, match=says):
        propose(**asked)

    assert not RoleProposal.objects.exists()


def test_one_proposal_of_an_office_waits_and_what_is_held_is_not_proposed(propose, head, now):
    proposal = propose()
    with pytest.raises(OfficeRefusedError, match="waits"):
        propose()

    approve_office(proposal=proposal, by=head, at=now)
    with pytest.raises(OfficeRefusedError, match="hold this office already"):
        propose()


def test_where_nobody_could_approve_nothing_is_proposed(propose, head):
    RoleHeld.objects.filter(user=head).delete()

    with pytest.raises(OfficeRefusedError, match="nobody else"):
        propose()


def test_an_office_ends_at_once_and_its_holder_and_the_heads_are_told(admin, staff, signed_in, head, today):
    auditor = staff[Capacity.AUDITOR]
    session = signed_in(auditor)
    assert session.get("/record/").status_code == 200

    page = admin.post(
        f"/panels/offices/held/{auditor.roles.get().pk}/end/",
        {"last_day_day": "8", "last_day_month": "3", "last_day_year": "2026"},
    )

    assert page.status_code == 302
    assert session.get("/record/").status_code == 403
    assert told() == sorted([("office_ended", auditor.username), ("office_ended", head.username)])


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (("", "", ""), "Enter the last day"),
        (("7", "3", "2026"), "yesterday at the earliest"),
        (("1", "1", "2027"), "ends earlier already"),
        (("31", "2", "2026"), "31"),
        (("<script>", "\x00", "9" * 400), "is not a date"),
    ],
)
def test_an_odd_last_day_is_said_beside_its_field(admin, newcomer, day, says):
    held = RoleHeldFactory(user=newcomer, until=date(2026, 12, 31))
    given = dict(zip(("last_day_day", "last_day_month", "last_day_year"), day, strict=True))

    response = admin.post(f"/panels/offices/held/{held.pk}/end/", given)

    assert response.status_code == 422
    assert says in response.content.decode()
    assert RoleHeld.objects.get(pk=held.pk).until == date(2026, 12, 31)


def test_the_own_office_is_not_ended(admin, system):
    held = system.roles.get()
    day = {"last_day_day": "8", "last_day_month": "3", "last_day_year": "2026"}

    response = admin.post(f"/panels/offices/held/{held.pk}/end/", day)

    assert response.status_code == 422
    assert "Nobody changes their own offices" in response.content.decode()
    assert RoleHeld.objects.get(pk=held.pk).until is None


# The pages of offices --------------------------------------------------------------------------

OFFICE = {
    "role": "team_manager",
    "capacity": "team_manager",
    "since_day": "9",
    "since_month": "3",
    "since_year": "2026",
}


@pytest.fixture
def kent(now):
    """The staff's council under Kent's rules, which have areas."""

    def adopted(council):
        policy = load("kent")
        PolicyVersion.objects.create(
            council=council,
            number=1,
            payload=policy.payload(),
            digest=policy.digest,
            effective_from=date(2015, 1, 1),
            adopted_at=now,
        )

    return adopted


def test_the_offices_offered_are_those_of_the_policy(admin, council, newcomer, kent):
    without = admin.get(f"/panels/offices/for/{newcomer.pk}/").content.decode()
    kent(council)
    with_policy = admin.get(f"/panels/offices/for/{newcomer.pk}/").content.decode()

    assert "Fostering Manager" not in without
    assert 'value="system_administrator"' in without
    assert "Fostering Manager" in with_policy
    assert "East Kent" in with_policy


def test_an_office_goes_from_the_page_of_one_to_the_page_of_the_other(
    admin, signed_in, head, council, newcomer, team, kent
):
    kent(council)
    assert admin.post(f"/panels/offices/for/{newcomer.pk}/", OFFICE | {"team": team.pk}).status_code == 302
    reference = RoleProposal.objects.get().reference
    approver = signed_in(head)

    assert reference in approver.get("/panels/offices/").content.decode()
    assert admin.get(f"/panels/offices/{reference}/").status_code == 403
    assert approver.post(f"/panels/offices/{reference}/", {"answer": "approve"}).status_code == 302

    assert fresh(newcomer).capacities == {Capacity.TEAM_MANAGER}
    assert "Approved by" in approver.get("/panels/offices/").content.decode()
    assert approver.post(f"/panels/offices/{reference}/", {"answer": "approve"}).status_code == 409


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"role": ""}, "role", "Choose an office"),
        ({"role": "king"}, "role", "Choose an office from the list"),
        ({"role": HOSTILE}, "role", "Choose an office from the list"),
        ({"role": "a\x00"}, "role", "Choose an office from the list"),
        ({"capacity": ""}, "capacity", "Choose what it makes them to the panel"),
        ({"capacity": "owner"}, "capacity", "Choose what it makes them from the list"),
        ({"team": ""}, "team", "Choose the team"),
        ({"team": "987654321"}, "team", "Choose a team from the list"),
        ({"team": LONG}, "team", "Choose a team from the list"),
        ({"service": "Nowhere"}, "service", "Choose a service from the list"),
        ({"area": "moon"}, "area", "Choose an area from the list"),
        ({"since_day": "", "since_month": "", "since_year": ""}, "since", "Enter the first day"),
        ({"since_day": "8"}, "since", "today or later"),
        ({"since_day": "x" * 500}, "since", "is not a date"),
        ({"until_day": "1", "until_month": "1", "until_year": "2026"}, "until", "first day or later"),
        ({"until_day": "31", "until_month": "2", "until_year": "2027"}, "until", "31"),
    ],
)
def test_what_an_office_cannot_hold_is_said_beside_its_field(admin, council, newcomer, team, kent, given, field, says):
    kent(council)
    response = admin.post(f"/panels/offices/for/{newcomer.pk}/", OFFICE | {"team": team.pk} | given)
    page = response.content.decode()

    assert response.status_code == 422
    assert says in page
    assert f'href="#id_{field}' in page
    assert HOSTILE not in page
    assert not RoleProposal.objects.exists()


def test_another_councils_team_is_not_offered(admin, other_staff, newcomer):
    team = other_staff[Capacity.SOCIAL_WORKER].team

    assert admin.post(f"/panels/offices/for/{newcomer.pk}/", OFFICE | {"team": team.pk}).status_code == 422


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Choose whether to give the office"),
        ({"answer": "maybe"}, "Choose whether to give the office"),
        ({"answer": "refuse"}, "Say why it is refused"),
        ({"answer": "refuse", "reason": "   "}, "Say why it is refused"),
        ({"answer": "refuse", "reason": LONG}, "The reason must be 300 characters or fewer"),
        ({"answer": "refuse", "reason": "a\x00b"}, "holds a character that is no text"),
    ],
)
def test_an_answer_that_is_none_is_asked_for_again(propose, signed_in, head, given, says):
    proposal = propose()

    response = signed_in(head).post(f"/panels/offices/{proposal.reference}/", given)

    assert response.status_code == 422
    assert says in response.content.decode()
    assert RoleProposal.objects.get().state == "waiting"


def test_who_is_to_hold_an_office_reads_that_another_answers(propose, signed_in, head, council):
    another = UserFactory(council=council)
    RoleHeldFactory(user=another, role="director", capacity="head_of_service")
    proposal = propose(user=head)

    page = signed_in(head).get(f"/panels/offices/{proposal.reference}/").content.decode()

    assert "Somebody else has to answer" in page
    assert 'name="answer"' not in page


# Teams -----------------------------------------------------------------------------------------


def test_a_team_is_added_and_renamed(admin, council, kent):
    kent(council)
    given = {"name": "South team", "service": "Children in Care", "area": "east", "is_disabled_childrens_team": "on"}

    assert admin.post("/panels/teams/", given).status_code == 302
    team = Team.objects.get(name="South team")
    assert (team.council, team.area, team.is_disabled_childrens_team) == (council, "east", True)
    page = admin.get("/panels/teams/").content.decode()
    admin.post(f"/panels/teams/{team.pk}/", {"name": "Coast team", "service": "Other", "council": "1"})

    assert "East Kent" in page
    team.refresh_from_db()
    assert (team.name, team.service, team.council) == ("Coast team", "Children in Care", council)
    assert actions() == ["team.added", "team.renamed"]


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"name": ""}, "name", "Enter the name of the team"),
        ({"name": LONG}, "name", "Name of the team must be 120 characters or fewer"),
        ({"name": "a\x00"}, "name", "holds a character that is no text"),
        ({"name": "NORTH team"}, "name", "A team of this name is there already"),
        ({"service": ""}, "service", "Enter the service"),
        ({"service": LONG}, "service", "Service must be 120 characters or fewer"),
        ({"area": "moon"}, "area", "Choose an area from the list"),
    ],
)
def test_what_a_team_cannot_be_is_said_beside_its_field(admin, council, team, kent, given, field, says):
    kent(council)
    response = admin.post("/panels/teams/", {"name": "South team", "service": "Care", "area": ""} | given)
    page = response.content.decode()

    assert response.status_code == 422
    assert says in page
    assert f'href="#id_{field}"' in page
    assert Team.objects.filter(council=council).count() == 1


def test_two_councils_may_have_teams_of_one_name_and_one_may_not(admin, council, team):
    TeamFactory(council=CouncilFactory(), name="South team")
    south = TeamFactory(council=council, name="East team")

    assert admin.post(f"/panels/teams/{south.pk}/", {"name": "South team"}).status_code == 302
    assert admin.post(f"/panels/teams/{south.pk}/", {"name": "north TEAM"}).status_code == 422


# Lists -----------------------------------------------------------------------------------------


def test_accounts_are_found_by_name_team_office_and_state(admin, council, newcomer, staff, team):
    south = TeamFactory(council=council, name="South team")
    UserFactory(council=council, username="gone", last_name="Gone", is_active=False, team=south)
    UserFactory(username="elsewhere", last_name="Elsewhere")

    def found(query):
        page = admin.get(f"/accounts/?{query}").content.decode()
        names = ("newcomer", "gone", "auditor.exampleshire", "chair.exampleshire", "elsewhere")
        return [name for name in names if f">{name}<" in page]

    assert found("") == ["newcomer", "gone", "auditor.exampleshire", "chair.exampleshire"]
    assert found("name=ash+newc") == ["newcomer"]
    assert found("name=auditor.ex") == ["auditor.exampleshire"]
    assert found(f"team={south.pk}") == ["gone"]
    assert found("office=chair") == ["chair.exampleshire"]
    assert found("active=closed") == ["gone"]
    assert found("active=open&name=gone") == []
    assert found("active=x&office=king&team=%00&name=%00") is not None


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_cost_the_same_for_one_row_and_for_thirty(
    admin, signed_in, head, system, council, team, rows, now, today, django_assert_num_queries
):
    for n in range(rows):
        person = UserFactory(council=council, team=team)
        RoleHeldFactory(user=person, team=team)
        TeamFactory(council=council, name=f"Team {n}")
        for role in ("member", "auditor"):
            proposal = propose_office(
                user=person, role=role, capacity=Capacity(role), since=today, by=system, at=now, team=team
            )
        refuse_office(proposal=proposal, reason="No", by=head, at=now)
    for role in range(rows):
        RoleHeldFactory(user=person, role=f"role-{role}", team=team, granted_by=head)
    approver = signed_in(head)

    for client, path, queries in (
        (admin, "/accounts/", 7),
        (admin, f"/accounts/{person.pk}/", 5),
        (admin, "/panels/teams/", 4),
        (approver, "/panels/offices/", 6),
        (approver, f"/panels/offices/{proposal.reference}/", 5),
    ):
        client.get(path)
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


def test_the_administrator_of_accounts_sees_no_case(admin):
    for path in ("/applications/", "/decisions/", "/panels/", "/record/", "/finance/"):
        assert admin.get(path).status_code in {302, 403, 404}
