"""Recording a decision: one transaction, all of it or none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from applications.models import Application
from applications.states import State
from decisions import services
from decisions.forms import DecideForm
from decisions.models import Action, AgendaItem, Decision, Review
from decisions.queries.money import as_requested
from decisions.services import AlreadyDecidedError, DecisionRefusedError, NewAction, NewCondition, NotOnTheTableError
from decisions.states import DecisionState, ItemState
from finance.models import Commitment, LedgerEntry
from panels.services.policies import policy_for
from people.models import Message, RecordEntry
from tests.factories.decisions import STARTS, Hall, changed

pytestmark = pytest.mark.django_db
LATER = STARTS + timedelta(minutes=20)


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_a_decision_commits_what_it_agreed_to_the_penny(hall: Hall) -> None:
    decision = hall.decided()

    commitment = Commitment.objects.get()
    assert list(decision.commitments.all()) == [commitment]
    # £600 a week, 2 November 2026 to 31 January 2027: 91 days.
    assert sum(LedgerEntry.objects.filter(commitment=commitment).values_list("pence", flat=True)) == 780_000
    assert decision.money["this_year_pence"] == 780_000
    assert decision.money["lines"][0]["available_before_pence"] == 10_000_000
    assert decision.money["lines"][0]["available_after_pence"] == 9_220_000
    assert decision.lines[0]["total_pence"] == 780_000
    assert decision.lines[0]["asked_pence"] == decision.lines[0]["pence"] == 60_000


def test_the_whole_price_of_a_line_is_the_sum_of_its_rows_in_the_ledger(hall: Hall) -> None:
    item = hall.called()
    [asked] = hall.minute(item).lines
    # £612.37 a week into the next financial year: rounded once over all days it would be a penny more.
    agreed = changed(asked, pence=61_237, start=date(2026, 11, 16), end=date(2027, 5, 13))

    decision = hall.decided(item, lines=[agreed], reasons="It meets the need.")

    posted = sum(LedgerEntry.objects.filter(commitment__in=decision.commitments.all()).values_list("pence", flat=True))
    assert decision.lines[0]["total_pence"] == posted == 1_189_747 + 376_170


def test_a_decision_is_a_numbered_minute_with_everything_that_follows(hall: Hall) -> None:
    item = hall.called()

    decision = hall.decided(
        item,
        conditions=[NewCondition("A school place is found", "Worker")],
        actions=[NewAction("Visit the school", hall.members[0], date(2026, 11, 3))],
        review_date=date(2027, 1, 15),
        no_review_reason="",
    )

    assert decision.minute_number == "AR/2026/1/1"
    assert [c.text for c in decision.conditions.all()] == ["A school place is found"]
    assert Action.objects.get().owner == hall.members[0]
    assert Review.objects.get().due == date(2027, 1, 15)
    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.DECIDED
    assert Application.objects.get().state == State.DECIDED
    assert Message.objects.filter(template="action_given").count() == 1
    assert RecordEntry.objects.filter(action="decision.recorded").count() == 1


def test_the_room_is_kept_with_the_decision(hall: Hall) -> None:
    decision = hall.decided()

    assert decision.quorum["met"] is None  # the policy states no quorum
    assert [p["name"] for p in decision.quorum["present"]] == [str(hall.chair), *map(str, hall.members)]


def test_who_is_later_is_told_who_decided_and_when(hall: Hall) -> None:
    item = hall.called()
    first = hall.decided(item)

    with pytest.raises(AlreadyDecidedError) as refusal:
        hall.decided(item, "not_agreed")

    assert (refusal.value.decision, refusal.value.who, refusal.value.when) == (first, hall.chair, LATER)
    assert Decision.objects.count() == Commitment.objects.count() == 1


def test_a_case_that_is_not_on_the_table_is_not_decided(hall: Hall) -> None:
    item = hall.opened()[0]

    with pytest.raises(NotOnTheTableError):
        services.record(item=item, minute=hall.minute(item), item_version=item.version, by=hall.chair, at=LATER)

    assert Decision.objects.count() == 0


def test_a_case_called_anew_is_read_anew(hall: Hall) -> None:
    first, second = hall.opened(cases=2)
    seen = hall.called(first)
    hall.called(second)
    hall.called(first)

    with pytest.raises(NotOnTheTableError):
        services.record(item=seen, minute=hall.minute(seen), item_version=seen.version, by=hall.chair, at=LATER)


def test_only_the_chair_of_this_meeting_decides(hall: Hall) -> None:
    item = hall.called()

    with pytest.raises(DecisionRefusedError) as refusal:
        services.record(item=item, minute=hall.minute(item), item_version=item.version, by=hall.members[0], at=LATER)

    assert [r.message for r in refusal.value.refusals] == [
        f"The chair of the meeting finalises a decision. That is {hall.chair}."
    ]
    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.CALLED


def test_the_policy_says_which_words_and_what_they_ask_for(hall: Hall) -> None:
    item = hall.called()

    with pytest.raises(DecisionRefusedError) as unknown:
        hall.decided(item, "maybe")
    with pytest.raises(DecisionRefusedError) as bare:
        hall.decided(item, "not_agreed", reasons=" ")
    with pytest.raises(DecisionRefusedError) as endless:
        hall.decided(item, no_review_reason="")

    assert [r.field for r in unknown.value.refusals] == ["outcome"]
    assert [(r.field, r.message) for r in bare.value.refusals] == [("reasons", "Give the reasons for this outcome.")]
    assert [r.field for r in endless.value.refusals] == ["review_date"]
    assert endless.value.refusals[0].clause


def test_not_agreeing_costs_nothing(hall: Hall) -> None:
    decision = hall.decided(outcome="not_agreed")

    assert Commitment.objects.count() == 0
    assert decision.lines == []
    assert Application.objects.get().state == State.DECIDED


def test_a_deferred_case_goes_back_and_can_be_listed_again(hall: Hall) -> None:
    item = hall.called()
    hall.decided(item, "deferred")

    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.DEFERRED
    assert Application.objects.get().state == State.DEFERRED
    again = hall.listed(Application.objects.get(), meeting=hall.plan(STARTS + timedelta(days=14)))
    assert (again.origin, again.carried_from_id) == ("carried", item.pk)


def test_a_changed_price_is_kept_beside_the_one_asked_for(hall: Hall) -> None:
    item = hall.called()
    line = changed(hall.minute(item).lines[0], pence=50_000)

    decision = hall.decided(item, "agreed_in_part", lines=[line])

    assert (decision.lines[0]["asked_pence"], decision.lines[0]["pence"]) == (60_000, 50_000)
    assert decision.money["this_year_pence"] == 650_000


def test_a_member_who_withdraws_leaves_the_room_for_that_case_alone(hall: Hall) -> None:
    first, second = hall.opened(cases=2)
    hall.called(first)
    services.declare_interest(
        item=first, user=hall.members[0], nature="Knows the family", withdraws=True, by=hall.members[0], at=STARTS
    )

    one = hall.decided(AgendaItem.objects.get(pk=first.pk))
    two = hall.decided(hall.called(second))

    assert [p["name"] for p in one.quorum["withdrew"]] == [str(hall.members[0])]
    assert str(hall.members[0]) not in [p["name"] for p in one.quorum["present"]]
    assert str(hall.members[0]) in [p["name"] for p in two.quorum["present"]]


def test_a_correction_is_a_new_version_and_the_money_is_posted_anew(hall: Hall) -> None:
    old = hall.decided()
    item = old.item
    line = changed(hall.minute(item).lines[0], pence=50_000)

    new = services.correct(
        decision=old,
        minute=hall.minute(item, lines=[line]),
        why="The price was wrong.",
        expected_version=1,
        by=hall.chair,
        at=LATER,
    )

    old.refresh_from_db()
    assert old.state == DecisionState.SUPERSEDED
    assert (new.version, new.supersedes, new.minute_number) == (2, old, old.minute_number)
    assert new.money["lines"][0]["available_before_pence"] == 10_000_000
    assert new.money["lines"][0]["available_after_pence"] == 9_350_000
    assert Commitment.objects.filter(status="ACTIVE").count() == 1
    with pytest.raises(AlreadyDecidedError):
        services.correct(
            decision=old, minute=hall.minute(item), why="Again.", expected_version=1, by=hall.chair, at=LATER
        )


def test_the_database_itself_refuses_to_change_what_was_decided(hall: Hall) -> None:
    decision = hall.decided()

    for column, value in (("outcome", "not_agreed"), ("reasons", "other"), ("lines", [])):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**{column: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk)._raw_delete("default")
    Decision.objects.filter(pk=decision.pk).update(state=DecisionState.SIGNED)


def test_what_is_missing_of_a_row_names_the_row(hall: Hall) -> None:
    form = DecideForm(
        {"condition_2_owner": "The provider", "action_3_text": "Visit the school"},
        outcomes=[],
        lines=[],
        viewer=hall.chair,
    )

    assert {name: list(texts) for name, texts in form.errors.items() if name.startswith(("condition", "action"))} == {
        "condition_2_text": ["Say what condition 2 is"],
        "action_3_owner": ["Choose who does action 3"],
        "action_3_due": ["Enter the day action 3 is due"],
    }


def test_a_demand_about_every_row_stands_beside_each_that_lacks_it(hall: Hall) -> None:
    policy = policy_for(council=hall.council, on=STARTS.date())[1]
    agreed = next(one for one in policy.outcomes(hall.panel.slug) if one.effect == "agree")
    item = hall.called()
    assert item.application is not None
    (line,) = as_requested(item.application)
    form = DecideForm(
        {
            "item_version": "1",
            "outcome": agreed.code,
            "condition_1_text": "A report",
            "condition_1_owner": "The provider",
            "condition_3_text": "A visit",
            f"line_{line.line_id}_pence": "600",
            f"line_{line.line_id}_start": "2026-11-02",
        },
        outcomes=[agreed],
        lines=[line],
        viewer=hall.chair,
    )
    assert form.is_valid()

    form.refuse("condition_owner", "Say who sees to each condition.")
    form.refuse("condition_due", "Give the day.")
    form.refuse("lines", "Give each resource an end date.")
    form.refuse("quorum", "Nobody is there.")

    assert {name: list(texts) for name, texts in form.errors.items()} == {
        "condition_3_owner": ["Say who sees to each condition."],
        "condition_1_due": ["Give the day."],
        "condition_3_due": ["Give the day."],
        f"line_{line.line_id}_end": ["Give each resource an end date."],
        "__all__": ["Nobody is there."],
    }
