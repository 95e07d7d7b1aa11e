"""Signing in, staying, the end of a session, and words that come after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

import config.settings
from people.access import Accounts
from people.models import KeptForm, RecordEntry, User
from people.permissions import Capacity
from people.services import TooManyTriesError, confirm_password
from people.services.kept import keep_form
from tests.factories.people import RoleHeldFactory

SIGN_IN = "/sign-in/"


@pytest.fixture
def worker(staff):
    return staff[Capacity.SOCIAL_WORKER]


def sign_in(client, username, password, **more):
    return client.post(SIGN_IN, {"username": username, "password": password} | more)


def test_the_right_password_opens_the_first_page(client, worker, password):
    response = sign_in(client, worker.username, password)

    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert RecordEntry.objects.get(by=worker).action == "session.began"


def test_passwords_are_hashed_with_argon2_in_production():
    assert config.settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client, worker):
    wrong = sign_in(client, worker.username, "not-the-password")
    unknown = sign_in(Client(), "nobody.at.all", "not-the-password")

    def shown(response):
        page = response.content.decode()
        for name in (worker.username, "nobody.at.all"):
            page = page.replace(name, "")
        token = 'name="csrfmiddlewaretoken" value="'
        start = page.index(token) + len(token)
        return page[:start] + page[page.index('"', start) :]

    assert wrong.status_code == unknown.status_code == 422
    assert shown(wrong) == shown(unknown)
    assert "The user name or the password is wrong" in wrong.content.decode()
    assert "not-the-password" not in wrong.content.decode()


def test_somebody_without_a_council_cannot_sign_in(client, password, worker):
    User.objects.filter(pk=worker.pk).update(council=None)

    assert sign_in(client, worker.username, password).status_code == 422


def test_a_closed_account_ends_with_the_next_page(client, worker, password):
    sign_in(client, worker.username, password)
    User.objects.filter(pk=worker.pk).update(is_active=False)

    assert client.get("/colleagues/").status_code == 302
    assert sign_in(Client(), worker.username, password).status_code == 422


@pytest.mark.parametrize(
    "away", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\\elsewhere"]
)
def test_nobody_is_sent_to_another_house(client, worker, password, away):
    response = sign_in(client, worker.username, password, next=away)

    assert response["Location"] == reverse("home")


def test_one_goes_on_to_the_page_one_came_for(client, worker, password):
    assert sign_in(client, worker.username, password, next="/colleagues/")["Location"] == "/colleagues/"


def test_the_sixth_wrong_password_makes_wait_and_the_wait_grows(worker, password, now):
    waits = []
    with time_machine.travel(now, tick=False) as clock:
        for _ in range(5):
            assert sign_in(Client(), worker.username, "wrong").status_code == 422
        for _ in range(4):
            assert sign_in(Client(), worker.username, "wrong").status_code == 422
            refused = sign_in(Client(), worker.username, password)
            assert refused.status_code == 429
            waits.append(int(refused["Retry-After"]))
            clock.shift(waits[-1])

        assert waits == [3, 5, 9, 17]
        assert sign_in(Client(), worker.username, password).status_code == 302


def test_guessing_gets_few_tries_in_an_hour(worker, now):
    looked_at = 0
    with time_machine.travel(now, tick=False) as clock:
        for _ in range(400):
            looked_at += sign_in(Client(), worker.username, "wrong").status_code == 422
            clock.shift(9)

    assert looked_at < 25


def test_an_attack_from_elsewhere_does_not_lock_out_who_signed_in_here_before(client, worker, password):
    sign_in(client, worker.username, password)
    client.post("/sign-out/")
    for _ in range(8):
        sign_in(Client(), worker.username, "wrong")

    assert sign_in(Client(), worker.username, password).status_code == 429
    assert sign_in(client, worker.username, password).status_code == 302


def test_names_that_do_not_exist_are_counted_too(db):
    codes = [sign_in(Client(), "nobody", "wrong").status_code for _ in range(7)]

    assert codes == [422] * 6 + [429]


@pytest.mark.parametrize("field", ["username", "password"])
@pytest.mark.parametrize(
    "value", ["", "x" * 5000, "\x00", "<script>alert(1)</script>", "=1+1", "\ud800".encode("utf-8", "replace").decode()]
)
def test_bad_input_is_answered_beside_the_field(client, db, field, value):
    given = {"username": "pat", "password": "secret"} | {field: value}

    response = client.post(SIGN_IN, given)

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert "<script>alert" not in response.content.decode()


def test_signing_out_takes_a_post_and_makes_the_browser_forget(client, worker):
    client.force_login(worker)

    assert client.get("/sign-out/").status_code == 405
    response = client.post("/sign-out/")

    assert (response.status_code, response["Clear-Site-Data"]) == (302, '"cache", "storage"')
    assert client.get("/colleagues/").status_code == 302


def test_no_signed_in_page_may_be_kept_by_a_browser(client, worker):
    client.force_login(worker)

    assert "no-store" in client.get("/colleagues/")["Cache-Control"]
    assert "no-store" in Client().get(SIGN_IN)["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, worker, password):
    response = sign_in(client, worker.username, password)

    for name in ("sessionid", "device"):
        assert (response.cookies[name]["httponly"], response.cookies[name]["samesite"]) == (True, "Lax")


def test_an_idle_session_ends_and_a_busy_one_lasts(client, worker, password, now, settings):
    with time_machine.travel(now, tick=False) as clock:
        sign_in(client, worker.username, password)
        for _ in range(4):
            clock.shift(settings.IDLE_SECONDS - 60)
            assert client.get("/colleagues/").status_code == 200
        clock.shift(settings.IDLE_SECONDS + 1)
        response = client.get("/colleagues/")

    assert (response.status_code, response["Location"]) == (302, "/sign-in/?ended=1&next=%2Fcolleagues%2F")


def test_a_page_that_asks_by_itself_is_no_sign_of_life(client, worker, password, now, settings):
    with time_machine.travel(now, tick=False) as clock:
        sign_in(client, worker.username, password)
        clock.shift(settings.IDLE_SECONDS - 60)
        assert client.get("/colleagues/", headers={"X-Background": "1"}).status_code == 200
        clock.shift(120)

        assert client.get("/colleagues/", headers={"X-Background": "1"}).status_code == 302


def test_the_ping_of_somebody_who_types_is_a_sign_of_life(client, worker, password, now, settings):
    with time_machine.travel(now, tick=False) as clock:
        sign_in(client, worker.username, password)
        clock.shift(settings.IDLE_SECONDS - 60)
        assert client.post("/stay/").status_code == 204
        clock.shift(settings.IDLE_SECONDS - 60)

        assert client.get("/colleagues/").status_code == 200


def test_ten_hours_are_the_end_for_everybody(client, worker, password, now, settings):
    with time_machine.travel(now, tick=False) as clock:
        sign_in(client, worker.username, password)
        for _ in range(30):
            clock.shift(20 * 60)
            client.get("/colleagues/")
        assert client.get("/colleagues/").status_code == 200
        clock.shift(60)

        assert client.get("/colleagues/").status_code == 302


def test_a_script_that_comes_too_late_is_told_plainly(client, worker, password, now, settings):
    with time_machine.travel(now, tick=False) as clock:
        sign_in(client, worker.username, password)
        clock.shift(settings.IDLE_SECONDS + 1)

        response = client.post("/stay/", headers={"X-Requested-With": "fetch"})

    assert (response.status_code, response["HX-Redirect"]) == (401, "/sign-in/")


WORDS = {"reason": "Words, with an umlaut: ö\r\nand <b>marks</b> & two lines", "tags": ["one", "two"], "empty": ""}


@pytest.fixture
def late(worker, password, now, settings):
    """A browser in which a form was sent after the session had ended."""
    browser = Client()
    with time_machine.travel(now, tick=False) as clock:
        sign_in(browser, worker.username, password)
        clock.shift(settings.IDLE_SECONDS + 1)
        response = browser.post("/password/", WORDS | {"old_password": password})
        yield browser, response


def test_late_words_are_given_back_to_who_typed_them(late, worker, password):
    browser, response = late
    assert response["Location"] == "/sign-in/?ended=1"
    assert sign_in(browser, worker.username, password)["Location"] == "/kept/"

    page = browser.get("/kept/").content.decode()

    assert "Words, with an umlaut: ö" in page
    assert "&lt;b&gt;marks&lt;/b&gt; &amp; two lines" in page
    kept = KeptForm.objects.get()
    assert kept.fields == {"reason": [WORDS["reason"]], "tags": ["one", "two"], "empty": [""]}
    sent_on = browser.post(f"/kept/{kept.pk}/", WORDS)
    assert (sent_on.status_code, sent_on["Location"]) == (307, "/password/")
    assert browser.get("/kept/").status_code == 302


def test_no_password_is_kept(late, password):
    assert password not in str(KeptForm.objects.get().fields)


def test_late_words_are_shown_to_nobody_else(late, staff, password):
    other = Client()
    sign_in(other, staff[Capacity.TEAM_MANAGER].username, password)
    kept = KeptForm.objects.get()

    assert other.get("/kept/").status_code == 302
    assert other.post(f"/kept/{kept.pk}/").status_code == 404


def test_late_words_may_be_thrown_away(late, worker, password):
    browser, _ = late
    sign_in(browser, worker.username, password)

    browser.post(f"/kept/{KeptForm.objects.get().pk}/", {"discard": "1"})

    assert KeptForm.objects.for_user(worker).waiting().count() == 0


def test_a_form_sent_by_another_site_is_not_kept(worker, password, now, settings):
    browser = Client()
    with time_machine.travel(now, tick=False) as clock:
        sign_in(browser, worker.username, password)
        clock.shift(settings.IDLE_SECONDS + 1)
        browser.post("/password/", WORDS, headers={"Sec-Fetch-Site": "cross-site"})

    assert KeptForm.objects.count() == 0


def test_a_form_with_the_token_of_an_earlier_session_is_kept_too(worker, password):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(worker)

    response = browser.post("/password/", WORDS, headers={"Sec-Fetch-Site": "same-origin"})

    assert (response.status_code, response["Location"]) == (302, "/kept/")
    assert browser.post("/password/", WORDS, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post("/password/", WORDS).status_code == 403
    assert KeptForm.objects.count() == 1


def test_only_the_latest_forms_are_kept_and_only_for_a_day(worker, now):
    for hour in range(8):
        keep_form(user=worker, path="/x/", fields={"a": [str(hour)]}, at=now + timedelta(hours=hour))
    assert [form.fields["a"] for form in KeptForm.objects.order_by("kept")] == [["3"], ["4"], ["5"], ["6"], ["7"]]

    keep_form(user=worker, path="/x/", fields={"a": ["late"]}, at=now + timedelta(days=2))
    assert [form.fields["a"] for form in KeptForm.objects.all()] == [["late"]]


def test_a_changed_password_ends_the_sessions_of_other_devices(worker, password):
    here, there = Client(), Client()
    sign_in(here, worker.username, password)
    sign_in(there, worker.username, password)

    response = here.post("/password/", {"old_password": password, "new_password": "copper-kettle-marsh"})

    assert response.status_code == 302
    assert here.get("/colleagues/").status_code == 200
    assert there.get("/colleagues/").status_code == 302
    worker.refresh_from_db()
    assert worker.check_password("copper-kettle-marsh")
    assert RecordEntry.objects.filter(action="password.changed", by=worker).count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"old_password": "wrong"}, "The current password is wrong"),
        ({"old_password": ""}, "Enter your current password"),
        ({"new_password": "short"}, "too short"),
        ({"new_password": "qwerty123456"}, "too common"),
        ({"new_password": ""}, "Enter your new password"),
        ({"new_password": "paper-lantern-orchard"}, "differs from the current one"),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_the_field(client, worker, password, given, said):
    client.force_login(worker)

    response = client.post("/password/", {"old_password": password, "new_password": "copper-kettle-marsh"} | given)

    assert response.status_code == 422
    assert said in response.content.decode()
    worker.refresh_from_db()
    assert worker.check_password(password)


def test_a_password_is_asked_for_again_before_a_signature(worker, password, now):
    assert confirm_password(user=worker, password=password, at=now)
    for _ in range(6):
        assert not confirm_password(user=worker, password="wrong", at=now)
    with pytest.raises(TooManyTriesError, match="Wait 3 seconds"):
        confirm_password(user=worker, password=password, at=now)
    assert confirm_password(user=worker, password=password, at=now + timedelta(seconds=3))


def test_somebody_is_read_with_council_and_offices_of_today_at_once(
    worker, team, today, now, django_assert_num_queries
):
    ended, coming, also = (RoleHeldFactory(user=worker, role=role, team=team) for role in ("ended", "coming", "also"))
    worker.roles.filter(pk=ended.pk).update(since=today - timedelta(days=2), until=today - timedelta(days=1))
    worker.roles.filter(pk=coming.pk).update(since=today + timedelta(days=1))
    worker.roles.filter(pk=also.pk).update(since=today, until=today)

    with time_machine.travel(now), django_assert_num_queries(1):
        found = Accounts().get_user(worker.pk)
        assert (found.council.name, {held.role: held.team.name for held in found.held}) == (
            "Exampleshire",
            {"social_worker": team.name, "also": team.name},
        )


def test_a_closed_account_is_nobody_at_the_door_and_no_office_gives_no_right(worker):
    worker.roles.all().delete()
    assert (Accounts().get_user(worker.pk), Accounts().get_user(worker.pk).held) == (worker, ())

    User.objects.filter(pk=worker.pk).update(is_active=False)

    assert (Accounts().get_user(worker.pk), Accounts().get_user(0)) == (None, None)
