"""Which draft is to be rehearsed: one number at another value, a zipped folder, or the council's own files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from applications.queries.drafts import Number
from applications.rules.drafts import MOST_BYTES, DraftFault, draft_files
from panels.policy.said import quantity
from panels.policy.schema.named import most_of
from people.forms.fields import PoundsField, shown

WHOLE = re.compile(r"[0-9]{1,6}")
SOURCES = {
    "number": "Try one number at another value",
    "zip": "Send in a draft: the policy’s folder, zipped",
    "draft": "The draft in the council’s draft folder",
    "files": "The policy in the council’s files",
}


def said(number: Number) -> str:
    """A number of the policy with its unit, as a page says it."""
    return quantity(number.value, number.unit)


class RehearsalForm(forms.Form):
    """The draft, in one of the ways in which one can be had."""

    source = forms.ChoiceField(
        label="What do you want to rehearse?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what to rehearse"},
    )
    number = forms.ChoiceField(label="Which number?", required=False)
    value = forms.CharField(
        label="Its new value",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        help_text="In the unit shown: pounds, days, hours, months, people or miles.",
    )
    file = forms.FileField(
        label="Zipped folder of the draft",
        required=False,
        max_length=160,
        help_text="A zip of the YAML files, 2 MB at most. It is read and thrown away.",
        error_messages={
            "empty": "The file is empty",
            "max_length": "The name of the file is too long; make it shorter",
        },
    )

    def __init__(self, *args: Any, numbers: Sequence[Number], sources: Sequence[str], **kwargs: Any) -> None:
        """Offer the numbers of the policy in force, and the sources there are."""
        super().__init__(*args, **kwargs)
        self.numbers = {number.code: number for number in numbers}
        self.fields["source"].choices = [(code, SOURCES[code]) for code in sources]  # type: ignore[attr-defined]
        self.fields["number"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((n.code, f"{n.rule}: {_short(n.means)} – now {said(n)}") for n in numbers),
        ]
        self.files_sent: dict[str, str] = {}
        self.new_value: int | float = 0

    def clean(self) -> dict[str, Any]:
        """What the chosen source needs is there and can be read."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("source") == "number":
            self._clean_number(cleaned)
        if cleaned.get("source") == "zip" and "file" not in self.errors:
            self._clean_file(cleaned)
        return cleaned

    def _clean_number(self, cleaned: dict[str, Any]) -> None:
        number = self.numbers.get(cleaned.get("number") or "")
        text = (cleaned.get("value") or "").strip()
        if number is None and "number" not in self.errors:
            self.add_error("number", "Choose the number to try")
        if not text and "value" not in self.errors:
            self.add_error("value", "Enter the value to try")
        if number is None or not text:
            return
        try:
            self.new_value = value_of(number, text)
        except forms.ValidationError as fault:
            self.add_error("value", fault)
            return
        if self.new_value == number.value:
            self.add_error("value", f"It is {said(number)} already. Enter another value")

    def _clean_file(self, cleaned: dict[str, Any]) -> None:
        file = cleaned.get("file")
        if file is None:
            self.add_error("file", "Choose the zipped folder of the draft")
            return
        try:
            self.files_sent = draft_files(file.read(MOST_BYTES + 1))
        except DraftFault as fault:
            self.add_error("file", str(fault))


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:69].rstrip() + "…"


def value_of(number: Number, text: str) -> int | float:
    """A typed value in the unit of its number: whole pence, whole days, hours, months or people; miles may have parts.

    Raises:
        ValidationError: what was found, and what is allowed.
    """
    if number.unit == "pence":
        pence = PoundsField(label="Value").clean(text)
        return int(pence)
    least, most = 1 if number.code.startswith("quorum:") else 0, most_of(number.unit)
    if WHOLE.fullmatch(text) and least <= int(text) <= most:
        return int(text)
    kind = number.unit.replace("_", " ")
    raise forms.ValidationError(
        f"{shown(text)} is not allowed. Enter a whole number of {kind} between {least} and {most:,}"
    )
