"""Money: budgets, commitments, the ledger."""
