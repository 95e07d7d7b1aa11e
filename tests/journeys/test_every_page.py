"""Every kind of page anybody comes to by links, in a browser: accessible, and no wider than a small screen."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser

from people.models import RoleHeld
from people.permissions import Capacity
from tests.house.test_links import HERE, walked

from .walker import Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_kind_of_page_is_accessible_and_fits(chromium: Browser, live_server: Any, settings: Any) -> None:
    settings.DEMO = True
    call_command("adopt_policies", HERE, verbosity=0)
    call_command("demo", verbosity=0)
    seen: set[str] = set()
    faults: list[str] = []
    for capacity in Capacity:
        held = RoleHeld.objects.filter(user__council__slug=HERE, capacity=capacity.value).order_by("pk")
        user = held.select_related("user")[0].user
        client = Client()
        client.force_login(user)
        kinds, _ = walked(client)
        new = {kind: address for kind, address in kinds.items() if kind.rstrip("?") not in seen}
        seen |= {kind.rstrip("?") for kind in new}
        walker = Walker(chromium, live_server.url, user)
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
        walker.context.add_cookies(
            [{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        for address in new.values():
            if address.endswith(("/pack", "/file")) or "/documents/D-" in address:
                continue
            try:
                walker.open(address)
                assert "/sign-in/" not in walker.page.url, "nobody is signed in: the test is blind"
            except AssertionError as fault:
                faults.append(f"{capacity}: {str(fault)[:1500]}")
                walker.seen.faults.clear()
        walker.leave()

    assert len(seen) > 30
    assert not faults, "\n\n".join(faults)
