"""Which address leads to which app."""

from __future__ import annotations

from django.urls import include, path

from config.brand import brand
from config.design import design

urlpatterns = [
    path("brand/<slug:slug>.css", brand, name="brand"),
    path("design/", design, name="design"),
    path("", include("decisions.urls.home")),
    path("", include("people.urls")),
    path("panels/", include("panels.urls")),
    path("funds/", include("finance.urls")),
    path("requests/", include("applications.urls")),
    path("", include("decisions.urls")),
]
