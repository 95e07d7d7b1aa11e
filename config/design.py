"""The design page: every component once, with invented content, to look at and to test. Only in the demonstration."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import requires
from people.forms.fields import GovDateField, MinutesField, PoundsField
from people.permissions import Permission

NOW = datetime(2026, 3, 5, 10, 20, tzinfo=UTC)  # the page is the same on every day, so that pictures can be compared
NAV = ("Home", "Requests", "Waiting for me", "Meetings", "Funds", "Policy", "Colleagues", "Cover", "Messages", "Record")
PANEL = datetime(2026, 3, 19, 9, 30, tzinfo=UTC)


class ExampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Name of the provider", max_length=120)
    kind = forms.ChoiceField(
        label="What is asked for?",
        choices=[("placement", "A placement"), ("package", "A support package"), ("assessment", "An assessment")],
        widget=forms.RadioSelect,
    )
    needs = forms.MultipleChoiceField(
        label="Who contributes?",
        help_text="Choose all that apply.",
        choices=[("education", "Education"), ("health", "Health"), ("care", "Social care")],
        widget=forms.CheckboxSelectMultiple,
    )
    team = forms.ChoiceField(label="Team", choices=[("", "Choose a team"), ("north", "North"), ("south", "South")])
    starts_on = GovDateField(label="Start date", help_text="For example, 27 3 2026.")
    weekly = PoundsField(label="Weekly cost", help_text="What the council pays, before any contribution.")
    minutes = MinutesField(label="Minutes asked for", required=False)
    reason = forms.CharField(
        label="Why is it needed?",
        widget=forms.Textarea,
        max_length=2000,
        help_text="What will be different for the child?",
    )
    paper = forms.FileField(label="Care plan", required=False)
    agreed = forms.BooleanField(label="The parents have been asked and agree")


class ExampleFilter(forms.Form):
    """Three filters of a list."""

    state = forms.ChoiceField(label="State", required=False, choices=[("", "Any"), ("ready", "Ready for panel")])
    team = forms.ChoiceField(label="Team", required=False, choices=[("", "Any"), ("north", "North")])
    words = forms.CharField(label="Reference", required=False)


FINDINGS: list[dict[str, Any]] = [
    {
        "effect": "block",
        "stage": "submit",
        "message": "The views of the child are not recorded.",
        "clause": "Panel terms of reference, section 4.2",
        "rule": "EX-12",
    },
    {
        "effect": "warn",
        "stage": "list",
        "message": "Papers are due two working days before the panel; this one would be a day late.",
        "clause": "Panel terms of reference, section 5.1",
        "rule": "EX-20",
    },
    {
        "effect": "route",
        "stage": "decide",
        "message": "At £4,600.00 a week the head of service confirms what the panel recommends.",
        "clause": "Scheme of delegation, table 3",
        "rule": "EX-31",
    },
    {
        "effect": "inform",
        "stage": "decide",
        "message": "A review is due six weeks after the start.",
        "clause": "Placement procedure, paragraph 18",
        "rule": "EX-44",
    },
    {
        "effect": "met",
        "stage": "submit",
        "message": "Two quotes are attached.",
        "clause": "Contract rules, 7.3",
        "rule": "EX-51",
    },
]


def _lists() -> dict[str, Any]:
    return {
        "findings": FINDINGS,
        "summary": [
            {"key": "Reference", "value": "R-7KQ4-2M"},
            {"key": "Asked for", "value": "A residential placement\nwith education on site", "url": "#asked"},
            {"key": "Weekly cost", "value": "£4,600.00", "url": "#cost"},
            {"key": "Allergies", "value": ""},
        ],
        "columns": [
            {"label": "Case"},
            {"label": "Team"},
            {"label": "Panel"},
            {"label": "State"},
            {"label": "Weekly", "is_numeric": True},
        ],
        "rows": [
            [
                {"text": "R-7KQ4-2M", "url": "#1"},
                "North",
                "19 Mar 2026",
                {"text": "ready for panel", "state": "ready"},
                "£4,600.00",
            ],
            [
                {"text": "R-9XD2-8T", "url": "#2"},
                "South",
                "19 Mar 2026",
                {"text": "returned", "state": "returned"},
                "£1,215.50",
            ],
            [{"text": "R-3FH6-5B", "url": "#3"}, "North", "2 Apr 2026", {"text": "draft", "state": "draft"}, "£890.00"],
        ],
        "tasks": [
            {"title": "About the child", "state": "completed", "label": "completed", "url": "#child"},
            {
                "title": "What is asked for",
                "state": "in_progress",
                "label": "in progress",
                "url": "#what",
                "missing": "Still missing: end date, second quote",
            },
            {"title": "Sign-off", "state": "off", "label": "cannot start yet"},
        ],
        "events": [
            {
                "title": "Decided: agreed",
                "at": NOW,
                "by": "Priya Anand, chair",
                "is_current": True,
                "text": "For 26 weeks.",
            },
            {"title": "Listed for panel", "at": NOW - timedelta(days=6), "by": "Tom Ellery"},
            {"title": "Request sent", "at": NOW - timedelta(days=9, hours=3), "by": "Sam Okafor"},
        ],
        "deadlines": [
            {
                "label": "Manager signs off",
                "at": date(2026, 3, 3),
                "clause": "Terms of reference, 5.1",
                "is_passed": True,
            },
            {
                "label": "Papers reach the panel administrator",
                "at": datetime(2026, 3, 12, 17, tzinfo=UTC),
                "clause": "Terms of reference, 5.2",
            },
            {"label": "Agenda goes out", "at": date(2026, 3, 16), "clause": "Terms of reference, 5.4"},
        ],
        "anchor": {"label": "Resource panel meets", "at": PANEL},
        "slots": [
            {"time": "9:30am", "title": "Minutes of the last meeting", "state": "Agreed", "kind": "done"},
            {"time": "9:40am", "title": "Case 14", "state": "Being heard, 6 of 15 min", "kind": "current"},
            {"time": "9:55am", "title": "Case 15", "state": "Waiting"},
            {"time": "10:10am", "title": "Case 16", "state": "Waiting, carried over twice"},
        ],
        "states": [
            {"state": "draft", "label": "draft"},
            {"state": "with_manager", "label": "waiting for sign-off"},
            {"state": "submitted", "label": "with the panel administrator"},
            {"state": "ready", "label": "ready for panel"},
            {"state": "in_panel", "label": "being heard"},
            {"state": "overdue", "label": "overdue"},
            {"state": "emergency", "label": "emergency"},
        ],
    }


@requires(Permission.SIGNED_IN)
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show every component once.

    Raises:
        Http404: this is not the demonstration.
    """
    if not settings.DEMO:
        raise Http404
    wrong = {
        "starts_on_day": "31",
        "starts_on_month": "2",
        "starts_on_year": "2026",
        "weekly": "about 4,000",
        "minutes": "15m",
    }
    context = _lists() | {
        "form": ExampleForm(auto_id="id_%s"),
        "wrong": ExampleForm(wrong, auto_id="wrong_%s"),
        "filter_form": ExampleFilter(auto_id="filter_%s"),
        "page": Paginator(range(240), 20).get_page(4),
        "now": NOW,
        "today": NOW.date(),
        "nav": [(label, "#", label == "Home") for label in NAV],
    }
    return render(request, "design.html", context)
