"""Councils' money for tests: valid, dull, always the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from finance import services
from finance.models import BudgetLine
from people.models import Council, RoleHeld, User

AT = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)


def council(slug: str = "exampleshire") -> Council:
    return Council.objects.create(slug=slug, name=slug.title())


def person(of: Council | None, *, capacity: str = "accountant", username: str = "") -> User:
    name = username or f"{capacity}-{of.slug if of else 'nowhere'}"
    user = User.objects.create(username=name, email=f"{name}@example.org", council=of)
    if capacity:
        RoleHeld.objects.create(
            user=user, role=capacity, capacity=capacity, since=date(2020, 1, 1), granted_at=AT, granted_by=None
        )
    return user


def budget(
    of: Council,
    *,
    by: User,
    pence: int = 620_000_000,
    year: int = 2026,
    code: str = "PLACEMENTS",
    warn_percent: int | None = 95,
) -> BudgetLine:
    services.open_year(
        council=of, begins=year, by=by, at=AT, warn_percent=Decimal(warn_percent) if warn_percent else None
    )
    row = services.BudgetRow(code=code, name="Residential placements", pence=pence, categories=("residential",))
    services.load_budget(council=of, year=year, rows=[row], source_ref=f"Council budget {year}", by=by, at=AT)
    return BudgetLine.objects.get(council=of, year__begins=year, code=code)


def asked(**changes: Any) -> dict[str, Any]:
    """What V1 buys: £4,850 a week from 12 October 2026 to 31 March 2027, both days counted."""
    return {
        "case_reference": "CASE-1",
        "child_reference": "CHILD-1",
        "provider": "Example Homes",
        "service_type": "residential",
        "start": date(2026, 10, 12),
        "expected_end": date(2027, 3, 31),
        "rate_pence": 485_000,
        **changes,
    }
