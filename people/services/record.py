"""Adding to the record: who did what, who read what, each row chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from people.models import Council, RecordEntry, RecordHead, User
from people.models.record import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing to be put on record. `facts` holds references and codes, never a name or free text."""

    by: User | None
    at: datetime
    verb: Verb
    action: str
    subject: str
    subject_ref: str
    facts: Mapping[str, Any] = field(default_factory=dict)


# What is kept back to be written together; None where each row is written as it comes.
_kept_back: ContextVar[list[tuple[Council, Happening]] | None] = ContextVar("kept_back", default=None)


def canonical(entry: RecordEntry) -> str:
    """Write the content of a link in the one way that is hashed: sorted keys, no spaces, the instant in UTC."""
    content = {
        "council": entry.council_id,
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": entry.by_id,
        "verb": str(entry.verb),
        "action": entry.action,
        "subject": entry.subject,
        "subject_ref": entry.subject_ref,
        "facts": entry.facts,
        "prev_hash": entry.prev_hash,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def link_hash(entry: RecordEntry) -> str:
    """SHA-256, in hexadecimal, of a link's content and of the hash of the link before it."""
    return hashlib.sha256(canonical(entry).encode()).hexdigest()


def record_many(*, council: Council, happenings: Iterable[Happening]) -> None:
    """Add several rows to a council's chain in the order given, in three queries however many they are.

    The head of the chain is locked until the caller's transaction ends, so links have one order and a row stands
    only if what it tells of stands. Take this lock last: it is the one every writer of a council needs.
    """
    kept = _kept_back.get()
    if kept is None:
        _write(council, happenings)
    else:
        kept.extend((council, happening) for happening in happenings)


@contextmanager
def put_down_together() -> Iterator[None]:
    """One transaction whose rows of the record are kept back and written at its end, in order, in three queries.

    For work that puts many rows on record: so the lock of the chain is taken at its end and not with its first row.
    One may stand within another; the outermost writes. What is left by an exception puts nothing on record, as its
    transaction keeps nothing else of it.
    """
    outer = _kept_back.get()
    kept: list[tuple[Council, Happening]] = []
    with transaction.atomic():
        token = _kept_back.set(kept)
        try:
            yield
        finally:
            _kept_back.reset(token)
        if outer is None:
            for council in sorted({council for council, _ in kept}, key=lambda one: one.pk):
                _write(council, [happening for of, happening in kept if of == council])
    if outer is not None:
        outer += kept


@transaction.atomic
def _write(council: Council, happenings: Iterable[Happening]) -> None:
    head = _locked_head(council)
    entries = []
    told: Mapping[str, Any] | None = None
    facts: dict[str, Any] = {}
    for happening in happenings:
        if happening.facts is not told:  # the rows of one look share their facts
            told, facts = happening.facts, _storable(happening.facts)
        entry = RecordEntry(
            council_id=council.pk,
            seq=head.seq + 1,
            at=happening.at,
            by_id=happening.by.pk if happening.by else None,
            verb=happening.verb,
            action=happening.action,
            subject=happening.subject,
            subject_ref=happening.subject_ref,
            facts=facts,
            prev_hash=head.hash,
        )
        entry.hash = link_hash(entry)
        head.seq, head.hash = entry.seq, entry.hash
        entries.append(entry)
    RecordEntry.objects.bulk_create(entries, batch_size=500)
    head.save(update_fields=["seq", "hash"])


def _storable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they come back from the database, for that is what must be hashed: written and read once."""
    stored: dict[str, Any] = json.loads(json.dumps(dict(facts), cls=DjangoJSONEncoder))
    return stored


def _locked_head(council: Council) -> RecordHead:
    head = RecordHead.objects.select_for_update().filter(council=council).first()
    if head is None:
        RecordHead.objects.get_or_create(council=council)
        head = RecordHead.objects.select_for_update().get(council=council)
    return head


def record(
    *,
    council: Council,
    by: User | None,
    at: datetime,
    verb: Verb,
    action: str,
    subject: str,
    subject_ref: str,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Add one row to a council's chain, in the caller's transaction.

    Args:
        council: Whose chain.
        by: Who did it; None for the system itself.
        at: When, aware.
        verb: Which of the six kinds of processing it was.
        action: What happened, such as `request.submitted`.
        subject: The kind of thing, such as `request`.
        subject_ref: Its reference.
        facts: References and codes; never a child's name or free text.
    """
    happening = Happening(
        by=by, at=at, verb=verb, action=action, subject=subject, subject_ref=subject_ref, facts=facts or {}
    )
    record_many(council=council, happenings=[happening])


def note_read(
    *, by: User, at: datetime, subject: str, subject_ref: str, facts: Mapping[str, Any] | None = None
) -> None:
    """Put on record that somebody looked at a child's record.

    Called by every view that shows one, before it answers: outside a transaction the row is committed on return,
    so it stands before the first byte leaves.
    """
    note_reads(by=by, at=at, subject=subject, subject_refs=[subject_ref], facts=facts)


def note_reads(
    *, by: User, at: datetime, subject: str, subject_refs: Sequence[str], facts: Mapping[str, Any] | None = None
) -> None:
    """Put on record that somebody looked at several children's records on one page: a row for each."""
    if not subject_refs:
        return
    if by.council is None:
        raise ValueError("Somebody without a council has nothing to read.")
    facts = facts or {}
    record_many(
        council=by.council,
        happenings=[
            Happening(
                by=by,
                at=at,
                verb=Verb.CONSULTATION,
                action=f"{subject}.read",
                subject=subject,
                subject_ref=ref,
                facts=facts,
            )
            for ref in subject_refs
        ],
    )
