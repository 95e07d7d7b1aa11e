"""Handing one message to a mail server and telling apart what became of it."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import Message as Mail
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.message import EmailMessage


class Fate(StrEnum):
    """What became of an attempt."""

    ACCEPTED = "accepted"
    LATER = "later"  # surely not taken: try again
    NO_SERVER = "no_server"  # as LATER, and the next message would meet the same
    REFUSED = "refused"  # surely not taken, and never will be
    UNKNOWN = "unknown"  # it may have been taken: only somebody who looks can tell


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of an attempt and the server's code; never its words, which can quote other mail."""

    fate: Fate
    code: str = ""


class Carrier(Protocol):
    """Takes one message at a time to where mail goes."""

    def carry(self, mail: EmailMessage) -> Outcome:
        """Hand over one message and say what became of it; raises nothing a mail server can cause."""

    def close(self) -> None:
        """Let go of the connection."""


class SmtpCarrier:
    """Speaks SMTP over one connection, opened when first needed and again after it was lost."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None

    def carry(self, mail: EmailMessage) -> Outcome:
        """Hand over one message.

        Up to the end of the text the server has nothing it could deliver, so whatever happens is safe to repeat. From
        then until its answer has come, nobody can know: that window alone is `UNKNOWN`.
        """
        try:
            smtp = self._connected()
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return Outcome(Fate.NO_SERVER, _code(fault))
        try:
            refusal = self._envelope(smtp, mail)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return Outcome(Fate.LATER, _code(fault))
        return refusal or self._text(smtp, mail.message())

    def close(self) -> None:
        """Say goodbye; a server that is gone already does not matter."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            smtp = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT)
            self._smtp = smtp
            smtp.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            if settings.EMAIL_HOST_USER:
                smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        return self._smtp

    @staticmethod
    def _envelope(smtp: smtplib.SMTP, mail: EmailMessage) -> Outcome | None:
        """Name sender and recipient and ask to send; the refusal, or None when the server waits for the text."""
        for command in ("MAIL", "RCPT", "DATA"):
            code = _ask(smtp, command, mail)
            if code == 421:
                raise smtplib.SMTPServerDisconnected("421")
            if code >= 400 or (command == "DATA" and code != 354):
                smtp.rset()
                return Outcome(Fate.REFUSED if code >= 500 else Fate.LATER, str(code))
        return None

    def _text(self, smtp: smtplib.SMTP, text: Mail) -> Outcome:
        lines = text.as_bytes().replace(b"\r\n", b"\n").split(b"\n")
        stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
        try:
            smtp.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, _ = smtp.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            self._smtp = None
            smtp.close()
            return Outcome(Fate.UNKNOWN, _code(fault))
        if 200 <= code < 300:
            return Outcome(Fate.ACCEPTED, str(code))
        return Outcome(Fate.REFUSED if code >= 500 else Fate.LATER, str(code))


def _ask(smtp: smtplib.SMTP, command: str, mail: EmailMessage) -> int:
    if command == "MAIL":
        return smtp.mail(mail.from_email)[0]
    return smtp.rcpt(mail.to[0])[0] if command == "RCPT" else smtp.docmd("DATA")[0]


def _code(fault: Exception) -> str:
    """The server's number, or the kind of fault where there is none."""
    if isinstance(fault, smtplib.SMTPResponseException):
        return str(fault.smtp_code)
    return type(fault).__name__


class FolderCarrier:
    """Lays each message into a folder as one `.eml` file: the demo's post box."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def carry(self, mail: EmailMessage) -> Outcome:
        """Write the file under a name made of the Message-ID, so that a second time changes nothing."""
        name = str(mail.extra_headers["Message-ID"]).strip("<>").partition("@")[0]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = self._folder / f"{name}.part"
            part.write_bytes(mail.message().as_bytes())
            part.replace(self._folder / f"{name}.eml")
        except OSError as fault:
            return Outcome(Fate.NO_SERVER, type(fault).__name__)
        return Outcome(Fate.ACCEPTED)

    def close(self) -> None:
        """Nothing is open."""


class BackendCarrier:
    """Hands messages to whatever mail backend the settings name."""

    def carry(self, mail: EmailMessage) -> Outcome:
        """Send through the backend; a fault means the message did not leave."""
        try:
            get_connection().send_messages([mail])
        except (OSError, smtplib.SMTPException) as fault:
            return Outcome(Fate.LATER, _code(fault))
        return Outcome(Fate.ACCEPTED)

    def close(self) -> None:
        """Nothing is open."""


def carrier() -> Carrier:
    """The carrier the settings ask for."""
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return SmtpCarrier()
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return FolderCarrier(Path(settings.EMAIL_FILE_PATH))
    return BackendCarrier()
