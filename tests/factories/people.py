"""Dull, deterministic people."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory
from django.contrib.auth.hashers import make_password

from people.models import Council, RoleHeld, Team, User

PASSWORD = "paper-lantern-orchard"


class CouncilFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Council

    slug = factory.Sequence(lambda n: f"council-{n}")
    name = factory.Sequence(lambda n: f"Council {n}")


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    council = factory.SubFactory(CouncilFactory)
    name = factory.Sequence(lambda n: f"Team {n}")
    service = "Family Safeguarding"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    council = factory.SubFactory(CouncilFactory)
    username = factory.Sequence(lambda n: f"person{n}")
    first_name = "Pat"
    last_name = factory.Sequence(lambda n: f"Person{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.org")
    job_title = "Officer"
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class RoleHeldFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleHeld

    user = factory.SubFactory(UserFactory)
    role = "social_worker"
    capacity = "social_worker"
    since = date(2020, 1, 1)
    granted_at = datetime(2020, 1, 1, tzinfo=UTC)
