"""Forms of the door: signing in, confirming, changing a password."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from people.models import User

LONGEST_PASSWORD = 1000  # signs; hashing longer ones would be a way to keep the machine busy


def helper(button: str) -> FormHelper:
    """A form that posts to its own page, with one button."""
    made = FormHelper()
    made.add_input(Submit("", button))
    return made


class PasswordField(forms.CharField):
    """A password: never stripped, never shown again."""

    def __init__(self, label: str, *, autocomplete: str = "current-password", help_text: str = "") -> None:
        super().__init__(
            label=label,
            strip=False,
            max_length=LONGEST_PASSWORD,
            help_text=help_text,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "class": "govuk-input--width-20"}),
            error_messages={"required": f"Enter your {label.lower()}"},
        )


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
        error_messages={"required": "Enter your user name"},
    )
    password = PasswordField("Password")
    helper = helper("Sign in")


class PasswordChangeForm(forms.Form):
    """The password so far and the new one, once: pages show what was typed on request, so twice is not needed."""

    old_password = PasswordField("Current password")
    new_password = PasswordField(
        "New password",
        autocomplete="new-password",
        help_text="At least 12 characters. Three random words are easy to remember and hard to guess.",
    )
    helper = helper("Change password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new_password(self) -> str:
        """Refuse what is short, common, or made of one's own name."""
        password: str = self.cleaned_data["new_password"]
        validate_password(password, self.user)
        if password == self.data.get("old_password"):
            raise ValidationError("Choose a new password that differs from the current one")
        return password
