"""How long an approval outside the panel lasts, and what a policy may say of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from decisions.rules import last_day
from panels.policy.schema import OutsidePanel

AGREED, PANEL = date(2026, 10, 6), date(2026, 10, 20)


@pytest.mark.parametrize(
    ("lasts", "days", "panel", "ends"),
    [
        ("next_panel", None, PANEL, PANEL),
        ("next_panel", None, None, None),
        ("days", 10, PANEL, date(2026, 10, 16)),
        ("days", 30, PANEL, date(2026, 11, 5)),  # the days alone: the text names no panel
        ("next_panel", 10, PANEL, date(2026, 10, 16)),  # both: the earlier
        ("next_panel", 30, PANEL, PANEL),
        ("next_panel", 30, None, date(2026, 11, 5)),
        ("unstated", None, PANEL, None),
    ],
)
def test_the_last_day(lasts: str, days: int | None, panel: date | None, ends: date | None) -> None:
    assert last_day(lasts=lasts, days=days, agreed_on=AGREED, next_panel=panel) == ends


@pytest.mark.parametrize(
    ("said", "is_taken"),
    [
        ({"lasts": "days", "days": 10}, True),
        ({"lasts": "next_panel", "days": 14}, True),
        ({"lasts": "next_panel"}, True),
        ({"lasts": "days"}, False),
        ({"lasts": "unstated", "days": 14}, False),
    ],
)
def test_days_are_told_where_they_mean_something(said: dict[str, Any], is_taken: bool) -> None:
    try:
        OutsidePanel.model_validate({"kind": "any", "approver": "director", "rule": "TS-01", **said})
    except ValidationError:
        assert not is_taken
    else:
        assert is_taken
