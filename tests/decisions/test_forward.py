"""Triggers put cases forward by themselves: once, among the proposals of a meeting, with the reason and the clause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from decisions import services
from decisions.models import AgendaItem, Decision, Review
from decisions.queries.agenda import reviews_due
from decisions.queries.money import as_requested
from decisions.services import NewAnswer
from decisions.services.forward import put_all_forward
from people.models import User
from tests.factories.decisions import AT, Hall, changed

pytestmark = pytest.mark.django_db
BEST = NewAnswer("best_value", "Is it the best value to be had?", "SM-10", value=True)
EARLY = datetime(2026, 12, 19, 3, tzinfo=UTC)  # 43 days before 31 January
THEN = datetime(2026, 12, 20, 3, tzinfo=UTC)


@pytest.fixture
def south() -> Hall:
    """Southmere: a case comes forward six weeks before what was agreed ends."""
    return Hall("southmere")


@pytest.fixture
def decision(south: Hall) -> Decision:
    return south.decided(answers=[BEST])


def test_a_case_comes_forward_on_the_day_and_only_once(decision: Decision) -> None:
    assert [put_all_forward(at=at) for at in (EARLY, THEN, THEN)] == [0, 1, 0]

    review = Review.objects.get(code="ending")
    assert (review.decision, review.rule, review.reason) == (decision, "SM-15", "What was agreed ends soon.")


def test_the_days_as_agreed_count_and_not_those_asked_for(south: Hall) -> None:
    item = south.called()
    longer = [changed(line, end=date(2027, 4, 30)) for line in as_requested(item.application)]
    south.decided(item, answers=[BEST], lines=longer)

    assert put_all_forward(at=THEN) == 0
    assert put_all_forward(at=datetime(2027, 3, 19, 3, tzinfo=UTC)) == 1


def test_what_was_not_agreed_never_comes_forward(south: Hall) -> None:
    south.decided(None, "not_agreed", answers=[BEST])

    assert put_all_forward(at=THEN) == 0


def test_it_stands_among_the_proposals_and_goes_on_the_agenda_with_its_reason(
    south: Hall, decision: Decision, signed_in: Callable[[User], Client]
) -> None:
    put_all_forward(at=THEN)
    meeting = south.plan(datetime(2027, 1, 12, 10, tzinfo=UTC))

    page = signed_in(south.administrator).get(reverse("decisions:agenda_proposals", args=[meeting.reference]))
    assert "Put forward: What was agreed ends soon." in page.content.decode()
    assert "Panel manual, 15" in page.content.decode()

    [review] = reviews_due(meeting, user=south.administrator)
    item = services.put_review_on_agenda(meeting=meeting, review=review, by=south.administrator, at=AT)
    assert (item.origin, item.clause, item.reason) == (AgendaItem.Origin.TRIGGER, "SM-15", "What was agreed ends soon.")


def test_a_council_without_triggers_puts_nothing_forward() -> None:
    Hall("dudley").decided()

    assert put_all_forward(at=THEN) == 0
