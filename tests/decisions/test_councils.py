"""One case from agenda to signed decision in every council, by its own policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from applications.models import Application
from decisions import services
from decisions.services import DecisionRefusedError, Minute
from finance.models import Commitment
from panels.services import policy_for
from people.permissions import Capacity
from tests.factories.decisions import PASSWORD, STARTS, Hall

pytestmark = pytest.mark.django_db
LATER = STARTS + timedelta(minutes=20)
PANELS = [
    ("west-berkshire", "", "ar"),
    ("kent", "north", "arp"),
    ("swindon", "", ""),
    ("wokingham", "", ""),
    ("dudley", "", ""),
]


def hall_of(slug: str, area: str, panel: str) -> Hall:
    hall = Hall(slug, area=area, panel=panel)
    if slug == "wokingham":  # the one policy that states a quorum
        roles = ("service_manager", "family_placement_team", "finance", "operational_commissioning")
        hall.members += [hall.person(f"q{n}", role=r, capacity=Capacity.MEMBER) for n, r in enumerate(roles)]
    return hall


def agreed(hall: Hall) -> str:
    policy = policy_for(council=hall.council, on=STARTS.date())[1]
    return next(o.code for o in policy.outcomes(hall.panel.slug) if o.effect == "agree")


@pytest.mark.parametrize(("slug", "area", "panel"), PANELS)
def test_a_case_is_agreed_committed_and_signed(slug: str, area: str, panel: str) -> None:
    hall = hall_of(slug, area, panel)
    item = hall.called()
    minute = hall.minute(item, agreed(hall), review_date=date(2027, 1, 15), no_review_reason="")

    decision = services.record(item=item, minute=minute, item_version=item.version, by=hall.chair, at=LATER)

    assert sum(e.pence for e in Commitment.objects.get().entries.all()) == 780_000
    signed = services.sign(decision=hall.costed(decision), password=PASSWORD, by=hall.chair, at=LATER)
    assert signed.sheet.data["minute"] == decision.minute_number


def test_kent_agrees_nothing_without_an_end_and_a_review() -> None:
    hall = hall_of("kent", "north", "arp")
    item = hall.called()
    whole = hall.minute(item, agreed(hall), no_review_reason="")
    endless: Minute = replace(whole, lines=[replace(whole.lines[0], end=None)], review_date=date(2027, 1, 15))

    for minute, field in ((whole, "review_date"), (endless, "lines")):
        with pytest.raises(DecisionRefusedError) as refusal:
            services.record(item=item, minute=minute, item_version=item.version, by=hall.chair, at=LATER)
        assert field in [r.field for r in refusal.value.refusals]
        assert all(r.clause for r in refusal.value.refusals if r.field == field)


def test_an_emergency_is_recorded_all_the_same_with_the_chairs_words() -> None:
    hall = hall_of("wokingham", "", "")
    hall.members = []
    item = hall.called()  # the room is not quorate
    Application.objects.filter(pk=item.application_id).update(
        facts={"emergency": {"kind": "placement", "care_need": True}}
    )
    item.application.refresh_from_db()
    minute = hall.minute(item, agreed(hall), review_date=date(2027, 1, 15))

    with pytest.raises(DecisionRefusedError) as refusal:
        services.record(item=item, minute=minute, item_version=item.version, by=hall.chair, at=LATER)
    decision = services.record(
        item=item,
        minute=replace(minute, override="The child had to be moved."),
        item_version=item.version,
        by=hall.chair,
        at=LATER,
    )

    assert "override" in [r.field for r in refusal.value.refusals]
    assert decision.findings["override"] == "The child had to be moved."
