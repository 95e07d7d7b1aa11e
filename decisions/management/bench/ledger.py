"""The money of ten years: years and budgets by the services, then rows in bulk, numbered and chained as posted ones."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from decisions.management.demo.cast import source
from finance import services as finance
from finance.models import Balance, Bucket, BudgetLine, ChainHead, FinancialYear, Funder, Kind, LedgerEntry
from finance.rules import ShareState, link, year_of
from people.models import Council, RoleHeld, User
from people.permissions import Capacity

from .copying import column_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .history import History

AT_ONCE = 5_000  # rows of one statement
PARTNER = "ICB"
PARTNER_EVERY = 10  # of so many commitments one is shared with a partner


def write_ledger(history: History, *, now: datetime) -> None:
    """Post the copied commitments and what was paid on them, until the ledger has about as many rows as wanted."""
    commitments = list(history.commitments())
    each = max(2, history.size.ledger_rows // max(1, len(commitments)))
    councils = {council.pk: council for council in Council.objects.order_by("pk")}
    books = {pk: _Book(council, history, now=now) for pk, council in councils.items()}
    for pk, book in books.items():
        mine = [found for found in commitments if found[2].council_id == pk]
        book.write(mine, each=each)


def add_partners() -> None:
    """Give every council a partner who pays shares: the page of the funds asks about partners where there are any."""
    for council in Council.objects.order_by("pk"):
        Funder.objects.create(council=council, code=PARTNER, name="Integrated care board")


def open_years(history: History, *, now: datetime) -> None:
    """Open the years before the demonstration's, with its budgets: copied commitments point at their lines."""
    first = year_of(history.on) - history.size.years + 1
    rows = [
        finance.BudgetRow(
            code=line["code"], name=line["name"], pence=line["pounds"] * 100, categories=line["categories"]
        )
        for line in source()["budgets"]
    ]
    for council in Council.objects.order_by("pk"):
        by = _accountant(council)
        there = FinancialYear.objects.filter(council=council).values_list("begins", flat=True)
        for begins in range(first, min(there)):
            finance.open_year(council=council, begins=begins, warn_percent=Decimal(95), by=by, at=now)
            finance.load_budget(council=council, year=begins, rows=rows, source_ref=f"year-{begins}", by=by, at=now)


def _accountant(council: Council) -> User:
    held = RoleHeld.objects.filter(user__council=council, capacity=Capacity.ACCOUNTANT).first()
    assert held is not None
    return held.user


class _Book:
    """One council's ledger: the chain's head goes from row to row, balances are added up beside it."""

    def __init__(self, council: Council, history: History, *, now: datetime) -> None:
        self.council = council
        self.history = history
        self.now = now
        self.by = _accountant(council)
        self.lines = {
            (line.year.begins, line.code): line
            for line in BudgetLine.objects.filter(council=council).select_related("year")
        }
        self.own = Funder.objects.get(council=council, internal=True)
        self.partner = Funder.objects.get(council=council, code=PARTNER)
        self.head = ChainHead.objects.get(council=council)
        self.moved: dict[tuple[int, int, int, str], int] = defaultdict(int)

    def write(self, commitments: list[tuple[int, int, Any]], *, each: int) -> None:
        """Budgets to cover it all, then each commitment and its payments; balances and head at the end."""
        self._insert(self._rows(commitments, each=each))
        self._balances()
        self.head.save(update_fields=["seq", "hash", "commitments"])

    def _rows(self, commitments: list[tuple[int, int, Any]], *, each: int) -> Iterator[list[Any]]:
        total: dict[tuple[int, str], int] = defaultdict(int)
        for number, key, original in commitments:
            place = (self.history.begins(number), original.budget_line.code)
            total[place] += self._pence(number, key) * each
        for (begins, code), pence in total.items():
            at = datetime(begins, 4, 1, 9, tzinfo=UTC)
            yield self._row(
                self.lines[begins, code], Kind.BUDGET, Bucket.APPROPRIATION, Bucket.AVAILABLE, pence * 11 // 10, at=at
            )
        for number, key, original in commitments:
            line = self.lines[self.history.begins(number), original.budget_line.code]
            at = original.created_at - timedelta(days=self.history.days_of(self.history.group_of(number)))
            pence = self._pence(number, key)
            bought: dict[str, Any] = {"commitment_id": key}
            yield self._row(line, Kind.COMMIT, Bucket.AVAILABLE, Bucket.COMMITTED, pence * each, at=at, **bought)
            if key % PARTNER_EVERY == 0:
                yield self._row(
                    line, Kind.COMMIT, Bucket.PARTNER_EXPECTED, Bucket.PARTNER_COMMITTED, pence * each, at=at,
                    funder_id=self.partner.pk, **bought,
                )  # fmt: skip
            for paid in range(1, each):
                when = min(at + timedelta(days=14 * paid), self.now)
                yield self._row(line, Kind.ACTUAL, Bucket.COMMITTED, Bucket.ACTUAL, pence, at=when, **bought)

    @staticmethod
    def _pence(number: int, key: int) -> int:
        return 10_000 + (number * 37 + key * 11) % 90_000

    def _row(  # noqa: PLR0917 -- reads as the transfer it is: line, kind, from, to, pence
        self, line: BudgetLine, kind: Kind, into: Bucket, target: Bucket, pence: int, *, at: datetime, **more: Any
    ) -> list[Any]:
        seq = self.head.seq + 1
        facts: dict[str, Any] = {
            "council_id": self.council.pk,
            "seq": seq,
            "posted_at": at,
            "posted_by_id": self.by.pk,
            "batch": "history",
            "idempotency_key": f"history-{self.council.pk}-{seq}",
            "kind": kind.value,
            "from_bucket": into.value,
            "to_bucket": target.value,
            "pence": pence,
            "year_id": line.year_id,
            "budget_line_id": line.pk,
            "funder_id": self.own.pk,
            "share_state": ShareState.AGREED.value,
            "commitment_id": None,
            "rate_version_id": None,
            "split_version_id": None,
            "effective_from": None,
            "effective_to": None,
            "days": None,
            "source_ref": f"history-{seq}",
            "reverses_id": None,
            "narrative": "",
        } | more
        own = link(self.head.hash, facts)
        row = [*facts.values(), self.head.hash, own]
        row[2] = connection.ops.adapt_datetimefield_value(at)
        self.head.seq, self.head.hash = seq, own
        for bucket, amount in ((into.value, -pence), (target.value, pence)):
            self.moved[line.year_id, line.pk, facts["funder_id"], bucket] += amount
        return row

    def _insert(self, rows: Iterator[list[Any]]) -> None:
        columns = [column_of(f) for f in LedgerEntry._meta.concrete_fields if not f.primary_key]  # noqa: SLF001
        insert_many("finance_ledgerentry", columns, rows)

    def _balances(self) -> None:
        there = {
            (b.year_id, b.budget_line_id, b.funder_id, b.bucket): b
            for b in Balance.objects.filter(year__council=self.council)
        }
        for cell, pence in self.moved.items():
            balance = there.get(cell)
            if balance is None:
                year, line, funder, bucket = cell
                there[cell] = balance = Balance(
                    year_id=year, budget_line_id=line, funder_id=funder, bucket=bucket, pence=0
                )
            balance.pence += pence
        Balance.objects.bulk_create([b for b in there.values() if b.pk is None])
        Balance.objects.bulk_update([b for b in there.values() if b.pk is not None], ["pence"], batch_size=200)


def insert_many(table: str, columns: list[str], rows: Iterator[list[Any]]) -> None:
    """Add rows in statements of some thousands."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    statement = f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608
    batch: list[list[Any]] = []
    with connection.cursor() as cursor:
        for row in rows:
            batch.append(row)
            if len(batch) == AT_ONCE:
                cursor.executemany(statement, batch)
                batch = []
        if batch:
            cursor.executemany(statement, batch)
