"""What is wrong with a field, in plain words that name it: Django's own sentences speak to programmers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

MISSING: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "Tick the box to say: {}"),
    (forms.FileInput, "Choose a file: {}"),
    (forms.Select, "Choose {}"),
    (forms.RadioSelect, "Choose {}"),
    (forms.CheckboxSelectMultiple, "Choose {}"),
)


def _label(field: BoundField) -> str:
    """A label as it reads inside a sentence: its first letter small, unless an abbreviation or a name begins it."""
    label = str(field.label).rstrip("?:. ")
    if len(label) > 1 and label[1].isupper():
        return label
    return label[:1].lower() + label[1:]


def _named(field: BoundField) -> str:
    """A field as what a sentence speaks of: its label, or the answer where the label is a question."""
    return f"the answer to “{field.label}”" if str(field.label).endswith("?") else f"“{str(field.label).rstrip(':. ')}”"


def _missing(field: BoundField, _params: Mapping[str, Any]) -> str:
    if str(field.label).endswith("?"):
        return f"Answer the question “{field.label}”"
    kinds = (words.format(_label(field)) for kind, words in MISSING if isinstance(field.field.widget, kind))
    return next(kinds, f"Enter {_label(field)}")


def _too_long(field: BoundField, params: Mapping[str, Any]) -> str:
    return f"Shorten {_named(field)} to {params['limit_value']:,} characters; it has {params['show_value']:,}"


def _too_much(field: BoundField, params: Mapping[str, Any]) -> str:
    return f"{_capital(_named(field))} must be {params['limit_value']} or less"


def _too_little(field: BoundField, params: Mapping[str, Any]) -> str:
    return f"{_capital(_named(field))} must be {params['limit_value']} or more"


def _not_offered(field: BoundField, _params: Mapping[str, Any]) -> str:
    return f"For {_named(field)}, choose from what is offered"


def _no_text(field: BoundField, _params: Mapping[str, Any]) -> str:
    return f"{_capital(_named(field))} holds a character that is no text. Type it again"


def _no_number(field: BoundField, _params: Mapping[str, Any]) -> str:
    return f"{_capital(_named(field))} must be a whole number, such as 12"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


Words = Callable[[BoundField, Mapping[str, Any]], str]
# The beginning of each of Django's sentences, and who says it instead. A form that has words of its own keeps them.
INSTEAD: tuple[tuple[str, Words], ...] = (
    (str(forms.Field.default_error_messages["required"]), _missing),
    ("Ensure this value has at most", _too_long),
    ("Ensure this filename has at most", _too_long),
    ("Ensure this value is less than or equal to", _too_much),
    ("Ensure this value is greater than or equal to", _too_little),
    ("Select a valid choice.", _not_offered),
    ("Null characters are not allowed.", _no_text),
    ("Enter a whole number.", _no_number),
)
NEEDED: dict[Words, frozenset[str]] = {
    _too_long: frozenset({"limit_value", "show_value"}),
    _too_much: frozenset({"limit_value"}),
    _too_little: frozenset({"limit_value"}),
}


def _said(field: BoundField, error: ValidationError) -> str:
    text = str(error.messages[0])
    params = _numbers(error)
    for begins, words in INSTEAD:
        if text.startswith(begins) and NEEDED.get(words, frozenset()) <= params.keys():
            return words(field, params)
    return text


def _numbers(error: ValidationError) -> Mapping[str, Any]:
    """The figures of an error; a file's name is counted under other names."""
    params = dict(error.params or {})
    if "max" in params and "length" in params:
        params |= {"limit_value": params["max"], "show_value": params["length"]}
    return params


def plain_errors(field: BoundField) -> list[str]:
    """The errors of a field in plain English, each naming what it is about."""
    return [_said(field, error) for error in field.errors.as_data()]
