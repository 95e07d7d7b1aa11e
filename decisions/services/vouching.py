"""What the record vouches for: the content of each decision, so that a row forged past its trigger is seen."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from decisions.models import Decision
from people.models import RecordEntry

if TYPE_CHECKING:
    from people.models import Council

RECORDED = ("decision.recorded", "decision.corrected")
# What of a decision may change once it is recorded (its trigger lets these pass), and its key.
MOVES = frozenset({"id", "state", "signed_at", "signed_by_id", "issued_at", "awaits_role", "is_in_principle"})


def content_hash(decision: Decision) -> str:
    """SHA-256, in hexadecimal, of what of a decision never changes, the same before and after it is stored.

    Written in one way: sorted keys, no spaces, instants in UTC, the case by its reference. Columns that hold nothing
    are left out, so that a column added later leaves the hash of earlier decisions as it was.
    """
    frozen = [f.attname for f in Decision._meta.concrete_fields if f.attname not in MOVES | {"item_id"}]  # noqa: SLF001
    held = {name: getattr(decision, name) for name in frozen} | {"item": decision.item.reference}
    # Read back once: a list that was a tuple and a key that was a number are stored as JSON knows them.
    content = json.loads(json.dumps({name: value for name, value in held.items() if value}, default=_written))
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is no part of a decision.")


def forged_decisions(council: Council) -> list[str]:
    """What is wrong with a council's decisions, each in a sentence; empty when all are as they were put on record.

    Holds as far as the chain of the record holds. A decision recorded before its content was put on record is only
    looked for.
    """
    entries = RecordEntry.objects.filter(council=council, action__in=RECORDED).order_by("seq")
    recorded = {entry.subject_ref: entry.facts.get("content") for entry in entries.iterator(chunk_size=2000)}
    faults = []
    for decision in Decision.objects.filter(council=council).select_related("item").order_by("pk").iterator(2000):
        if decision.reference not in recorded:
            faults.append(f"decision {decision} ({decision.reference}) was never put on record")
        elif recorded.pop(decision.reference) not in {None, content_hash(decision)}:
            faults.append(f"decision {decision} ({decision.reference}) is not what was put on record")
    return faults + [f"decision {reference} is on record and gone" for reference in recorded]
