"""Addresses of the money."""

from __future__ import annotations

from django.urls import path

from finance import views

app_name = "finance"
urlpatterns = [
    path("", views.funds, name="funds"),
    path("ending/", views.ending, name="ending"),
    path("rows/<slug:figure>/", views.rows, name="rows"),
    path("rows/<slug:figure>/<int:line>/", views.rows, name="line_rows"),
]
