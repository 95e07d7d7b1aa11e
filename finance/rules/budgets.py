"""Reading a budget: a row per line of it, refused by line number when unclear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .lists import pence_of, read_list

COLUMNS = ("code", "name", "amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRow:
    """What is added to one line of a year's budget.

    Attributes:
        code: of the line; the same code in the next year is the same line, a year on.
        name: what people call it.
        pence: added to the line, or taken off it when negative.
        cost_centre: of the council's accounts; empty where none was given.
        categories: kinds of service that fall on the line; None leaves what is known.
    """

    code: str
    name: str
    pence: int
    cost_centre: str = ""
    categories: Sequence[str] | None = None


def read_budget(text: Iterable[str], *, known: Iterable[str]) -> tuple[list[BudgetRow], list[str]]:
    """Read CSV with a heading row `code, name, amount` and, where wanted, `cost_centre` and `categories`.

    Amounts are in pounds; categories are `known` kinds of service with spaces between them. A code stands once.

    Returns:
        The rows that could be read, and a sentence for each row that could not.
    """
    allowed = frozenset(known)
    codes: set[str] = set()

    def read(said: dict[str, str]) -> BudgetRow:
        code = said["code"]
        if code in codes:
            raise ValueError(f"the code {code!r} stands in the list twice")
        codes.add(code)
        categories = tuple(said.get("categories", "").split())
        if unknown := [category for category in categories if category not in allowed]:
            raise ValueError(f"{', '.join(unknown)} is no kind of service that a request may ask for")
        return BudgetRow(
            code=code,
            name=said["name"],
            pence=pence_of(said["amount"]),
            cost_centre=said.get("cost_centre", ""),
            categories=categories or None,
        )

    return read_list(text, columns=COLUMNS, read=read)
