"""What a purchase of a size asks for: the bands of the policy, to the penny."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from panels.policy import load
from panels.rules.bands import needed_for
from tests.rules.small_policy import entry, policy_of

ON = date(2026, 10, 20)
BANDS = (
    "bands: [{requires: quotations, over: 1000, up_to: 5000, count: 3}, "
    "{requires: tender, at_least: 5001, below: 9000}]"
)


@pytest.mark.parametrize(
    ("pence", "needs"),
    [
        (1000, []),
        (1001, ["3 quotations"]),
        (5000, ["3 quotations"]),
        (5001, ["a tender"]),
        (8999, ["a tender"]),
        (9000, []),
    ],
)
def test_a_band_holds_from_its_first_penny_to_its_last(tmp_path: Path, pence: int, needs: list[str]) -> None:
    policy = policy_of(tmp_path, entry("TS-02", BANDS))

    found = needed_for(policy, pence, on=ON)

    assert [one.words for one in found] == needs
    assert {one.rule for one in found} <= {"TS-02"}


def test_wokinghams_bands_speak_with_their_clause_and_a_silent_council_says_nothing() -> None:
    large = needed_for(load("wokingham"), 100_000_000, on=ON)

    assert large
    assert all(one.clause for one in large)
    assert needed_for(load("dudley"), 100_000_000, on=ON) == ()
