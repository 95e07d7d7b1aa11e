"""Two people changed the same words: both texts side by side."""

from __future__ import annotations

from typing import Any

from applications.services import ConflictError


def _text(value: Any) -> str:
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
            rows.append({"label": form.fields[name].label, "theirs": _text(theirs)})
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
