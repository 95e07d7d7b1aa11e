"""Forms of the meeting while it is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from decisions.models import AttendanceEvent
from panels.models import Meeting, SeatHolder
from panels.policy.words import REPRESENTATIVE
from panels.rules.seating import represented_roles
from panels.services import next_meetings
from people.models import User

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from decisions.queries.live import Declared
    from decisions.rules.room import Person
    from panels.policy import Policy


class AttendanceForm(forms.Form):
    """Somebody came, left or sent apologies: a colleague by name, or a guest by title."""

    kind = forms.ChoiceField(label="What happened?", choices=AttendanceEvent.Kind.choices, widget=forms.RadioSelect)
    user = forms.ModelChoiceField(
        label="Colleague", queryset=User.objects.none(), required=False, empty_label="Nobody with an account"
    )
    guest = forms.CharField(
        label="Or a guest’s title",
        max_length=160,
        required=False,
        help_text="Such as “School nurse”. No names of family.",
    )
    role = forms.ChoiceField(label="Counts as")
    substitute_for = forms.ChoiceField(label="Stands in for", required=False)

    def __init__(self, *args: Any, meeting: Meeting, policy: Policy, viewer: User, **kwargs: Any) -> None:
        """Offer the council's people and the policy's seats."""
        super().__init__(*args, **kwargs)
        seats = policy.panel(meeting.panel.slug).seats
        titles = {s.role: s.title for s in seats}
        sent = {role + REPRESENTATIVE: role for role in sorted(represented_roles(policy, meeting.panel.slug))}
        titles |= {
            code: f"Representative of the {titles.get(role) or policy.role_title(role)}" for code, role in sent.items()
        }
        others = sorted(policy.role_codes - {s.role for s in seats})
        self.fields["user"].queryset = User.objects.for_user(viewer).filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["role"].choices = [*titles.items(), *((code, policy.role_title(code)) for code in others)]  # type: ignore[attr-defined]
        stood_in_for = [(s.role, s.title) for s in seats if s.substitute != "nobody"]
        self.fields["substitute_for"].choices = [("", "Nobody"), *stood_in_for]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Exactly one person."""
        data = super().clean() or {}
        if "user" in data and "guest" in data and bool(data["user"]) == bool(data["guest"].strip()):
            self.add_error("user", "Choose a colleague, or give a guest’s title, not both")
        return data


class InterestForm(forms.Form):
    """One answer to “Do you know this child, family or provider?”."""

    answer = forms.ChoiceField(
        label="Do you know this child, family or provider?",
        choices=[("none", "No"), ("stays", "Yes, and I stay"), ("withdraws", "Yes, and I withdraw from this case")],
        widget=forms.RadioSelect,
    )
    nature = forms.CharField(label="What is the interest?", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """An interest is said in words."""
        data = super().clean() or {}
        if data.get("answer") in {"stays", "withdraws"} and not data.get("nature", "").strip():
            self.add_error("nature", "Say what the interest is")
        return data


class InterestOfForm(InterestForm):
    """What somebody in the room answered, noted by who writes the minutes."""

    person = forms.ChoiceField(label="Who answered?")
    field_order = ["person", "answer", "nature"]

    def __init__(self, *args: Any, room: Sequence[Declared], **kwargs: Any) -> None:
        """Offer who is in the room, those who have not answered first."""
        super().__init__(*args, **kwargs)
        self.room = {one.person.person: one.person for one in sorted(room, key=lambda one: one.interest is not None)}
        self.fields["person"].choices = [("", "Choose"), *((key, who.name) for key, who in self.room.items())]  # type: ignore[attr-defined]
        self.fields["answer"].label = "Do they know this child, family or provider?"
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            ("none", "No"),
            ("stays", "Yes, and they stay"),
            ("withdraws", "Yes, and they withdraw from this case"),
        ]

    @property
    def answered(self) -> Person:
        """Who answered, of a valid form."""
        return self.room[self.cleaned_data["person"]]


class CarryForm(forms.Form):
    """Why a case goes on to another meeting, and which."""

    reason = forms.CharField(label="Why is it carried forward?", max_length=300)
    to = forms.ModelChoiceField(
        label="To which meeting?",
        queryset=Meeting.objects.none(),
        required=False,
        empty_label="None yet: it waits among the ready requests",
    )

    def __init__(self, *args: Any, meeting: Meeting, at: datetime, viewer: User, **kwargs: Any) -> None:
        """Offer the next meetings of the same panel."""
        super().__init__(*args, **kwargs)
        coming = next_meetings(panel=meeting.panel, after=max(at, meeting.starts_at)).values("pk")
        offered = Meeting.objects.for_user(viewer).filter(pk__in=coming).select_related("panel")
        self.fields["to"].queryset = offered  # type: ignore[attr-defined]


class ChairForm(forms.Form):
    """Who leads the meeting."""

    chair = forms.ModelChoiceField(label="Chair", queryset=User.objects.none(), empty_label="Choose")
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        required=False,
        help_text="Needed where the person holds neither the chair’s nor the vice-chair’s seat.",
    )

    def __init__(self, *args: Any, meeting: Meeting, viewer: User, **kwargs: Any) -> None:
        """Offer the panel's members."""
        super().__init__(*args, **kwargs)
        day = timezone.localdate(meeting.starts_at)
        holders = SeatHolder.objects.for_user(viewer).filter(panel=meeting.panel).on(day).values("user_id")
        self.fields["chair"].queryset = User.objects.for_user(viewer).filter(pk__in=holders, is_active=True)  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """What was said of a standing item."""

    note = forms.CharField(
        label="What was said", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
