"""What every page may show: the settings a template needs, and the council of who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from people.permissions import Permission

# Label, address, what it takes to see it; in the order of the menu.
PAGES: tuple[tuple[str, str, Permission], ...] = (
    ("Home", "home", Permission.SIGNED_IN),
    ("Requests", "applications:requests", Permission.SEE_REQUEST),
    ("Needs panel?", "applications:checker", Permission.SIGNED_IN),
    ("Waiting for me", "applications:waiting", Permission.SIGN_OFF),
    ("Meetings", "decisions:meetings", Permission.SEE_MEETING),
    ("Outside the panel", "decisions:outside_list", Permission.APPROVE_BEYOND_PANEL),
    ("Calendar", "panels:meetings", Permission.BUILD_AGENDA),
    ("Funds", "finance:funds", Permission.SEE_LEDGER),
    ("Policy", "panels:policy", Permission.SEE_POLICY),
    ("Rehearsal", "applications:rehearsal", Permission.REHEARSE_POLICY),
    ("Colleagues", "people:colleagues", Permission.SIGNED_IN),
    ("Accounts", "people:accounts", Permission.MANAGE_USERS),
    ("Teams", "panels:teams", Permission.MANAGE_USERS),
    ("Offices", "panels:proposals", Permission.ADOPT_POLICY),
    ("Cover", "panels:cover", Permission.SIGN_OFF),
    ("Messages", "people:post", Permission.BUILD_AGENDA),
    ("Record", "people:record", Permission.SEE_RECORD),
    ("Post box", "people:mailbox", Permission.SEE_MAILBOX),
)


def menu(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """What somebody may go to: label, address, and whether the page belongs to it (the longest address counts)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    shown = [(label, _address(name)) for label, name, permission in PAGES if user.may(permission)]
    shown = [(label, url) for label, url in shown if url and (settings.DEMO or label != "Post box")]
    fitting = [url for _, url in shown if request.path == url or (url != "/" and request.path.startswith(url))]
    current = max(fitting, key=len, default="")
    return [(label, url, url == current) for label, url in shown]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def house(request: HttpRequest) -> dict[str, Any]:
    """Say which council's name and colours the page wears, and how long an idle session lasts (seconds)."""
    user = getattr(request, "user", None)
    return {
        "council": getattr(user, "council", None),
        "nav": menu(request),
        "is_demo": settings.DEMO,
        "idle_seconds": settings.IDLE_SECONDS,
        "idle_warning_seconds": settings.IDLE_WARNING_SECONDS,
    }
