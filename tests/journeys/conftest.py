"""A browser, a mail server and a seal: what a whole walk needs around it."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright

from .walk import MONDAY

# Playwright's loop runs in this thread, beside the test's own queries.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the walks of a file; each person gets a context of their own.

    Closed with the file: its loop runs in this thread, and another file starts one of its own.
    """
    if not CHROMIUM:
        pytest.skip("needs a browser: install chromium or set CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def clock() -> Iterator[Callable[[datetime], None]]:
    """Move the whole process to an instant; time runs on from there."""
    with ExitStack() as stack:

        def to(at: datetime) -> None:
            stack.close()
            stack.enter_context(time_machine.travel(at, tick=True))  # type: ignore[arg-type]

        yield to


class Post:
    """A mail server that takes everything and keeps it."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.envelopes: list[list[str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (the server's name)
        """Keep what came."""
        self.raw.append(envelope.content)
        self.envelopes.append(list(envelope.rcpt_tos))
        return "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        """Everything that came, read as mail."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]  # type: ignore[misc]


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """A real SMTP server on a free port, to which the product sends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keeper = Post()
    server = Controller(keeper, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
    yield keeper
    server.stop()


@pytest.fixture
def seal(clock: Callable[[datetime], None], settings: Any, tmp_path: Any) -> None:
    """A certificate of the test's own, made as the demonstration's is, on the day the walk begins."""
    clock(MONDAY)
    settings.SEAL_P12, settings.SEAL_CA = tmp_path / "seal.p12", tmp_path / "ca.pem"
    call_command("demo_seal", verbosity=0)
