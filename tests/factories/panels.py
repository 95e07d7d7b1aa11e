"""Dull, deterministic panels and meetings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import factory

from panels.models import Meeting, Panel, SeatHolder
from tests.factories.people import CouncilFactory, UserFactory

LONDON = ZoneInfo("Europe/London")


class PanelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Panel

    council = factory.SubFactory(CouncilFactory)
    slug = factory.Sequence(lambda n: f"panel-{n}")
    name = factory.Sequence(lambda n: f"Panel {n}")


class SeatHolderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SeatHolder

    panel = factory.SubFactory(PanelFactory)
    user = factory.SubFactory(UserFactory)
    seat = "member"
    since = date(2020, 1, 1)


class MeetingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Meeting

    panel = factory.SubFactory(PanelFactory)
    reference = factory.Sequence(lambda n: f"M-TEST{n:04d}")
    starts_at = factory.Sequence(lambda n: datetime(2026, 3, 12, 9, 0, tzinfo=LONDON) + timedelta(days=7 * n))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(hours=3))
    place = "Room 1"
