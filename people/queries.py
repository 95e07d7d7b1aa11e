"""Reads for pages that are more than one question to one table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Letter:
    """One message in the demo's post box."""

    to: str
    subject: str
    sent: datetime | None
    text: str
    link: str


def letters_in(folder: Path, *, to: Collection[str]) -> list[Letter]:
    """The messages in a folder of `.eml` files that were sent to one of the addresses; newest first."""
    wanted = {address.casefold() for address in to if address}
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True) if folder.is_dir() else []
    letters = (_letter(file) for file in files)
    return [letter for letter in letters if letter is not None and letter.to.casefold() in wanted]


def _letter(file: Path) -> Letter | None:
    try:
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    except OSError:
        return None
    body = mail.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    link = next((line.removeprefix("Link: ").strip() for line in text.splitlines() if line.startswith("Link: ")), "")
    try:
        sent = parsedate_to_datetime(str(mail["Date"]))
    except ValueError:
        sent = None
    return Letter(to=str(mail["To"]), subject=str(mail["Subject"]), sent=sent, text=text, link=link)
