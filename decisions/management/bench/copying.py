"""Copies rows of many tables inside the database: thousands of lived-in requests in seconds.

A copy keeps what its original says, points at the copies of what the original points at, happened some days earlier,
and has names of its own where names must be unique. Which tables are copied, and which rows, is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    from django.db.models.fields import Field

Model = type[models.Model]
FAR = 1_000_000  # copies of a row stand this far apart, so that keys of copies never meet


@dataclass(frozen=True, slots=True)
class Copy:
    """One round of copying.

    Attributes:
        number: of the round, from 1; what makes names unique.
        days: how many days earlier everything happened.
        minutes: and how many minutes.
        of: how far the keys of each copied table are moved in this round.
    """

    number: int
    days: int
    minutes: int
    of: Mapping[Model, int]


@dataclass(slots=True)
class Copier:
    """Writes the INSERT of one table and runs it once a round.

    Attributes:
        model: the table.
        rows: keys of the rows that are copied.
        instead: by column, SQL in place of what would be copied; `{number}` is the round's, other words the caller's.
    """

    model: Model
    rows: list[int]
    instead: Mapping[str, str] = field(default_factory=dict)

    def copy(self, this: Copy, **words: object) -> None:
        """Copy every row once."""
        if not self.rows:
            return
        fields = self.model._meta.concrete_fields  # noqa: SLF001 -- Django's own description
        quote = connection.ops.quote_name
        columns = ", ".join(quote(column_of(f)) for f in fields)
        values = ", ".join(self._value(f, this, words) for f in fields)
        table, key = quote(self.model._meta.db_table), quote(column_of(self.model._meta.pk))  # noqa: SLF001
        keys = ", ".join(map(str, self.rows))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {key} IN ({keys})"  # noqa: S608
            )

    def _value(self, one: Field[Any, Any], this: Copy, words: Mapping[str, object]) -> str:
        column = connection.ops.quote_name(column_of(one))
        if column_of(one) in self.instead:
            return self.instead[column_of(one)].format(number=this.number, **words)
        if one.primary_key and not one.remote_field:
            return f"{column} + {this.of[self.model]}"
        if one.remote_field:
            moved = this.of.get(one.remote_field.model, 0)
            return f"{column} + {moved}" if moved else column
        if one.unique and isinstance(one, models.CharField):
            return f"{column} || '_{this.number}'"
        return earlier(one, column, this)


def column_of(one: Field[Any, Any]) -> str:
    """The name of a field's column; every field asked has one."""
    assert one.column is not None
    return one.column


def earlier(one: Field[Any, Any], column: str, this: Copy) -> str:
    """SQL of a day or an instant as much earlier as the round says; of anything else, the column itself."""
    if isinstance(one, models.DateTimeField):
        if connection.vendor == "postgresql":
            return f"{column} - interval '{this.days} days {this.minutes} minutes'"
        return f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-{this.days} days', '-{this.minutes} minutes')"
    if isinstance(one, models.DateField):
        return (
            f"{column} - {this.days}" if connection.vendor == "postgresql" else f"date({column}, '-{this.days} days')"
        )
    return column


def catch_up_sequences(tables: list[Model]) -> None:
    """After keys were written by hand: let the next row get a key above them (SQLite does so by itself)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in tables:
            table, key = model._meta.db_table, model._meta.pk.column  # noqa: SLF001
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{key}'), (SELECT max({key}) FROM \"{table}\"))"  # noqa: S608
            )
