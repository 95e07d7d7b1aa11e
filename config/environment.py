"""Reading the environment: what is set wrongly ends the process with a sentence, not with a traceback."""

from __future__ import annotations

import os
from typing import Any

import dj_database_url


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number of the environment, `least` and `most` included; the default where nothing is set.

    Raises:
        SystemExit: it is no number, or out of bounds.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SystemExit(f"{name} is {text!r}; a whole number from {least} to {most} is needed.")
    return int(text)


def database(name: str, url: str) -> dict[str, Any]:
    """Django's settings of a database from its address, connections kept for ten minutes and asked before use.

    Raises:
        SystemExit: it is no such address; it is not repeated, as it may hold a password.
    """
    try:
        return dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    except ValueError as fault:
        raise SystemExit(f"{name} is not postgres://ROLE@HOST:PORT/NAME or sqlite:///FILE.") from fault
