"""What an officer agreed by telephone is on record at once; money follows the officer's own word."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from applications.models import Application
from applications.states import State
from decisions.models import OutsideApproval
from decisions.services import DecisionRefusedError, PasswordWrongError
from decisions.services.outside import AlreadyApprovedError, answer_telephone
from decisions.states import OutsideState
from finance.models import Commitment
from people.models import Council, Message, User
from tests.factories.decisions import PASSWORD
from tests.factories.outside import NIGHT, PLACEMENT, SUPPORT, Night

pytestmark = pytest.mark.django_db
MORNING = NIGHT + timedelta(hours=9)


@pytest.fixture
def night() -> Night:
    return Night()


def answered(approval: OutsideApproval, by: User, *, agrees: bool = True, words: str = "") -> OutsideApproval:
    return answer_telephone(approval=approval, agrees=agrees, words=words, password=PASSWORD, by=by, at=MORNING)


def test_who_agreed_who_wrote_it_down_and_when_are_three_things(night: Night) -> None:
    approval = night.told()

    assert (approval.state, approval.agreed_by, approval.agreed_at) == (OutsideState.TOLD, night.head, NIGHT)
    assert (approval.recorded_by, approval.recorded_at) == (night.house.worker, NIGHT + timedelta(minutes=20))
    assert (approval.role, approval.valid_until) == ("head_of_service", date(2026, 10, 20))
    assert Message.objects.filter(template="agreed_by_telephone", recipient=night.head).count() == 1


def test_nothing_is_committed_on_the_word_of_who_asks(night: Night) -> None:
    approval = night.told()

    assert (Commitment.objects.count(), approval.pence, approval.money) == (0, 0, {})
    assert approval.lines[0]["total_pence"] == 200_200


@pytest.mark.parametrize("state", [State.DRAFT, State.RETURNED, State.WITH_MANAGER, State.READY])
def test_a_request_still_being_written_can_be_put_on_record_too(night: Night, state: State) -> None:
    request = night.emergency(sends=False)
    Application.objects.filter(pk=request.pk).update(state=state)

    assert night.told(request).state == OutsideState.TOLD


@pytest.mark.parametrize("state", [State.IN_PANEL, State.DECIDED, State.WITHDRAWN])
def test_what_the_panel_has_before_it_or_nobody_wants_is_not(night: Night, state: State) -> None:
    request = night.emergency()
    Application.objects.filter(pk=request.pk).update(state=state)

    with pytest.raises(DecisionRefusedError):
        night.told(request)


@pytest.mark.parametrize("slug", ["west-berkshire", "swindon", "wokingham", "kent", "dudley"])
def test_no_councils_rules_stop_the_record(slug: str) -> None:
    """Nothing is filled in, nothing is signed, the wrong person was rung: it is on record all the same."""
    night = Night(slug, area="north" if slug == "kent" else "")
    request = night.house.draft()
    somebody = night.house.manager

    approval = night.told(request, officer=somebody, kind="placement")

    assert (approval.state, approval.agreed_by, approval.role) == (OutsideState.TOLD, somebody, "")
    request.refresh_from_db()
    assert request.facts["emergency"]["kind"] == "placement"


def test_a_support_emergency_without_a_care_need_is_on_record_and_commits_nothing(night: Night) -> None:
    approval = night.told(night.emergency({**SUPPORT, "care_need": False}), officer=night.service_manager)

    confirmed = answered(approval, night.service_manager)

    assert (confirmed.state, confirmed.pence) == (OutsideState.TOLD, 0)


def test_the_officers_yes_commits_what_was_recorded_from_when_it_was_agreed(night: Night) -> None:
    confirmed = answered(night.told(), night.head)

    assert (confirmed.state, confirmed.confirmed_by, confirmed.pence) == (OutsideState.STANDING, night.head, 200_200)
    assert Commitment.objects.get().expected_end == date(2026, 10, 20)
    assert Message.objects.filter(template="outside_answered", recipient=night.house.worker).count() == 1


def test_the_officers_no_ends_it_and_wants_words(night: Night) -> None:
    approval = night.told()

    with pytest.raises(DecisionRefusedError, match="Say what you did agree"):
        answered(approval, night.head, agrees=False)
    denied = answered(approval, night.head, agrees=False, words="I agreed one night only.")

    assert (denied.state, denied.answer) == (OutsideState.DENIED, "I agreed one night only.")
    assert Commitment.objects.count() == 0
    assert night.told(denied.application).state == OutsideState.TOLD  # it can be recorded anew


def test_only_the_officer_named_answers_once_with_their_password(night: Night) -> None:
    approval = night.told()

    with pytest.raises(DecisionRefusedError, match="who answers"):
        answered(approval, night.director)
    with pytest.raises(PasswordWrongError):
        answer_telephone(approval=approval, agrees=True, words="", password="guess", by=night.head, at=MORNING)
    answered(approval, night.head)
    with pytest.raises(DecisionRefusedError, match="nothing left to answer"):
        answered(approval, night.head)

    assert Commitment.objects.count() == 1


def test_what_was_given_in_somebodys_name_is_part_of_what_they_may_see(night: Night) -> None:
    approval = night.told()
    of = OutsideApproval.objects

    assert list(of.in_the_name_of(night.head)) == [approval]
    assert not of.in_the_name_of(night.director).exists()
    assert approval in of.for_user(night.head)
    moved = User.objects.get(pk=night.head.pk)
    moved.council = Council.objects.create(slug="elsewhere", name="Elsewhere")
    assert not of.in_the_name_of(moved).exists()
    assert not of.for_user(moved).exists()


def test_where_the_wrong_officer_was_rung_the_right_one_is_asked_and_approves(night: Night) -> None:
    request = night.emergency()
    told = night.told(request, officer=night.service_manager)

    confirmed = answered(told, night.service_manager)
    assert (confirmed.state, confirmed.role, confirmed.pence) == (OutsideState.TOLD, "", 0)
    assert Message.objects.filter(template="approval_waits", recipient=night.head).count() == 1

    request.refresh_from_db()
    approval = night.approved(request, at=MORNING)
    told.refresh_from_db()
    assert (told.state, approval.follows, approval.pence) == (OutsideState.FOLLOWED, told, 200_200)


def test_it_is_recorded_once_and_not_over_an_approval(night: Night) -> None:
    request = night.emergency()
    night.told(request)
    request.refresh_from_db()

    with pytest.raises(AlreadyApprovedError):
        night.told(request)


def test_nobody_records_their_own_agreement_a_call_to_come_or_the_workers_own_word(night: Night) -> None:
    request = night.emergency(PLACEMENT)

    for said, message in (
        ({"officer": night.house.worker, "by": night.house.manager}, "Nobody approves a request of their own"),
        ({"officer": night.head, "by": night.head}, "approved by you, not recorded as told"),
        ({"agreed_at": NIGHT + timedelta(hours=1)}, "lies ahead"),
        ({"reason": ""}, "Say why it cannot wait"),
    ):
        with pytest.raises(DecisionRefusedError, match=message):
            night.told(request, **said)
    assert OutsideApproval.objects.count() == 0
