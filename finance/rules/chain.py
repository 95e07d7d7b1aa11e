"""The evidence: each ledger row is hashed with the hash before it, so that an altered, lost or added row shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

GENESIS = "0" * 64


def canonical(row: Mapping[str, object]) -> bytes:
    """Write a row's facts in the one form that is hashed: JSON, keys sorted, instants in UTC to the microsecond."""
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_text).encode()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def link(previous: str, row: Mapping[str, object]) -> str:
    """Return the SHA-256, in hex, of the previous hash followed by the row."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(row)).hexdigest()


def digest(*parts: object) -> str:
    """Return one key for several parts, none of which can run into the next."""
    return hashlib.sha256(json.dumps(parts, default=_text).encode()).hexdigest()


def first_break(rows: Iterable[tuple[int, str, str, Mapping[str, object]]]) -> tuple[int, str, str] | str:
    """Walk a chain from its first row.

    Args:
        rows: (seq, prev_hash, hash, facts) in order of seq, from 1.

    Returns:
        (last seq, last hash, "") when all is well, else a sentence naming the first row that is wrong.
    """
    expected, head = 0, GENESIS
    for seq, previous, own, facts in rows:
        expected += 1
        if seq != expected:
            return f"Row {expected} is missing; the next one found is {seq}."
        if previous != head:
            return f"Row {seq} does not follow row {seq - 1}."
        if link(previous, facts) != own:
            return f"Row {seq} has been altered."
        head = own
    return expected, head, ""
