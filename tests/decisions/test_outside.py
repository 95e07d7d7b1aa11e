"""Approving outside the panel: who may, until when, what it commits, and what the record keeps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from applications.models import Application
from applications.states import State
from decisions.models import OutsideApproval
from decisions.services import DecisionRefusedError, PasswordWrongError
from decisions.services.outside import AlreadyApprovedError
from decisions.states import OutsideState
from finance.models import Commitment, LedgerEntry
from people.models import Message, RecordEntry
from tests.factories.outside import NIGHT, PLACEMENT, SUPPORT, Night

pytestmark = pytest.mark.django_db


@pytest.fixture
def night() -> Night:
    return Night()


def why(refusal: pytest.ExceptionInfo[DecisionRefusedError]) -> list[str]:
    return [r.message for r in refusal.value.refusals]


def test_the_officer_the_policy_names_approves_and_the_record_says_so(night: Night) -> None:
    request = night.emergency()

    approval = night.approved(request)

    assert (approval.state, approval.role, approval.rule) == (OutsideState.STANDING, "head_of_service", "WB-67")
    assert (approval.agreed_by, approval.recorded_by, approval.agreed_at) == (night.head, night.head, NIGHT)
    assert approval.findings["policy"] == "west-berkshire@1"
    assert RecordEntry.objects.filter(action="outside.approved", subject_ref=approval.reference).count() == 1
    assert set(Message.objects.values_list("template", "recipient__username")) >= {
        ("approved_outside", "worker"),
        ("ratification_due", "admin"),
    }


def test_the_request_goes_on_its_ordinary_way_and_knows_who_agreed(night: Night) -> None:
    request = night.emergency()

    night.approved(request)

    request.refresh_from_db()
    assert (request.state, request.with_role) == (State.WITH_MANAGER, "team_manager")
    assert request.facts["emergency"]["agreed_by"] == "head_of_service"


def test_it_lasts_until_the_next_panel_and_commits_no_day_more(night: Night) -> None:
    approval = night.approved()

    commitment = Commitment.objects.get()
    posted = sum(LedgerEntry.objects.filter(commitment=commitment).values_list("pence", flat=True))
    assert approval.valid_until == date(2026, 10, 20)
    assert (commitment.start, commitment.expected_end) == (date(2026, 10, 7), date(2026, 10, 20))
    assert posted == approval.pence == 2 * 100_100
    assert approval.lines[0]["total_pence"] == 200_200
    assert approval.money["is_committed"] is True


def test_another_office_may_not(night: Night) -> None:
    request = night.emergency()

    with pytest.raises(DecisionRefusedError) as refusal:
        night.approved(request, by=night.service_manager)

    assert why(refusal) == ["To be approved by: Head of Service, Children and Family Services."]
    assert refusal.value.refusals[0].clause
    assert (OutsideApproval.objects.count(), Commitment.objects.count()) == (0, 0)


def test_support_is_another_officers_by_the_same_policy(night: Night) -> None:
    approval = night.approved(night.emergency(SUPPORT), by=night.service_manager)

    assert (approval.role, approval.rule, approval.kind) == ("service_manager", "WB-66", "support")


def test_nobody_approves_their_own_request(night: Night) -> None:
    request = night.emergency()
    Application.objects.filter(pk=request.pk).update(worker=night.head)
    request.refresh_from_db()

    with pytest.raises(DecisionRefusedError) as refusal:
        night.approved(request)

    assert why(refusal) == ["Nobody approves their own request."]


def test_no_emergency_no_approval_where_the_policy_names_nobody_else(night: Night) -> None:
    request = night.emergency()
    Application.objects.filter(pk=request.pk).update(facts={})
    request.refresh_from_db()

    with pytest.raises(DecisionRefusedError) as refusal:
        night.approved(request)

    assert why(refusal) == ["Nobody is asked to approve this, so nobody can."]


def test_support_without_a_care_need_is_barred_and_a_placement_is_not(night: Night) -> None:
    with pytest.raises(DecisionRefusedError) as refusal:
        night.approved(night.emergency({**SUPPORT, "care_need": False}), by=night.service_manager)
    placed = night.approved(night.emergency({**PLACEMENT, "care_need": False}))

    assert why(refusal) == ["No emergency care need is described."]
    assert placed.state == OutsideState.STANDING
    assert ("WB-65", "warn") in {(f["rule"], f["effect"]) for f in placed.findings["findings"]}


@pytest.mark.parametrize("state", [State.DRAFT, State.RETURNED, State.IN_PANEL, State.DECIDED, State.WITHDRAWN])
def test_a_request_that_is_not_sent_or_has_come_before_the_panel_is_not_approved(night: Night, state: State) -> None:
    request = night.emergency()
    Application.objects.filter(pk=request.pk).update(state=state)

    with pytest.raises(DecisionRefusedError, match="not approved outside the panel now"):
        night.approved(request)


@pytest.mark.parametrize("state", [State.WITH_MANAGER, State.SUBMITTED, State.READY, State.LISTED, State.DEFERRED])
def test_every_request_on_its_way_may_be_approved(night: Night, state: State) -> None:
    request = night.emergency()
    Application.objects.filter(pk=request.pk).update(state=state)

    assert night.approved(request).state == OutsideState.STANDING


def test_what_changed_since_it_was_read_is_not_approved(night: Night) -> None:
    request = night.emergency()

    with pytest.raises(DecisionRefusedError, match="changed this request since you opened it"):
        night.approved(request, seen_version=request.version - 1)


def test_without_a_reason_or_the_password_nothing_is_written(night: Night) -> None:
    request = night.emergency()

    with pytest.raises(DecisionRefusedError, match="Say why it cannot wait"):
        night.approved(request, reason=" ")
    with pytest.raises(PasswordWrongError):
        night.approved(request, password="guess")

    assert (OutsideApproval.objects.count(), Commitment.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_second_approval_is_told_whose_stands(night: Night) -> None:
    request = night.emergency()
    first = night.approved(request)
    request.refresh_from_db()

    with pytest.raises(AlreadyApprovedError) as late:
        night.approved(request)

    assert late.value.approval == first
    assert Commitment.objects.count() == 1


def test_a_lapsed_one_is_followed_by_another_that_pays_from_the_day_after(night: Night) -> None:
    request = night.emergency()
    first = night.approved(request)
    night.plan(NIGHT + timedelta(days=28))  # 3 November
    request.refresh_from_db()

    second = night.approved(request, at=NIGHT + timedelta(days=15))

    first.refresh_from_db()
    assert (first.state, second.follows, second.valid_until) == (OutsideState.FOLLOWED, first, date(2026, 11, 3))
    assert [(c.start, c.expected_end) for c in Commitment.objects.order_by("pk")] == [
        (date(2026, 10, 7), date(2026, 10, 20)),
        (date(2026, 10, 21), date(2026, 11, 3)),
    ]


def test_the_database_keeps_one_open_approval_and_refuses_to_change_it(night: Night) -> None:
    approval = night.approved()

    with pytest.raises(IntegrityError), transaction.atomic():
        OutsideApproval.objects.create(
            **{
                field.attname: getattr(approval, field.attname)
                for field in OutsideApproval._meta.concrete_fields
                if field.name not in {"id", "reference"}
            },
            reference="U-OTHER",
        )
    for column, value in (("reason", "another"), ("valid_until", None), ("lines", []), ("agreed_by", night.director)):
        with pytest.raises(DatabaseError), transaction.atomic():
            OutsideApproval.objects.filter(pk=approval.pk).update(**{column: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        OutsideApproval.objects.filter(pk=approval.pk)._raw_delete("default")
