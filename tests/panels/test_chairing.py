"""Offices of a meeting: an administrator where the policy asks for one, and agencies that lead in turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from decisions.services import name_chair
from panels.models import Meeting
from panels.policy import load
from panels.rules.chairing import next_in_turn
from panels.services import MeetingRefusedError, make_meeting
from panels.services.chairing import out_of_turn, turn_of
from people.models import User
from people.permissions import Capacity
from tests.factories.applications import INVENTED
from tests.factories.decisions import AT, STARTS, Hall

pytestmark = pytest.mark.django_db
DAY = STARTS.date() + timedelta(days=14)


@pytest.fixture
def hall() -> Hall:
    """Southmere: social care, health and education sit, in this order."""
    return Hall("southmere")


def plan(hall: Hall, administrator: User | None, *, chair: User | None = None) -> Meeting:
    starts = datetime(2026, 11, 3, 10, tzinfo=UTC)
    return make_meeting(
        panel=hall.panel,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        chair=chair,
        administrator=administrator,
        by=hall.administrator,
        at=AT,
    )


def test_a_meeting_without_an_administrator_is_refused_with_the_clause(hall: Hall) -> None:
    with pytest.raises(MeetingRefusedError, match=r"panel administrator.*\(Panel manual, 4\)"):
        plan(hall, None)

    assert Meeting.objects.count() == 1  # the hall's own
    assert plan(hall, hall.administrator).administrator == hall.administrator


def test_a_council_whose_text_is_silent_plans_without_an_administrator() -> None:
    assert plan(Hall("dudley"), None).administrator is None


@pytest.mark.parametrize(
    ("last", "next_one"),
    [
        (None, "social_care"),
        ("social_care", "health"),
        ("health", "education"),
        ("education", "social_care"),
        ("x", "social_care"),
    ],
)
def test_agencies_follow_one_another_and_begin_again(last: str | None, next_one: str) -> None:
    panel = load("southmere", INVENTED).panel("support")

    assert next_in_turn(panel, last) == next_one


def test_the_agency_after_the_one_that_led_last_is_proposed(hall: Hall) -> None:
    turn = turn_of(hall.panel, on=DAY)  # the head of service, of social care, leads the hall's meeting

    assert turn is not None
    assert (turn.agency, turn.people, turn.clause) == ("health", (hall.members[0],), "Panel manual, 5")
    assert turn.words == "Health leads this meeting in turn: Member1 Example."


def test_who_leads_out_of_turn_is_warned_of_and_nobody_is_told_whose_turn_it_is(hall: Hall) -> None:
    assert [f.effect for f in out_of_turn(hall.panel, chair=hall.chair, on=DAY)] == ["warn"]
    assert [f.effect for f in out_of_turn(hall.panel, chair=None, on=DAY)] == ["inform"]
    assert out_of_turn(hall.panel, chair=hall.members[0], on=DAY) == []


def test_where_nobody_takes_turns_nobody_is_proposed() -> None:
    assert turn_of(Hall("west-berkshire").panel, on=date(2026, 11, 3)) is None


def test_who_sits_for_an_agency_in_turn_leads_without_giving_a_reason(hall: Hall) -> None:
    led = name_chair(meeting=hall.meeting, chair=hall.members[0], by=hall.administrator, at=AT)

    assert led.chair == hall.members[0]


def test_the_page_proposes_the_chair_in_turn(hall: Hall, signed_in: Callable[[User], Client]) -> None:
    page = signed_in(hall.administrator).get(f"/panels/{hall.panel.pk}/meetings/new/?day={DAY}")

    assert page.context["form"].initial["chair"] == hall.members[0].pk
    assert "Health leads this meeting in turn: Member1 Example." in page.content.decode()
    assert hall.members[0].capacities == {Capacity.MEMBER}
    assert hall.members[0] in page.context["form"].fields["chair"].queryset
