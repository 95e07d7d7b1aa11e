"""What every finance test may ask for."""

from __future__ import annotations

import pytest

from finance.models import BudgetLine
from people.models import Council, User
from tests.factories import finance as factories


@pytest.fixture
def council(db: None) -> Council:
    return factories.council()


@pytest.fixture
def accountant(council: Council) -> User:
    return factories.person(council)


@pytest.fixture
def line(council: Council, accountant: User) -> BudgetLine:
    return factories.budget(council, by=accountant)
