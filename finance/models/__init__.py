"""Budgets, commitments, the ledger."""

from __future__ import annotations

from .base import AppendOnly, AppendOnlyError
from .budget import BudgetLine, FinancialYear, Funder, YearState
from .commitment import (
    ChangeReason,
    Commitment,
    CommitmentStatus,
    EndBasis,
    EndVersion,
    RateVersion,
    SplitShare,
    SplitVersion,
    Suspension,
)
from .ledger import Balance, Bucket, ChainHead, Kind, LedgerEntry

__all__ = [
    "AppendOnly",
    "AppendOnlyError",
    "Balance",
    "Bucket",
    "BudgetLine",
    "ChainHead",
    "ChangeReason",
    "Commitment",
    "CommitmentStatus",
    "EndBasis",
    "EndVersion",
    "FinancialYear",
    "Funder",
    "Kind",
    "LedgerEntry",
    "RateVersion",
    "SplitShare",
    "SplitVersion",
    "Suspension",
    "YearState",
]
