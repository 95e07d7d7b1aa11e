"""Tables of no meaning, of a known size: what a bare list and a bare sum cost on this machine and database."""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import connection, models

from .sizes import BARE_LEDGER_ROWS, BARE_ROWS

# A registry of their own: they are no part of the product, and no migration knows them.
bare = Apps()
GROUPS, LINES, YEARS, BUCKETS = 50, 35, 10, 4


class Group(models.Model):
    """What a bare row belongs to."""

    name = models.CharField(max_length=60)

    objects: ClassVar[models.Manager[Group]] = models.Manager()

    class Meta:
        apps = bare
        app_label = "bench"
        db_table = "bench_group"

    def __str__(self) -> str:
        return self.name


class Row(models.Model):
    """One row of a bare list."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT)
    reference = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=16)
    changed_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[Row]] = models.Manager()

    class Meta:
        apps = bare
        app_label = "bench"
        db_table = "bench_row"

    def __str__(self) -> str:
        return self.reference


SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
# No word of these statements comes from anybody: table names and counts stand in this file.
LEDGER = (
    "CREATE TABLE bench_ledger (id bigint PRIMARY KEY, year int, line int, bucket int, pence bigint)",
    f"""INSERT INTO bench_ledger {SERIES.format(count=BARE_LEDGER_ROWS)}
        SELECT i, i % {YEARS}, (i / {YEARS}) % {LINES}, i % {BUCKETS}, 10000 + (i * 37) % 90000 FROM n""",  # noqa: S608
    "CREATE INDEX bench_sums ON bench_ledger (year, line, bucket, pence)",
    "CREATE TABLE bench_balance (id bigint PRIMARY KEY, year int, line int, funder int, bucket int, pence bigint)",
    # One balance for each line, bucket and a hundred funders: what the sum is when it is kept instead of made.
    f"""INSERT INTO bench_balance {SERIES.format(count=YEARS * LINES * BUCKETS * 100)}
        SELECT i, i % {YEARS}, (i / {YEARS}) % {LINES}, i / 14000, i % {BUCKETS}, i * 37 FROM n""",  # noqa: S608
    "CREATE INDEX bench_balances ON bench_balance (year, line, bucket, pence)",
)


def make_bare_tables() -> None:
    """Make and fill them."""
    with connection.schema_editor() as editor:
        for model in (Group, Row):
            editor.create_model(model)
    with connection.cursor() as cursor:
        for statement in LEDGER:
            cursor.execute(statement)
        cursor.execute(
            f"INSERT INTO bench_group (id, name) {SERIES.format(count=GROUPS)} SELECT i, 'Group ' || i FROM n"  # noqa: S608
        )
        day = (
            "timestamptz '2016-01-01' + i * interval '40 minutes'"
            if connection.vendor == "postgresql"
            else "strftime('%Y-%m-%d %H:%M:%f', '2016-01-01', (i * 40) || ' minutes')"
        )
        cursor.execute(
            f"""INSERT INTO bench_row (id, group_id, reference, title, state, changed_at)
            {SERIES.format(count=BARE_ROWS)}
            SELECT i, 1 + i % {GROUPS}, 'B-' || i, 'A placement near school, number ' || i, 'decided', {day} FROM n"""  # noqa: S608
        )
