"""The bench: its data sets hold together, its clock counts what it says, its table judges as the goals are written."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from applications.models import Application, ResourceLine
from decisions.management.bench import bare, dataset
from decisions.management.bench.copying import FAR
from decisions.management.bench.ledger import add_partners
from decisions.management.bench.measure import counted, in_turns, measure, p95_of, undone
from decisions.management.bench.sizes import Size
from decisions.management.bench.table import judge_all, lines_of
from decisions.management.bench.world import form_of
from decisions.models import Decision
from finance.models import LedgerEntry
from finance.services import verify_ledger
from panels.models import Meeting
from people.models import Council, RecordEntry, User
from people.services.verify import verify_record


def line(median: float, queries: int, **goals: object) -> dict[str, object]:
    figures = {"median": median, "p95": median, "queries": queries, "kilobytes": 1.0, "runs": 9}
    asked = {"name": "page", "goal": "3 × A2", "allowed": 2.0, "ratio": 3, "queries_allowed": 8, "growth_allowed": 1.1}
    return {"figures": figures, "fault": "", **asked, **goals}


@pytest.mark.parametrize(
    ("large", "missed"),
    [
        (line(6.0, 8), ()),
        (line(6.2, 8), ("ratio",)),
        (line(6.0, 9), ("queries", "queries grow")),
        (line(6.0, 8, ratio=4, allowed=1.0), ("ratio", "growth")),
        (line(6.0, 8, queries_allowed=None, growth_allowed=None), ()),
    ],
)
def test_a_goal_is_met_up_to_the_number_itself(large, missed):
    [row] = judge_all({"scenarios": [line(6.0, 8)]}, {"scenarios": [large]})

    assert (row.missed, row.met) == (missed, not missed)


def test_growth_is_read_against_the_smaller_data_set():
    [row] = judge_all({"scenarios": [line(5.0, 8)]}, {"scenarios": [line(6.0, 8)]})

    assert (row.growth, row.missed) == (1.2, ("growth",))


def test_what_failed_says_so_in_the_table_and_is_not_met():
    failed = line(1.0, 1) | {"figures": None, "fault": "WrongAnswerError: / answered 500, not 200"}

    [row] = judge_all(None, {"scenarios": [failed]})

    assert not row.met
    assert lines_of({}, [row])[1].split("  ")[-1] == "FAILED: WrongAnswerError: / answered 500, not 200"


@pytest.mark.parametrize(("spent", "p95"), [([1.0], 1.0), ([float(n) for n in range(1, 101)], 95.0), ([2.0, 1.0], 2.0)])
def test_95_of_100_runs_are_no_slower_than_the_p95(spent, p95):
    assert p95_of(spent) == p95


@pytest.mark.django_db
def test_what_a_deed_writes_is_counted_and_taken_back():
    def deed() -> None:
        Council.objects.create(name="Nowhere", slug="nowhere")
        assert Council.objects.filter(slug="nowhere").count() == 1

    found = measure(deed, seconds=0, least=3)

    assert (found.queries, found.runs, Council.objects.filter(slug="nowhere").exists()) == (2, 3, False)


@pytest.mark.django_db
def test_a_long_deed_and_its_anchor_are_timed_in_turns():
    done = []

    own, beside = in_turns(lambda: done.append("deed"), lambda: done.append("anchor"), turns=3)

    assert done == ["anchor", "deed"] * 3
    assert (own.runs, beside.runs, own.queries, beside.queries) == (3, 3, 0, 0)


@pytest.mark.django_db
def test_savepoints_are_not_questions():
    with counted() as sent, undone():
        Council.objects.exists()

    assert len(sent) == 1


def test_a_form_is_sent_as_a_browser_would():
    page = """<form action="/other"><input name="a" value="1"></form><form action="/x/decide">
    <input name="a" value="2"><input type="radio" name="b" value="3"><input type="radio" name="b" value="4" checked>
    <select name="c"><option value="5"><option value="6" selected></select><textarea name="d">7</textarea></form>"""

    assert form_of(page, "/decide") == {"a": "2", "b": "4", "c": "6", "d": "7"}


@pytest.fixture
def keys_go_on_where_they_were(db):
    """Undo what PostgreSQL does not undo with a transaction: a sequence that was moved, here by a million and more."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences")
        before = cursor.fetchall()
    yield
    with connection.cursor() as cursor:
        for sequence, last in before:
            cursor.execute("SELECT setval(%s, %s, %s)", [sequence, last or 1, last is not None])


@pytest.mark.django_db
@pytest.mark.usefixtures("keys_go_on_where_they_were")
def test_years_of_history_hold_together(settings, tmp_path):
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    call_command("adopt_policies", "west-berkshire", verbosity=0)
    call_command("demo", verbosity=0)
    add_partners()
    size = Size("T", requests=400, decisions=300, meetings=120, ledger_rows=2_000, record_rows=500, users=170)
    before = {
        model: model.objects.count() for model in (Application, Decision, Meeting, LedgerEntry, RecordEntry, User)
    }

    dataset.write_history(size)

    made = {model: model.objects.count() - there for model, there in before.items()}
    assert size.requests * 0.8 <= made[Application] <= size.requests
    assert size.decisions * 0.8 <= made[Decision] <= size.decisions
    assert size.meetings * 0.5 <= made[Meeting] <= size.meetings
    assert made[LedgerEntry] >= size.ledger_rows * 0.8
    assert made[RecordEntry] >= size.record_rows
    connection.check_constraints()
    for council in Council.objects.all():
        assert verify_ledger(council).holds
        assert verify_record(council=council) is None
    lines = ResourceLine.objects.filter(pk__gt=FAR)
    kept = {row.id: row.history_change_reason for row in ResourceLine.history.filter(id__gt=FAR)}
    assert {line.pk: f"{line.application} version 1" for line in lines.select_related("application")} == kept
    copied = Decision.objects.filter(pk__gt=FAR).select_related("item__meeting", "application")
    assert all(one.item.application_id == one.application_id for one in copied)
    assert all(one.item.meeting.starts_at < timezone.now() for one in copied)
    assert {one.application.state for one in copied} == {"decided"}


def test_bare_tables_are_no_part_of_the_product():
    assert {bare.Row._meta.db_table, bare.Group._meta.db_table} & {m._meta.db_table for m in apps.get_models()} == set()
