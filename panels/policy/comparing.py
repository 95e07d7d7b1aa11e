"""What changes from one policy to another, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from panels.policy.book import Policy
from panels.policy.said import quantity

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CODE: Final = re.compile(r"[a-z0-9_]+")

NAMED_BY: Final = ("slug", "code", "id", "role", "timer", "kind")
"""The keys by which the parts of a list are told apart, the first that all of them have."""


def differences(old: Policy, new: Policy) -> list[str]:
    """One sentence for each thing that differs, in the order of the policy; empty where nothing does."""
    before, after = old.payload(), new.payload()
    said = list(_council(before["council"], after["council"]))
    said += _parameters(before.get("parameters", {}), after.get("parameters", {}))
    said += _lists("group", before.get("groups", {}), after.get("groups", {}))
    said += _entries(old, new)
    said += _panels(before["panels"], after["panels"])
    return said


def _council(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    yield from _values("the council", {**old, "version": None}, {**new, "version": None})  # whoever asks knows it


def _parameters(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in _names(old, new):
        rule = new.get(name, old.get(name)).get("rule")
        title = f"{_words(name)}{f' ({rule})' if rule else ''}"
        if name not in old:
            yield f"New number: {title} is {_dated(new[name])}."
        elif name not in new:
            yield f"Number dropped: {title} was {_dated(old[name])}."
        elif _dated(old[name]) != _dated(new[name]):
            yield f"{title[0].upper()}{title[1:]} changes from {_dated(old[name])} to {_dated(new[name])}."


def _dated(parameter: Mapping[str, Any]) -> str:
    def one(value: Mapping[str, Any]) -> str:
        since = f" from {_said(value['from'])}" if value.get("from") else ""
        return f"{quantity(value['value'], parameter['unit'])}{since}"

    return ", then ".join(one(value) for value in parameter["values"])


def _lists(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in _names(old, new):
        before, after = old.get(name, []), new.get(name, [])
        gained = [_words(one) for one in after if one not in before]
        lost = [_words(one) for one in before if one not in after]
        if gained:
            yield f"The {kind} {_words(name)} now holds {', '.join(gained)}."
        if lost:
            yield f"The {kind} {_words(name)} no longer holds {', '.join(lost)}."


def _entries(old: Policy, new: Policy) -> Iterator[str]:
    before = {entry["id"]: entry for entry in old.payload()["entries"]}
    after = {entry["id"]: entry for entry in new.payload()["entries"]}
    for rule in _names(before, after):
        if rule not in before:
            yield f"{rule} is new ({new.clause(rule)}): {after[rule]['means']}"
        elif rule not in after:
            yield f"{rule} is dropped: {before[rule]['means']}"
        else:
            yield from _values(rule, before[rule], after[rule])


def _panels(old: list[Any], new: list[Any]) -> Iterator[str]:
    before, after = ({panel["slug"]: panel for panel in panels} for panels in (old, new))
    for slug in _names(before, after):
        if slug not in before:
            yield f"New panel: {after[slug]['name']}."
        elif slug not in after:
            yield f"Panel dropped: {before[slug]['name']}."
        else:
            yield from _values(f"the {after[slug]['short_name']}", before[slug], after[slug])


def _values(whose: str, old: Any, new: Any) -> Iterator[str]:
    """Sentences on everything that differs below one part, each with the way to it."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in _names(old, new):
            yield from _values(f"{whose}, {_words(key)}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and (name := _told_apart([*old, *new])):
        before, after = ({part[name]: part for part in parts} for parts in (old, new))
        for key in _names(before, after):
            yield from _values(f"{whose}: {_words(str(key))}", before.get(key), after.get(key))
    elif old != new:
        yield _sentence(whose, old, new)


def _sentence(whose: str, old: Any, new: Any) -> str:
    start = whose[0].upper() + whose[1:]
    if old is None:
        return f"{start} is added: {_said(new)}."
    if new is None:
        return f"{start} is dropped: {_said(old)}."
    return f"{start} changes from {_said(old)} to {_said(new)}."


def _told_apart(parts: list[Any]) -> str | None:
    """The key whose values tell the parts of a list apart; None where there is none."""
    if not parts or not all(isinstance(part, dict) for part in parts):
        return None
    return next((name for name in NAMED_BY if all(part.get(name) is not None for part in parts)), None)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_said(one) for one in value) or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{_words(key)} {_said(inner)}" for key, inner in value.items())
    text = str(value)
    if DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return f"{day.day} {day:%B %Y}"
    return _words(text) if CODE.fullmatch(text) else text.rstrip(".")


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys([*old, *new]))


def _words(code: str) -> str:
    return code.replace("_", " ")
