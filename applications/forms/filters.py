"""The filter of the list of requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q

from applications.models import Application, Child
from applications.models.application import reach
from applications.queries import filter_choices
from applications.states import State
from people.forms.filters import DateFilter, ListFilter, start_of
from people.permissions import Permission


class RequestFilter(ListFilter):
    """What to look for among the requests."""

    text = django_filters.CharFilter(
        label="Reference, title or child",
        method="said",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    state = django_filters.ChoiceFilter(label="State", choices=State.choices, empty_label="Any state")
    panel = django_filters.ChoiceFilter(label="Panel", empty_label="Any panel")
    team = django_filters.ChoiceFilter(label="Team", empty_label="Any team")
    worker = django_filters.ChoiceFilter(label="Social worker", empty_label="Anybody")
    since = DateFilter(label="Changed on or after", method="after")
    until = DateFilter(label="Changed on or before", method="before")

    class Meta:
        model = Application
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the panels, teams and workers of the council, which are asked for together."""
        super().__init__(*args, **kwargs)
        for name, choices in filter_choices(self.request.user).items():
            self.filters[name].extra["choices"] = choices

    def said(self, queryset: Any, _name: str, text: str) -> Any:
        """Requests whose reference answers to the words, and, of those one may read, whose title or child does."""
        user = self.request.user
        named = Q(case_reference__icontains=text) | Q(first_name__icontains=text) | Q(last_name__icontains=text)
        # Looked for among the council's children first: a condition over both tables would read all there are.
        children = Child.objects.filter(named, council_id=user.tenant).order_by().values("pk")  # house: reach, below
        told = Q(title__icontains=text) | Q(child__in=children)
        return queryset.filter(Q(reference__icontains=text) | (told & reach(user, Permission.SEE_SUMMARY)))

    def after(self, queryset: Any, _name: str, day: Any) -> Any:
        """Requests changed on that day or later."""
        return queryset.filter(changed_at__gte=start_of(day))

    def before(self, queryset: Any, _name: str, day: Any) -> Any:
        """Requests changed on that day or earlier."""
        return queryset.filter(changed_at__lt=start_of(day + timedelta(days=1)))
