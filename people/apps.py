"""Names the app for Django."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who: councils, teams, users, roles, cover, the record and the messages owed."""

    name = "people"
    verbose_name = "People"
