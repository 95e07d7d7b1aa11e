"""Readers of single values: each takes what JSON gave and returns the parsed value, or raises a fault.

A reader never coerces: a number is not a string, true is not one, and money is only ever a string of pounds and
pence. `null` has to be asked for with `nullable`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, NoReturn

Reader = Callable[[Any], Any]

#: Years outside these cannot belong to a child now in care, and keep every timer inside the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2199
LONGEST_TEXT = 2_000
LONGEST_LIST = 500
MOST_WHOLE = 10_000
MOST_MILES = 25_000
SHOWN = 60
LISTED = 420

_MONEY = re.compile(r"(?:0|[1-9][0-9]{0,9})\.[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


class CaseError(ValueError):
    """A case that cannot be read.

    Attributes:
        path: JSON path of the fault, `$` for the whole input; None where no path can be known.
        found: what stands there, shortened.
        allowed: what may stand there.
    """

    def __init__(self, path: str | None, found: str, allowed: str) -> None:
        super().__init__(path, found, allowed)
        self.path = path
        self.found = found
        self.allowed = allowed

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}found {self.found}; allowed: {self.allowed}"


class Fault(Exception):  # noqa: N818 - never leaves this package; becomes a CaseError when the path is complete
    """A fault on its way up; every container it passes puts its own key in front of the path."""

    def __init__(self, found: str, allowed: str, *keys: str | int) -> None:
        super().__init__(found, allowed)
        self.found = found
        self.allowed = allowed
        self.keys: list[str | int] = list(reversed(keys))

    def under(self, key: str | int) -> Fault:
        """Note the key of the container which the fault lies under."""
        self.keys.append(key)
        return self

    def as_error(self) -> CaseError:
        """Say it to the reader's caller, with the complete path."""
        return CaseError(path_of(*reversed(self.keys)), self.found, self.allowed)


class NumberTooLong(str):
    """A whole number of so many digits that it is not worth having as a number."""

    __slots__ = ()


def path_of(*keys: str | int) -> str:
    """Write keys as a JSON path: `$.lines[0].category`; a key that is no plain word is quoted."""
    steps = ["$"]
    for key in keys:
        if isinstance(key, int):
            steps.append(f"[{key}]")
        elif re.fullmatch(r"[A-Za-z0-9_-]{1,80}", key):
            steps.append(f".{key}")
        else:
            steps.append(f"[{shown(key)}]")
    return "".join(steps)


def shown(value: object) -> str:
    """Show a JSON value in at most some sixty printable ASCII characters."""
    if value is None or isinstance(value, bool):
        text_of = {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, NumberTooLong):
        text_of = f"a number of {len(value)} digits"
    elif isinstance(value, str):
        quoted = ascii(value[:SHOWN])[1:-1].replace('"', '\\"')
        cut = len(value) > SHOWN or len(quoted) > SHOWN
        text_of = f'"{quoted[:SHOWN]}{"..." if cut else ""}"'
    elif isinstance(value, dict):
        text_of = f"an object of {len(value)} keys"
    elif isinstance(value, list):
        text_of = f"a list of {len(value)} entries"
    elif isinstance(value, float) and not math.isfinite(value):
        text_of = "a number that is not finite"
    else:
        text_of = str(value)[:SHOWN]
    return text_of


def words(choices: Collection[str], found: object = None) -> str:
    """List what is allowed, the nearest words first, cut where the list would fill the screen."""
    known = sorted(choices)
    near = get_close_matches(found[:SHOWN], known, n=3, cutoff=0.5) if isinstance(found, str) else []
    hint = f" (nearest: {near[0]})" if near else ""
    listed = ", ".join(near + [word for word in known if word not in near])
    if len(listed) > LISTED:
        listed = listed[:LISTED].rsplit(", ", 1)[0] + f" and others, {len(known)} in all"
    return f"one of {listed}{hint}" if known else "nothing; the council's policy names none"


def refuse(value: object, allowed: str) -> NoReturn:
    """Raise the fault that a value is not what is allowed."""
    raise Fault(shown(value), allowed)


def truth(value: object) -> bool:
    """Read true or false."""
    if value is True or value is False:
        return value
    refuse(value, "true or false; leave the field out if it is not known")


def money(value: object) -> int:
    """Read a string of pounds and pence as whole pence."""
    if type(value) is str and _MONEY.fullmatch(value):
        return int(value[:-3] + value[-2:])
    refuse(value, 'a string of pounds and pence such as "1000.00", not negative, at most "9999999999.99"')


def day(value: object) -> date:
    """Read an ISO date, YYYY-MM-DD, that exists."""
    if type(value) is str and _DATE.fullmatch(value):
        try:
            read = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if FIRST_YEAR <= read.year <= LAST_YEAR:
                return read
    refuse(value, f'a date such as "2026-03-09", from the years {FIRST_YEAR} to {LAST_YEAR}')


def instant(value: object) -> datetime:
    """Read an ISO date-time with its offset."""
    if type(value) is str and _INSTANT.fullmatch(value):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if FIRST_YEAR <= read.year <= LAST_YEAR:
                return read
    refuse(
        value,
        f'a date-time with its offset such as "2026-03-09T10:30:00+00:00", from the years {FIRST_YEAR} to {LAST_YEAR}',
    )


def whole(value: object) -> int:
    """Read a whole number from nought."""
    if type(value) is int and 0 <= value <= MOST_WHOLE:
        return value
    refuse(value, f"a whole number from 0 to {MOST_WHOLE}")


def miles(value: object) -> float:
    """Read a finite number of miles from nought."""
    if (type(value) is float or type(value) is int) and 0 <= value <= MOST_MILES:
        return float(value)
    refuse(value, f"a number of miles from 0 to {MOST_MILES}")


def text(value: object) -> str:
    """Read free text that can be stored and printed: no NUL, no half of a surrogate pair."""
    if type(value) is str and 0 < len(value) <= LONGEST_TEXT and "\0" not in value:
        try:
            value.encode()
        except UnicodeEncodeError:
            pass
        else:
            return value
    refuse(value, f"text of 1 to {LONGEST_TEXT} characters")


def one_of(choices: frozenset[str]) -> Reader:
    """Make a reader of one word out of several."""

    def read(value: object) -> str:
        if type(value) is str and value in choices:
            return value
        refuse(value, words(choices, value))

    return read


def nullable(reader: Reader) -> Reader:
    """Let a reader also take null, which says that there is none."""

    def read(value: object) -> Any:
        return None if value is None else reader(value)

    return read


def list_of(reader: Reader, *, at_most: int = LONGEST_LIST) -> Reader:
    """Make a reader of a list, each entry read by one reader."""

    def read(value: object) -> list[Any]:
        if type(value) is not list:
            refuse(value, "a list")
        entries: list[Any] = value
        if len(entries) > at_most:
            refuse(value, f"a list of at most {at_most} entries")
        taken: list[Any] = []
        for entry in entries:
            try:
                taken.append(reader(entry))
            except Fault as fault:
                fault.under(len(taken))
                raise
        return taken

    return read


def object_of(readers: dict[str, Reader]) -> Reader:
    """Make a reader of an object with these keys and no others; any of them may be left out."""

    def read(value: object) -> dict[str, Any]:
        if type(value) is not dict:
            refuse(value, "an object")
        taken: dict[str, Any] = {}
        for key, found in value.items():
            reader = readers.get(key)
            if reader is None:
                raise Fault("an unknown field", words(readers, key), key)
            try:
                taken[key] = reader(found)
            except Fault as fault:
                fault.under(key)
                raise
        return taken

    return read
