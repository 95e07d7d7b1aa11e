"""Quorum per case, by the policy's words: enforced where stated, silent where not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from decisions import services
from decisions.models import AgendaItem, Decision
from decisions.queries import live
from decisions.services import DecisionRefusedError
from panels.services import policy_for
from people.models import User
from people.permissions import Capacity
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db


def words(hall: Hall, item: AgendaItem) -> str:
    policy = policy_for(council=hall.council, on=STARTS.date())[1]
    return live.quorum_words(live.case_room(item, at=STARTS + timedelta(minutes=1)), policy=policy)


@pytest.mark.parametrize(("slug", "area", "panel"), [("west-berkshire", "", "ar"), ("kent", "north", "arp")])
def test_a_policy_that_states_no_quorum_never_blocks(slug: str, area: str, panel: str) -> None:
    hall = Hall(slug, area=area, panel=panel)
    item = hall.called()
    hall.come(*hall.members, kind="left")

    room = live.case_room(item, at=STARTS)

    assert room.met is None
    assert room.assessment.quorum is None
    assert words(hall, item) == "1 counting of 1 present. This council’s policy states no quorum."


class Wokingham(Hall):
    """A panel whose policy states a quorum: four functions have to be in the room."""

    def __init__(self) -> None:
        super().__init__("wokingham")
        self.four = [
            self.person(f"q{n}", role=role, capacity=Capacity.MEMBER)
            for n, role in enumerate(
                ("service_manager", "family_placement_team", "finance", "operational_commissioning")
            )
        ]


@pytest.fixture
def wokingham() -> Wokingham:
    return Wokingham()


def test_a_room_without_its_functions_decides_nothing_final(wokingham: Wokingham) -> None:
    item = wokingham.called()

    with pytest.raises(DecisionRefusedError) as refusal:
        wokingham.decided(item, first_final(wokingham))

    assert any(r.clause for r in refusal.value.refusals)
    assert Decision.objects.count() == 0
    assert words(wokingham, item).startswith("Not quorate: ")


def test_the_quorum_is_counted_for_each_case_without_who_withdrew(wokingham: Wokingham) -> None:
    first, second = wokingham.opened(cases=2)
    wokingham.come(*wokingham.four)
    services.declare_interest(
        item=first, user=wokingham.four[1], nature="A relative", withdraws=True, by=wokingham.chair, at=STARTS
    )

    one, two = (live.case_room(item, at=STARTS + timedelta(minutes=1)) for item in (first, second))

    assert (one.met, two.met) == (False, True)
    assert len(two.counts) - len(one.counts) == 1


def test_who_has_not_declared_is_named_where_the_policy_waits_for_everybody(
    signed_in: Callable[[User], Client],
) -> None:
    dudley = Hall("dudley")
    item = dudley.called()
    said = "Everybody in the room declares an interest, or that there is none, before anything is decided."
    first, second = dudley.members
    answers = {"nature": "", "withdraws": False, "at": STARTS}
    services.declare_interest(item=item, user=dudley.chair, by=dudley.chair, **answers)

    with pytest.raises(DecisionRefusedError) as refusal:
        dudley.decided(item, first_final(dudley))
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        page = signed_in(dudley.chair).get(
            reverse("decisions:run_item", args=[dudley.meeting.reference, item.reference])
        )

    named = f"{said} Not declared yet: {first}, {second}."
    assert [r.message for r in refusal.value.refusals] == [named]
    assert [f.message for f in page.context["findings_shown"] if f.rule == "DU-32"] == [named]
    services.declare_interest(item=item, user=first, by=first, **answers)
    with pytest.raises(DecisionRefusedError) as refusal:
        dudley.decided(item, first_final(dudley))
    assert [r.message for r in refusal.value.refusals] == [f"{said} Not declared yet: {second}."]


def first_final(hall: Hall) -> str:
    policy = policy_for(council=hall.council, on=STARTS.date())[1]
    return next(o.code for o in policy.outcomes(hall.panel.slug) if o.effect == "agree")


def nurse_comes(hall: Hall) -> None:
    services.note_attendance(
        meeting=hall.meeting,
        kind="came",
        role="virtual_school",
        guest="School nurse",
        by=hall.administrator,
        at=STARTS,
    )


def test_the_minute_writer_notes_what_a_member_and_a_guest_say_aloud(signed_in: Callable[[User], Client]) -> None:
    dudley = Hall("dudley")
    item = dudley.called()
    nurse_comes(dudley)
    first, second = dudley.members
    services.declare_interest(item=item, user=dudley.chair, nature="", withdraws=False, by=dudley.chair, at=STARTS)
    address = reverse("decisions:item_interests", args=[item.reference])
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        writer = signed_in(dudley.administrator)
        offered = [name for _key, name in writer.get(address).context["form"].fields["person"].choices]
        nothing_said = writer.post(address, {"person": f"u{first.pk}", "answer": "withdraws", "nature": ""})
        writer.post(address, {"person": f"u{first.pk}", "answer": "none"})
        writer.post(address, {"person": f"u{second.pk}", "answer": "stays", "nature": "Taught the brother"})
        with pytest.raises(DecisionRefusedError) as refusal:
            dudley.decided(item, first_final(dudley))
        writer.post(address, {"person": "gschool nurse", "answer": "withdraws", "nature": "The child’s aunt"})
        shown = [(one.person.name, one.interest) for one in writer.get(address).context["room"]]
        unknown = writer.post(address, {"person": "gsomebody else", "answer": "none"})

    assert offered == ["Choose", str(first), str(second), "School nurse", str(dudley.chair)]
    assert (nothing_said.status_code, unknown.status_code) == (422, 422)
    assert [r.message.partition("Not declared yet: ")[2] for r in refusal.value.refusals] == ["School nurse."]
    assert [(name, said.nature, said.declared_by) for name, said in shown] == [
        (str(dudley.chair), "", dudley.chair),
        (str(first), "", dudley.administrator),
        (str(second), "Taught the brother", dudley.administrator),
        ("School nurse", "The child’s aunt", dudley.administrator),
    ]
    decision = dudley.decided(item, first_final(dudley))
    assert [p["name"] for p in decision.quorum["withdrew"]] == ["School nurse"]
    assert {"name": "School nurse", "nature": "The child’s aunt", "withdraws": True} in decision.quorum["interests"]


def test_one_press_notes_that_nobody_else_has_an_interest(signed_in: Callable[[User], Client]) -> None:
    dudley = Hall("dudley")
    item = dudley.called()
    first, second = dudley.members
    nurse_comes(dudley)
    services.declare_interest(item=item, user=first, nature="A neighbour", withdraws=False, by=first, at=STARTS)
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        signed_in(dudley.administrator).post(
            reverse("decisions:item_interests", args=[item.reference]), {"nobody": "1"}
        )

    said = {interest.name: interest.nature for interest in item.interests.all()}
    assert said == {str(first): "A neighbour", str(second): "", str(dudley.chair): "", "School nurse": ""}
    assert dudley.decided(item, first_final(dudley)).quorum["withdrew"] == []


def test_only_who_writes_the_minutes_notes_for_others(signed_in: Callable[[User], Client]) -> None:
    dudley = Hall("dudley")
    item = dudley.called()
    address = reverse("decisions:item_interests", args=[item.reference])

    assert signed_in(dudley.members[0]).get(address).status_code == 403
    assert signed_in(dudley.administrator).get(address).status_code == 200
