"""The end of a session: after idling, after ten hours at the most; and pages no browser may keep."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from people.access import BEGAN, SEEN
from people.services.kept import keep_form

WRITE_EVERY = 20  # seconds between two notes of activity, so that not every page writes the session


class IdleTimeoutMiddleware:
    """Ends sessions that idle or are too old, keeps what they posted, and marks signed-in pages `no-store`.

    A page that asks for news by itself sends `X-Background`; that is no sign of life. The ping a page sends while
    somebody types is one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End the session first if it has run out, then answer."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = int(timezone.now().timestamp())
        if self._has_run_out(request, now):
            return self._end(request)
        is_sign_of_life = "X-Background" not in request.headers
        if is_sign_of_life and now - request.session.get(SEEN, 0) >= WRITE_EVERY:
            request.session[SEEN] = now
        request.session.setdefault(BEGAN, now)
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    @staticmethod
    def _has_run_out(request: HttpRequest, now: int) -> bool:
        idle = now - int(request.session.get(SEEN, now))
        age = now - int(request.session.get(BEGAN, now))
        return idle > settings.IDLE_SECONDS or age > settings.ABSOLUTE_SECONDS

    @staticmethod
    def _end(request: HttpRequest) -> HttpResponse:
        """Sign out; what was posted is kept for the same person to send on after signing in again."""
        by_script = "HX-Request" in request.headers or "X-Requested-With" in request.headers
        is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
        # What a script sends still stands on the open page, which lets its reader sign in again and carry on.
        if request.method == "POST" and is_ours and not by_script and request.user.is_authenticated:
            keep_form(user=request.user, path=request.path, fields=dict(request.POST.lists()), at=timezone.now())
        logout(request)
        address = resolve_url(settings.LOGIN_URL)
        if by_script:
            return HttpResponse(status=401, headers={"HX-Redirect": address, "Cache-Control": "no-store"})
        following = request.path if request.method == "GET" else ""
        return redirect(f"{address}?{urlencode({'ended': '1', 'next': following} if following else {'ended': '1'})}")
