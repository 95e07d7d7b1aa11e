"""Two people changed the same words: both texts side by side."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from applications.services import ConflictError
from people.forms.fields import PoundsField
from people.templatetags.gov import medium_date, pounds


def _said(field: forms.Field, value: Any) -> str:
    """A stored value as the page shows its field: a sum in pounds, a day in words, a choice by its name."""
    if isinstance(field, PoundsField) and isinstance(value, int):
        return pounds(value)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
        groups: Any = field.choices  # a list, or a function's answers one after the other
        return next((str(name) for group in groups for code, name in _options(group) if code == value), "")
    return _text(value)


def _options(choice: Any) -> list[tuple[Any, Any]]:
    """A choice, or the choices of a group of them."""
    code, name = choice
    return list(name) if isinstance(name, (list, tuple)) else [(code, name)]


def _text(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return medium_date(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


def answer_conflict(conflict: ConflictError, form: Any) -> dict[str, Any]:
    """What the page shows of a conflict: who, when, and their text of each field that differs from ours."""
    rows = []
    for name, theirs in conflict.theirs.items():
        ours = form.cleaned_data.get(name) if name in form.fields else None
        if name in form.fields and _text(ours) != _text(theirs):
            rows.append({"label": form.fields[name].label, "theirs": _said(form.fields[name], theirs)})
    return {"by": conflict.changed_by, "at": conflict.changed_at, "rows": rows}


def field_texts(form: Any) -> list[dict[str, str]]:
    """The saved text of each plain field of a form, for the page's script to offer."""
    if form is None:
        return []
    return [
        {"name": bound.html_name, "label": str(bound.label), "theirs": _text(bound.value())}
        for bound in form
        if not isinstance(bound.value(), list)
    ]
