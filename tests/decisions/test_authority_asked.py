"""Services ask one authority who may act: the policy's offices count, with the sentence and the clause."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from applications import services as applications
from applications.services import NotAllowedError
from decisions import services
from decisions.models import Approval
from decisions.services import AgendaRefusedError, DecisionRefusedError, NewAnswer
from panels.models import PolicyVersion
from panels.policy import load
from panels.services import AdoptionRefusedError, adopt
from panels.services.authority import roles_covered, roles_held
from panels.states import MeetingState
from people.models import Cover, User
from people.permissions import Capacity
from tests.factories.applications import INVENTED
from tests.factories.decisions import AT, PASSWORD, STARTS, Hall

pytestmark = pytest.mark.django_db
LATER = STARTS + timedelta(minutes=40)


@pytest.fixture
def south() -> Hall:
    """Southmere: the Director signs the minutes in person and alone changes the rules."""
    return Hall("southmere")


@pytest.fixture
def director(south: Hall) -> User:
    return south.person("director", role="director", capacity=Capacity.MEMBER)


def cover(absent: User, covering: User, role: str) -> Cover:
    return Cover.objects.create(
        absent=absent,
        covering=covering,
        role=role,
        since=date(2026, 1, 1),
        until=date(2026, 12, 31),
        reason="leave",
        arranged_at=AT,
        arranged_by=absent,
    )


def closed(hall: Hall) -> None:
    item = hall.called()
    best = NewAnswer("best_value", "Is it the best value to be had?", "SM-10", value=True)
    decision = hall.decided(item, answers=[best])
    services.sign(decision=hall.costed(decision), password=PASSWORD, by=hall.chair, at=LATER)
    services.close_meeting(meeting=hall.meeting, by=hall.chair, at=LATER)
    hall.meeting.refresh_from_db()


def test_minutes_are_signed_by_the_office_the_policy_names(south: Hall, director: User) -> None:
    closed(south)

    with pytest.raises(DecisionRefusedError) as refusal:
        services.sign_minutes(meeting=south.meeting, password=PASSWORD, by=south.chair, at=LATER)
    [reason] = refusal.value.refusals
    assert (reason.message, reason.clause) == ("The Director signs the minutes.", "Panel manual, 6")

    signed = services.sign_minutes(meeting=south.meeting, password=PASSWORD, by=director, at=LATER)
    assert (signed.state, signed.signed_by) == (MeetingState.SIGNED, director)


def test_a_personal_office_is_not_exercised_in_somebodys_place(south: Hall, director: User) -> None:
    closed(south)
    cover(director, south.members[0], "director")

    with pytest.raises(DecisionRefusedError) as refusal:
        services.sign_minutes(meeting=south.meeting, password=PASSWORD, by=south.members[0], at=LATER)

    assert refusal.value.refusals[0].message == "The Director signs the minutes in person; a stand-in cannot."


def test_only_whom_the_policy_names_publishes_the_agenda(south: Hall) -> None:
    south.listed()

    with pytest.raises(AgendaRefusedError, match="The Panel administrator builds the agenda") as refusal:
        services.publish_agenda(meeting=south.meeting, by=south.chair, at=AT)

    assert refusal.value.clause == "Panel manual, 4"


def test_only_whom_the_policy_names_submits(south: Hall) -> None:
    request = south.house.whole()

    with pytest.raises(NotAllowedError, match=r"The Social worker submits requests\. \(Panel manual, 1\)"):
        applications.submit(application=request, by=south.house.manager, at=AT)

    assert applications.submit(application=request, by=south.house.worker, at=AT).submitted_at == AT


def test_who_covers_for_a_submitter_submits(south: Hall) -> None:
    cover(south.house.worker, south.house.manager, "social_worker")

    assert applications.submit(application=south.house.whole(), by=south.house.manager, at=AT).submitted_at == AT


def test_only_whom_the_policy_names_adopts_the_next_version(south: Hall, director: User, tmp_path, settings) -> None:
    folder = tmp_path / "southmere"
    folder.mkdir()
    text = (INVENTED / "southmere" / "council.yaml").read_text()
    (folder / "council.yaml").write_text(text.replace("version: 1", "version: 2"))
    changed = load("southmere", tmp_path)

    with pytest.raises(AdoptionRefusedError, match="The Director changes the rules"):
        adopt(policy=changed, by=south.house.head, at=AT)
    settings.POLICY_ROOT = tmp_path
    head, named = Client(), Client()
    head.force_login(south.house.head)
    named.force_login(director)
    pages = [client.get("/panels/policy/versions/").content.decode() for client in (head, named)]
    assert [("Adopt it" in page, "The Director changes the rules" in page) for page in pages] == [
        (False, True),
        (True, False),
    ]

    named.post("/panels/policy/versions/adopt/")

    assert PolicyVersion.objects.get(number=2).adopted_by == director


def test_an_approval_tied_to_its_holder_is_not_given_in_their_place(hall: Hall) -> None:
    item = hall.called()
    decision = hall.decided(item)
    deputy = hall.person("deputy", role="service_manager", capacity=Capacity.SERVICE_MANAGER)
    Approval.objects.filter(decision=decision).delete()
    waiting = Approval.objects.create(decision=decision, role="head_of_service", rule="WB-13")
    cover(hall.house.head, deputy, "head_of_service")

    with pytest.raises(DecisionRefusedError) as refusal:
        services.answer_approval(approval=waiting, agrees=True, reasons="", by=deputy, at=LATER)

    assert "in person; a stand-in cannot" in refusal.value.refusals[0].message


def test_offices_are_read_as_held_and_covered_on_the_day(south: Hall, director: User) -> None:
    cover(director, south.chair, "director")
    day = STARTS.date()

    assert roles_held(director, on=day) == {"director"}
    assert (roles_covered(south.chair, on=day), roles_covered(south.chair, on=date(2027, 1, 1))) == (
        {"director"},
        set(),
    )

    director.roles.update(until=date(2026, 2, 1))
    assert roles_covered(south.chair, on=day) == set()
