"""Forms of signatures and approvals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify


class SignForm(forms.Form):
    """The signer's password, asked for again."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=128,
        help_text="A signature asks for it again.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "govuk-input--width-20"}),
        error_messages={"required": "Enter your password"},
    )


class CostForm(forms.Form):
    """The cost part of a decision: what its figures rest on."""

    words = forms.CharField(
        max_length=500,
        error_messages={"required": "Say what the cost rests on"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, minute: str, hint: str) -> None:
        super().__init__(data, auto_id=f"{slugify(minute)}-%s")
        self.fields["words"].label = f"What the cost of minute {minute} rests on"
        self.fields["words"].help_text = hint


class AnswerForm(forms.Form):
    """An officer's answer after panel."""

    agrees = forms.ChoiceField(
        label="Do you approve this decision?",
        choices=[("yes", "Yes, I approve it"), ("no", "No")],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label="Reasons",
        max_length=4000,
        required=False,
        help_text="Needed where you do not approve.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
