"""What an accountant brings in: looked at first, posted once, refused by line with what was found."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from finance import services
from finance.models import BudgetLine, Commitment, Kind, LedgerEntry
from finance.queries import funds_available
from finance.rules import ActualRow, BudgetRow, read_actuals, read_budget
from finance.rules.lists import MOST_ROWS, pence_of
from people.models import Council, User
from tests.factories import finance as factories
from tests.factories.finance import AT, asked

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HEAD = "reference,amount,period,source_ref"


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(accountant: User) -> Client:
    client = Client()
    client.force_login(accountant)
    return client


@pytest.fixture
def commitment(council: Council, accountant: User, line: BudgetLine) -> Commitment:
    return services.commit(council=council, source_ref="D1", by=accountant, at=AT, **asked()).commitment


def errors(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return [text for found in answer.context["form"].errors.values() for text in found]


def send(client: Client, page: str, **said: Any) -> Any:
    return client.post(reverse(f"finance:{page}"), said)


# what was paid ------------------------------------------------------------------------------------------------------


def test_a_list_is_looked_at_without_posting_and_posted_on_the_second_press(
    client: Client, accountant: User, line: BudgetLine, commitment: Commitment
) -> None:
    text = f"{HEAD}\n{commitment.reference},4850.00,2026-10,INV-1\nNOBODY,10,2026-10,INV-2\n"
    before = LedgerEntry.objects.count()

    looked_at = send(client, "actuals", source="October", rows=text)
    assert (looked_at.status_code, LedgerEntry.objects.count()) == (200, before)
    assert [row.source_ref for row in looked_at.context["found"].posted] == ["INV-1"]
    assert [row.source_ref for row in looked_at.context["found"].unmatched] == ["INV-2"]
    assert "1 row would be posted: <strong>£4,850.00</strong>" in looked_at.content.decode()

    posted = send(client, "actuals", source="October", rows=text, post="1")
    assert posted.status_code == 302
    assert funds_available(accountant, year=line.year).lines[0].figures["actual"] == 485_000

    again = send(client, "actuals", source="October again", rows=text)
    assert [row.source_ref for row in again.context["found"].already] == ["INV-1"]
    send(client, "actuals", source="October again", rows=text, post="1")
    assert funds_available(accountant, year=line.year).lines[0].figures["actual"] == 485_000


def test_a_file_stands_in_the_box_afterwards_because_it_cannot_be_sent_twice(client: Client, line: BudgetLine) -> None:
    text = f"{HEAD}\nPLACEMENTS,10,2026-10,INV-1\n"
    file = SimpleUploadedFile("paid.csv", b"\xef\xbb\xbf" + text.encode())

    looked_at = send(client, "actuals", source="October", file=file)

    assert looked_at.context["form"]["rows"].value() == text
    assert len(looked_at.context["found"].posted) == 1


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "Choose a CSV file, or paste its rows below"),
        ("reference,amount\nA,1", "The heading row lacks: period, source_ref."),
        (HEAD, "There is no row below the heading row."),
        (f"{HEAD}\nA,x,2026-10,1", "Line 2: 'x' is not a sum in pounds and whole pence, such as 1234.50."),
        (f"{HEAD}\nA,1.005,2026-10,1", "Line 2: '1.005' is not a sum in pounds and whole pence, such as 1234.50."),
        (f"{HEAD}\nA,NaN,2026-10,1", "Line 2: 'NaN' is not a sum in pounds and whole pence, such as 1234.50."),
        (f"{HEAD}\nA,0,2026-10,1", "Line 2: '0' is nothing, or more than any budget."),
        (f"{HEAD}\nA,9999999999999999,2026-10,1", "Line 2: '9999999999999999' is nothing, or more than any budget."),
        (f"{HEAD}\nA,1,October,1", "Line 2: 'October' is not a month such as 2026-11."),
        (f"{HEAD}\nA,1,2026-10,", "Line 2: source_ref is empty."),
        (f"{HEAD}\n{'A' * 41},1,2026-10,1", "Line 2: reference is longer than 40 characters."),
        (f"{HEAD}\nA,1,2026-10,1\n,,,\nB,,2026-10,2", "Line 4: amount is empty."),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_named_by_its_line_and_nothing_typed_is_lost(
    client: Client, line: BudgetLine, rows: str, says: str
) -> None:
    answer = send(client, "actuals", source="October", rows=rows, post="1")

    assert errors(answer) == [says]
    assert answer.context["form"]["rows"].value() == rows
    assert not LedgerEntry.objects.filter(kind=Kind.ACTUAL).exists()


def test_a_file_that_is_no_text_or_too_large_is_refused(client: Client, line: BudgetLine) -> None:
    for content, says in (
        (b"\xff\xfe\x00A", "The file is not text. Save it as CSV (UTF-8) and choose it again"),
        (b"a\x00b", "The file is not text. Save it as CSV (UTF-8) and choose it again"),
        (b"a" * 1_000_001, "The file is larger than 1 MB. Send it in parts"),
    ):
        answer = send(client, "actuals", source="October", file=SimpleUploadedFile("paid.csv", content))
        assert errors(answer) == [says]


def test_a_list_without_a_name_is_refused(client: Client, line: BudgetLine) -> None:
    assert errors(send(client, "actuals", rows=f"{HEAD}\nPLACEMENTS,1,2026-10,1")) == ["Enter a name for this list"]


def test_more_rows_than_one_posting_takes_are_refused() -> None:
    many = [HEAD, *(f"A,1,2026-10,{number}" for number in range(MOST_ROWS + 1))]

    assert read_actuals(many) == ([], ["There are more than 5,000 rows. Send them in parts."])
    assert len(read_actuals(many[:-1])[0]) == MOST_ROWS


@pytest.mark.parametrize(
    ("text", "pence"),
    [("1,234.50", 123450), ("£3", 300), ("-3.1", -310), ("(12.00)", -1200), (".5", 50), (" 7 ", 700)],
)
def test_sums_are_read_as_finance_systems_write_them(text: str, pence: int) -> None:
    assert pence_of(text) == pence


# budgets ------------------------------------------------------------------------------------------------------------


def test_a_budget_is_shown_line_by_line_before_it_is_posted(client: Client, accountant: User, line: BudgetLine) -> None:
    text = "code,name,amount,categories\nPLACEMENTS,Residential placements,-200000.00,\nTHERAPY,Therapy,5000,therapy\n"

    looked_at = send(client, "budget", year="2026", source="Revision 1", rows=text)
    shown = [(beside["row"].code, beside["now"], beside["then"]) for beside in looked_at.context["rows"]]
    assert shown == [("PLACEMENTS", 620_000_000, 600_000_000), ("THERAPY", 0, 500_000)]
    assert BudgetLine.objects.count() == 1

    for _ in range(2):
        assert send(client, "budget", year="2026", source="Revision 1", rows=text, post="1").status_code == 302
    has = {p.line.code: p.figures["budget"] for p in funds_available(accountant, year=line.year).lines if p.line}
    assert has == {"PLACEMENTS": 600_000_000, "THERAPY": 500_000}
    assert BudgetLine.objects.get(code="PLACEMENTS").categories == ["residential"], "left out, they stay"
    assert BudgetLine.objects.get(code="THERAPY").categories == ["therapy"]


def test_a_code_stands_once_and_categories_are_known_ones() -> None:
    rows, faults = read_budget(
        ["code,name,amount,categories", "A,A,1,therapy holiday", "A,A,2,", "B,B,3,painting"],
        known=["therapy", "holiday"],
    )

    assert rows == [BudgetRow(code="A", name="A", pence=100, categories=("therapy", "holiday"))]
    assert faults == [
        "Line 3: the code 'A' stands in the list twice.",
        "Line 4: painting is no kind of service that a request may ask for.",
    ]


def test_a_closed_year_takes_no_budget(client: Client, accountant: User, line: BudgetLine) -> None:
    services.close_year(year=line.year, by=accountant, at=AT)
    text = "code,name,amount\nPLACEMENTS,Residential placements,1\n"

    assert errors(send(client, "budget", year="2026", source="Late", rows=text, post="1")) == [
        "Choose one of the years"
    ]


# virements ----------------------------------------------------------------------------------------------------------


def test_budget_moves_once_however_often_it_is_pressed(
    client: Client, council: Council, accountant: User, line: BudgetLine
) -> None:
    other = factories.budget(council, by=accountant, pence=1_000_00, code="THERAPY")
    key = client.get(reverse("finance:move")).context["form"]["key"].value()
    said = {
        "key": key,
        "source": line.pk,
        "target": other.pk,
        "pence": "250.00",
        "reason": "Agreed by the head of service.",
    }

    assert [send(client, "move", **said).status_code for _ in range(2)] == [302, 302]

    has = {p.line.code: p.figures["budget"] for p in funds_available(accountant, year=line.year).lines if p.line}
    assert has == {"PLACEMENTS": 620_000_000 - 250_00, "THERAPY": 1_250_00}
    assert {e.narrative for e in LedgerEntry.objects.filter(kind=Kind.VIREMENT)} == {"Agreed by the head of service."}


def test_a_virement_names_two_lines_of_ones_own_council(client: Client, line: BudgetLine) -> None:
    elsewhere = factories.council("elsewhere")
    theirs = factories.budget(elsewhere, by=factories.person(elsewhere))

    assert errors(send(client, "move", key="V-1", source=line.pk, target=line.pk, pence="1", reason="x")) == [
        "Choose another line than the one it is taken from"
    ]
    assert errors(send(client, "move", key="V-1", source=line.pk, target=theirs.pk, pence="1", reason="x")) == [
        "Choose one of the lines"
    ]
    assert sorted(errors(send(client, "move", key="V-1"))) == [
        "Choose the line it goes to",
        "Choose the line it is taken from",
        "Enter how much is moved",
        "Enter why it is moved and who agreed to it",
    ]
    assert not LedgerEntry.objects.filter(kind=Kind.VIREMENT).exists()


# who ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", ["head_of_service", "chair", "auditor", "social_worker"])
@pytest.mark.parametrize("page", ["actuals", "budget", "move"])
def test_nobody_but_an_accountant_brings_anything_in(
    council: Council, line: BudgetLine, capacity: str, page: str
) -> None:
    client = Client()
    client.force_login(factories.person(council, capacity=capacity))

    assert client.get(reverse(f"finance:{page}")).status_code == 403
    assert reverse("finance:actuals") not in client.get(reverse("finance:funds")).content.decode()


def test_a_preview_is_the_import_itself_taken_back(council: Council, accountant: User, line: BudgetLine) -> None:
    asked_for = {
        "council": council,
        "rows": [ActualRow("PLACEMENTS", 100, date(2026, 6, 1), "INV-1")],
        "source_ref": "June",
        "by": accountant,
        "at": AT,
    }
    before = LedgerEntry.objects.count()

    previewed = services.preview_actuals(**asked_for)  # type: ignore[arg-type]
    assert LedgerEntry.objects.count() == before

    assert services.import_actuals(**asked_for) == previewed  # type: ignore[arg-type]
    assert services.verify_ledger(council).holds
