"""The versions of a request: what each changed, before and after, in words, and who signed it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from applications.forms import PART_FORMS, ChildForm
from applications.forms.parts import LINE_FACTS
from applications.forms.policy import FACTS
from applications.models import Application
from applications.queries.tasks import TITLES
from applications.queries.versions import MOST, Done, done_to_parts, of_version, own_versions
from applications.states import State
from panels.policy.said import label
from people.forms.fields import PoundsField
from people.templatetags.gov import long_datetime, pounds

from .answers import ASKED_AS, WORDS, asked_as, cost_words, spoken

CODE = re.compile(r"[a-z]+(_[a-z]+)+")
COMPARED = (
    "state",
    "panel",
    "title",
    "ask",
    "summary",
    "assessment_date",
    "assessment_reference",
    "needs_analysis",
    "parenting_analysis",
    "family_analysis",
    "outcomes",
    "plan_short_term",
    "plan_long_term",
    "child_views",
    "parent_views",
    "other_funding_considered",
    "is_complex",
    "answers",
    "facts",
)
# Each list of a request: what one of its rows is called, and the column that names it.
NAMED = {
    "lines": ("Resource", "category"),
    "alternatives": ("Alternative", "option"),
    "actions": ("Action", "action"),
    "funding": ("Source of money", "source"),
    "views": ("View", "person"),
}
FORMS: dict[str, Any] = {**PART_FORMS, "child": ChildForm}
CODES = {"category", "source"}  # columns that hold a word of the rules' interface
MONEY = {path for path, _, kind in FACTS if kind == "money"}
Change = dict[str, str]


def versions(application: Application, *, office: Callable[[str], str] = label) -> list[dict[str, Any]]:
    """Each version with who made it, what it changed and who signed it, the newest first; 100 at most.

    Args:
        application: read with its signatures.
        office: what the council calls an office.
    """
    kept = own_versions(application)
    parts = _by_version(application, kept[:MOST])
    rows = []
    for index, version in enumerate(kept[:MOST]):
        before = kept[index + 1] if index + 1 < len(kept) else None
        changes = [change for name in COMPARED if before is not None for change in _changes(before, version, name)]
        rows.append(
            {
                "number": version.version,
                "at": version.history_date,
                "by": version.history_user,
                "changes": changes + parts.get(version.version, []),
                "why": _why(version.history_change_reason or "begun"),
                "signed": [
                    (s, office(s.role)) for s in application.sign_offs.all() if s.request_version == version.version
                ],
            }
        )
    return rows


def _why(reason: str) -> str:
    """Why there is a version, without the code of a list's row: "saved: lines-51" is "saved: resource"."""
    verb, _, group = reason.partition(": ")
    part, _, row = group.partition("-")
    if part in NAMED and row:
        return f"{verb}: {NAMED[part][0].lower()}"
    task = {"actions": "plan"}.get(part, part)
    return f"{verb}: {TITLES[task]}" if task in TITLES else reason


def _by_version(application: Application, kept: list[Any]) -> dict[int, list[Change]]:
    """What was done to the parts and the child, by the request's version it made, or that stood while it was done."""
    made = {of_version(application, version.version): version.version for version in kept}
    done = done_to_parts(application)
    names = {one.kept.id: label(one.kept.category) for one in done if one.part == "lines"}
    found: dict[int, list[Change]] = {}
    for one in done:
        number = made.get(one.kept.history_change_reason)
        stood = next((v.version for v in kept if v.history_date <= one.kept.history_date), None)
        if number is not None:
            found.setdefault(number, []).extend(_done(one, names))
        elif stood is not None and one.part == "child":
            by = f" (by {one.kept.history_user} on {long_datetime(one.kept.history_date)}, from another request)"
            found.setdefault(stood, []).extend(
                {**change, "field": change["field"] + by} for change in _done(one, names)
            )
        elif stood is not None:
            found.setdefault(stood, []).extend(_done(one, names))
    return found


def _done(one: Done, names: Mapping[int, str]) -> list[Change]:
    """What was done to one row: all of it where it was added or removed, else each field that changed."""
    noun, column = NAMED.get(one.part, ("Child", ""))
    name = f"{noun}, {label(str(getattr(one.kept, column)))}" if column in CODES else noun
    if column and column not in CODES:
        name = f"{noun}, {getattr(one.before or one.kept, column)}"
    before = _told(one.part, one.before, names) if one.before else {}
    after = _told(one.part, one.after, names) if one.after else {}
    if one.before is None or one.after is None:
        what = "added" if one.before is None else "removed"
        return [{"field": f"{name}: {what}", "before": _in_lines(before), "after": _in_lines(after)}]
    return [
        {"field": f"{name}: {asked}", "before": before.get(asked, ""), "after": after.get(asked, "")}
        for asked in dict.fromkeys([*before, *after])
        if before.get(asked) != after.get(asked)
    ]


def _in_lines(told: Mapping[str, str]) -> str:
    return "\n".join(
        f"{asked} {said}" if asked.endswith("?") else f"{asked}: {said}" for asked, said in told.items() if said
    )


def _told(part: str, row: Any, names: Mapping[int, str]) -> dict[str, str]:
    """What a row holds, in words, by what its form asks."""
    told = {}
    for name in FORMS[part]._meta.fields:  # noqa: SLF001 - a form's own list of its columns
        field = FORMS[part].base_fields[name]
        told[str(field.label)] = _cell(row, name, names, is_money=isinstance(field, PoundsField))
    if part == "lines":
        unit = told.pop(str(FORMS[part].base_fields["unit"].label))  # the cost says what it is for
        told["Cost"] = cost_words(row) or told["Cost"] or unit
        for name, asked, kind in LINE_FACTS:
            if name in row.facts:
                told[asked] = f"£{row.facts[name]}" if kind == "money" else spoken(row.facts[name])
    return told


def _cell(row: Any, name: str, names: Mapping[int, str], *, is_money: bool) -> str:
    if name == "for_line":
        return names.get(row.for_line_id, "")
    value = getattr(row, name)
    if is_money:
        return pounds(value)
    if name in CODES:
        return label(value)
    shown = getattr(row, f"get_{name}_display", None)
    return str(shown()) if shown else spoken(value)


def _changes(before: Any, after: Any, name: str) -> list[Change]:
    """What changed in one column; of a column of many answers, each answer that changed by itself."""
    old, new = getattr(before, name), getattr(after, name)
    if old == new:
        return []
    if not isinstance(old, dict) and not isinstance(new, dict):
        field = Application._meta.get_field(name)  # noqa: SLF001 - Django's documented door
        asked = ASKED_AS.get(name) or str(getattr(field, "verbose_name", name))
        return [{"field": asked, "before": _short(name, old), "after": _short(name, new)}]
    left, right = _flat(old or {}), _flat(new or {})
    return [
        {"field": asked_as(path), "before": _short(path, left.get(path)), "after": _short(path, right.get(path))}
        for path in dict.fromkeys([*left, *right])
        if left.get(path) != right.get(path)
    ]


def _flat(held: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in held.items():
        flat |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return flat


def _short(path: str, value: Any) -> str:
    text = State(value).label if path == "state" else spoken(value)
    text = f"£{text}" if path in MONEY and text else WORDS.get(text) or (label(text) if CODE.fullmatch(text) else text)
    return text if len(text) <= 400 else f"{text[:400]}…"
