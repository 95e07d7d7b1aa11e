"""The cost part of a decision: written once, by whom the policy names, from figures alone, before it is signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from decisions import services
from decisions.documents.drawing import sheet_html
from decisions.management.bench.measure import counted, undone
from decisions.models import AgendaItem, CostNote, Decision
from decisions.queries.costs import may_record_cost
from decisions.services import DecisionRefusedError, NewAnswer, reminders
from decisions.services.sheets import sheet_data
from people.models import Message, User
from people.permissions import Capacity
from tests.factories.applications import council, person
from tests.factories.decisions import PASSWORD, STARTS, Hall

pytestmark = pytest.mark.django_db
LATER = STARTS + timedelta(minutes=40)
VALUE = NewAnswer("best_value", "Is it the best value to be had?", "SM-10", value=True)


@pytest.fixture
def south() -> Hall:
    """Southmere: its accountant writes the cost part."""
    return Hall("southmere")


@pytest.fixture
def accountant(south: Hall) -> User:
    return south.person("money", role="accountant", capacity=Capacity.ACCOUNTANT)


def decided(hall: Hall) -> Decision:
    return hall.decided(answers=[VALUE])


def test_only_the_office_the_policy_names_writes_the_cost_part_once(south: Hall) -> None:
    decision = decided(south)
    accountant = south.person("money", role="accountant", capacity=Capacity.ACCOUNTANT)

    for by, words, said in (
        (south.chair, "Right.", "The Accountant records the cost."),
        (accountant, " ", "Say what the cost rests on."),
    ):
        with pytest.raises(DecisionRefusedError) as refusal:
            services.record_cost(decision=decision, words=words, by=by, at=LATER)
        assert refusal.value.refusals[0].message == said
    note = services.record_cost(decision=decision, words="Support budget, agreed rate.", by=accountant, at=LATER)
    assert (note.rule, note.confirmed_by) == ("SM-13", accountant)
    with pytest.raises(
        DecisionRefusedError, match=f"was written meanwhile by {accountant} on 20 October 2026 at 10:40am"
    ):
        services.record_cost(decision=decision, words="Again.", by=accountant, at=LATER)
    assert "Support budget, agreed rate." in sheet_html(sheet_data(decision), data_sha256="0" * 64, reference="S-1")


def test_others_see_by_which_clause_the_cost_part_is_not_theirs(
    south: Hall, signed_in: Callable[[User], Client]
) -> None:
    decision = decided(south)

    text = signed_in(south.chair).get(decision.get_absolute_url()).content.decode()

    assert "The Accountant records the cost." in text
    assert "Panel manual, 13" in text
    refused = signed_in(south.chair).post(reverse("decisions:cost_record", args=[decision.reference]), {"words": "No"})
    assert (refused.status_code, CostNote.objects.count()) == (422, 0)


@pytest.mark.parametrize("words", ["", "Support budget, another rate."])
def test_a_cost_part_somebody_has_just_written_is_said_to_be_theirs(
    south: Hall, accountant: User, signed_in: Callable[[User], Client], words: str
) -> None:
    decision = decided(south)
    colleague = south.person("colleague", role="accountant", capacity=Capacity.ACCOUNTANT)
    services.record_cost(decision=decision, words="Support budget.", by=colleague, at=LATER)

    address = reverse("decisions:cost_record", args=[decision.reference])
    page = signed_in(accountant).post(address, {"words": words})

    said = f"minute {decision.minute_number} was written meanwhile by {colleague} on 20 October 2026 at 10:40am."
    assert (page.status_code, page.context["lost"]) == (422, words)
    assert [said in page.content.decode(), words in page.content.decode()] == [True, True]
    assert CostNote.objects.get().words == "Support budget."


def test_money_agreed_is_not_signed_before_its_cost_part_is_written(
    south: Hall, signed_in: Callable[[User], Client]
) -> None:
    decision = decided(south)
    south.chair.set_password(PASSWORD)
    south.chair.save()
    chair = signed_in(south.chair)

    with pytest.raises(DecisionRefusedError, match="The Accountant writes the cost part first") as refusal:
        services.sign(decision=decision, password=PASSWORD, by=south.chair, at=LATER)
    assert refusal.value.refusals[0].clause == "Panel manual, 13"
    before = chair.get(decision.get_absolute_url()).content.decode()
    assert "Not signed yet" in before
    assert "Sign this decision" not in before

    south.costed(decision)
    assert "Sign this decision" in chair.get(decision.get_absolute_url()).content.decode()
    services.sign(decision=decision, password=PASSWORD, by=south.chair, at=LATER)
    decision.refresh_from_db()
    assert decision.signed_by == south.chair


def test_what_agrees_no_money_is_signed_without_a_cost_part(south: Hall) -> None:
    refusal = south.decided(None, "not_agreed", answers=[VALUE])
    south.chair.set_password(PASSWORD)
    south.chair.save()

    services.sign(decision=refusal, password=PASSWORD, by=south.chair, at=LATER)

    refusal.refresh_from_db()
    assert refusal.signed_by == south.chair


def test_the_accountant_writes_cost_parts_from_figures_without_reading_the_case(
    south: Hall, accountant: User, signed_in: Callable[[User], Client]
) -> None:
    decision = decided(south)
    purse = signed_in(accountant)

    assert "1 cost part to write</a>" in purse.get("/").content.decode()
    page = purse.get(reverse("decisions:costs")).content.decode()
    assert (decision.minute_number in page, decision.application.reference in page) == (True, True)
    assert str(decision.application.child) not in page
    assert decision.reasons not in page
    assert purse.get(decision.get_absolute_url()).status_code in {403, 404}

    address = reverse("decisions:cost_record", args=[decision.reference])
    empty = purse.post(address, {"words": " "})
    assert (empty.status_code, CostNote.objects.count()) == (422, 0)
    assert "Say what the cost rests on" in empty.content.decode()
    assert purse.post(address, {"words": "Support budget, agreed rate."}).status_code == 302
    assert CostNote.objects.get().words == "Support budget, agreed rate."
    assert "Nothing waits for you" in purse.get(reverse("decisions:costs")).content.decode()


def test_the_accountant_of_another_council_finds_no_such_decision(
    south: Hall, signed_in: Callable[[User], Client]
) -> None:
    decision = decided(south)
    purse = person(council("dudley"), "dudley-purse", role="accountant", capacity=Capacity.ACCOUNTANT)
    stranger = signed_in(purse)
    address = reverse("decisions:cost_record", args=[decision.reference])

    assert stranger.post(address, {"words": "Ours"}).status_code == 404
    assert "Nothing waits for you" in stranger.get(reverse("decisions:costs")).content.decode()


@pytest.mark.parametrize("cases", [1, 30])
def test_the_list_of_cost_parts_asks_as_often_for_one_as_for_thirty(
    south: Hall, accountant: User, signed_in: Callable[[User], Client], cases: int
) -> None:
    decision = decided(south)
    copies = [Decision.objects.get(pk=decision.pk) for _ in range(cases - 1)]
    for number, copy in enumerate(copies, start=2):
        copy.pk, copy.reference, copy.minute_number = None, f"D-COPY{number}", f"2026/1/{number}"
        copy.item = AgendaItem.objects.create(
            meeting=south.meeting,
            reference=f"I-COPY{number}",
            position=number,
            minutes=10,
            state="decided",
            added_at=LATER,
            added_by=south.administrator,
        )
    Decision.objects.bulk_create(copies)

    browser = signed_in(accountant)

    browser.get("/")  # a session's first page writes down when it was

    with undone(), counted() as sent:
        page = browser.get(reverse("decisions:costs")).content.decode()

    assert page.count("Confirm the cost") == cases
    assert len(sent) == 3, sent


def test_whoever_writes_the_cost_part_is_reminded_once(south: Hall, accountant: User) -> None:
    decided(south)

    assert [reminders.owe(at=LATER), reminders.owe(at=LATER + timedelta(hours=1))] == [1, 0]
    message = Message.objects.get(template="cost_waits")
    assert (message.recipient, message.path) == (accountant, reverse("decisions:costs"))


def test_what_costs_nothing_has_no_cost_part(south: Hall) -> None:
    refusal = south.decided(None, "not_agreed", answers=[VALUE])
    assert may_record_cost(refusal, by=south.chair, at=LATER) is None


def test_where_the_text_names_nobody_for_the_cost_nobody_is_asked() -> None:
    silent = Hall("dudley").decided()
    assert may_record_cost(silent, by=silent.recorded_by, at=LATER) is None
