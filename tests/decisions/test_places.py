"""How much a meeting takes: places left and kept, who finds none, the policy's order and its headings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from decisions import services
from decisions.models import AgendaItem
from decisions.queries.agenda import items_of
from decisions.queries.places import in_order, places_of, section_of
from decisions.services.agenda import policy_on
from decisions.services.publishing import publish_agenda
from people.models import User
from tests.factories.decisions import AT, STARTS, Hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def south() -> Hall:
    """Southmere: three cases, of them one place of fifteen minutes kept for an emergency."""
    return Hall("southmere")


def said(hall: Hall) -> tuple[str, ...]:
    places = places_of(hall.meeting, items_of(hall.meeting, user=hall.administrator), policy=policy_on(hall.meeting))
    assert places is not None
    return places.said


def origin(item: AgendaItem, kind: str) -> None:
    AgendaItem.objects.filter(pk=item.pk).update(origin=kind)


def test_what_is_left_and_what_is_kept_is_said(south: Hall) -> None:
    south.listed()

    assert said(south) == (
        "Left for cases: 1 place and 40 minutes.",
        "Kept for emergencies: 1 slot of 15 minutes.",
    )


def test_an_emergency_takes_the_place_kept_for_it(south: Hall) -> None:
    south.listed()
    origin(south.listed(), "ratify")

    assert said(south) == ("Left for cases: 1 place and 35 minutes.",)


def test_who_finds_no_place_is_named_with_the_ways_of_the_policy(south: Hall) -> None:
    items = [south.listed() for _ in range(3)]

    left = items[2].application
    assert left is not None
    assert said(south)[-1] == f"No place for {left.reference}: to an extra meeting or to the next meeting."
    assert said(south)[0] == "Left for cases: 0 places and 20 minutes."


def test_where_the_policy_limits_nothing_nothing_is_said() -> None:
    hall = Hall("dudley")

    assert places_of(hall.meeting, [], policy=policy_on(hall.meeting)) is None


def test_slots_kept_count_against_the_meetings_length_where_the_text_gives_no_limit(hall: Hall) -> None:
    hall.listed()  # West Berkshire: 180 minutes, three standing items of five, one slot of ten kept

    assert said(hall) == ("Left for cases: 145 minutes.", "Kept for emergencies: 1 slot of 10 minutes.")


def test_the_policys_order_is_taken_at_one_press_and_times_follow(
    south: Hall, signed_in: Callable[[User], Client]
) -> None:
    first, second, third = (south.listed() for _ in range(3))
    origin(second, "carried")
    origin(third, "ratify")
    browser = signed_in(south.administrator)
    assert (
        "The policy lists its cases in another order."
        in browser.get(reverse("decisions:agenda", args=[south.meeting.reference])).content.decode()
    )

    browser.post(reverse("decisions:agenda_change", args=[south.meeting.reference]), {"in_order": "1"})

    items = items_of(south.meeting, user=south.administrator)
    assert [i.pk for i in items] == [third.pk, second.pk, first.pk]
    assert [i.starts_at for i in items] == [STARTS + timedelta(minutes=20 * n) for n in range(3)]
    assert [i.position for i in items] == [1, 2, 3]


def test_without_an_order_the_headings_give_it(hall: Hall) -> None:
    new, urgent = hall.listed(), hall.listed()
    origin(urgent, "ratify")
    cases = [i for i in items_of(hall.meeting, user=hall.administrator) if i.application_id]

    assert [i.pk for i in in_order(cases, policy=policy_on(hall.meeting), panel="ar")] == [urgent.pk, new.pk]


def test_an_item_stands_under_its_heading_also_when_published(south: Hall) -> None:
    item = south.listed()
    section = section_of(item, policy=policy_on(south.meeting), panel="support")
    assert section is not None
    assert section.code == "main"

    version = publish_agenda(meeting=south.meeting, by=south.administrator, at=AT)

    assert [i["section"] for i in version.snapshot["items"]] == ["Requests"]


def test_a_meeting_that_is_over_keeps_its_order(south: Hall) -> None:
    south.meeting.state = "closed"
    south.meeting.save()

    with pytest.raises(services.AgendaRefusedError):
        services.put_in_order(meeting=south.meeting, by=south.administrator, at=AT)
