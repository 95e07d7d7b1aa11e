"""The ledger refuses change three times: in Python, in the database, and in the evidence of its chain."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from finance import services
from finance.models import (
    AppendOnlyError,
    Balance,
    BudgetLine,
    ChainHead,
    EndVersion,
    LedgerEntry,
    RateVersion,
    SplitShare,
    SplitVersion,
    Suspension,
)
from finance.rules import link
from people.models import Council, User
from tests.conftest_append_only import triggers_off
from tests.factories.finance import AT, asked

PROTECTED = [LedgerEntry, RateVersion, EndVersion, Suspension, SplitVersion, SplitShare]
COLUMNS = ", ".join(field.column for field in LedgerEntry._meta.concrete_fields if field.column != "id")


@pytest.fixture
def entry(council: Council, accountant: User, line: BudgetLine) -> LedgerEntry:
    done = services.commit(council=council, source_ref="DEC-1", by=accountant, at=AT, **asked(expected_end=None))
    services.commit(council=council, source_ref="DEC-2", by=accountant, at=AT, **asked())
    return done.entries[0]


def test_python_refuses_every_way_of_changing_a_row(entry: LedgerEntry) -> None:
    entry.pence = 1
    rows = LedgerEntry.objects.filter(pk=entry.pk)

    for change in (
        entry.save,
        entry.delete,
        rows.delete,
        lambda: rows.update(pence=1),
        lambda: rows.bulk_update([entry], ["pence"]),
        lambda: LedgerEntry.objects.bulk_create([entry], ignore_conflicts=True),
    ):
        with pytest.raises(AppendOnlyError):
            change()


ATTACKS = {
    "update": "UPDATE finance_ledgerentry SET pence = 1 WHERE id = {id}",
    "update of nothing new": "UPDATE finance_ledgerentry SET pence = pence WHERE id = {id}",
    "delete": "DELETE FROM finance_ledgerentry WHERE id = {id}",
    "delete all": "DELETE FROM finance_ledgerentry",
    "a rate": "UPDATE finance_rateversion SET rate_pence = 1",
    "a share": "DELETE FROM finance_splitshare",
    "upsert": "INSERT INTO finance_ledgerentry (id, {columns}) SELECT id, {columns} FROM finance_ledgerentry "
    "WHERE id = {id} ON CONFLICT (id) DO UPDATE SET pence = 1",
}
SQLITE_ATTACKS = {
    "replace by id": "INSERT OR REPLACE INTO finance_ledgerentry (id, {columns}) SELECT id, {columns} "
    "FROM finance_ledgerentry WHERE id = {id}",
    "replace by key": "INSERT OR REPLACE INTO finance_ledgerentry ({columns}) SELECT {columns} "
    "FROM finance_ledgerentry WHERE id = {id}",
    "replace a rate": "REPLACE INTO finance_rateversion SELECT * FROM finance_rateversion",
}
POSTGRES_ATTACKS = {
    "truncate": "TRUNCATE finance_ledgerentry CASCADE",
    "as a replica": "SET LOCAL session_replication_role = replica; UPDATE finance_ledgerentry SET pence = 1",
}


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_the_database_refuses_every_attack(entry: LedgerEntry, recursive: str) -> None:
    attacks = ATTACKS | (POSTGRES_ATTACKS if connection.vendor == "postgresql" else SQLITE_ATTACKS)
    before = list(LedgerEntry.objects.order_by("seq").values_list())

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA recursive_triggers = {recursive}")
        for attack in attacks.values():
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(attack.format(id=entry.pk, columns=COLUMNS))

    assert list(LedgerEntry.objects.order_by("seq").values_list()) == before


def test_every_protected_table_has_its_triggers(db: None) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT t.tgisinternal AND t.tgenabled = 'A'"
            )
            suffixes = {"no_change", "no_truncate"}
        else:
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
            suffixes = {"no_update", "no_delete", "no_replace"}
        found = set(cursor.fetchall())

    wanted = {(model._meta.db_table, f"{model._meta.db_table}_{suffix}") for model in PROTECTED for suffix in suffixes}
    assert wanted - found == set()


def test_without_the_triggers_the_attack_would_work(entry: LedgerEntry) -> None:
    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute(f"UPDATE finance_ledgerentry SET pence = pence + 1 WHERE id = {entry.pk}")

    assert LedgerEntry.objects.get(pk=entry.pk).pence == entry.pence + 1


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE finance_ledgerentry SET pence = pence + 1 WHERE seq = 2", "Row 2 has been altered."),
        ("UPDATE finance_ledgerentry SET narrative = 'x' WHERE seq = 2", "Row 2 has been altered."),
        ("DELETE FROM finance_ledgerentry WHERE seq = 3", "Row 3 is missing; the next one found is 4."),
        ("DELETE FROM finance_ledgerentry WHERE seq = 4", "The chain ends at row 3, but its head says 4."),
        ("UPDATE finance_ledgerentry SET prev_hash = hash WHERE seq = 3", "Row 3 does not follow row 2."),
    ],
)
def test_a_change_that_gets_past_the_database_is_seen(
    entry: LedgerEntry, council: Council, statement: str, fault: str
) -> None:
    assert services.verify_ledger(council).holds

    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute(statement)

    assert services.verify_ledger(council).faults[0] == fault


def test_a_row_hashed_anew_breaks_the_row_after_it(entry: LedgerEntry, council: Council) -> None:
    entry = LedgerEntry.objects.get(pk=entry.pk)
    entry.pence += 1
    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE finance_ledgerentry SET pence = %s, hash = %s WHERE id = %s",
            [entry.pence, link(entry.prev_hash, entry.facts), entry.pk],
        )

    assert services.verify_ledger(council).faults[0] == "Row 3 does not follow row 2."


def test_a_balance_that_drifts_is_seen(entry: LedgerEntry, council: Council) -> None:
    Balance.objects.filter(bucket="COMMITTED").update(pence=1)

    faults = services.verify_ledger(council).faults

    assert len(faults) == Balance.objects.filter(bucket="COMMITTED").count()
    assert "COMMITTED is kept as 1 pence; its rows make" in faults[0]


def test_the_command_says_so_and_fails(entry: LedgerEntry, council: Council) -> None:
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "exampleshire: 4 rows hold" in out.getvalue()

    ChainHead.objects.filter(council=council).update(seq=9)
    with pytest.raises(CommandError, match="The chain ends at row 4, but its head says 9") as failed:
        call_command("verify_ledger")
    assert failed.value.returncode == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("pence", 0), ("pence", -5), ("from_bucket", "COMMITTED"), ("to_bucket", "POCKET"), ("kind", "REVERSAL")],
)
def test_the_database_refuses_rows_that_move_nothing_or_nowhere(entry: LedgerEntry, field: str, value: object) -> None:
    broken = LedgerEntry(**entry.facts | {"seq": 99, "idempotency_key": "other", field: value})

    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.bulk_create([broken])
