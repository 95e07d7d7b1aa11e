"""What uses no database: rules asked about many cases, sheets drawn and sealed, packs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from panels.policy import installed, load
from panels.rules import assess

from .anchors import reading
from .papers import pack_of, sheet_drawn_and_sealed
from .scenarios import Median, Scenario, times

if TYPE_CHECKING:
    from .measure import Deed

CASES_OF_A_PACK = 25
MOST_MS = 2.0


def assess_all(data: bytes) -> Deed:
    """The deed of reading 10,000 cases and saying what the rules say of each, as JSON."""
    policies = {council: load(council) for council in installed()}
    read = reading(data)

    def deed() -> Any:
        found, _ = read()
        return [assess(case, policies[case.council]).as_json() for case in found]

    return deed


def assess_one(data: bytes) -> Deed:
    """The deed of asking about one case, each time the next of the mixed ones."""
    policies = {council: load(council) for council in installed()}
    cases, _ = reading(data)()
    following = iter(cases * 2)

    def deed() -> Any:
        case = next(following)
        return assess(case, policies[case.council])

    return deed


@dataclass(frozen=True, slots=True)
class Heavy:
    """A scenario without a database.

    Attributes:
        scenario: what is measured.
        is_long: one run must do.
        beside: the name of the anchor it is measured in turns with, and that anchor's deed.
    """

    scenario: Scenario
    is_long: bool = False
    beside: tuple[str, Deed] | None = None


def heavy(data: bytes) -> list[Heavy]:
    """The scenarios that ask no database."""
    one = Scenario("assess, one case", lambda _: assess_one(data), "2 ms", lambda _: MOST_MS, 1, 0)
    many = Scenario(
        "assess, 10,000 mixed cases, read and answered", lambda _: assess_all(data), "6 × A8", times("A8"), 6, 0
    )
    sheet = Scenario("sheet drawn and sealed", lambda _: sheet_drawn_and_sealed(), "2 × (A6 + A7)", _a_sheet, 2)
    pack = Scenario(
        f"pack of {CASES_OF_A_PACK} cases", lambda _: pack_of(CASES_OF_A_PACK), "1.3 × 25 × A6", _renders, 1.3
    )
    return [Heavy(one), Heavy(many, beside=("A8", reading(data))), Heavy(sheet), Heavy(pack, is_long=True)]


def _a_sheet(medians: Median) -> float:
    return medians["A6"] + medians["A7"]


def _renders(medians: Median) -> float:
    return CASES_OF_A_PACK * medians["A6"]
