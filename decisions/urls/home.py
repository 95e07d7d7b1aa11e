"""The first page and the page that says the product is well."""

from __future__ import annotations

from django.urls import path

from decisions.views import home

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
]
