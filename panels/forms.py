"""Forms for meetings, seats and cover, and the filters of lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from panels.models import Meeting, Panel
from panels.states import MeetingState
from people.forms.fields import GovDateField, MinutesField
from people.forms.filters import DateFilter, ListFilter, start_of
from people.models import User
from people.permissions import Capacity

LONGEST_MEETING = 12 * 60  # minutes
CLOCK_FORMATS = ["%H:%M", "%H.%M", "%I:%M%p", "%I.%M%p", "%I%p", "%H%M"]


class ClockField(forms.TimeField):
    """A time of day, typed as people write it: 9:30, 09.30, 2pm."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=CLOCK_FORMATS,
            widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "autocomplete": "off"}),
            error_messages={"invalid": "Enter a time such as 9:30 or 2pm", "required": "Enter when it starts"},
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        """Read the time; spaces and the case of am and pm do not matter."""
        return super().to_python(value.replace(" ", "").lower()[:10] if isinstance(value, str) else value)


class WhenForm(forms.Form):
    """A day, a time and a length; `starts_at` and `ends_at` are aware once the form is valid."""

    day = GovDateField(label="Day", earliest=2000, latest=2100, error_messages={"required": "Enter the day"})
    starts = ClockField(label="Starts at", help_text="For example, 9:30 or 2pm")
    length = MinutesField(
        label="Length",
        least=5,
        most=LONGEST_MEETING,
        help_text="For example, 180 or 3h",
        error_messages={"required": "Enter how long it lasts"},
    )
    starts_at: datetime
    ends_at: datetime

    def clean(self) -> dict[str, Any]:
        """Put day and time together, on London's clock."""
        data = super().clean() or {}
        day, starts, length = data.get("day"), data.get("starts"), data.get("length")
        if isinstance(day, date) and isinstance(starts, time) and length:
            self.starts_at = timezone.make_aware(datetime.combine(day, starts))
            self.ends_at = self.starts_at + timedelta(minutes=length)
        return data


class MeetingForm(WhenForm):
    """A new meeting of a panel."""

    place = forms.CharField(label="Place", max_length=200, required=False)
    chair = forms.ModelChoiceField(
        label="Chair", queryset=User.objects.none(), required=False, empty_label="Not known yet"
    )
    administrator = forms.ModelChoiceField(
        label="Panel administrator", queryset=User.objects.none(), required=False, empty_label="Not known yet"
    )
    reason = forms.CharField(
        label="Why it departs from the schedule",
        max_length=300,
        required=False,
        help_text="Needed only where a warning is shown. No names and no case details.",
    )

    def __init__(self, *args: Any, user: User, leaders: Sequence[User] = (), **kwargs: Any) -> None:
        """Offer those who chair, those whose turn it is to, and the administrators."""
        super().__init__(*args, **kwargs)
        colleagues = User.objects.for_user(user).filter(is_active=True)
        for field, capacity in (("chair", Capacity.CHAIR), ("administrator", Capacity.ADMINISTRATOR)):
            self.fields[field].queryset = colleagues.filter(roles__capacity=capacity).distinct()  # type: ignore[attr-defined]
        if leaders:
            also = Q(roles__capacity=Capacity.CHAIR) | Q(pk__in=[person.pk for person in leaders])
            self.fields["chair"].queryset = colleagues.filter(also).distinct()  # type: ignore[attr-defined]


class MoveForm(WhenForm):
    """Another time for a meeting. `version` is the meeting as the page showed it."""

    reason = forms.CharField(
        label="Why it is moved",
        max_length=300,
        error_messages={"required": "Say why it is moved"},
        help_text="No names and no case details.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


class CancelForm(forms.Form):
    """Why a meeting is cancelled."""

    reason = forms.CharField(
        label="Why it is cancelled",
        max_length=300,
        error_messages={"required": "Say why it is cancelled"},
        help_text="No names and no case details.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


class SeatForm(forms.Form):
    """Somebody for a seat."""

    seat = forms.ChoiceField(label="Seat", error_messages={"required": "Choose a seat"})
    user = forms.ModelChoiceField(
        label="Who",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages={"required": "Choose a person"},
    )
    since = GovDateField(label="First day", error_messages={"required": "Enter the first day"})
    until = GovDateField(label="Last day", required=False)

    def __init__(self, *args: Any, user: User, seats: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.for_user(user).filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["seat"].choices = [("", "Choose a seat"), *seats]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", ValidationError("The last day must be the first day or later"))
        return data


class CoverForm(forms.Form):
    """Who acts for whom, in which office, from when to when."""

    absent = forms.ModelChoiceField(
        label="Who is away",
        queryset=User.objects.none(),
        empty_label="Choose who is away",
        error_messages={"required": "Choose who is away"},
    )
    role = forms.ChoiceField(label="In which office", error_messages={"required": "Choose an office"})
    covering = forms.ModelChoiceField(
        label="Who covers",
        queryset=User.objects.none(),
        empty_label="Choose who covers",
        error_messages={"required": "Choose who covers"},
    )
    since = GovDateField(label="First day", error_messages={"required": "Enter the first day"})
    until = GovDateField(label="Last day", error_messages={"required": "Enter the last day"})
    reason = forms.CharField(
        label="Why",
        max_length=200,
        help_text="A word such as leave is enough; nothing personal.",
        error_messages={"required": "Say why"},
    )

    def __init__(self, *args: Any, user: User, roles: list[tuple[str, str]], for_anybody: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.for_user(user).filter(is_active=True)
        absent = colleagues if for_anybody else colleagues.filter(pk=user.pk)
        self.fields["absent"].queryset = absent  # type: ignore[attr-defined]
        self.fields["covering"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "Choose an office"), *roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", ValidationError("The last day must be the first day or later"))
        return data


def _panels(request: Any) -> Any:
    return Panel.objects.for_user(request.user)


class MeetingFilter(ListFilter):
    """Which meetings to show."""

    panel = django_filters.ModelChoiceFilter(label="Panel", queryset=_panels, empty_label="Any panel")
    state = django_filters.ChoiceFilter(label="State", choices=MeetingState.choices, empty_label="Any state")
    since = DateFilter(label="From", method="from_day")
    until = DateFilter(label="To", method="to_day")

    class Meta:
        model = Meeting
        fields: list[str] = []

    @staticmethod
    def from_day(queryset: Any, _name: str, day: date) -> Any:
        """Meetings of that day and later."""
        return queryset.filter(starts_at__gte=start_of(day))

    @staticmethod
    def to_day(queryset: Any, _name: str, day: date) -> Any:
        """Meetings of that day and before."""
        return queryset.filter(starts_at__lt=start_of(day + timedelta(days=1)))


def topic_words(topic: str) -> str:
    """The topic of an entry as people read it: "Statutory checklist"."""
    return topic.replace("_", " ").replace("-", " ").capitalize()


class EntryFilter(forms.Form):
    """What to look for in a policy."""

    q = forms.CharField(
        label="Words or rule",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )
    topic = forms.ChoiceField(label="Topic", required=False)

    def __init__(self, *args: Any, topics: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [("", "Any topic"), *((t, topic_words(t)) for t in topics)]  # type: ignore[attr-defined]
