"""Somebody at a browser: signs in, looks, types and presses; every page is looked over as it comes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Download, Locator, Page, Response

from people.models import User

from .town import PASSWORD

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 900}
CONTROLS = """() => [...document.querySelectorAll("main form [name]")].filter(e => e.type !== "hidden").map(e => ({
  name: e.name, type: e.type, tag: e.tagName.toLowerCase(), value: e.value, id: e.id, checked: !!e.checked,
  mode: e.inputMode, options: e.options ? [...e.options].map(o => o.value) : []}))"""


@dataclass
class Seen:
    """What was wrong with the pages that came."""

    faults: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


class Walker:
    """One person with a browser of their own."""

    def __init__(self, browser: Browser, address: str, user: User, *, scripts: bool = True) -> None:
        self.address, self.user, self.scripts = address, user, scripts
        self.context = browser.new_context(
            java_script_enabled=scripts,
            viewport=WIDE,
            accept_downloads=True,
            base_url=address,  # type: ignore[arg-type]
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.seen = Seen()
        self.page.on("response", self._answered)
        self.page.on("pageerror", lambda fault: self.seen.faults.append(f"script: {fault}"))
        self.page.on("console", self._said)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.seen.faults.append(f"{response.status} {response.request.method} {response.url}")
        if response.request.is_navigation_request():
            self.seen.addresses.append(response.url)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.seen.faults.append(f"console: {message.text} {message.location.get('url', '')}")

    def leave(self) -> None:
        """Close the browser's window."""
        self.context.close()

    def looked_over(self) -> None:
        """The page has a title and one heading, is accessible, and fits a small screen."""
        where = self.page.url
        assert self.seen.faults == [], (where, self.seen.faults, self.said())
        assert self.page.title().strip(), where
        if not self.scripts:
            return
        assert self.page.locator("h1").count() == 1, where
        found = Axe().run(self.page, options=RULES)
        assert found.violations_count == 0, f"{where}\n{found.generate_report()}"
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        width = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        assert width <= 320, (where, width)

    def said(self) -> str:
        """The words of the page, for whoever reads why a walk stopped."""
        return self.page.locator("main").inner_text()[:3000] if self.page.locator("main").count() else ""

    def sign_in(self, password: str = PASSWORD) -> Walker:
        """Sign in by name and password."""
        self.open("/sign-in/")
        self.page.get_by_label("User name").fill(self.user.username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.press("Sign in")
        assert "/sign-in/" not in self.page.url, self.said()
        return self

    def open(self, path: str) -> Walker:
        """Go to an address."""
        self.page.goto(path)
        self.looked_over()
        return self

    def press(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> Walker:
        """Press a button and wait for the page that comes."""
        button = (within or self.page).get_by_role("button", name=name)
        with self.page.expect_navigation():
            button.first.click()
        self.looked_over()
        return self

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> Walker:
        """Follow a link."""
        link = (within or self.page).get_by_role("link", name=name)
        with self.page.expect_navigation():
            link.first.click()
        self.looked_over()
        return self

    def download(self, name: str | re.Pattern[str]) -> tuple[str, bytes]:
        """Follow a link that gives a file; its name and bytes."""
        with self.page.expect_download() as coming:
            self.page.get_by_role("link", name=name).first.click()
        file: Download = coming.value
        with open(file.path(), "rb") as stream:
            return file.suggested_filename, stream.read()

    def fill(self, **values: Any) -> Walker:
        """Type into fields by their names; a date is (day, month, year)."""
        for name, value in values.items():
            if isinstance(value, tuple):
                for part, number in zip(("day", "month", "year"), value, strict=True):
                    self.page.locator(f"[name='{name}_{part}']").fill(str(number))
                continue
            found = self.page.locator(f"main [name='{name}']")
            kind = found.first.get_attribute("type") or found.first.evaluate("e => e.tagName.toLowerCase()")
            if kind == "radio":
                self.page.locator(f"main [name='{name}'][value='{value}']").check()
            elif kind == "checkbox":
                found.first.set_checked(bool(value))
            elif kind == "select":
                found.select_option(str(value))
            else:
                found.fill(str(value))
        return self

    def fill_what_is_left(self, answers: dict[str, Any], *, day: tuple[int, int, int]) -> Walker:
        """Answer every open question of the page: as `answers` say, else yes, met, or plain words."""
        controls: list[dict[str, Any]] = self.page.evaluate(CONTROLS)
        by_name: dict[str, list[dict[str, Any]]] = {}
        for one in controls:
            by_name.setdefault(one["name"], []).append(one)
        for name, group in by_name.items():
            if not any(one["checked"] for one in group) and group[0]["type"] in {"radio", "checkbox"}:
                self._choose(name, group, answers)
            elif group[0]["type"] in {"text", "textarea"} and not group[0]["value"]:
                self._type(name, group[0], answers, day)
            elif group[0]["tag"] == "select" and not group[0]["value"] and name in answers:
                self.fill(**{name: answers[name]})
        return self

    def _choose(self, name: str, group: list[dict[str, Any]], answers: dict[str, Any]) -> None:
        offered = [one["value"] for one in group]
        wanted = answers.get(name, next((word for word in ("yes", "met") if word in offered), offered[0]))
        if group[0]["type"] == "checkbox" and len(group) == 1 and name not in answers:
            return
        if wanted in offered:
            self.page.locator(f"main [name='{name}'][value='{wanted}']").check()

    def _type(self, name: str, one: dict[str, Any], answers: dict[str, Any], day: tuple[int, int, int]) -> None:
        parts = dict(zip(("day", "month", "year"), day, strict=True))
        stem, _, part = name.rpartition("_")
        if part in parts and stem:
            text = str(parts[part])
        elif name in answers:
            text = str(answers[name])
        else:
            text = "1" if one["mode"] in {"decimal", "numeric"} else f"Told in the assessment ({one['tag']})."
        self.page.locator(f"main [name='{name}']").fill(text)
