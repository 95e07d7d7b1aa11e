"""Reading lists that finance sends as CSV: every row that is not clear is named by its line, with what was found."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
MOST_ROWS = 5_000
LONGEST = {"reference": 40, "source_ref": 60, "code": 40, "name": 120, "cost_centre": 40}
"""Characters that fit the column a value is kept in."""
MOST_PENCE = 100_000_000_000  # a thousand million pounds; more is a slip of the keyboard


def read_list(
    text: Iterable[str], *, columns: Sequence[str], read: Callable[[dict[str, str]], T]
) -> tuple[list[T], list[str]]:
    """Read CSV whose heading row names at least `columns`, in any order.

    Args:
        text: the lines.
        columns: what each row has to fill in; others may be left empty or out.
        read: makes one row of stripped values; its ValueError says what is wrong with it.

    Returns:
        The rows that could be read, and a sentence for each that could not.
    """
    reader = csv.DictReader(text, restval="")
    rows: list[T] = []
    faults: list[str] = []
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            return [], [f"The heading row lacks: {', '.join(missing)}."]
        for found in reader:
            said = {key: value.strip() for key, value in found.items() if key and isinstance(value, str)}
            if not any(said.values()):
                continue
            if len(rows) + len(faults) == MOST_ROWS:
                return [], [f"There are more than {MOST_ROWS:,} rows. Send them in parts."]
            try:
                _fits(said, columns)
                rows.append(read(said))
            except ValueError as fault:
                faults.append(f"Line {reader.line_num}: {fault}.")
    except csv.Error as fault:
        return [], [f"Line {reader.line_num + 1} is not CSV: {fault}."]
    if not rows and not faults:
        faults.append("There is no row below the heading row.")
    return rows, faults


def pence_of(text: str) -> int:
    """A sum in pounds as finance systems write it, such as 1,234.50 or (1234.50) or -1234.50, in whole pence.

    Raises:
        ValueError: it is not such a sum, is nothing at all, or is more than any budget.
    """
    bare = text.replace("£", "").replace(",", "").replace(" ", "")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    sign, digits = (-1, bare[1:]) if bare.startswith("-") else (1, bare)
    whole, dot, part = digits.partition(".")
    if not (whole + part).isdecimal() or not (whole + part).isascii() or len(part) > 2 or (dot and not part):
        raise ValueError(f"{text!r} is not a sum in pounds and whole pence, such as 1234.50")
    if len(whole) > 12 or (pence := sign * int((whole or "0") + part.ljust(2, "0"))) == 0 or abs(pence) > MOST_PENCE:
        raise ValueError(f"{text!r} is nothing, or more than any budget")
    return pence


def _fits(said: dict[str, str], columns: Sequence[str]) -> None:
    if empty := [column for column in columns if not said.get(column)]:
        raise ValueError(f"{', '.join(empty)} is empty")
    for column, longest in LONGEST.items():
        if len(said.get(column, "")) > longest:
            raise ValueError(f"{column} is longer than {longest} characters")
