"""The record in words: what a row says happened, to what, and the facts that go with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ISO_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")
VERSION: Final = re.compile(r"[a-z0-9-]+@([0-9]+)")
CODE: Final = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
SHOUTED: Final = frozenset({"basis", "levels"})
"""The facts whose codes are in capitals."""

# Deeds whose code does not read well with its dots taken out. What is not here reads as its code: "Request sent".
DEEDS: Final = {
    "session.began": "Signed in",
    "agenda.minutes": "Minutes of an agenda item changed",
    "agenda.listed": "Request put on the agenda",
    "agenda.review_listed": "Review put on the agenda",
    "agenda.taken_off": "Item taken off the agenda",
    "attendance.came": "Came to the meeting",
    "attendance.left": "Left the meeting",
    "attendance.apologies": "Sent apologies",
    "actuals.imported": "Payments brought in",
    "item.called": "Item made current",
    "request.called": "Request on the table",
    "request.put_back": "Request put back among the ready",
    "request.unlisted": "Request taken off the agenda",
    "outside.told": "Agreement by telephone recorded",
    "outside.approved": "Approved outside the panel",
    "outside.ratified": "Approval outside the panel seen by the panel",
    "outside_approval.read": "Approval outside the panel read",
    "sheet.owed": "Decision sheet ordered",
    "sheet.sealed": "Decision sheet sealed",
    "approval.given": "Officer’s approval given",
    "role.proposed": "Office proposed",
    "role.approved": "Office approved",
    "role.granted": "Office given",
    "role.refused": "Office refused",
    "role.ended": "Office ended",
}
THINGS: Final = {"user": "account", "outside_approval": "approval outside the panel", "ledger": "ledger list"}
FACTS: Final = {
    "file_sha256": "fingerprint of the file (SHA-256)",
    "data_sha256": "fingerprint of the data (SHA-256)",
    "list": "seen in a list",
    "role": "office",
}
PAGES: Final = {
    "run": "run sheet",
    "confirm": "confirming a decision",
    "correct": "new version of a decision",
    "proposals": "what could go on the agenda",
    "outside": "approving outside the panel",
}
PEOPLE: Final = frozenset({"user", "chair", "absent", "covering", "covering_for", "agreed_by"})
"""The facts that are the number of an account."""


def deed(action: str) -> str:
    """What happened, as a sentence begins: "Request sent" for `request.sent`."""
    return DEEDS.get(action) or _plain(action).capitalize()


def deeds_beginning(typed: str) -> tuple[str, list[str]]:
    """What to look for where somebody typed the beginning of a deed: how its code begins, and codes said otherwise."""
    words = " ".join(typed.lower().split())
    code = words.replace(" ", ".", 1).replace(" ", "_")
    return code, [action for action, said in DEEDS.items() if said.lower().startswith(words)]


def thing(subject: str) -> str:
    """The kind of thing a row is about."""
    return THINGS.get(subject) or _plain(subject)


def accounts_in(subject: str, reference: str, held: Mapping[str, Any]) -> set[int]:
    """The numbers of the accounts that a row speaks of, besides who did it."""
    found = {value for name, value in held.items() if name in PEOPLE and isinstance(value, int)}
    return found | ({int(reference)} if subject == "user" and reference.isdecimal() else set())


def reference_of(subject: str, reference: str, *, names: Mapping[int, str]) -> str:
    """What a row is about: the name of a known account, else the reference as it is kept."""
    known = names.get(int(reference)) if subject == "user" and reference.isdecimal() else None
    return known or reference


def facts(held: Mapping[str, Any], *, names: Mapping[int, str] | None = None) -> list[tuple[str, str]]:
    """The facts of a row, by name, as words; what is empty is left out, known accounts are named."""
    known = names or {}
    return [
        (
            FACTS.get(name) or _plain(name.removesuffix("_pence")),
            known.get(value) or str(value) if name in PEOPLE and isinstance(value, int) else _value(name, value),
        )
        for name, value in held.items()
        if value not in (None, "", [])
    ]


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(name, part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and name.endswith("_pence"):
        return f"{'−' if value < 0 else ''}£{abs(value) // 100:,}.{abs(value) % 100:02}"
    if name in SHOUTED:
        return _plain(str(value)).lower()
    return _text(PAGES.get(value, value) if name == "page" else value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    if version := VERSION.fullmatch(value):
        return f"version {version[1]}"
    if ISO_DATE.fullmatch(value):
        return _day(date.fromisoformat(value))
    if ISO_INSTANT.fullmatch(value):
        here = datetime.fromisoformat(value).astimezone(LONDON)
        clock = f"{here.hour % 12 or 12}{f':{here:%M}' if here.minute else ''}{here:%p}".lower()
        return f"{_day(here)}, {clock}"
    return _plain(value) if CODE.fullmatch(value) else value


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _plain(code: str) -> str:
    return code.replace(".", " ").replace("_", " ")
