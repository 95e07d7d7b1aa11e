"""Refuses a start that would put children's records or the council's money at risk, and says why.

Called when a web or worker process starts (`config/wsgi.py`, `config/asgi.py`, `config/celery.py`), never by
`manage.py`. Everything that is not the demonstration (DEMO=1) is held to the rules of production: who forgets to say
which it is gets the careful answer. `docs/production.md` lists each refusal beside the variable that lifts it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import redis
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from django.conf import settings
from django.db import DatabaseError, connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHORTEST_KEY = 50  # characters; what Django's own deployment check asks for
LOOPBACK = frozenset({"127.0.0.1", "localhost", "testserver", "[::1]"})
INVENTED = ("@example.org", "panel.example.org")  # the addresses this repository is written with
OWNS_TABLES = """
    SELECT EXISTS (
        SELECT 1 FROM pg_class
        WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
          AND pg_has_role(current_user, relowner, 'USAGE')
    )
"""
logger = logging.getLogger(__name__)


class UnsafeStartError(Exception):
    """This process must not start as it is set up."""

    def __init__(self, reasons: list[str]) -> None:
        lines = "\n".join(f"  - {reason}" for reason in reasons)
        super().__init__(f"Refusing to start:\n{lines}\nSee docs/production.md.")


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a starting process was told by its environment.

    Attributes:
        is_demo: the demonstration was asked for.
        is_production: production was asked for.
        is_debug: error pages would show code and values to whoever asks.
        key: the secret that signs sessions.
        is_demo_key: it is the one printed in this repository.
        hosts: the names this site answers to.
        is_sqlite: the database is a file.
        allows_sqlite: the file was asked for in so many words.
        has_redis: a broker is named.
        seal: the file with the council's certificate and key.
        is_demo_seal: its password is the one printed in this repository.
        opens_seal: that password opens the file.
        site: the address that links in messages begin with.
        sender: who messages come from.
        mail_domain: the domain of their identifiers.
        mail_host: the mail server.
        has_mail_tls: it is spoken to under TLS, or not at all.
    """

    is_demo: bool
    is_production: bool
    is_debug: bool
    key: str
    is_demo_key: bool
    hosts: tuple[str, ...]
    is_sqlite: bool
    allows_sqlite: bool
    has_redis: bool
    seal: Path
    is_demo_seal: bool
    opens_seal: bool
    site: str
    sender: str
    mail_domain: str
    mail_host: str
    has_mail_tls: bool


@dataclass(frozen=True, kw_only=True)
class Database:
    """What PostgreSQL says of the role we came as and of how it keeps its word.

    Attributes:
        owns_tables: the role owns our tables, or may act as who does, and so could switch off their triggers.
        synchronous_commit: what the server says, "on" where a commit survives a crash.
        fsync: what the server says, "on" where a commit survives a power cut.
    """

    owns_tables: bool
    synchronous_commit: str
    fsync: str


OF_PRODUCTION: tuple[tuple[Callable[[Start], bool], str], ...] = (
    (lambda start: start.is_debug, "DEBUG=1 would show code and children's records in error pages; unset it"),
    (
        lambda start: start.is_demo_key,
        "SECRET_KEY is missing or the one printed in the repository; set a long random one",
    ),
    (
        lambda start: len(start.key) < SHORTEST_KEY,
        f"SECRET_KEY is shorter than {SHORTEST_KEY} characters; set a longer random one",
    ),
    (lambda start: not start.is_production, "neither PRODUCTION=1 nor DEMO=1 is set; say which this is"),
    (
        lambda start: "*" in start.hosts or set(start.hosts) <= LOOPBACK,
        "ALLOWED_HOSTS must name the site's host names (and not *)",
    ),
    (
        lambda start: start.is_sqlite and not start.allows_sqlite,
        "the database is SQLite; set DATABASE_URL to PostgreSQL, or SQLITE_IN_PRODUCTION=1 for a small council",
    ),
    (
        lambda start: not start.has_redis,
        "REDIS_URL is missing; messages and sheets would wait for a worker that cannot be reached",
    ),
    (
        lambda start: start.is_demo_seal,
        "SEAL_PASSWORD is missing or the demonstration's; set the password of the council's own certificate",
    ),
    (lambda start: not start.seal.is_file(), "there is no seal certificate at SEAL_P12"),
    (
        lambda start: start.seal.is_file() and not start.opens_seal,
        "SEAL_P12 is no PKCS#12 file with a certificate and its key that SEAL_PASSWORD opens; no sheet could be sealed",
    ),
    (
        lambda start: not leads_to(start.site, start.hosts),
        "BASE_URL must be https:// and one of ALLOWED_HOSTS; links in messages would lead nowhere",
    ),
    (
        lambda start: (
            "@" not in start.sender or start.sender.endswith(INVENTED) or start.mail_domain.endswith(INVENTED)
        ),
        "EMAIL_FROM and MESSAGE_ID_DOMAIN must be the council's own; messages would come from an invented address",
    ),
    (
        lambda start: not start.has_mail_tls and start.mail_host not in LOOPBACK,
        "EMAIL_TLS=1 is missing and EMAIL_HOST is another machine; messages would be read on the way",
    ),
)
OF_DEMONSTRATION: tuple[tuple[Callable[[Start], bool], str], ...] = (
    (
        lambda start: start.is_production,
        "DEMO=1 and PRODUCTION=1 exclude each other: the demonstration has accounts whose passwords are printed",
    ),
    (
        lambda start: not set(start.hosts) <= LOOPBACK,
        "DEMO=1 answers to this machine alone; ALLOWED_HOSTS names others",
    ),
)


def leads_to(site: str, hosts: tuple[str, ...]) -> bool:
    """Whether an address is one of the site's own, under TLS."""
    address = urlsplit(site)
    return address.scheme == "https" and any(address.hostname == host.lstrip(".") for host in hosts)


def opens(path: Path, password: str) -> bool:
    """Whether a file holds a certificate and its key, and this password opens it."""
    try:
        key, certificate, _ = load_key_and_certificates(path.read_bytes(), password.encode())
    except (OSError, ValueError):
        return False
    return key is not None and certificate is not None


def refusals_of(start: Start) -> list[str]:
    """Why these settings must not start, a sentence each; none where they may."""
    dangers = OF_DEMONSTRATION if start.is_demo else OF_PRODUCTION
    return [reason for is_so, reason in dangers if is_so(start)]


def refusals_of_database(database: Database) -> Iterator[str]:
    """Why PostgreSQL, as it answers, cannot be trusted with decisions."""
    if database.owns_tables:
        yield "the database role owns the tables and could rewrite the record; use the role `manage.py release` makes"
    if database.synchronous_commit == "off":
        yield "PostgreSQL runs with synchronous_commit off: a decision that was confirmed could be lost in a crash"
    if database.fsync == "off":
        yield "PostgreSQL runs with fsync off: a decision that was confirmed could be lost in a power cut"


def refusals_of_broker(policy: str) -> Iterator[str]:
    """Why Redis, with its policy for a full memory, cannot be trusted with tasks."""
    if policy != "noeviction":
        yield f"Redis drops keys when it is full (maxmemory-policy {policy}); set it to noeviction"


def start_of(source: Any) -> Start:
    """What the settings say about this start."""
    return Start(
        is_demo=source.DEMO,
        is_production=source.PRODUCTION,
        is_debug=source.DEBUG,
        key=source.SECRET_KEY,
        is_demo_key=source.SECRET_KEY == source.DEMO_KEY,
        hosts=tuple(source.ALLOWED_HOSTS),
        is_sqlite=source.IS_SQLITE,
        allows_sqlite=source.SQLITE_IN_PRODUCTION,
        has_redis=bool(source.REDIS_URL),
        seal=source.SEAL_P12,
        is_demo_seal=source.SEAL_PASSWORD == source.DEMO_SEAL_PASSWORD,
        opens_seal=opens(source.SEAL_P12, source.SEAL_PASSWORD),
        site=source.BASE_URL,
        sender=parseaddr(source.DEFAULT_FROM_EMAIL)[1],
        mail_domain=source.MESSAGE_ID_DOMAIN,
        mail_host=source.EMAIL_HOST,
        has_mail_tls=source.EMAIL_USE_TLS,
    )


def ask_database() -> Database:
    """Ask PostgreSQL who we are to it and how it keeps its word."""
    with connection.cursor() as cursor:
        cursor.execute(OWNS_TABLES)
        owns = bool(cursor.fetchone()[0])
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        synchronous_commit, fsync = cursor.fetchone()
    connection.close()  # a forked worker must not share it
    return Database(owns_tables=owns, synchronous_commit=synchronous_commit, fsync=fsync)


def ask_broker(url: str) -> str | None:
    """Redis' policy for a full memory; None where it does not answer now, which is an outage and not a danger."""
    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            return str(client.info("memory").get("maxmemory_policy", "unknown"))
    except redis.RedisError as trouble:
        logger.warning("Redis does not answer, so its maxmemory-policy was not checked: %s", type(trouble).__name__)
        return None


def all_refusals() -> list[str]:
    """Every reason against starting now; the servers are asked only where the settings would do."""
    found = refusals_of(start_of(settings))
    if found or settings.DEMO:
        return found
    if not settings.IS_SQLITE:
        try:
            found += refusals_of_database(ask_database())
        except DatabaseError as trouble:
            found.append(f"the database does not answer ({type(trouble).__name__})")
    policy = ask_broker(settings.REDIS_URL)
    return found + list(refusals_of_broker(policy) if policy is not None else ())


def refuse_unsafe_start() -> None:
    """Return where it is safe to start.

    Raises:
        UnsafeStartError: with every reason, where it is not.
    """
    if reasons := all_refusals():
        raise UnsafeStartError(reasons)
