"""Money and weeks as pages show them."""

from __future__ import annotations

import re

from django import template

from finance.rules import money, pounds, weeks_shown
from panels.policy.said import label

register = template.Library()
PARTS = re.compile(r"(:[0-9]+)+$")


@register.filter
def gbp(pence: int | str | None) -> str:
    """Whole pence as "£1,234.56", below nothing as "−£12.00" with a true minus sign; nothing known is empty."""
    return "" if pence is None or pence == "" else money(int(pence))


@register.filter
def whole_gbp(pence: int | str | None) -> str:
    """Whole pence rounded to pounds for a headline: "£1,235"."""
    return "" if pence is None or pence == "" else pounds(int(pence))


@register.filter
def weeks(days: int | str | None) -> str:
    """Days as weeks to two places: 171 is "24.43". For the eye only."""
    return "" if days is None or days == "" else weeks_shown(int(days))


@register.filter
def figure(figures: dict[str, int], name: str) -> int:
    """One figure of a position."""
    return figures[name]


@register.filter
def service(code: str) -> str:
    """A kind of service as people call it: "Foster placement through an agency"."""
    return label(code)


@register.filter
def source(reference: str) -> str:
    """Where a row comes from, without the number of its line and part: "D-583ZJDXS" for "D-583ZJDXS:1:1"."""
    return PARTS.sub("", reference).replace(":", ", ")
