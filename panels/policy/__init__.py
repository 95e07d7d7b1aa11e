"""Councils' rules as data: the language, its loader, and the policy that pages, services and rules ask."""

from __future__ import annotations

from panels.policy.book import Book, Policy
from panels.policy.loading import installed, load, on_day, versions
from panels.policy.reading import Fault, PolicyFaults


def role_codes(policy: Policy) -> frozenset[str]:
    """Every role code a case of the policy's council may name."""
    return policy.role_codes


__all__ = ["Book", "Fault", "Policy", "PolicyFaults", "installed", "load", "on_day", "role_codes", "versions"]
