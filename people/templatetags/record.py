"""Rows of the record as pages show them."""

from __future__ import annotations

from typing import Any

from django import template

from people.forms import deeds as said

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
def spoken_facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts of a row by name."""
    return said.facts(facts)
