"""Every write to the money: keyword-only, in one transaction, with its audit row."""

from __future__ import annotations

from .budgets import BudgetRow, close_year, load_budget, move_budget, open_year, register_funders
from .commitments import Committed, commit, what_it_would_cost
from .integrity import LedgerProof, verify_ledger
from .posting import DifferentTermsError, PeriodClosedError
from .purchase import AskedFor
from .snapshot import Check, MoneySnapshot, SnapshotRow

__all__ = [
    "AskedFor",
    "BudgetRow",
    "Check",
    "Committed",
    "DifferentTermsError",
    "LedgerProof",
    "MoneySnapshot",
    "PeriodClosedError",
    "SnapshotRow",
    "close_year",
    "commit",
    "load_budget",
    "move_budget",
    "open_year",
    "register_funders",
    "verify_ledger",
    "what_it_would_cost",
]
