"""What every test may ask for: a council with a person for each capacity, pages as they see them, a strict stage."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings

from people.models import Council, Team, User
from people.permissions import Capacity
from tests.conftest_append_only import unlock_append_only
from tests.factories.people import PASSWORD, CouncilFactory, RoleHeldFactory, TeamFactory, UserFactory

__all__ = ["unlock_append_only"]

LONDON = ZoneInfo("Europe/London")
LOOPBACK = ("127.0.0.1", "::1", "localhost")

# A machine in use by others is slow by itself: no test fails for the time it takes.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, by name, what this machine cannot prove; `.ci/run` fails on such a test."""
    for item in items:
        if item.get_closest_marker("postgres") and django_settings.IS_SQLITE:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL"))
        if item.get_closest_marker("sqlite") and not django_settings.IS_SQLITE:
            item.add_marker(pytest.mark.skip(reason="needs SQLite: unset DATABASE_URL"))
        if item.get_closest_marker("redis") and not django_settings.REDIS_URL:
            item.add_marker(pytest.mark.skip(reason="needs Redis: set REDIS_URL"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Give each process of a divided run a database of its own.

    SQLite's is kept in a file: in memory, threads would share one cache and not wait for each other.
    """
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _sockets_reach_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test talks to the world outside."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in {socket.AF_INET, socket.AF_INET6} and host not in LOOPBACK:
            raise RuntimeError(f"A test tried to reach {host}.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


class Unknown(str):
    """Stands where a template names what is not there; being written out, it fails the test."""

    __slots__ = ()

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"A template names {name!r}, which is not there.")

    def __contains__(self, part: object) -> bool:
        return part == "%s"


@pytest.fixture(autouse=True)
def _strict_stage(settings: Any, tmp_path: Any) -> None:
    """Quick passwords, files of the test's own, and templates that may not misspell a name."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mailbox")
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    templates = [dict(engine) for engine in settings.TEMPLATES]
    for engine in templates:
        engine["OPTIONS"] = engine["OPTIONS"] | {"string_if_invalid": Unknown("%s")}
    settings.TEMPLATES = templates


@pytest.fixture(autouse=True)
def _empty_cache(settings: Any) -> Iterator[None]:
    """A cache of the test's own: wrong passwords of one test do not count in another."""
    if not settings.REDIS_URL:
        cache.clear()
    yield
    cache.clear()


@pytest.fixture
def now() -> datetime:
    """A Monday morning in term time."""
    return datetime(2026, 3, 9, 10, 0, tzinfo=LONDON)


@pytest.fixture
def today(now: datetime) -> date:
    """The day of `now`."""
    return now.date()


@pytest.fixture
def council(db: None) -> Council:
    """A council nobody knows."""
    return CouncilFactory(slug="exampleshire", name="Exampleshire")


@pytest.fixture
def other_council(db: None) -> Council:
    """Another council; what is its own is nobody else's."""
    return CouncilFactory(slug="otherton", name="Otherton")


@pytest.fixture
def team(council: Council) -> Team:
    """A team of the council."""
    return TeamFactory(council=council, name="North team", service="Family Safeguarding")


def staff_of(council: Council, team: Team) -> dict[Capacity, User]:
    """One person for each capacity, holding an office of the same name."""
    people = {}
    for capacity in Capacity:
        user = UserFactory(council=council, team=team, username=f"{capacity.value}.{council.slug}")
        service = team.service if capacity is Capacity.SERVICE_MANAGER else ""
        RoleHeldFactory(user=user, role=capacity.value, capacity=capacity.value, team=team, service=service)
        people[capacity] = user
    return people


@pytest.fixture
def staff(council: Council, team: Team) -> dict[Capacity, User]:
    """One person of the council for each capacity."""
    return staff_of(council, team)


@pytest.fixture
def other_staff(other_council: Council) -> dict[Capacity, User]:
    """The same people at another council."""
    return staff_of(other_council, TeamFactory(council=other_council, name="North team", service="Family Safeguarding"))


@pytest.fixture
def signed_in(db: None) -> Callable[[User], Client]:
    """Give a browser in which somebody is signed in."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser


@pytest.fixture
def password() -> str:
    """The password of everybody the factories make."""
    return PASSWORD
