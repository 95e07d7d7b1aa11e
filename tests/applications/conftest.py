"""What the tests of requests share."""

from __future__ import annotations

import pytest
from django.test import Client

from people.models import User
from tests.factories.applications import House


@pytest.fixture
def house(db: None) -> House:
    """West Berkshire's policy with one team and everybody a request meets."""
    return House()


@pytest.fixture
def as_user(client: Client):
    """Sign somebody in."""

    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in
