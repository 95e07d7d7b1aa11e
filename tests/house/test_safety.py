"""An unsafe start is refused with the reason, and a safe one is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.safety import Database, refusals_of_broker, refusals_of_database
from tests.house.production import TOOLS, bare_environment, finished, free_port, make_seal, redis_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = [str(TOOLS / "python"), "-c", "import config.wsgi"]


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a small council's production: one file as database, allowed in so many words."""
    folder = tmp_path_factory.mktemp("production")
    settings = {
        "PRODUCTION": "1",
        "SECRET_KEY": "k" * 60,
        "ALLOWED_HOSTS": "panel.example.org",
        "SQLITE_IN_PRODUCTION": "1",
        "BASE_URL": "https://panel.example.org",
        "EMAIL_FROM": "Panel <panel@council.example>",
        "MESSAGE_ID_DOMAIN": "council.example",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",  # nobody answers: an outage is not a danger
    }
    return bare_environment(folder, **settings, **make_seal(folder, "of-its-own"))


def test_a_safe_start_is_not_refused(safe: dict[str, str]) -> None:
    finished(START, safe)


def test_a_mail_server_elsewhere_is_spoken_to_under_tls(safe: dict[str, str]) -> None:
    finished(START, safe | {"EMAIL_HOST": "mail.council.example", "EMAIL_TLS": "1"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"IDLE_MINUTES": "abc"}, "IDLE_MINUTES is 'abc'; a whole number from 6 to 600 is needed."),
        ({"IDLE_MINUTES": "0"}, "IDLE_MINUTES is '0'; a whole number from 6 to 600 is needed."),
        ({"EMAIL_PORT": "65536"}, "EMAIL_PORT is '65536'; a whole number from 1 to 65535 is needed."),
        (
            {"DATABASE_URL": "postgres://role:secret@host:port/x"},
            "DATABASE_URL is not postgres://ROLE@HOST:PORT/NAME or sqlite:///FILE.",
        ),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL is not postgres://ROLE@HOST:PORT/NAME or sqlite:///FILE."),
    ],
)
def test_a_variable_that_cannot_be_read_ends_in_one_sentence(
    safe: dict[str, str], change: dict[str, str], said: str
) -> None:
    assert finished(START, safe | change, fails=True).strip() == said


def test_redis_that_does_not_answer_is_said_but_does_not_keep_the_site_down(safe: dict[str, str]) -> None:
    assert "Redis does not answer" in finished(START, safe)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"DEBUG": "1"}, "DEBUG=1 would show code"),
        ({"SECRET_KEY": None}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 50"),
        ({"PRODUCTION": None}, "neither PRODUCTION=1 nor DEMO=1"),
        ({"DEMO": "1"}, "DEMO=1 and PRODUCTION=1 exclude each other"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS must name"),
        ({"SQLITE_IN_PRODUCTION": None}, "the database is SQLite"),
        ({"REDIS_URL": None}, "REDIS_URL is missing"),
        ({"SEAL_PASSWORD": None}, "SEAL_PASSWORD is missing"),
        ({"SEAL_P12": "/nowhere/seal.p12"}, "there is no seal certificate"),
        ({"SEAL_P12": "/etc/passwd"}, "SEAL_P12 is no PKCS#12 file"),
        ({"SEAL_PASSWORD": "another"}, "that SEAL_PASSWORD opens"),
        ({"BASE_URL": None}, "BASE_URL must be https://"),
        ({"BASE_URL": "http://panel.example.org"}, "BASE_URL must be https://"),
        ({"BASE_URL": "https://panel.example.com"}, "BASE_URL must be https://"),
        ({"EMAIL_FROM": None}, "EMAIL_FROM and MESSAGE_ID_DOMAIN must be the council's own"),
        ({"EMAIL_FROM": "nobody"}, "EMAIL_FROM and MESSAGE_ID_DOMAIN must be the council's own"),
        ({"MESSAGE_ID_DOMAIN": None}, "EMAIL_FROM and MESSAGE_ID_DOMAIN must be the council's own"),
        ({"EMAIL_HOST": "mail.council.example"}, "EMAIL_TLS=1 is missing"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "the database does not answer"),
    ],
)
def test_a_start_is_refused_for(safe: dict[str, str], change: dict[str, str | None], reason: str) -> None:
    env = {name: value for name, value in {**safe, **change}.items() if value is not None}
    said = finished(START, env, fails=True)
    assert "Refusing to start:" in said
    assert reason in said


def test_the_demonstration_answers_to_this_machine_alone(tmp_path: Path) -> None:
    finished(START, bare_environment(tmp_path, DEMO="1"))
    said = finished(
        START, bare_environment(tmp_path, DEMO="1", ALLOWED_HOSTS="127.0.0.1,panel.example.org"), fails=True
    )
    assert "DEMO=1 answers to this machine alone" in said


def test_the_web_server_gives_up_at_once_instead_of_trying_for_ever(safe: dict[str, str]) -> None:
    env = {**safe, "DEBUG": "1", "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{free_port()}"}
    assert "DEBUG=1 would show code" in finished([str(TOOLS / "gunicorn"), "config.wsgi"], env, fails=True)


@pytest.mark.parametrize("process", [["worker", "--pool", "solo"], ["beat"]])
def test_a_worker_and_a_scheduler_are_refused_too(safe: dict[str, str], process: list[str]) -> None:
    command = [str(TOOLS / "celery"), "--app", "config", *process]
    assert "DEBUG=1 would show code" in finished(command, {**safe, "DEBUG": "1"}, fails=True)


def test_a_broker_that_forgets_tasks_when_full_is_refused(safe: dict[str, str]) -> None:
    with redis_server("allkeys-lru") as url:
        assert "maxmemory-policy allkeys-lru" in finished(START, {**safe, "REDIS_URL": url}, fails=True)
    with redis_server("noeviction") as url:
        finished(START, {**safe, "REDIS_URL": url})


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl", "unknown"])
def test_only_a_broker_that_keeps_everything_will_do(policy: str) -> None:
    assert len(list(refusals_of_broker(policy))) == 1
    assert list(refusals_of_broker("noeviction")) == []


def test_a_database_must_keep_its_word_through_a_crash_and_a_power_cut() -> None:
    def reasons(**change: object) -> int:
        good = {"owns_tables": False, "synchronous_commit": "on", "fsync": "on"}
        return len(list(refusals_of_database(Database(**{**good, **change}))))

    assert reasons() == 0
    assert reasons(owns_tables=True) == 1
    assert reasons(synchronous_commit="off") == 1
    assert reasons(synchronous_commit="remote_apply") == 0
    assert reasons(fsync="off") == 1
