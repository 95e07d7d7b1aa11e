"""The record of ten years: rows in bulk, each chained to the one before as the service would."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from applications.models import Application
from people.models import Council, RecordEntry, RecordHead
from people.models.record import Verb
from people.services.record import link_hash

from .copying import column_of
from .ledger import insert_many

if TYPE_CHECKING:
    from collections.abc import Iterator

DONE = (
    (Verb.CONSULTATION, "request.read"),
    (Verb.ALTERATION, "request.saved"),
    (Verb.CONSULTATION, "request.read"),
    (Verb.ALTERATION, "request.signed"),
)


def write_record(rows: int, *, years: int, now: datetime) -> None:
    """Add about so many rows, the same number to each council, spread over its requests, people and years."""
    councils = list(Council.objects.order_by("pk"))
    for council in councils:
        _write(council, rows // len(councils), years=years, now=now)


def _write(council: Council, rows: int, *, years: int, now: datetime) -> None:
    about = list(
        Application.objects.filter(council=council).order_by("pk").values_list("reference", "worker_id")[:20_000]
    )
    head = RecordHead.objects.get(council=council)
    step = timedelta(days=365 * years) / max(1, rows)
    begins = now - timedelta(days=365 * years)

    def made() -> Iterator[list[Any]]:
        for number in range(rows):
            reference, worker = about[number * 7 % len(about)]
            verb, action = DONE[number % len(DONE)]
            entry = RecordEntry(
                council_id=council.pk,
                seq=head.seq + 1,
                at=begins + step * number,
                by_id=worker,
                verb=verb,
                action=action,
                subject="request",
                subject_ref=reference,
                facts={"list": True},
                prev_hash=head.hash,
            )
            head.seq, head.hash = entry.seq, link_hash(entry)
            yield [
                council.pk,
                entry.seq,
                connection.ops.adapt_datetimefield_value(entry.at),
                worker,
                verb.value,
                action,
                "request",
                reference,
                json.dumps(entry.facts),
                entry.prev_hash,
                head.hash,
            ]

    columns = [column_of(f) for f in RecordEntry._meta.concrete_fields if not f.primary_key]  # noqa: SLF001
    insert_many("people_recordentry", columns, made())
    head.save(update_fields=["seq", "hash"])
