"""Rows of the record as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from people import deeds as said

register = template.Library()


@register.filter
def deed(action: str) -> str:
    """What happened: "Request sent"."""
    return said.deed(action)


@register.filter
def thing(subject: str) -> str:
    """The kind of thing it happened to."""
    return said.thing(subject)


@register.filter
def spoken_facts(facts: dict[str, Any], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """The facts of a row by name; accounts by theirs."""
    return said.facts(facts, names=names)


@register.filter
def about(entry: Any, names: Mapping[int, str]) -> str:
    """What a row is about: a reference, or the name of an account."""
    return said.reference_of(entry.subject, entry.subject_ref, names=names)
