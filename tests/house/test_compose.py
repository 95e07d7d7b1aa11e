"""Every service of docker-compose.yml starts natively, by its own command, against a real PostgreSQL and a real Redis.

There need be no container engine for this: the commands, the environment and the order are read from the file; only
the addresses of the two servers, the paths of the volumes and the port are this machine's.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import signal
import subprocess
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from ruamel.yaml import YAML

from tests.house.production import (
    POSTGRES,
    ROOT,
    TOOLS,
    bare_environment,
    finished,
    free_port,
    make_seal,
    redis_server,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPOSE = YAML(typ="safe", pure=True).load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "panel"}
START = [str(TOOLS / "python"), "-c", "import config.wsgi"]
SECRETS = {
    "SECRET_KEY": "s" * 60,
    "ALLOWED_HOSTS": "panel.example.org",
    "BASE_URL": "https://panel.example.org",
    "APP_PASSWORD": "of-the-app",
    "OWNER_PASSWORD": "of-the-owner",
    "SEAL_PASSWORD": "of-the-seal",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_FROM": "panel@council.example",
    "MESSAGE_ID_DOMAIN": "council.example",
}


def filled_in(text: str) -> str:
    """A value with its variables put in as the compose tool does: ${X}, ${X:-default}, ${X:?or refuse}."""

    def value(found: re.Match[str]) -> str:
        name, how, word = found.groups()
        assert how != ":?" or name in SECRETS, f"{name} has no value"
        return SECRETS.get(name, word if how == ":-" else "")

    return re.sub(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}", value, text)


class House:
    """The two servers and the folder that stand for the machine in the file."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self.folder, self.redis_url, self.port = folder, redis_url, free_port()
        self.tag = secrets.token_hex(4)
        self.server = urlsplit(POSTGRES)
        self.database = f"panel_compose_{self.tag}"

    def environment(self, service: str) -> dict[str, str]:
        """What the file gives a service, with this machine's addresses."""
        here = {
            "db:5432/panel": f"{self.server.hostname}:{self.server.port or 5432}/{self.database}",
            "panel_owner": f"panel_owner_{self.tag}",
            "panel_app": f"panel_app_{self.tag}",
            "redis://redis:6379/0": self.redis_url,
            "/data/": f"{self.folder}/",
            str(self.folder) + "/seal/seal.p12": str(self.folder / "seal.p12"),
            str(self.folder) + "/seal/ca.pem": str(self.folder / "ca.pem"),
        }
        env = bare_environment(self.folder / service)
        for name, given in SERVICES[service]["environment"].items():
            value = filled_in(given)
            for there, mine in here.items():
                value = value.replace(there, mine)
            env[name] = value
        env.pop("PORT", None)
        # The images hold the static files already; here all services share one folder of them.
        (self.folder / service).mkdir(exist_ok=True)
        static = self.folder / service / "staticfiles"
        if not static.exists():
            static.symlink_to(self.folder / "staticfiles")
        return {**env, "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{self.port}"}

    def command(self, service: str) -> list[str]:
        """The file's command, word by word."""
        return shlex.split(filled_in(SERVICES[service]["command"]))

    @contextmanager
    def admin(self, database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        """A connection of the server's administrator, as the image's first start has."""
        with psycopg.connect(self.server._replace(scheme="postgresql", path=f"/{database}").geturl()) as connection:
            connection.autocommit = True
            yield connection

    def create(self) -> None:
        """The database and its owner, as the PostgreSQL image makes them from POSTGRES_USER and POSTGRES_DB."""
        owner = sql.Identifier(f"panel_owner_{self.tag}")
        with self.admin() as admin:
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD 'of-the-owner'").format(owner))
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(self.database), owner))
        with self.admin(self.database) as admin:
            admin.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))

    def drop(self) -> None:
        """Leave the server as it was."""
        with self.admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.database)))
            for role in ("panel_app", "panel_owner"):
                admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"{role}_{self.tag}")))

    @contextmanager
    def running(self, service: str) -> Iterator[Path]:
        """A service while it runs, as the file its words go to. It must end by itself when told to, leaving nobody."""
        log = self.folder / f"{service}.log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                self.command(service),
                cwd=ROOT,
                env=self.environment(service),
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield log
            assert process.poll() is None, log.read_text()
            process.terminate()
            process.wait(30)
        finally:
            left = is_left(process.pid)
            if left:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)
        assert not left, f"{service} left a process behind"


def is_left(group: int) -> bool:
    """Whether a process group still has a member."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The servers of the file, with the tables made by its own release step."""
    try:
        psycopg.connect(urlsplit(POSTGRES)._replace(scheme="postgresql", path="/postgres").geturl()).close()
    except psycopg.Error:
        pytest.skip("no PostgreSQL answers here")
    redis_command = shlex.split(SERVICES["redis"]["command"])
    policy = redis_command[redis_command.index("--maxmemory-policy") + 1]
    folder = tmp_path_factory.mktemp("compose")
    make_seal(folder, SECRETS["SEAL_PASSWORD"])
    with redis_server(policy) as redis_url:
        made = House(folder, redis_url)
        made.create()
        try:
            collect = [str(TOOLS / "python"), "manage.py", "collectstatic", "--noinput"]
            finished(collect, bare_environment(folder, PRODUCTION="1"))
            finished(made.command("release"), made.environment("release"))
            yield made
        finally:
            made.drop()


def test_the_file_has_the_services_of_production_and_nothing_secret() -> None:
    assert set(SERVICES) == {"web", "worker", "beat", "release", "db", "redis"}
    for service in OURS.values():
        for name in ("SECRET_KEY", "SEAL_PASSWORD"):
            assert service["environment"][name].startswith("${"), f"{name} is written in the file"
    assert "--maxmemory-policy noeviction" in SERVICES["redis"]["command"]


def test_the_web_address_is_open_to_this_machine_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:8000:8000"]


def test_every_service_waits_for_the_release_step_but_the_servers() -> None:
    for name in ("web", "worker", "beat"):
        assert OURS[name]["depends_on"]["release"]["condition"] == "service_completed_successfully"


def test_the_commands_are_the_ones_the_documentation_gives_for_running_without_containers() -> None:
    said = (ROOT / "docs" / "production.md").read_text()
    for name, service in OURS.items():
        assert service["command"] in said, f"docs/production.md does not name the command of {name}"


@pytest.mark.postgres
@pytest.mark.redis
def test_the_web_service_answers(house: House) -> None:
    with house.running("web") as log:
        request = urllib.request.Request(
            f"http://127.0.0.1:{house.port}/healthz", headers={"Host": "panel.example.org"}
        )

        def is_well() -> bool:
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    return answer.status == 200
            except OSError:
                return False

        wait_until(is_well)
        assert "Refusing" not in log.read_text()


@pytest.mark.postgres
@pytest.mark.redis
def test_the_worker_takes_a_ping_from_the_broker(house: House) -> None:
    env = house.environment("worker")
    ping = [str(TOOLS / "celery"), "--app", "config", "inspect", "ping", "--json", "--timeout", "2"]

    def answers() -> bool:
        done = subprocess.run(ping, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        found = re.search(r"\{.*\}", done.stdout)
        return done.returncode == 0 and found is not None and "pong" in str(json.loads(found.group()))

    with house.running("worker"):
        wait_until(answers)


@pytest.mark.postgres
@pytest.mark.redis
def test_the_scheduler_rings(house: House) -> None:
    with house.running("beat") as log:
        wait_until(lambda: "Sending due task" in log.read_text())


@pytest.mark.postgres
@pytest.mark.redis
def test_the_release_step_can_be_repeated(house: House) -> None:
    assert "Tables are up to date" in finished(house.command("release"), house.environment("release"))


@pytest.mark.postgres
@pytest.mark.redis
def test_the_owner_of_the_tables_must_not_serve_pages(house: House) -> None:
    web = house.environment("web")
    owner = {"DATABASE_URL": house.environment("release")["DATABASE_URL"]}
    finished(START, web)
    assert "the database role owns the tables" in finished(START, {**web, **owner}, fails=True)


@pytest.mark.postgres
@pytest.mark.redis
def test_a_database_that_confirms_before_it_has_written_is_refused(house: House) -> None:
    web = house.environment("web")
    hasty = {"DATABASE_URL": web["DATABASE_URL"] + "?options=-c%20synchronous_commit%3Doff"}
    assert "synchronous_commit off" in finished(START, {**web, **hasty}, fails=True)


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE decisions_decision DISABLE TRIGGER ALL",
        "DROP TABLE decisions_decision",
        "TRUNCATE people_recordentry",
        "CREATE TABLE mine (id int)",
        "DELETE FROM django_migrations",
    ],
)
def test_the_role_that_serves_pages_cannot_rewrite_what_was_decided(house: House, statement: str) -> None:
    url = house.environment("web")["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
