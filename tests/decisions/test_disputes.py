"""Disagreeing with a decision: the council's ladder, one step after the other, each opened and ended with words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from decisions import services
from decisions.models import Decision, Dispute
from decisions.queries.disputes import ladder_of
from decisions.services import DecisionRefusedError, NewAnswer
from panels.services import policy_of
from people.models import Message, User
from people.permissions import Capacity
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db
LATER = STARTS + timedelta(hours=2)
BEST = NewAnswer("best_value", "Is it the best value to be had?", "SM-10", value=True)


@pytest.fixture
def south() -> Hall:
    """Southmere: a talk with the Head of Service first, then a practitioner may go to the Director."""
    return Hall("southmere")


@pytest.fixture
def director(south: Hall) -> User:
    return south.person("director", role="director", capacity=Capacity.HEAD_OF_SERVICE)


@pytest.fixture
def decision(south: Hall) -> Decision:
    return south.decided(None, "not_agreed", answers=[BEST])


def open_step(
    decision: Decision, by: User, code: str = "talk", raised_by: str = "practitioner", **more: object
) -> Dispute:
    values = {"words": "The need is greater.", "at": LATER, **more}
    return services.raise_dispute(decision=decision, code=code, raised_by=raised_by, by=by, **values)  # type: ignore[arg-type]


def why(decision: Decision, by: User, **more: object) -> str:
    with pytest.raises(DecisionRefusedError) as refusal:
        open_step(decision, by, **more)  # type: ignore[arg-type]
    return refusal.value.refusals[0].message


def test_a_step_goes_to_its_officer_who_is_told(south: Hall, decision: Decision) -> None:
    step = open_step(decision, south.house.worker)

    assert (step.goes_to, step.rule, step.is_late) == ("head_of_service", "SM-12", False)
    told = Message.objects.filter(template="dispute_raised")
    assert {m.recipient for m in told} == set(User.objects.filter(roles__role="head_of_service"))


def test_a_step_opened_after_its_time_is_marked_and_not_refused(south: Hall, decision: Decision) -> None:
    due = decision.recorded_at + timedelta(days=11)

    assert not open_step(decision, south.house.worker, at=due - timedelta(days=1, hours=2)).is_late
    assert open_step(decision, south.house.worker, raised_by="family", at=due + timedelta(hours=14)).is_late


def test_the_next_step_comes_only_after_the_one_before_has_ended(south: Hall, decision: Decision) -> None:
    worker = south.house.worker
    assert why(decision, worker, code="director") == "The step before has not been taken."
    talk = open_step(decision, worker)
    assert why(decision, worker, code="director") == "The step before has not ended."

    services.end_dispute(dispute=talk, result="No agreement.", by=south.chair, at=LATER)

    assert open_step(decision, worker, code="director").goes_to == "director"


def test_what_is_asked_of_a_step_is_owed_once_the_step_is_raised(south: Hall, decision: Decision) -> None:
    def owed() -> list[tuple[str, str, str]]:
        return list(decision.duties.filter(kind="note").values_list("code", "title", "rule"))

    talk = open_step(decision, south.house.worker)
    services.end_dispute(dispute=talk, result="No agreement.", by=south.chair, at=LATER)
    assert owed() == []

    open_step(decision, south.house.worker, code="director")

    assert owed() == [("letter_sent", "Letter to the Director sent on", "SM-10")]


def test_the_reference_of_a_complaint_is_owed_only_where_there_is_one(hall: Hall) -> None:
    decision = hall.decided()
    notes = decision.duties.filter(kind="note")
    assert notes.count() == 0

    open_step(decision, hall.administrator, code="stage_one", raised_by="family")

    assert [d.code for d in notes.all()] == ["complaint_reference"]


def test_who_has_no_part_in_the_request_raises_nothing(south: Hall, decision: Decision) -> None:
    said = "This is raised by those who stand for the request."

    assert why(decision, south.members[0]) == said
    assert why(decision, south.administrator) == said
    assert open_step(decision, south.administrator, raised_by="family").opened_by == south.administrator


def test_a_step_for_practitioners_is_none_for_the_family(south: Hall, decision: Decision) -> None:
    assert why(decision, south.house.worker, code="director", raised_by="family") == "The policy has no such step."


def test_words_are_needed_and_a_step_is_taken_once(south: Hall, decision: Decision) -> None:
    assert why(decision, south.house.worker, words=" ") == "Say what is disagreed with, and why."
    open_step(decision, south.house.worker)

    assert why(decision, south.house.worker) == "This step was taken already."


def test_words_that_are_too_many_are_refused_and_none_is_cut(south: Hall, decision: Decision) -> None:
    assert why(decision, south.house.worker, words="x" * 4001) == "Shorten this to 4,000 characters; it has 4,001."
    talk = open_step(decision, south.house.worker, words="y\r\n" * 2000)
    assert talk.words == ("y\n" * 2000).strip()

    with pytest.raises(DecisionRefusedError, match="Shorten this to 4,000 characters"):
        services.end_dispute(dispute=talk, result="z" * 4001, by=south.chair, at=LATER)


def test_only_its_officer_ends_a_step_once_and_with_words(south: Hall, decision: Decision, director: User) -> None:
    talk = open_step(decision, south.house.worker)

    for by, result, said in (
        (director, "Ended.", "The Head of Service ends this step."),
        (south.chair, " ", "Say how it ended."),
    ):
        with pytest.raises(DecisionRefusedError, match=said):
            services.end_dispute(dispute=talk, result=result, by=by, at=LATER)
    ended = services.end_dispute(dispute=talk, result="Agreed after all.", by=south.chair, at=LATER)
    assert (ended.result, ended.ended_by) == ("Agreed after all.", south.chair)
    with pytest.raises(DecisionRefusedError, match="ended already"):
        services.end_dispute(dispute=talk, result="Again.", by=south.chair, at=LATER)


def test_the_page_offers_what_one_may_do_and_keeps_words_that_were_refused(
    south: Hall, decision: Decision, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(south.house.worker)
    text = browser.get(decision.get_absolute_url()).content.decode()
    assert (text.count("Raise this"), "Begins when: Somebody disagrees." in text) == (2, True)

    address = reverse("decisions:dispute_raise", args=[decision.reference])
    refused = browser.post(address, {"step": "practitioner:director", "words": "Kept words"})
    assert refused.status_code == 422
    assert "The step before has not been taken." in refused.content.decode()
    assert "Kept words" in refused.content.decode()
    empty = browser.post(address, {"step": "practitioner:talk", "words": ""}).content.decode()
    assert ('href="#step-practitionertalk"' in empty, 'id="step-practitionertalk"' in empty) == (True, True)
    browser.post(address, {"step": "practitioner:talk", "words": "The need is greater."})

    talk = Dispute.objects.get()
    end = reverse("decisions:dispute_end", args=[decision.reference, talk.pk])
    assert signed_in(south.chair).post(end, {"result": "Agreed."}).status_code == 302
    assert "Agreed." in browser.get(decision.get_absolute_url()).content.decode()


def test_where_the_policy_has_no_ladder_none_is_shown() -> None:
    hall = Hall("dudley")
    decision = hall.decided()

    rungs = ladder_of(decision, policy=policy_of(decision.policy_version), user=hall.chair, on=STARTS.date())

    assert rungs == []
