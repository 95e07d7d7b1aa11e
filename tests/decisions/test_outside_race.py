"""Two officers press at once: one approval, one commitment; without the lock more would begin."""

from __future__ import annotations

import pytest

from decisions.models import OutsideApproval
from decisions.services import DecisionRefusedError
from decisions.services.outside import AlreadyApprovedError, approving
from finance.models import Commitment
from people.models import Message
from tests.decisions.test_race import all_at_once
from tests.factories.outside import Night

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_ten_presses_of_two_officers_one_is_the_approval() -> None:
    night = Night()
    officers = [night.head, night.officer("other-head", "head_of_service")]
    request = night.emergency()

    raised = all_at_once(lambda n: night.approved(request, by=officers[n % 2]) and None, threads=10)

    assert len(raised) == 9
    assert {type(fault) for fault in raised} == {AlreadyApprovedError}
    assert (OutsideApproval.objects.count(), Commitment.objects.count()) == (1, 1)
    assert Message.objects.filter(template="approved_outside").count() == 1


def test_without_the_guard_the_others_go_on_and_fail_with_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    night = Night()
    request = night.emergency()
    night.approved(request)
    request.refresh_from_db()
    monkeypatch.setattr(approving, "open_one_of", lambda _application: None)

    with pytest.raises(Exception, match=r"one_open_approval_outside|UNIQUE") as fault:
        night.approved(request)

    assert not isinstance(fault.value, (AlreadyApprovedError, DecisionRefusedError))
    assert (OutsideApproval.objects.count(), Commitment.objects.count()) == (1, 1)
