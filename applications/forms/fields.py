"""Fields the forms of a request share, and forms that can be filled with a draft without complaining about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict

FIRST_YEAR, LAST_YEAR = 1900, 2199


class Draftable(forms.BaseForm):
    """A form that can show what somebody typed earlier, valid or not."""

    def shown_without_errors(self) -> None:
        """Show the words it was bound to and say nothing about them yet."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}


def draft_data(fields: Mapping[str, str | Sequence[str]]) -> MultiValueDict[str, str]:
    """The words of a draft in the shape a form is bound to."""
    return MultiValueDict(
        {name: [value] if isinstance(value, str) else [str(part) for part in value] for name, value in fields.items()}
    )


class YesNoField(forms.TypedChoiceField):
    """Yes or no as True or False; None where it was not answered, or answered "not known yet"."""

    def __init__(self, *, unknown: bool = False, **kwargs: Any) -> None:
        """Make the field; with `unknown` a third answer takes an earlier one back."""
        choices = [("yes", "Yes"), ("no", "No")] + ([("", "Not known yet")] if unknown else [])
        kwargs.setdefault("required", False)
        super().__init__(
            choices=choices, coerce=lambda word: word == "yes", empty_value=None, widget=forms.RadioSelect, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a stored True or False as the word that is chosen."""
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class InstantField(forms.DateTimeField):
    """A day and a time in England, as an aware date-time."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})

    def __init__(self, **kwargs: Any) -> None:
        """Make the field; it takes what browsers send and "27/3/2026 14:30"."""
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"]
        super().__init__(input_formats=formats, **kwargs)
        self.error_messages["invalid"] = "Enter a day and a time, such as 27/3/2026 14:30"

    def to_python(self, value: Any) -> datetime | None:
        """Read the instant; years outside 1900 to 2199 are refused."""
        try:
            read = super().to_python(value)
        except (OverflowError, ValueError) as fault:
            if isinstance(fault, ValidationError):
                raise
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if read is not None and not FIRST_YEAR <= read.year <= LAST_YEAR:
            raise ValidationError(f"The year must be between {FIRST_YEAR} and {LAST_YEAR}", code="year")
        return read


class PolicyChoiceField(forms.ChoiceField):
    """A choice out of the words of a policy; an empty one stands first."""

    def __init__(self, *, options: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Make the field from codes and their labels."""
        kwargs.setdefault("required", False)
        super().__init__(choices=[("", "Choose"), *options], **kwargs)


def end_not_before_start(form: forms.BaseForm, start: str = "start", end: str = "end") -> None:
    """Put an error beside the last day where it lies before the first."""
    first, last = form.cleaned_data.get(start), form.cleaned_data.get(end)
    if first and last and last < first:
        form.add_error(end, "The last day must be the same as or after the first day")
