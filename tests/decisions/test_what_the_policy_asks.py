"""Beside a decision the policy asks: planned reviews, answers on the sheet, things to do, an officer who decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from decisions import services
from decisions.documents.drawing import sheet_html
from decisions.models import AgendaItem, Decision, Duty
from decisions.services import DecisionRefusedError, NewAnswer
from decisions.services.sheets import recipients_of, sheet_data
from finance.models import Commitment, Funder
from finance.services import register_funders
from people.models import User
from people.permissions import Capacity
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db
LATER = STARTS + timedelta(minutes=40)
VALUE = NewAnswer("best_value", "Is it the best value to be had?", "SM-10", value=True)
NEED = NewAnswer("unmet_need", "Which need is not met?", "SM-10", value="A place nearer home.")
FIRST = date(2026, 12, 14)  # six weeks after 2 November


@pytest.fixture
def south() -> Hall:
    """Southmere: its text says much of what goes with a decision."""
    return Hall("southmere")


@pytest.fixture
def director(south: Hall) -> User:
    return south.person("director", role="director", capacity=Capacity.HEAD_OF_SERVICE)


def decided(hall: Hall, item: AgendaItem | None = None, **values: Any) -> Decision:
    return hall.decided(item, **{"answers": [VALUE, NEED], "review_date": FIRST, **values})


def refused(hall: Hall, **values: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(DecisionRefusedError) as refusal:
        decided(hall, **values)
    return [(r.message, r.field, r.clause) for r in refusal.value.refusals]


# reviews --------------------------------------------------------------------------------------------
def test_every_planned_review_is_written_with_the_decision(south: Hall) -> None:
    case = south.case()
    case.lines.update(end=date(2027, 8, 31))
    decision = decided(south, south.called(south.listed_and_opened(case)))

    assert [r.due for r in decision.reviews.all()] == [FIRST, date(2027, 3, 15), date(2027, 6, 14)]


def test_the_chairs_own_day_comes_first_and_earlier_planned_ones_fall_away(south: Hall) -> None:
    case = south.case()
    case.lines.update(end=date(2027, 8, 31))
    item = south.called(south.listed_and_opened(case))

    decision = decided(south, item, review_date=date(2027, 3, 20))

    assert [r.due for r in decision.reviews.all()] == [date(2027, 3, 20), date(2027, 6, 14)]


def test_the_plan_asks_for_a_review_or_why_none_and_for_an_end(south: Hall) -> None:
    clause = "Panel manual, 8"

    assert refused(south, review_date=None, no_review_reason="") == [
        ("Give the date of the review, or say why there is none.", "review_date", clause)
    ]


def test_the_form_offers_the_first_planned_day(south: Hall, signed_in: Callable[[User], Client]) -> None:
    item = south.called()
    browser = signed_in(south.chair)
    browser.post(reverse("decisions:item_interest", args=[item.reference]), {"answer": "none"})

    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        page = browser.get(reverse("decisions:run_item", args=[south.meeting.reference, item.reference]))

    assert page.context["decide_form"].initial["review_date"] == FIRST


# answers --------------------------------------------------------------------------------------------
def test_a_question_that_needs_an_answer_stops_a_final_word_with_its_clause(south: Hall) -> None:
    assert refused(south, answers=[NEED]) == [
        ("Answer “Is it the best value to be had?”.", "ask_best_value", "Panel manual, 10")
    ]


def test_questions_concern_the_lines_they_name(south: Hall, signed_in: Callable[[User], Client]) -> None:
    item = south.called()
    browser = signed_in(south.chair)
    browser.post(reverse("decisions:item_interest", args=[item.reference]), {"answer": "none"})
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        page = browser.get(reverse("decisions:run_item", args=[south.meeting.reference, item.reference]))

    asked = [a.question.code for a in page.context["decide_form"].questions]
    assert asked == ["unmet_need", "best_value"]  # the home visit is asked for placements only


def test_answers_are_kept_and_printed_on_the_sheet(south: Hall) -> None:
    decision = decided(south)

    data = sheet_data(decision)

    assert data["answers"] == [
        {"label": "Is it the best value to be had?", "words": "Yes", "rule": "SM-10"},
        {"label": "Which need is not met?", "words": "A place nearer home.", "rule": "SM-10"},
    ]


def test_the_sheet_prints_answers_and_all_reviews(south: Hall) -> None:
    case = south.case()
    case.lines.update(end=date(2027, 8, 31))
    decision = decided(south, south.called(south.listed_and_opened(case)))

    printed = sheet_html(sheet_data(decision), data_sha256="0" * 64, reference="S-1")

    assert "A place nearer home." in printed
    assert "And again on 15 March 2027, 14 June 2027." in printed


# duties ---------------------------------------------------------------------------------------------
def test_a_decision_brings_what_is_to_be_done_after_it(south: Hall) -> None:
    decision = decided(south)

    assert [(d.kind, d.code, d.who, d.how) for d in decision.duties.all()] == [
        ("tell", "family", "Family", "by hand; it may hold the outcome"),
        ("upload", "upload", "", ""),
        ("note", "payment_reference", "", ""),
    ]
    told = decision.duties.get(code="family")
    assert told.due == datetime(2026, 10, 22, 23, 59, 59, tzinfo=ZoneInfo("Europe/London"))  # two working days on


def test_a_refusal_brings_its_own_letter_and_nothing_to_pay(south: Hall) -> None:
    decision = south.decided(None, "not_agreed", answers=[VALUE])

    assert [d.code for d in decision.duties.all()] == ["family", "refusal", "upload"]
    assert decision.duties.get(code="refusal").how == "by post; it may hold no more than the reference"


def test_a_duty_is_ticked_once_and_with_words(south: Hall) -> None:
    duty = decided(south).duties.get(code="family")

    with pytest.raises(DecisionRefusedError, match="Say how and when"):
        services.do_duty(duty=duty, evidence=" ", by=south.administrator, at=LATER)
    services.do_duty(duty=duty, evidence="Told by hand on 21 October", by=south.administrator, at=LATER)
    again = services.do_duty(duty=duty, evidence="Something else", by=south.chair, at=LATER + timedelta(hours=1))

    assert (again.evidence, again.done_by, again.done_at) == ("Told by hand on 21 October", south.administrator, LATER)


def test_the_page_ticks_a_duty_and_says_what_is_missing(south: Hall, signed_in: Callable[[User], Client]) -> None:
    decision = decided(south)
    duty = decision.duties.get(code="upload")
    browser = signed_in(south.administrator)
    address = reverse("decisions:duty_done", args=[decision.reference, duty.pk])

    empty = browser.post(address, {"evidence": ""})
    assert (empty.status_code, Duty.objects.get(pk=duty.pk).done_at) == (422, None)
    assert "Say how and when it was done." in empty.content.decode()

    long = browser.post(address, {"evidence": "x" * 501}).content.decode()
    assert "Shorten this to 500 characters; it has 501." in long
    assert f'href="#duty-{duty.pk}"' in long
    assert f'value="{"x" * 501}"' in long
    assert browser.post(address, {"evidence": "Uploaded today"}).status_code == 302
    assert "Uploaded today" in browser.get(decision.get_absolute_url()).content.decode()


def test_an_office_a_notice_names_hears_of_the_sealed_decision(south: Hall) -> None:
    decision = decided(south)

    assert south.members[0].roles.get().role == "health_lead"
    assert south.members[0] in recipients_of(decision)
    assert south.members[1] not in recipients_of(decision)


# an officer who decides -----------------------------------------------------------------------------
def placement(hall: Hall) -> AgendaItem:
    return hall.called(hall.listed_and_opened(hall.case(category="ifa_foster_placement")))


def test_on_placements_the_panel_recommends_and_money_waits_for_the_officer(south: Hall, director: User) -> None:
    decision = decided(south, placement(south))

    assert (decision.awaits_role, Commitment.objects.count()) == ("director", 0)
    [waiting] = decision.approvals.all()
    assert (waiting.role, waiting.rule) == ("director", "SM-07")

    services.answer_approval(approval=waiting, agrees=True, reasons="", by=director, at=LATER)
    assert Commitment.objects.count() == 1


def test_where_the_officer_does_not_confirm_nothing_is_committed(south: Hall, director: User) -> None:
    decision = decided(south, placement(south))

    services.answer_approval(
        approval=decision.approvals.get(), agrees=False, reasons="Too far away.", by=director, at=LATER
    )

    assert Commitment.objects.count() == 0


def test_on_support_the_panel_decides_itself(south: Hall) -> None:
    decision = decided(south)

    assert (decision.awaits_role, decision.approvals.count(), Commitment.objects.count()) == ("", 0, 1)


# who pays -------------------------------------------------------------------------------------------
def test_the_commitment_takes_the_policys_shares_to_the_penny(south: Hall) -> None:
    register_funders(council=south.council, partners=[("health", "Health")], by=south.administrator, at=LATER)
    decision = decided(south)

    [commitment] = decision.commitments.all()
    shares = {s.funder.code: (s.value, s.state) for s in commitment.splits.get().shares.select_related("funder")}
    assert shares == {"health": (Decimal(33), "NOT_ASKED"), Funder.OWN: (Decimal(67), "NOT_ASKED")}
    rows = list(commitment.entries.select_related("funder", "year"))
    for year in {row.year_id for row in rows}:
        pence = {r.funder.code: r.pence for r in rows if r.year_id == year}
        whole = sum(pence.values())
        assert pence["health"] in {whole * 33 // 100, whole * 33 // 100 + 1}
    assert sum(row.pence for row in rows) == decision.lines[0]["total_pence"]
    assert {row.to_bucket for row in rows} == {"COMMITTED"}  # held against the council's line until health agrees


def test_a_line_without_a_split_is_the_councils_own(south: Hall, director: User) -> None:
    decision = decided(south, placement(south))

    assert decision.lines[0]["shares"] == []


def test_shares_are_kept_while_a_decision_waits_for_its_officer(south: Hall, director: User) -> None:
    case = south.case()
    second = {"category": "ifa_foster_placement", "unit": "weekly", "pence": 90_000}
    case.lines.create(position=2, start=date(2026, 11, 2), end=date(2027, 1, 31), **second)
    decision = decided(south, south.called(south.listed_and_opened(case)))
    assert decision.lines[0]["shares"] == [["health", 33], ["social_care", 67]]

    services.answer_approval(approval=decision.approvals.get(), agrees=True, reasons="", by=director, at=LATER)

    paying = [sorted(c.splits.get().shares.values_list("funder__code", flat=True)) for c in Commitment.objects.all()]
    assert sorted(paying) == [[Funder.OWN], [Funder.OWN, "health"]]
