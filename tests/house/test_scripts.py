"""The scripts in a real browser, under the real content policy, against a small server of the test's own."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import engines
from django.urls import include, path
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from config.brand import brand
from config.design import design

pytestmark = [pytest.mark.browser, pytest.mark.urls(__name__)]

PERSON = SimpleNamespace(is_authenticated=True, pk=1, job_title="Chair")
DRAFT = """
<h1>Draft</h1>
<form method="post" action="/sent/" data-autosave-url="/save/">{% csrf_token %}
<input type="hidden" name="base_version" value="{{ version }}">
<label for="why">Why</label><textarea id="why" name="why">{{ why }}</textarea>
<label for="who">Who</label><input id="who" name="who">
{% include "components/save_state.html" only %}
<button>Send</button></form>"""
ORDER = """
<h1>Order</h1>
<form method="post" action="/order/" data-reorder="rows">
{% csrf_token %}{% include "components/move_default.html" only %}
<ul id="rows">{% for key in order %}<li data-row="{{ key }}" data-said="Case {{ key }}, now {{ forloop.counter }} of 3">
{% with one=forloop.first end=forloop.last n=forloop.counter %}
{% include "components/move.html" with name=key key=key is_first=one is_last=end position=n only %}
{% endwith %}
<span draggable="true" data-drag>Case {{ key }}</span>
</li>{% endfor %}</ul></form>"""
LIVE = """
<h1>Live</h1>
<div data-poll-url="/version/" data-poll-seconds="0.2">
<div data-region="money" data-region-url="/region/money/" data-version="1">money 1</div>
<div data-region="notes" data-region-url="/region/notes/" data-version="1">
<label for="n">Notes</label><input id="n"></div>
</div>"""


class Stage:
    """What the small server knows and was told."""

    def __init__(self) -> None:
        self.saved: list[dict[str, str]] = []
        self.text, self.version = "", 1
        self.is_up, self.is_signed_in, self.delay = True, True, 0.0
        self.pings = 0
        self.order = ["a", "b", "c"]
        self.versions = {"money": 1, "notes": 1}
        self.asked: list[tuple[str, str]] = []
        self.idle, self.warning = 1800, 300


NOT_SAVED = "Not saved \u2013 trying again"
stage = Stage()


def drawn(request: HttpRequest, body: str, **context: Any) -> HttpResponse:
    template = engines["django"].from_string(
        '{% extends "base.html" %}{% block title %}Test{% endblock %}{% block content %}' + body + "{% endblock %}"
    )
    context |= {"user": PERSON, "idle_seconds": stage.idle, "idle_warning_seconds": stage.warning}
    return HttpResponse(template.render(context, request))


@login_not_required
def draft(request: HttpRequest) -> HttpResponse:
    return drawn(request, DRAFT, version=stage.version, why=stage.text)


@login_not_required
def save(request: HttpRequest) -> HttpResponse:
    if not stage.is_up:
        return HttpResponse(status=503)
    time.sleep(stage.delay)
    told = request.POST.dict()
    if int(told["base_version"]) != stage.version:
        theirs = [{"name": "why", "label": "Why", "theirs": stage.text}]
        return JsonResponse({"message": "A. Shah saved first.", "version": stage.version, "fields": theirs}, status=409)
    stage.saved.append(told)
    stage.text, stage.version = told["why"], stage.version + 1
    return JsonResponse({"version": stage.version, "saved": "10:42am"})


@login_not_required
def stay(request: HttpRequest) -> HttpResponse:
    stage.pings += 1
    return HttpResponse(status=204 if stage.is_signed_in else 401)


@login_not_required
def order(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        key, _, way = request.POST["move"].partition(":")
        at = stage.order.index(key)
        to = {"up": at - 1, "down": at + 1}.get(way)
        stage.order.insert(int(request.POST[f"position-{key}"]) - 1 if to is None else to, stage.order.pop(at))
        return HttpResponseRedirect("/order/")
    return drawn(request, ORDER, order=stage.order)


@login_not_required
def live(request: HttpRequest) -> HttpResponse:
    return drawn(request, LIVE)


@login_not_required
def version(request: HttpRequest) -> HttpResponse:
    stage.asked.append(("version", request.headers.get("X-Background", "")))
    etag = f'"{json.dumps(stage.versions)}"'.replace(" ", "").replace('"', "")
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304)
    return JsonResponse(stage.versions, headers={"ETag": etag})


@login_not_required
def region(request: HttpRequest, name: str) -> HttpResponse:
    stage.asked.append((name, request.headers.get("X-Background", "")))
    return HttpResponse(f'<p data-said="{name} changed">{name} {stage.versions[name]}</p>')


@login_not_required
def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>x</title><p>plain")


@login_not_required
def shown(request: HttpRequest) -> HttpResponse:
    return design.__wrapped__(request)  # its door is proved with the other doors


people = (
    [
        path("sign-out/", plain, name="sign_out"),
        path("sign-in/", plain, name="sign_in"),
        path("stay/", stay, name="stay"),
        path("accessibility/", plain, name="accessibility"),
    ],
    "people",
)
urlpatterns = [
    path("", plain, name="home"),
    path("", include(people)),
    path("brand/<slug:slug>.css", brand, name="brand"),
    path("design/", shown, name="design"),
    path("draft/", draft),
    path("save/", save),
    path("sent/", plain),
    path("order/", order),
    path("live/", live),
    path("version/", version),
    path("region/<str:name>/", region),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@pytest.fixture(autouse=True)
def _new_stage(settings: Any) -> None:
    settings.DEMO = True
    settings.WHITENOISE_AUTOREFRESH = True
    stage.__init__()  # type: ignore[misc]


@pytest.fixture
def address(_new_stage: None) -> Iterator[str]:
    server = Server(("127.0.0.1", 0), Quiet)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(8000)
    yield context
    context.close()


@pytest.fixture
def page(tab: BrowserContext) -> Iterator[Page]:
    page = tab.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    yield page
    assert faults == []


def state(page: Page) -> Any:
    return page.locator("[data-save-state]")


def kept(page: Page) -> Any:
    """How many forms the browser holds a copy of."""
    return page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('panel-draft:')).length")


# ---------------------------------------------------------------- autosave


def test_what_is_typed_is_saved_within_two_seconds_and_the_caret_stays(page: Page, address: str) -> None:
    page.goto(f"{address}/draft/")
    page.locator("#why").press_sequentially("Because")

    expect(state(page)).to_have_text("Saved 10:42am", timeout=2000)

    assert stage.saved[-1]["why"] == "Because"
    assert page.evaluate("document.activeElement.id") == "why"
    assert state(page).get_attribute("role") == "status"


def test_quick_edits_never_conflict_with_themselves(page: Page, address: str) -> None:
    stage.delay = 0.6
    page.goto(f"{address}/draft/")
    page.locator("#why").press_sequentially("one")
    page.locator("#who").press_sequentially("two")
    page.locator("#why").press_sequentially(" three")
    page.locator("#who").focus()

    expect(state(page)).to_have_text("Saved 10:42am")
    page.wait_for_timeout(1500)

    assert (stage.saved[-1]["why"], stage.saved[-1]["who"]) == ("one three", "two")
    assert page.locator(".house-conflict").count() == 0


def test_a_failure_stays_on_show_until_it_is_mended(page: Page, address: str) -> None:
    stage.is_up = False
    page.goto(f"{address}/draft/")
    page.locator("#why").press_sequentially("Kept")
    expect(state(page)).to_have_text(NOT_SAVED)

    page.wait_for_timeout(2500)
    expect(state(page)).to_have_text(NOT_SAVED)
    stage.is_up = True

    expect(state(page)).to_have_text("Saved 10:42am")
    assert stage.saved[-1]["why"] == "Kept"


def test_text_survives_a_dead_server_and_a_reload(page: Page, address: str) -> None:
    stage.is_up = False
    page.goto(f"{address}/draft/")
    page.locator("#why").press_sequentially("An hour of work")
    expect(state(page)).to_have_text(NOT_SAVED)
    stage.is_up = True

    page.reload()

    expect(page.locator("#why")).to_have_value("An hour of work")
    expect(state(page)).to_have_text("Saved 10:42am")
    assert stage.saved[-1]["why"] == "An hour of work"
    assert kept(page) == 0


def test_an_answer_that_was_lost_is_no_conflict_with_oneself(page: Page, address: str) -> None:
    page.goto(f"{address}/draft/")
    lost = {"times": 0}

    def lose(route: Route) -> None:
        lost["times"] += 1
        if lost["times"] == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/save/", lose)
    page.locator("#why").press_sequentially("Arrived")
    expect(state(page)).to_have_text(NOT_SAVED)
    page.locator("#why").press_sequentially(" and more")

    expect(state(page)).to_have_text("Saved 10:42am")
    assert stage.text == "Arrived and more"
    assert page.locator(".house-conflict").count() == 0


def test_a_save_under_way_arrives_before_what_is_sent(page: Page, address: str) -> None:
    page.goto(f"{address}/draft/")
    stage.delay = 0.8
    page.locator("#why").fill("Words")
    page.locator("#who").focus()  # leaving the field saves at once

    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/sent/")

    assert [told["why"] for told in stage.saved] == ["Words"]


def test_a_save_that_never_ends_does_not_hold_up_what_is_sent(page: Page, address: str) -> None:
    page.goto(f"{address}/draft/")
    stage.delay = 6
    page.locator("#why").fill("Words")
    page.locator("#who").focus()

    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/sent/", timeout=5000)

    assert stage.saved == []


def test_a_conflict_shows_both_texts_and_asks(page: Page, address: str) -> None:
    page.goto(f"{address}/draft/")
    stage.text, stage.version = "Theirs", 5
    page.locator("#why").press_sequentially("Mine")

    expect(page.locator(".house-conflict")).to_contain_text("A. Shah saved first.")
    expect(page.locator(".house-conflict pre")).to_have_text("Theirs")
    expect(page.locator("#why")).to_have_value("Mine")
    assert stage.text == "Theirs"

    page.get_by_role("button", name="Keep mine").click()

    expect(state(page)).to_have_text("Saved 10:42am")
    assert stage.text == "Mine"


def test_taking_their_text_puts_it_into_the_field(page: Page, address: str) -> None:
    page.goto(f"{address}/draft/")
    stage.text, stage.version = "Theirs", 5
    page.locator("#why").press_sequentially("Mine")

    page.get_by_role("button", name="Take theirs").click()

    expect(page.locator("#why")).to_have_value("Theirs")


def test_signing_out_leaves_nothing_in_the_browser(page: Page, address: str) -> None:
    stage.is_up = False
    page.goto(f"{address}/draft/")
    page.locator("#why").press_sequentially("Private")
    expect(state(page)).to_have_text(NOT_SAVED)
    assert kept(page) == 1

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-out/")

    assert kept(page) == 0


# ---------------------------------------------------------------- idle


def test_a_warning_comes_before_the_end_and_one_key_keeps_the_session(page: Page, address: str) -> None:
    stage.idle, stage.warning = 6, 4
    page.goto(f"{address}/draft/")

    expect(page.locator("#idle-warning")).to_be_visible()
    expect(page.locator("[data-idle-left]")).to_contain_text("seconds left")
    page.keyboard.press("Enter")

    expect(page.locator("#idle-warning")).to_be_hidden()
    assert stage.pings == 1


def test_typing_counts_as_being_there(page: Page, address: str) -> None:
    stage.idle, stage.warning = 6, 2
    page.goto(f"{address}/draft/")
    stage.is_up = False  # so that it is the typing and not the saving that counts

    for _ in range(14):
        page.locator("#why").press_sequentially("a")
        page.wait_for_timeout(400)

    assert stage.pings >= 2
    expect(page.locator("#idle-warning")).to_be_hidden()


def test_after_the_end_the_text_is_still_there_and_one_can_carry_on(page: Page, address: str) -> None:
    page.goto(f"{address}/draft/")
    page.locator("#why").press_sequentially("Still here")
    stage.is_signed_in = False
    page.evaluate("document.dispatchEvent(new CustomEvent('panel:ended'))")

    expect(page.locator("#idle-title")).to_have_text("You have been signed out")
    expect(page.get_by_role("link", name="Sign in (opens in a new tab)")).to_be_focused()
    stage.is_signed_in = True
    page.get_by_role("button", name="Carry on").click()

    expect(page.locator("#idle-warning")).to_be_hidden()
    expect(page.locator("#why")).to_have_value("Still here")


# ---------------------------------------------------------------- order


def test_moving_keeps_the_focus_and_says_the_new_place_once(page: Page, address: str) -> None:
    page.goto(f"{address}/order/")
    page.locator("#move-a-down").focus()

    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("Case a, now 2 of 3")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("Case a, now 3 of 3")

    assert stage.order == ["b", "c", "a"]
    assert page.evaluate("document.activeElement.id") == "move-a-down"


def test_each_way_of_moving_gives_the_same_order_also_without_scripts(
    chromium: Browser, page: Page, address: str
) -> None:
    without = chromium.new_context(java_script_enabled=False).new_page()
    without.goto(f"{address}/order/")
    without.locator("#position-a").fill("3")
    without.locator("#move-a-place").click()
    without.wait_for_url("**/order/")
    by_position, stage.order = stage.order, ["a", "b", "c"]
    without.goto(f"{address}/order/")
    without.locator("#move-a-down").click()
    without.locator("#move-a-down").click()
    by_button, stage.order = stage.order, ["a", "b", "c"]
    without.context.close()

    page.goto(f"{address}/order/")
    page.locator("#position-a").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("Case a, now 3 of 3")
    by_key, stage.order = stage.order, ["a", "b", "c"]
    page.goto(f"{address}/order/")
    page.locator("[data-row=a] [data-drag]").drag_to(page.locator("[data-row=c]"))
    expect(page.locator("#announcer")).to_have_text("Case a, now 3 of 3")

    assert by_position == by_button == by_key == stage.order == ["b", "c", "a"]


def test_the_last_row_keeps_its_button_in_place_and_says_why_nothing_moves(page: Page, address: str) -> None:
    page.goto(f"{address}/order/")
    places = page.evaluate(
        "[...document.querySelectorAll('[id$=-down]')].map(b => Math.round(b.getBoundingClientRect().x))"
    )

    page.locator("#move-c-down").press("Enter")

    expect(page.locator("#announcer")).to_have_text("It cannot be moved further.")
    assert len(set(places)) == 1
    assert stage.order == ["a", "b", "c"]


# ---------------------------------------------------------------- live pages


def test_only_what_changed_is_fetched_and_said(page: Page, address: str) -> None:
    page.goto(f"{address}/live/")
    stage.versions["money"] = 2

    expect(page.locator("[data-region=money]")).to_have_text("money 2")
    expect(page.locator("#announcer")).to_have_text("money changed")

    assert {name for name, _ in stage.asked} == {"version", "money"}
    assert {background for _, background in stage.asked} == {"1"}


def test_what_has_the_focus_or_unsaved_text_is_left_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/live/")
    page.locator("#n").press_sequentially("half a sen")

    for number in range(2, 8):
        stage.versions = {"money": number, "notes": number}
        page.wait_for_timeout(250)
    expect(page.locator("[data-region=money]")).to_have_text("money 7")

    expect(page.locator("#n")).to_have_value("half a sen")
    assert page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]") == ["n", 10]
    page.locator("h1").click()
    page.wait_for_timeout(600)
    expect(page.locator("#n")).to_have_value("half a sen")
    page.locator("#n").fill("")
    page.evaluate("document.activeElement.blur()")
    expect(page.locator("[data-region=notes]")).to_have_text("notes 7")


# ---------------------------------------------------------------- looks


def test_the_design_page_is_not_there_beside_real_data(page: Page, address: str, settings: Any) -> None:
    settings.DEMO = False

    answer = page.goto(f"{address}/design/")

    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_every_component_passes_axe_and_fits(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/design/")
    page.wait_for_function("document.body.classList.contains('govuk-frontend-supported')")

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_twice_the_text_still_fits(page: Page, address: str) -> None:
    page.goto(f"{address}/design/")
    page.evaluate("document.documentElement.style.fontSize = '180%'")  # twice the 90 % of wide screens

    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("width", [1280, 320])
def test_everything_that_is_pressed_is_large_enough(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/design/")

    small = page.evaluate(
        """[...document.querySelectorAll("a, button, input, select, summary, textarea")]
        .filter(e => !e.closest("[hidden], dialog, .govuk-visually-hidden, .govuk-skip-link"))
        .filter(e => getComputedStyle(e).display !== "inline" && e.getBoundingClientRect().width > 0)
        .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().width, e.getBoundingClientRect().height])
        .filter(([, w, h]) => w < 23.9 || h < 23.9)"""
    )

    assert small == []
