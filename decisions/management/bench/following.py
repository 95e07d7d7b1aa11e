"""Forty people follow a meeting on their screens while one records it: over HTTP, by the clock."""

from __future__ import annotations

import http.client
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from panels.models import Meeting, SeatHolder
from people.models import User
from people.permissions import Permission

from .delivery import of_clock
from .measure import Figures, WrongAnswerError
from .processes import WEB, free_port, running, tool, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .world import World

FOLLOWERS = 40
PACE = 1.0  # seconds between two questions of one screen
SECONDS = 25.0
WARM = 3  # rounds that are not counted
TOKEN = "a" * 32  # of forms: cookie and field say the same


@dataclass(slots=True)
class Browser:
    """One connection that is kept, and opened again where the server let it go."""

    port: int
    cookie: str = ""
    to: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is sent yet."""
        self.to = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        """Status and ETag of an answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"Cookie": self.cookie}
        for is_last in (False, True):
            try:
                self.to.request(method, path, body, sent)
                answer = self.to.getresponse()
                answer.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.to.close()
                if is_last:
                    raise
            else:
                return answer.status, answer.headers.get("ETag", "")
        raise AssertionError


@dataclass(frozen=True, slots=True)
class Moments:
    """When somebody asks: once a pace, at moments of their own, so that each meets each at any distance."""

    begins: float
    seed: int

    def __iter__(self) -> Iterator[float]:
        """The moments, by the clock that only goes forward."""
        chance = random.Random(self.seed)  # noqa: S311 -- not a secret
        first = self.begins + chance.random() * PACE
        return (first + (number + chance.random() * 0.4) * PACE for number in range(int(SECONDS / PACE)))


def follow(port: int, cookie: str, path: str, *, moments: Moments) -> tuple[list[float], list[float]]:
    """Ask for the version and, half a pace later, for hello, round after round: milliseconds of each."""
    screen, stranger = Browser(port, cookie), Browser(port)
    etag, asked, hello = "", list[float](), list[float]()
    for moment in moments:
        _sleep_until(moment)
        begun = time.perf_counter()
        status, etag = screen.ask("GET", path, If_None_Match=etag, X_Background="1")
        asked.append((time.perf_counter() - begun) * 1000)
        _require(path, status, {200, 304})
        _sleep_until(moment + PACE / 2)
        begun = time.perf_counter()
        status, _ = stranger.ask("GET", "/bench/hello")
        hello.append((time.perf_counter() - begun) * 1000)
        _require("/bench/hello", status, {200})
    return asked[WARM:], hello[WARM:]


def record(port: int, cookie: str, path: str, *, who: SeatHolder, moments: Moments) -> None:
    """Write down, once a pace, that somebody leaves or comes back."""
    desk = Browser(port, f"{cookie}; {settings.CSRF_COOKIE_NAME}={TOKEN}")
    for moment, kind in zip(moments, cycle(("left", "came")), strict=False):
        _sleep_until(moment)
        words = {"kind": kind, "user": who.user_id, "role": who.seat, "csrfmiddlewaretoken": TOKEN}
        status, _ = desk.ask("POST", path, urlencode(words), Content_Type="application/x-www-form-urlencoded")
        _require(path, status, {302})


def followed(world: World) -> tuple[Figures, Figures]:
    """The version's figures and those of hello beside it, from web processes as production starts them.

    Raises:
        WrongAnswerError: no web process answers, or one answers as it should not.
    """
    meeting = world.open()
    cookies = _followers(world, meeting)
    recorder, who = _cookie(world.recorder), _somebody_in_the_room(meeting, but=world.recorder)
    connection.close()
    port = free_port()
    with running(*tool(WEB, "--bind", f"127.0.0.1:{port}"), log=settings.VAR / "web.log"):
        wait_until(lambda: _is_well(port), seconds=30, otherwise="no web process answered")
        begins = time.monotonic() + 1
        path = f"/meetings/{meeting.reference}"
        with ThreadPoolExecutor(FOLLOWERS + 1) as room:
            desk = room.submit(record, port, recorder, f"{path}/attendance/", who=who, moments=Moments(begins, -1))
            screens = [
                room.submit(follow, port, cookie, f"{path}/version", moments=Moments(begins, number))
                for number, cookie in enumerate(cookies)
            ]
            found = [screen.result() for screen in screens]
            desk.result()
    asked, hello = ([spent for pair in found for spent in pair[which]] for which in (0, 1))
    return of_clock(asked), of_clock(hello)


def _followers(world: World, meeting: Meeting) -> list[str]:
    """Sessions of those who may see the meeting, each person as often as it takes."""
    seen = [
        user
        for user in User.objects.filter(council=world.council, is_active=True).order_by("pk")[:FOLLOWERS]
        if user.may(Permission.SEE_MEETING) and Meeting.objects.for_user(user).filter(pk=meeting.pk).exists()
    ]
    return [_cookie(user) for user in islice(cycle(seen), FOLLOWERS)]


def _cookie(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _somebody_in_the_room(meeting: Meeting, *, but: User) -> SeatHolder:
    day = timezone.localdate(meeting.starts_at)
    held = SeatHolder.objects.filter(panel=meeting.panel).on(day).exclude(user__in=[but, meeting.chair])
    found: SeatHolder = held.order_by("pk")[0]
    return found


def _is_well(port: int) -> bool:
    try:
        return Browser(port).ask("GET", "/healthz")[0] == http.client.OK
    except OSError:
        return False


def _require(path: str, status: int, expected: set[int]) -> None:
    if status not in expected:
        raise WrongAnswerError(f"{path} answered {status}")


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
