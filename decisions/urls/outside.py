"""Addresses of approvals outside the panel."""

from __future__ import annotations

from django.urls import path

from decisions.views import outside

urlpatterns = [
    path("outside/", outside.approvals, name="outside_list"),
    path("outside/request/<slug:reference>/", outside.approve, name="outside"),
    path("outside/request/<slug:reference>/telephone/", outside.telephone, name="outside_telephone"),
    path("outside/<slug:reference>/", outside.approval, name="outside_approval"),
    path("outside/<slug:reference>/answer", outside.answer, name="outside_answer"),
]
