"""Forms of accounts, offices and teams, and the filter of the list of accounts."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from people.forms.fields import GovDateField
from people.forms.filters import ListFilter
from people.models import RoleHeld, Team, User
from people.models.record import today
from people.permissions import Capacity

Choices = list[tuple[str, str]]


def _line(label: str, *, longest: int, required: str = "", wide: bool = True, hint: str = "") -> forms.CharField:
    """One line of text; `required` is the sentence shown when it is empty, and none means it may be."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(required),
        help_text=hint,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-20" if wide else "govuk-input--width-10", "autocomplete": "off"}
        ),
        error_messages={"required": required, "max_length": f"{label} must be {longest} characters or fewer"},
    )


class AccountForm(forms.Form):
    """What an account says about somebody."""

    first_name = _line("First name", longest=150, required="Enter the first name")
    last_name = _line("Last name", longest=150, required="Enter the last name")
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="Messages go here: a reference, a date and a link, nothing personal.",
        widget=forms.EmailInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the e-mail address",
            "invalid": "Enter an e-mail address in the form name@example.org",
            "max_length": "E-mail address must be 254 characters or fewer",
        },
    )
    job_title = _line("Job title", longest=120)
    team = forms.ModelChoiceField(
        label="Team",
        queryset=Team.objects.none(),
        required=False,
        empty_label="No team",
        error_messages={"invalid_choice": "Choose a team from the list"},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.for_user(user)  # type: ignore[attr-defined]


class NewAccountForm(AccountForm):
    """A new account: what it says, and the name it signs in with, which stays."""

    username = forms.CharField(
        label="User name",
        max_length=150,
        help_text="What they sign in with. It cannot be changed later.",
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(
            attrs={
                "class": "govuk-input--width-20",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
        error_messages={
            "required": "Enter a user name",
            "max_length": "User name must be 150 characters or fewer",
        },
    )
    field_order = ("first_name", "last_name", "username", "email", "job_title", "team")


class TeamNameForm(forms.Form):
    """The name of a team."""

    name = _line("Name of the team", longest=120, required="Enter the name of the team")


class TeamForm(TeamNameForm):
    """A new team. The areas are those of the council's policy; where it has none, none is asked for."""

    service = _line(
        "Service",
        longest=120,
        required="Enter the service",
        hint="The service whose manager the team answers to. Write it the same way for each of its teams.",
    )
    area = forms.ChoiceField(
        label="Area", required=False, error_messages={"invalid_choice": "Choose an area from the list"}
    )
    is_disabled_childrens_team = forms.BooleanField(label="It is a team for disabled children", required=False)

    def __init__(self, *args: Any, areas: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "area", areas, none="No area")


class OfficeForm(forms.Form):
    """An office for somebody. Which offices and areas there are is said by whoever knows the council's policy."""

    role = forms.ChoiceField(
        label="Office",
        error_messages={"required": "Choose an office", "invalid_choice": "Choose an office from the list"},
    )
    capacity = forms.ChoiceField(
        label="What it makes them to the panel",
        help_text="Their rights hang on this.",
        choices=[("", "Choose what it makes them"), *((c.value, c.label) for c in Capacity)],
        error_messages={
            "required": "Choose what it makes them to the panel",
            "invalid_choice": "Choose what it makes them from the list",
        },
    )
    team = forms.ModelChoiceField(
        label="Team",
        queryset=Team.objects.none(),
        required=False,
        empty_label="No team",
        help_text="For social workers and team managers.",
        error_messages={"invalid_choice": "Choose a team from the list"},
    )
    service = forms.ChoiceField(
        label="Service",
        required=False,
        help_text="For service managers.",
        error_messages={"invalid_choice": "Choose a service from the list"},
    )
    area = forms.ChoiceField(
        label="Area", required=False, error_messages={"invalid_choice": "Choose an area from the list"}
    )
    since = GovDateField(label="First day", error_messages={"required": "Enter the first day"})
    until = GovDateField(label="Last day", required=False, help_text="Leave it empty when no end is in sight.")

    def __init__(self, *args: Any, user: User, roles: Choices, areas: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.for_user(user)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        services = teams.order_by("service").values_list("service", flat=True).distinct()
        _offer(self, "service", [(service, service) for service in services], none="No service")
        _offer(self, "area", areas, none="No area")
        self.fields["role"].choices = [("", "Choose an office"), *roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", ValidationError("The last day must be the first day or later"))
        return data


class EndOfficeForm(forms.Form):
    """The last day an office is held."""

    last_day = GovDateField(
        label="Last day",
        help_text="Yesterday ends it at once.",
        error_messages={"required": "Enter the last day"},
    )


class AnswerForm(forms.Form):
    """The answer to a proposed office: give it, or refuse it with the reason."""

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[("approve", "Give the office"), ("refuse", "Refuse it")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whether to give the office or refuse it",
            "invalid_choice": "Choose whether to give the office or refuse it",
        },
    )
    reason = forms.CharField(
        label="Why it is refused",
        max_length=300,
        required=False,
        help_text="Needed when you refuse it; who proposed it reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "The reason must be 300 characters or fewer"},
    )

    def clean(self) -> dict[str, Any]:
        """Refusing needs the reason."""
        data = super().clean() or {}
        if data.get("answer") == "refuse" and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", ValidationError("Say why it is refused"))
        return data


def _offer(form: forms.Form, name: str, choices: Choices, *, none: str) -> None:
    """Give a field its choices, the empty one first; where there is nothing to choose the field goes."""
    if choices:
        form.fields[name].choices = [("", none), *choices]  # type: ignore[attr-defined]
    else:
        del form.fields[name]


def _teams(request: Any) -> Any:
    return Team.objects.for_user(request.user)


class AccountFilter(ListFilter):
    """Which accounts to show."""

    name = django_filters.CharFilter(
        label="Name",
        method="called",
        max_length=80,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )
    team = django_filters.ModelChoiceFilter(label="Team", queryset=_teams, empty_label="Any team")
    office = django_filters.ChoiceFilter(
        label="Office", choices=[(c.value, c.label) for c in Capacity], empty_label="Any office", method="holding"
    )
    active = django_filters.ChoiceFilter(
        label="Account", choices=[("open", "Open"), ("closed", "Closed")], empty_label="Any", method="standing"
    )

    class Meta:
        model = User
        fields: list[str] = []

    @staticmethod
    def called(queryset: Any, _name: str, words: str) -> Any:
        """Those whose names, user names or titles hold every word."""
        for word in words.split()[:5]:
            queryset = queryset.named(word) | queryset.filter(username__icontains=word)
        return queryset

    def holding(self, queryset: Any, _name: str, capacity: str) -> Any:
        """Those who are something to the panel today or are going to be."""
        held = RoleHeld.objects.for_user(self.request.user).filter(capacity=capacity).not_over(today())
        return queryset.filter(pk__in=held.values("user_id"))

    @staticmethod
    def standing(queryset: Any, _name: str, state: str) -> Any:
        """Those whose accounts are open, or closed."""
        return queryset.filter(is_active=state == "open")
