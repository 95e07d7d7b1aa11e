"""Names the app for Django."""

from __future__ import annotations

from django.apps import AppConfig


class PanelsConfig(AppConfig):
    """How a panel works: policies, rules, panels, calendar, meetings."""

    name = "panels"
    verbose_name = "Panels"
