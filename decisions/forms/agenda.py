"""Forms of the agenda."""

from __future__ import annotations

from django import forms

from people.forms.fields import MinutesField


class PutForm(forms.Form):
    """Why a request is listed out of the ordinary; most need no words."""

    reason = forms.CharField(
        label="Reason",
        max_length=300,
        required=False,
        error_messages={"max_length": "The reason may have 300 characters at most; this one has %(show_value)d."},
    )


class MinutesForm(forms.Form):
    """How long an item takes: "15", "15m" or "0:15"."""

    minutes = MinutesField(label="Minutes", least=1, most=240)


class WhyNotForm(forms.Form):
    """Which child is looked for."""

    q = forms.CharField(label="Request or case reference", max_length=40, required=False)
