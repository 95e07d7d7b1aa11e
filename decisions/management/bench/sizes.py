"""The data sets that are measured, and where each is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything a data set holds; S is the demonstration as it is."""

    name: str
    requests: int = 0
    decisions: int = 0
    meetings: int = 0
    ledger_rows: int = 0
    record_rows: int = 0
    users: int = 0
    years: int = 10


SIZES = {
    size.name: size
    for size in (
        Size("S"),
        Size("M", requests=10_000, decisions=6_000, meetings=600, ledger_rows=100_000, record_rows=50_000, users=200),
        Size(
            "L",
            requests=100_000,
            decisions=60_000,
            meetings=3_000,
            ledger_rows=1_000_000,
            record_rows=500_000,
            users=400,
        ),
    )
}
BARE_ROWS = 100_000  # rows of the bare list the floor pages are measured on
BARE_LEDGER_ROWS = 1_000_000
