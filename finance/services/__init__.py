"""Every write to the money: keyword-only, in one transaction, with its audit row."""

from __future__ import annotations

from .actuals import Imported, import_actuals, preview_actuals
from .budgets import BudgetRow, close_year, load_budget, move_budget, open_year, register_funders
from .changes import (
    Changed,
    change_end,
    change_rate,
    change_split,
    end_early,
    reach_horizon,
    reverse,
    suspend,
)
from .commitments import Committed, commit, commit_all, what_it_would_cost, what_they_would_cost
from .earmarks import earmark, release_earmark
from .integrity import LedgerProof, verify_ledger
from .posting import DifferentTermsError, PeriodClosedError
from .purchase import AskedFor
from .snapshot import Check, MoneySnapshot, SnapshotRow

__all__ = [
    "AskedFor",
    "BudgetRow",
    "Changed",
    "Check",
    "Committed",
    "DifferentTermsError",
    "Imported",
    "LedgerProof",
    "MoneySnapshot",
    "PeriodClosedError",
    "SnapshotRow",
    "change_end",
    "change_rate",
    "change_split",
    "close_year",
    "commit",
    "commit_all",
    "earmark",
    "end_early",
    "import_actuals",
    "load_budget",
    "move_budget",
    "open_year",
    "preview_actuals",
    "reach_horizon",
    "register_funders",
    "release_earmark",
    "reverse",
    "suspend",
    "verify_ledger",
    "what_it_would_cost",
    "what_they_would_cost",
]
