"""Every line of the tables of the councils' rules, asked of the policy it is about."""

from __future__ import annotations

import pytest

from panels.policy import load
from tests.policies.tables import Row, councils, faults, rows

LINES = [pytest.param(row, id=f"{council}-{row.name}") for council in councils() for row in rows(council)]


@pytest.mark.parametrize("row", LINES)
def test_the_row_does_what_its_table_says(row: Row) -> None:
    assert faults(row, load(row.council)) == []
