"""First pages find the few rows that wait by an index, however many years lie behind them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from decisions.queries.first_page import first_page
from people.models import User
from people.permissions import Capacity

pytestmark = pytest.mark.django_db


def plan_of(user: User, table: str, *, at: datetime) -> str:
    """How the database finds what a first page shows of a table; as if the table were long."""
    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        first_page(user, at=at)
    # What is shown of a table stands after the first FROM.
    [(sql, params)] = [one for one in sent if one[0].partition(" FROM ")[2].startswith(f'"{table}"')]
    explain = "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            explain = "EXPLAIN"
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} {sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("capacity", "table", "index"),
    [
        (Capacity.SERVICE_MANAGER, "decisions_approval", "approvals_owed"),
        (Capacity.TEAM_MANAGER, "decisions_approval", "approvals_owed"),
        (Capacity.ADMINISTRATOR, "decisions_review", "reviews_to_come"),
    ],
)
def test_what_waits_is_found_by_its_index(
    staff: dict[Capacity, User], now: datetime, capacity: Capacity, table: str, index: str
) -> None:
    plan = plan_of(staff[capacity], table, at=now)

    if connection.vendor == "postgresql":
        # Which of its indexes it takes of an empty table hangs on when somebody counted its rows last.
        assert f"Seq Scan on {table}" not in plan
    else:
        assert index in plan
    assert "LIST SUBQUERY" not in plan, "everything somebody may read is gathered first"
