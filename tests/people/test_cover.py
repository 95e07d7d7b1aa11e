"""Cover: named, dated, sideways or up, and only where the policy knows it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from people.models import Cover, Message, RecordEntry
from people.permissions import Capacity
from people.services import CoverRefusedError, arrange_cover, end_cover, holders, may_act_as
from tests.factories.people import RoleHeldFactory, UserFactory


@pytest.fixture
def manager(staff):
    return staff[Capacity.TEAM_MANAGER]


@pytest.fixture
def arrange(staff, manager, now, today):
    def one(covering=Capacity.SERVICE_MANAGER, **more):
        given = {
            "absent": manager,
            "covering": staff.get(covering, covering),
            "role": "team_manager",
            "since": today,
            "until": today + timedelta(days=6),
            "reason": "leave",
            "by": manager,
            "at": now,
        }
        return arrange_cover(**(given | more))

    return one


def test_who_holds_an_office_acts_in_their_own_right(manager, today):
    acting = may_act_as(user=manager, role="team_manager", on=today)

    assert (acting.user, acting.covering_for) == (manager, None)


def test_nobody_acts_in_an_office_that_is_not_theirs(staff, today):
    assert may_act_as(user=staff[Capacity.SERVICE_MANAGER], role="team_manager", on=today) is None


def test_cover_holds_from_its_first_day_to_its_last(arrange, staff, manager, today):
    arrange()
    service_manager = staff[Capacity.SERVICE_MANAGER]

    def for_whom(days):
        acting = may_act_as(user=service_manager, role="team_manager", on=today + timedelta(days=days))
        return acting and acting.covering_for

    assert [for_whom(days) for days in (-1, 0, 6, 7)] == [None, manager, manager, None]


def test_cover_is_told_to_both_and_on_record(arrange, manager, staff):
    arrange()

    assert set(Message.objects.values_list("recipient", "template")) == {
        (manager.pk, "cover_arranged"),
        (staff[Capacity.SERVICE_MANAGER].pk, "cover_arranged"),
    }
    assert RecordEntry.objects.get(action="cover.arranged").by == manager


def test_somebody_in_the_same_office_covers_sideways(arrange, council, today, manager):
    other = UserFactory(council=council)
    RoleHeldFactory(user=other, role="team_manager", capacity="team_manager")

    assert arrange(covering=other).covering == other


@pytest.mark.parametrize(
    "lower", [Capacity.SOCIAL_WORKER, Capacity.AUDITOR, Capacity.ADMINISTRATOR, Capacity.SYSTEM_ADMINISTRATOR]
)
def test_cover_never_goes_down_or_off_the_line(arrange, lower):
    with pytest.raises(CoverRefusedError, match="sideways or up"):
        arrange(covering=lower)


def test_nobody_of_another_council_covers(arrange, other_staff):
    with pytest.raises(CoverRefusedError, match="same council"):
        arrange(covering=other_staff[Capacity.SERVICE_MANAGER])


def test_nobody_covers_for_themselves(arrange, manager):
    with pytest.raises(CoverRefusedError, match="themselves"):
        arrange(covering=manager)


def test_nobody_covers_an_office_that_is_not_held(arrange):
    with pytest.raises(CoverRefusedError, match="does not hold this office"):
        arrange(role="head_of_service")


def test_one_person_covers_at_a_time(arrange):
    arrange()

    with pytest.raises(CoverRefusedError, match="already"):
        arrange(covering=Capacity.HEAD_OF_SERVICE)


def test_the_last_day_does_not_lie_before_the_first(arrange, today):
    with pytest.raises(CoverRefusedError, match="before the first"):
        arrange(until=today - timedelta(days=1))


def test_cover_ended_early_ends_at_once_and_once(arrange, staff, manager, now, today):
    cover = arrange()

    end_cover(cover=cover, by=manager, at=now)
    end_cover(cover=cover, by=manager, at=now)

    assert may_act_as(user=staff[Capacity.SERVICE_MANAGER], role="team_manager", on=today) is None
    assert RecordEntry.objects.filter(action="cover.ended").count() == 1
    assert Cover.objects.get().ended_by == manager


def test_cover_ends_when_the_absent_colleague_leaves_the_office(arrange, staff, manager, today):
    arrange()
    manager.roles.update(until=today - timedelta(days=1))

    assert may_act_as(user=staff[Capacity.SERVICE_MANAGER], role="team_manager", on=today) is None


def test_a_closed_account_acts_for_nobody(arrange, staff, today):
    arrange()
    covering = staff[Capacity.SERVICE_MANAGER]
    covering.is_active = False

    assert may_act_as(user=covering, role="team_manager", on=today) is None


def test_holders_are_those_of_the_council_and_the_day(council, staff, other_staff, today, manager):
    assert holders(council=council, role="team_manager", on=today) == [manager]
    manager.roles.update(until=today - timedelta(days=1))
    assert holders(council=council, role="team_manager", on=today) == []


@pytest.mark.parametrize(("short", "may"), [(0, True), (1, False)])
def test_who_covers_stands_high_enough_to_the_last_day(arrange, council, today, short, may):
    until = today + timedelta(days=3)
    other = UserFactory(council=council)
    capacity = Capacity.SERVICE_MANAGER
    RoleHeldFactory(user=other, role=capacity, capacity=capacity, since=today, until=until - timedelta(days=short))

    if may:
        assert arrange(covering=other, until=until).until == until
    else:
        with pytest.raises(CoverRefusedError, match="sideways or up"):
            arrange(covering=other, until=until)
