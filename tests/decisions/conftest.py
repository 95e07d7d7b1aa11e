"""What every test of the panel's work may ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from people.models import User
from tests.factories.decisions import Hall


@pytest.fixture
def hall(db: None) -> Hall:
    """A panel of West Berkshire with its people and a planned meeting."""
    return Hall()


@pytest.fixture
def as_user(signed_in: Callable[[User], Client]) -> Callable[[User], Client]:
    """A browser of somebody, asking for pages as browsers do."""
    return signed_in


def text_of(answer: Any) -> str:
    """The words of a page."""
    return str(answer.content.decode())
