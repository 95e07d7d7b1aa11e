"""A real mail server, on this machine, that does as it is told."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller


class Sink:
    """Keeps what it takes; `behave` maps an address to what happens to its mail."""

    def __init__(self):
        self.taken, self.behave = [], {}

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        answer = self.behave.get(address, "")
        if answer[:3] in {"451", "550", "421"}:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append(envelope.content)
        how = self.behave.get(envelope.rcpt_tos[0], "")
        if how == "drop after the text":
            server.transport.abort()
        return "554 no" if how == "refuse the text" else "250 taken"

    @property
    def mails(self):
        return [message_from_bytes(raw, policy=policy.default) for raw in self.taken]


@pytest.fixture
def sink(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    handler = Sink()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = (
        "127.0.0.1",
        port,
        False,
        "",
    )
    yield handler
    server.stop()
