"""What people do with a request: declare, return, withdraw, upload."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from applications.rules import FileFault, content_type_of
from panels.policy import words

from .words import labelled


class DeclareForm(forms.Form):
    """The worker's word that the request is true and complete."""

    declared = forms.BooleanField(
        label="The facts here are true to the best of my knowledge, and the family knows what is asked.",
        error_messages={"required": "Tick the declaration before you send the request"},
    )
    skip_notes = forms.ChoiceField(
        label="A note of support is asked for. How do you want to send it?",
        required=False,
        choices=[("ask", "Ask for the note first"), ("skip", "Send it without; the panel sees that no note is held")],
        widget=forms.RadioSelect,
        initial="ask",
    )

    def __init__(self, *args: Any, may_skip: bool, **kwargs: Any) -> None:
        """Offer to leave out a note only where one is asked for and nothing else is."""
        super().__init__(*args, **kwargs)
        if not may_skip:
            del self.fields["skip_notes"]


class ReasonsForm(forms.Form):
    """Reasons, in words the worker can act on."""

    reasons = forms.CharField(
        label="What must change, and why?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Enter the reasons, so that the worker knows what to do"},
    )


class WithdrawForm(forms.Form):
    """Why a request is no longer made."""

    reasons = forms.CharField(
        label="Why is the request withdrawn?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter why the request is withdrawn"},
    )


class AgreeForm(forms.Form):
    """Yes or no to a withdrawal; a no has reasons."""

    answer = forms.ChoiceField(
        label="Do you agree to the withdrawal?",
        choices=[("agree", "Yes, withdraw it"), ("refuse", "No, it goes on")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you agree"},
    )
    reasons = forms.CharField(
        label="If not, why?", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") == "refuse" and not str(cleaned.get("reasons", "")).strip():
            self.add_error("reasons", "Enter why it goes on")
        return cleaned


class DocumentForm(forms.Form):
    """A file and what it is."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=[("", "Choose"), *labelled(words.DOCUMENTS), ("other", "Another document")],
        error_messages={"required": "Choose what the document is"},
    )
    file = forms.FileField(
        label="File",
        help_text="PDF, Word (docx), Excel (xlsx), JPG or PNG.",
        max_length=160,
        error_messages={
            "required": "Choose a file",
            "empty": "The file is empty",
            "max_length": "The name of the file is too long; make it shorter",
        },
    )

    def clean_file(self) -> Any:
        """Only what may be uploaded, and is what its name says."""
        file = self.cleaned_data["file"]
        try:
            content_type_of(file.name, file, most_bytes=settings.UPLOAD_MAX_BYTES)
        except FileFault as fault:
            raise forms.ValidationError(str(fault)) from None
        return file
