"""Names the app for Django."""

from __future__ import annotations

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    """What the panel does with it."""

    name = "decisions"
    verbose_name = "Decisions"
