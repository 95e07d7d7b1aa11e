"""Checking the record: does every link hold what was hashed, and does it hold on to the one before?"""

from __future__ import annotations

from dataclasses import dataclass

from people.models import Council, RecordEntry, RecordHead
from people.services.record import link_hash

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as it was seen earlier and kept where the writers of the database cannot reach."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first link that does not hold, and how."""

    seq: int
    problem: str


def verify_record(*, council: Council, anchor: Anchor | None = None) -> Break | None:
    """Walk a council's chain from its first link to its head; None when all of it holds.

    Without an anchor a chain that was cut at its end, or written anew throughout together with its head, still
    holds together: only a link kept elsewhere shows that.
    """
    expected_seq, expected_hash, anchored = 0, START, anchor is None
    for entry in RecordEntry.objects.filter(council=council).order_by("seq").iterator(chunk_size=2000):
        expected_seq += 1
        problem = _problem(entry, seq=expected_seq, prev_hash=expected_hash, anchor=anchor)
        if problem:
            return Break(expected_seq, problem)
        anchored = anchored or entry.seq == (anchor.seq if anchor else None)
        expected_hash = entry.hash
    head = RecordHead.objects.filter(council=council).first()
    if (head.seq if head else 0, head.hash if head else START) != (expected_seq, expected_hash):
        return Break(expected_seq + 1, "the chain does not end where its head says")
    if not anchored:
        return Break(expected_seq + 1, "the chain ends before the link that was kept elsewhere")
    return None


def _problem(entry: RecordEntry, *, seq: int, prev_hash: str, anchor: Anchor | None) -> str:
    if entry.seq != seq:
        return f"link {seq} is missing"
    if entry.prev_hash != prev_hash:
        return "it does not hold on to the link before it"
    if entry.hash != link_hash(entry):
        return "its content is not what was put on record"
    if anchor and anchor.seq == entry.seq and anchor.hash != entry.hash:
        return "it is not the link that was kept elsewhere"
    return ""
