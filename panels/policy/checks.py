"""What can only be judged with the whole book open: names that must exist, conditions that must type-check."""

from __future__ import annotations

from panels.policy.book import Book


def check(book: Book, draft: object) -> None:
    """Add to the draft a fault for every name that does not exist and every condition that does not type-check."""
