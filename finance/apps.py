"""Names the app for Django."""

from __future__ import annotations

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    """Money: budgets, commitments, the ledger."""

    name = "finance"
    verbose_name = "Finance"
