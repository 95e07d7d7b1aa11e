"""Money and weeks as pages show them."""

from __future__ import annotations

from django import template

from finance.rules import money, pounds, weeks_shown

register = template.Library()


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
