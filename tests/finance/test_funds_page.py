"""The funds page: one sentence that answers, words beside every colour, and rows behind every number."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from finance import queries, services
from finance.models import BudgetLine, LedgerEntry
from finance.rules import ActualRow, AgendaSlot, Effect, Share, ShareMode, ShareState
from finance.templatetags.money import gbp, service, source, weeks, whole_gbp
from people.models import Council, User
from tests.factories import finance as factories
from tests.factories.finance import AT, asked

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HEALTH = Share("ICB", ShareMode.PERCENT, Decimal(30), ShareState.NOT_ASKED)
LATER = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def v14(council: Council, accountant: User, line: BudgetLine) -> BudgetLine:
    """£6,200,000 of which £4,312,500 is committed and £1,731,250 paid."""
    day = date(2026, 10, 12)
    services.commit(
        council=council,
        source_ref="D1",
        by=accountant,
        at=AT,
        **asked(unit="ONE_OFF", rate_pence=431_250_000, expected_end=day),
    )
    paid = ActualRow("PLACEMENTS", 173_125_000, date(2026, 6, 1), "INV")
    services.import_actuals(council=council, rows=[paid], source_ref="June", by=accountant, at=AT)
    return line


def page(user: User, address: str, **query: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_first_line_answers_the_question(v14: BudgetLine, accountant: User) -> None:
    text = page(accountant, reverse("finance:funds"))

    assert '<p class="govuk-body-l" id="answer">£156,250 available of £6,200,000 (97.5% used).</p>' in text
    assert "At risk" in text, "the standing is in words"
    assert "amber from 95% used; red below £0" in text, "the threshold is printed"
    assert "exact days, 365" in text, "the basis is printed"


def test_every_number_opens_rows_that_add_up_to_it(v14: BudgetLine, council: Council, accountant: User) -> None:
    funds = queries.funds_available(accountant, year=v14.year)

    for figure, pence in funds.lines[0].figures.items():
        behind = queries.rows_behind(accountant, year=v14.year, figure=figure, line=v14)
        assert queries.sum_of(behind) == pence
        assert sum(row.signed for row in behind) == pence
        text = page(accountant, reverse("finance:line_rows", args=[figure, v14.pk]))
        assert f"together <strong>{gbp(pence)}</strong>" in text


def test_as_at_shows_what_was_known_and_later_postings_do_not_change_it(
    v14: BudgetLine, council: Council, accountant: User
) -> None:
    day = date(2026, 11, 1)
    before = queries.funds_available(accountant, year=v14.year, as_at=queries.end_of(day))
    mark = queries.watermark(accountant)
    services.commit(council=council, source_ref="D2", by=accountant, at=LATER, **asked())

    after = queries.funds_available(accountant, year=v14.year, as_at=queries.end_of(day))
    now = queries.funds_available(accountant, year=v14.year)

    assert after == before
    assert queries.funds_available(accountant, year=v14.year, upto=mark).lines == before.lines
    assert before.total.figures["available"] - now.total.figures["available"] == 11_847_857
    assert now.lines == queries.funds_available(accountant, year=v14.year, as_at=NOW).lines
    text = page(accountant, reverse("finance:funds"), as_at="2026-11-01")
    assert "£156,250 available" in text
    assert "As it was known at the end of Sunday 1 November 2026" in text


def test_the_decisions_snapshot_can_be_read_again_at_its_watermark(
    v14: BudgetLine, council: Council, accountant: User
) -> None:
    done = services.commit(council=council, source_ref="D2", by=accountant, at=LATER, **asked())
    services.commit(council=council, source_ref="D3", by=accountant, at=LATER, **asked())

    then = queries.funds_available(accountant, year=v14.year, upto=done.snapshot.watermark)

    assert then.lines[0].figures["available"] == done.snapshot.available_before


def test_a_partner_who_has_not_agreed_is_shown_with_what_it_costs(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    services.register_funders(council=council, partners=[("ICB", "Health")], by=accountant, at=AT)
    done = services.commit(council=council, source_ref="D", by=accountant, at=AT, **asked(splits=[HEALTH]))

    funds = queries.funds_available(accountant, year=line.year)
    text = page(accountant, reverse("finance:funds"))

    assert funds.exposure == done.snapshot.exposure == 11_847_857
    assert "if Health does not agree: +£35,543.57" in text
    assert "exposed to £118,478.57" in text


def test_a_reversal_stands_beside_what_it_reverses(v14: BudgetLine, council: Council, accountant: User) -> None:
    done = services.commit(council=council, source_ref="D2", by=accountant, at=LATER, **asked())
    services.reverse(commitment=done.commitment, source_ref="D2/2", reason="Reopened", by=accountant, at=LATER)

    text = page(accountant, reverse("finance:line_rows", args=["committed", v14.pk]))

    assert "\N{MINUS SIGN}£118,478.57" in text
    assert f"Reversal of row {done.entries[0].seq}" in text


def test_an_earmark_is_pending_until_released(council: Council, accountant: User, line: BudgetLine) -> None:
    for _ in range(2):
        services.earmark(line=line, pence=500, source_ref="CASE-9", by=accountant, at=AT)
    assert queries.funds_available(accountant, year=line.year).total.figures["pending"] == 500

    for _ in range(2):
        services.release_earmark(council=council, source_ref="CASE-9", by=accountant, at=AT)
    assert queries.funds_available(accountant, year=line.year).total.figures["pending"] == 0
    assert services.verify_ledger(council).holds


def test_the_page_asks_the_same_number_of_questions_for_one_line_and_for_thirty(
    council: Council, accountant: User, line: BudgetLine, django_assert_num_queries: Any
) -> None:
    services.register_funders(council=council, partners=[("ICB", "Health")], by=accountant, at=AT)
    year = line.year
    assert accountant.held, "who asks is known before the page reads anything"
    with django_assert_num_queries(4):
        queries.funds_available(accountant, year=year)
    for n in range(29):
        factories.budget(council, by=accountant, code=f"LINE-{n}")
        services.commit(council=council, source_ref=f"D{n}", by=accountant, at=AT, **asked(splits=[HEALTH]))

    with django_assert_num_queries(4):
        assert len(queries.funds_available(accountant, year=year).lines) == 30
    with django_assert_num_queries(4):
        queries.funds_available(accountant, year=year, as_at=NOW)


def test_the_rows_come_in_pages(council: Council, accountant: User, line: BudgetLine) -> None:
    for n in range(51):
        services.earmark(line=line, pence=100 + n, source_ref=f"CASE-{n}", by=accountant, at=AT)

    first = page(accountant, reverse("finance:line_rows", args=["pending", line.pk]))
    second = page(accountant, reverse("finance:line_rows", args=["pending", line.pk]), page="2")

    assert "51 rows, together <strong>£63.75</strong>" in first
    assert first.count('<tr class="govuk-table__row">') == 51
    assert second.count('<tr class="govuk-table__row">') == 2


def test_another_council_sees_nothing_and_finds_nothing(v14: BudgetLine) -> None:
    stranger = factories.person(factories.council("otherton"))
    client = Client()
    client.force_login(stranger)

    assert "No budget is loaded" in page(stranger, reverse("finance:funds"))
    assert client.get(reverse("finance:line_rows", args=["budget", v14.pk])).status_code == 404
    for model in (BudgetLine, LedgerEntry):
        assert model.objects.for_user(stranger).count() == 0


def test_who_has_no_part_in_the_money_is_refused(v14: BudgetLine, council: Council) -> None:
    client = Client()
    client.force_login(factories.person(council, capacity="social_worker"))

    assert client.get(reverse("finance:funds")).status_code == 403
    assert client.get(reverse("finance:ending")).status_code == 403


def test_a_manager_sees_the_lines_they_own(v14: BudgetLine, council: Council, accountant: User) -> None:
    manager = factories.person(council, capacity="service_manager")
    own = factories.budget(council, by=accountant, code="OWN")
    BudgetLine.objects.filter(pk=own.pk).update(owner=manager)

    funds = queries.funds_available(manager, year=v14.year)

    assert [position.line for position in funds.lines] == [own]
    assert funds.total.figures["budget"] == 620_000_000


@pytest.mark.parametrize("years", [1, 10])
def test_the_page_costs_the_same_for_one_year_and_for_many(
    v14: BudgetLine, accountant: User, django_assert_num_queries: Any, years: int
) -> None:
    for begins in range(2026 - years + 1, 2026):
        services.open_year(council=v14.council, begins=begins, by=accountant, at=AT)
    client = Client()
    client.force_login(accountant)
    client.get(reverse("finance:funds"))  # a session's first page writes down when it was

    with django_assert_num_queries(7):  # and one more where there are partners
        text = client.get(reverse("finance:funds")).content.decode()

    assert text.count("<option value=") == years + 1  # and the one to come


def test_an_odd_question_is_answered_as_if_it_had_not_been_asked(v14: BudgetLine, accountant: User) -> None:
    for query in ({"year": "x"}, {"as_at": "yesterday"}, {"year": "1999"}):
        assert "£156,250 available" in page(accountant, reverse("finance:funds"), **query)
    client = Client()
    client.force_login(accountant)
    assert client.get(reverse("finance:rows", args=["gold"])).status_code == 404
    assert client.get("/funds/rows/budget/", {"year": "2026", "page": "x"}).status_code == 200


def test_commitments_ending_within_56_days_are_listed(council: Council, accountant: User, line: BudgetLine) -> None:
    today = NOW.date()
    for name, days in (("yesterday", -1), ("today", 0), ("last", 56), ("after", 57)):
        services.commit(
            council=council,
            source_ref=name,
            by=accountant,
            at=AT,
            **asked(case_reference=name, expected_end=today + timedelta(days=days)),
        )

    soon = [commitment.case_reference for commitment in queries.ending_soon(accountant, on=today)]

    assert soon == ["today", "last"]
    assert "2 commitments end in the next 8 weeks" in page(accountant, reverse("finance:funds"))
    assert "Commitments ending in the next 56 days" in page(accountant, reverse("finance:ending"))


def test_the_effect_of_an_agenda_starts_from_the_ledger(v14: BudgetLine, accountant: User) -> None:
    slots = [
        AgendaSlot(key, "PLACEMENTS", {"as_requested": Effect(pence)})
        for key, pence in (("A", 11_847_857), ("B", 4_120_000), ("C", -2_375_000), ("D", 6_400_000))
    ]

    projection = queries.effect_of_agenda(accountant, slots=slots, choices={}, on=NOW.date())

    assert [row.line_available for row in projection.rows] == [3_777_143, -342_857, 2_032_143, -4_367_857]
    assert projection.levels["PLACEMENTS"] == "OVER"


def test_money_and_weeks_as_pages_show_them() -> None:
    assert [gbp(123456), gbp(-1200), gbp(0), gbp(None)] == ["£1,234.56", "\N{MINUS SIGN}£12.00", "£0.00", ""]
    assert [whole_gbp(4367857), whole_gbp(-50), whole_gbp("")] == ["£43,679", "\N{MINUS SIGN}£1", ""]
    assert [weeks(171), weeks(None)] == ["24.43", ""]


@pytest.mark.parametrize(
    ("reference", "shown"),
    [("D-583ZJDXS:1:1", "D-583ZJDXS"), ("D-583ZJDXS:superseded", "D-583ZJDXS, superseded"), ("June 2026", "June 2026")],
)
def test_a_row_names_what_it_comes_from_without_its_parts(reference: str, shown: str) -> None:
    assert source(reference) == shown


def test_a_service_is_named_in_words() -> None:
    assert (service("ifa_foster_placement"), service("nursery")) == ("Foster placement through an agency", "Nursery")
