"""Forms of approvals outside the panel: the officer's own, and what was agreed by telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from applications.forms.fields import InstantField
from decisions.services.outside import Consulted
from people.models import User
from people.permissions import GRANTS, Permission

from .signing import SignForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.forms.boundfield import BoundField

KINDS = [("placement", "A placement"), ("support", "Support")]


class ConsultingForm(forms.Form):
    """Why it cannot wait, and for each office the policy asks to consult: whether it was, who it was, when."""

    reason = forms.CharField(
        label="Why can it not wait for the panel?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why it cannot wait for the panel"},
    )

    def __init__(self, *args: Any, consults: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Make the controls of each office to be consulted: its code and its title."""
        super().__init__(*args, **kwargs)
        self.consults = list(consults)
        for role, title in self.consults:
            self.fields[f"consulted_{role}"] = forms.BooleanField(label=f"Talked over with the {title}", required=False)
            self.fields[f"consulted_{role}_name"] = forms.CharField(label="Their name", max_length=160, required=False)
            self.fields[f"consulted_{role}_at"] = InstantField(label="When", required=False)

    def consult_rows(self) -> Iterator[tuple[str, BoundField, BoundField, BoundField]]:
        """The title of each office and its three controls."""
        for role, title in self.consults:
            key = f"consulted_{role}"
            yield title, self[key], self[f"{key}_name"], self[f"{key}_at"]

    def clean(self) -> dict[str, Any]:
        """Who was consulted has a name and a time, and a name or time says that somebody was."""
        data = super().clean() or {}
        for role, title in self.consults:
            key = f"consulted_{role}"
            if f"{key}_at" not in data:
                continue
            name, at = data.get(f"{key}_name"), data[f"{key}_at"]
            if not data.get(key):
                if name or at:
                    self.add_error(key, f"Tick that it was talked over with the {title}, or clear name and time")
                continue
            if not name:
                self.add_error(f"{key}_name", f"Enter the name of the {title}")
            if at is None:
                self.add_error(f"{key}_at", f"Enter when it was talked over with the {title}")
        return data

    def talked(self) -> list[Consulted]:
        """Who was consulted, of a valid form."""
        data = self.cleaned_data
        return [
            Consulted(role, data[f"consulted_{role}_name"], data[f"consulted_{role}_at"])
            for role, _title in self.consults
            if data[f"consulted_{role}"]
        ]


class ApproveOutsideForm(ConsultingForm, SignForm):
    """The officer's approval: reason, whom they consulted, their password."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)
    field_order = ("seen_version", "reason")


class TelephoneForm(ConsultingForm):
    """What an officer agreed by telephone, as a worker or manager puts it on record."""

    officer = forms.ModelChoiceField(
        label="Who agreed?",
        queryset=User.objects.none(),  # house: filled for the viewer
        empty_label="Choose",
        error_messages={"required": "Choose who agreed", "invalid_choice": "Choose an officer of this council"},
    )
    agreed_at = InstantField(label="When did they agree?", error_messages={"required": "Enter when they agreed"})
    kind = forms.ChoiceField(
        label="What cannot wait?",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is a placement or support"},
    )
    field_order = ("officer", "agreed_at", "kind", "reason")

    def __init__(self, *args: Any, viewer: User, asks_kind: bool, **kwargs: Any) -> None:
        """Offer the managers and officers of the viewer's council, but not the viewer."""
        super().__init__(*args, **kwargs)
        officers = User.objects.for_user(viewer).filter(
            is_active=True, roles__capacity__in=list(GRANTS[Permission.SIGN_OFF])
        )
        self.fields["officer"].queryset = officers.exclude(pk=viewer.pk).distinct()  # type: ignore[attr-defined]
        if not asks_kind:
            del self.fields["kind"]


class TelephoneAnswerForm(SignForm):
    """The officer's word on what was recorded in their name."""

    agrees = forms.ChoiceField(
        label="Did you agree to this?",
        choices=[("yes", "Yes, I agreed to it"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you agreed to it"},
    )
    words = forms.CharField(
        label="Your words on it",
        max_length=2000,
        required=False,
        help_text="Needed where you did not agree.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("agrees", "words", "password")
