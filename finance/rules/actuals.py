"""Reading what the finance system says was paid: a row per invoice line, refused by line number when unclear."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

COLUMNS = ("reference", "amount", "period", "source_ref")


@dataclass(frozen=True, slots=True)
class ActualRow:
    """What was paid.

    Attributes:
        reference: a commitment's reference, or the code of a budget line.
        pence: negative for a credit.
        period: any day of the month it is for.
        source_ref: the finance system's own number for the line; the key against importing twice.
    """

    reference: str
    pence: int
    period: date
    source_ref: str


def read_actuals(text: Iterable[str]) -> tuple[list[ActualRow], list[str]]:
    """Read CSV with a heading row `reference, amount, period, source_ref`; amounts in pounds, periods as YYYY-MM.

    Returns:
        The rows that could be read, and a sentence for each that could not.
    """
    reader = csv.DictReader(text)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        return [], [f"The heading row lacks: {', '.join(missing)}."]
    rows, faults = [], []
    for row in reader:
        try:
            rows.append(_read(row))
        except (ValueError, InvalidOperation) as fault:
            faults.append(f"Line {reader.line_num}: {fault or 'not an amount of money'}.")
    return rows, faults


def _read(row: dict[str, str]) -> ActualRow:
    said = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if empty := [column for column, value in said.items() if not value]:
        raise ValueError(f"{', '.join(empty)} is empty")
    return ActualRow(said["reference"], _pence(said["amount"]), _month(said["period"]), said["source_ref"])


def _pence(text: str) -> int:
    try:
        pence = Decimal(text.replace("£", "").replace(",", "")) * 100
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount of money") from None
    if not pence.is_finite() or pence != pence.to_integral_value():
        raise ValueError(f"{text!r} is not an amount in pounds and whole pence")
    return int(pence)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        raise ValueError(f"{text!r} is not a month such as 2026-11") from None
