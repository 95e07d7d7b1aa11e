"""A fact that is counted comes from what was agreed for the child before, and nobody types it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.forms.policy import FactsForm
from applications.models import Child
from applications.queries import assessment_of, facts_of, policy_under, standing_of
from applications.queries.rehearsal import rehearse
from applications.queries.usage import counted_facts
from applications.services import create_draft
from applications.views.answers import fact_rows
from finance.models import Commitment, CommitmentStatus
from panels.policy import load
from tests.factories.applications import AT, INVENTED
from tests.factories.decisions import Hall
from tests.policies.kinds import changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def north() -> Hall:
    """Northmoor counts respite stays of the last twelve months; from the third on the Head of Service agrees."""
    return Hall("northmoor", panel="resource")


def stayed(
    hall: Hall,
    began: date,
    *,
    category: str = "respite_placement",
    case: str = "R-1",
    of: Child | None = None,
) -> Commitment:
    return Commitment.objects.create(
        council=hall.council,
        reference=f"C-{Commitment.objects.count() + 1}",
        case_reference=case,
        child_reference=(of or hall.house.child).reference,
        source_ref=f"D-{Commitment.objects.count() + 1}",
        terms_hash="0" * 64,
        service_type=category,
        budget_line=hall.budget,
        start=began,
        expected_end=began + timedelta(days=6),
        end_basis="AGREED",
        horizon=began + timedelta(days=6),
        unit="WEEK",
        created_at=AT,
        created_by=hall.administrator,
    )


def test_what_was_agreed_in_the_months_before_is_counted(north: Hall) -> None:
    request = north.house.draft()
    policy = policy_under(request, at=AT)
    for began in (date(2025, 10, 5), date(2025, 10, 6), date(2026, 10, 5), date(2026, 10, 6)):
        stayed(north, began)
    stayed(north, date(2026, 9, 1), category="therapy")
    stayed(north, date(2026, 9, 1), case=request.reference)  # of this very request
    Commitment.objects.filter(pk=stayed(north, date(2026, 9, 2)).pk).update(status=CommitmentStatus.WITHDRAWN)

    assert counted_facts(request, policy, at=AT) == {"uses_this_year": 2}


def test_nothing_is_typed_and_the_rules_read_the_count(north: Hall) -> None:
    request = north.house.whole(category="respite_placement")
    stayed(north, date(2026, 3, 2))
    form = FactsForm(policy=policy_under(request, at=AT), facts=request.facts)
    assert "own__uses_this_year" not in form.fields
    assert "own__risk" in form.fields

    def asked() -> list[str]:
        return [a.role for a in assessment_of(request, at=AT).approvals if a.rule == "NM-08"]

    assert asked() == []
    stayed(north, date(2026, 6, 1))
    assert asked() == ["head_of_service"]
    assert {"key": policy_under(request, at=AT).book.facts["uses_this_year"].label, "value": "2"} in fact_rows(
        standing_of(request, at=AT)
    )


def test_a_policy_that_counts_nothing_asks_nothing(north: Hall) -> None:
    request = create_draft(child=north.house.child, by=north.house.worker, at=AT, panel=north.panel)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert counted_facts(request, load("southmere", INVENTED), at=AT) == {}
    assert len(asked) == 0
    assert "own" not in facts_of(request, at=AT)


def test_a_rehearsal_counts_for_each_request_by_its_own_child(north: Hall) -> None:
    policy = load("northmoor", INVENTED)
    draft = changed(policy, {"set": {"parameters.respite_uses.values.0.value": 2, "council.version": 4}})
    first, second = north.case(category="respite_placement"), north.case(category="respite_placement")
    stayed(north, date(2026, 6, 1), of=first.child)

    def desks() -> dict[str, tuple[int, int]]:
        found = rehearse(user=north.house.head, draft=draft, current=policy, at=AT + timedelta(days=1))
        return {count.code: (count.before, count.after) for count in found.desks}

    assert desks() == {"head_of_service": (0, 1)}  # who asks is known from here on
    with CaptureQueriesContext(connection) as two:
        desks()
    stayed(north, date(2026, 6, 1), of=second.child)
    north.case(category="respite_placement")
    with CaptureQueriesContext(connection) as three:
        assert desks() == {"head_of_service": (0, 2)}
    assert len(two) == len(three)
