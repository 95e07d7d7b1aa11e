"""What every page may show: the settings a template needs, and the council of who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """Say which council's name and colours the page wears, and how long an idle session lasts (seconds)."""
    user = getattr(request, "user", None)
    return {
        "council": getattr(user, "council", None),
        "is_demo": settings.DEMO,
        "idle_seconds": settings.IDLE_SECONDS,
        "idle_warning_seconds": settings.IDLE_WARNING_SECONDS,
    }
