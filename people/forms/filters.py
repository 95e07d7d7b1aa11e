"""Filters of the list pages: validated like forms."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from people.deeds import deeds_beginning
from people.forms.fields import GovDateField
from people.models import Message, RecordEntry, User
from people.models.message import MessageState
from people.models.record import Verb


class DateFilter(django_filters.Filter):  # type: ignore[misc]
    """A day, typed in three boxes."""

    field_class = GovDateField


def start_of(day: Any) -> datetime:
    """The first instant of a day in London."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _after(queryset: Any, _name: str, day: Any) -> Any:
    return queryset.filter(at__gte=start_of(day))


def _before(queryset: Any, _name: str, day: Any) -> Any:
    return queryset.filter(at__lt=start_of(day + timedelta(days=1)))


def _colleagues(request: Any) -> Any:
    return User.objects.for_user(request.user)


def _deeds(queryset: Any, _name: str, typed: str) -> Any:
    code, others = deeds_beginning(typed)
    return queryset.filter(Q(action__istartswith=code) | Q(action__in=others))


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """A filter that finds nothing while one of its fields is wrong: rows nobody asked for would pass for an answer."""

    def filter_queryset(self, queryset: Any) -> Any:
        """The rows found; none where what is typed cannot be read."""
        return queryset.none() if self.errors else super().filter_queryset(queryset)


class RecordFilter(ListFilter):
    """What to look for in the record."""

    verb = django_filters.ChoiceFilter(label="Kind of use", choices=Verb.choices, empty_label="Anything")
    by = django_filters.ModelChoiceFilter(label="By whom", queryset=_colleagues, empty_label="Anybody")
    subject_ref = django_filters.CharFilter(
        label="Reference",
        lookup_expr="iexact",
        max_length=60,
        strip=True,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )
    action = django_filters.CharFilter(
        label="What, such as “Request sent”",
        method=_deeds,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )
    since = DateFilter(label="From", method=_after)
    until = DateFilter(label="To", method=_before)

    class Meta:
        model = RecordEntry
        fields: list[str] = []


class MessageFilter(ListFilter):
    """Which messages to show."""

    state = django_filters.MultipleChoiceFilter(
        label="State", choices=MessageState.choices, widget=forms.CheckboxSelectMultiple
    )
    recipient = django_filters.ModelChoiceFilter(label="To whom", queryset=_colleagues, empty_label="Anybody")

    class Meta:
        model = Message
        fields: list[str] = []


class ColleagueFilter(ListFilter):
    """Which colleagues to show."""

    name = django_filters.CharFilter(
        label="Name",
        method="called",
        max_length=80,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )

    class Meta:
        model = User
        fields: list[str] = []

    @staticmethod
    def called(queryset: Any, _name: str, words: str) -> Any:
        """Those whose names or titles hold every word."""
        for word in words.split()[:5]:
            queryset = queryset.named(word)
        return queryset
