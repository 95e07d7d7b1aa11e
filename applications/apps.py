"""Names the app for Django."""

from __future__ import annotations

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """What is asked for a child."""

    name = "applications"
    verbose_name = "Requests"
