"""A manager signs with the keyboard alone, and always sees where the focus is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from applications.models import Application, SignOff
from applications.states import State
from decisions.management.demo.story import Story

from .town import PASSWORD, Town
from .walk import MONDAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOCUS = """() => { const e = document.activeElement, s = getComputedStyle(e);
  const dressed = s.outlineStyle !== "none" || s.boxShadow !== "none";
  return [(e.innerText || e.name || "").trim(), dressed]; }"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something of that name has the focus; everything on the way shows that it has it."""
    for _ in range(150):
        page.keyboard.press("Tab")
        text, is_shown = page.evaluate(FOCUS)
        assert is_shown or not text, f"nobody sees that {text!r} has the focus"
        if text.startswith(name):
            return
    raise AssertionError(f"the keyboard never comes to {name}")


def test_a_manager_signs_without_a_mouse(
    chromium: Browser, live_server: Any, clock: Callable[[datetime], None]
) -> None:
    clock(MONDAY)
    town = Town("west-berkshire", at=MONDAY - timedelta(days=30))
    story: Any = Story(town.cast, now=MONDAY, shift=0)
    written: Application = story.drafts.write([(town.panel, MONDAY - timedelta(days=2))])[0]
    assert story._sent(written, to=State.WITH_MANAGER, at=MONDAY - timedelta(days=1))
    waiting = Application.objects.select_related("with_user").get(pk=written.pk)
    assert waiting.state == State.WITH_MANAGER
    page = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900}).new_page()

    page.goto("/sign-in/")
    tab_to(page, "username")
    page.keyboard.type(town.signer(waiting).username)
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/requests/waiting/")
    tab_to(page, waiting.title)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "Sign the request")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert SignOff.objects.get(application=waiting).answer == "signed"
    page.context.close()
