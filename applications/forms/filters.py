"""The filter of the list of requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q

from applications.models import Application
from applications.states import State
from panels.models import Panel
from people.forms.filters import DateFilter, start_of
from people.models import Team, User
from people.permissions import Permission


def _panels(request: Any) -> Any:
    return Panel.objects.for_user(request.user)


def _teams(request: Any) -> Any:
    return Team.objects.for_user(request.user)


def _workers(request: Any) -> Any:
    # Asked person by person, which an index answers; reading every request for its worker grows with the years.
    asked = Application.objects.for_user(request.user).filter(worker=OuterRef("pk")).order_by()
    return User.objects.for_user(request.user).filter(Exists(asked))


class RequestFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What to look for among the requests."""

    text = django_filters.CharFilter(
        label="Reference, title or child",
        method="said",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    state = django_filters.ChoiceFilter(label="State", choices=State.choices, empty_label="Any state")
    panel = django_filters.ModelChoiceFilter(label="Panel", queryset=_panels, empty_label="Any panel")
    team = django_filters.ModelChoiceFilter(label="Team", queryset=_teams, empty_label="Any team")
    worker = django_filters.ModelChoiceFilter(label="Social worker", queryset=_workers, empty_label="Anybody")
    since = DateFilter(label="Changed on or after", method="after")
    until = DateFilter(label="Changed on or before", method="before")

    class Meta:
        model = Application
        fields: list[str] = []

    def said(self, queryset: Any, _name: str, text: str) -> Any:
        """Requests whose reference answers to the words, and, of those one may read, whose title or child does."""
        readable = Application.objects.for_user(self.request.user, Permission.SEE_SUMMARY).order_by().values("pk")
        told = (
            Q(title__icontains=text)
            | Q(child__case_reference__icontains=text)
            | Q(child__first_name__icontains=text)
            | Q(child__last_name__icontains=text)
        )
        return queryset.filter(Q(reference__icontains=text) | (told & Q(pk__in=readable)))

    def after(self, queryset: Any, _name: str, day: Any) -> Any:
        """Requests changed on that day or later."""
        return queryset.filter(changed_at__gte=start_of(day))

    def before(self, queryset: Any, _name: str, day: Any) -> Any:
        """Requests changed on that day or earlier."""
        return queryset.filter(changed_at__lt=start_of(day + timedelta(days=1)))
