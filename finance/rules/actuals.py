"""Reading what the finance system says was paid: a row per invoice line, refused by line number when unclear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .lists import pence_of, read_list

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
    return read_list(text, columns=COLUMNS, read=_read)


def _read(said: dict[str, str]) -> ActualRow:
    return ActualRow(said["reference"], pence_of(said["amount"]), _month(said["period"]), said["source_ref"])


def _month(text: str) -> date:
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        raise ValueError(f"{text!r} is not a month such as 2026-11") from None
