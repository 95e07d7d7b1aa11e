"""Addresses of the panels app."""

from __future__ import annotations

app_name = "panels"
urlpatterns: list[object] = []
