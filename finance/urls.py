"""Addresses of the money."""

from __future__ import annotations

from django.urls import path

from finance.views import loading, showing

app_name = "finance"
urlpatterns = [
    path("", showing.funds, name="funds"),
    path("ending/", showing.ending, name="ending"),
    path("paid/", loading.actuals, name="actuals"),
    path("budget/", loading.budget, name="budget"),
    path("move/", loading.move, name="move"),
    path("rows/<slug:figure>/", showing.rows, name="rows"),
    path("rows/<slug:figure>/<int:line>/", showing.rows, name="line_rows"),
]
