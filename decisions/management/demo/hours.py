"""Office hours: when people of the demonstration send, sign and approve."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
OPENS, CLOSES, SATURDAY = 9, 17, 5
APART: Final = timedelta(hours=1)  # between one signature and the next
DAY: Final = timedelta(days=1)


def is_open(at: datetime) -> bool:
    """Whether somebody is at their desk."""
    local = at.astimezone(LONDON)
    return local.weekday() < SATURDAY and OPENS <= local.hour < CLOSES


def in_hours(at: datetime) -> datetime:
    """A moment in office hours; out of them the first hour of the next day on which the office is open."""
    local = at.astimezone(LONDON)
    if is_open(local):
        return at
    found = local.replace(hour=OPENS) + (DAY if local.hour >= OPENS else timedelta())
    while not is_open(found):
        found += DAY
    return found


def before(at: datetime) -> datetime:
    """A moment in office hours; out of them the last hour of the day before on which the office was open."""
    local = at.astimezone(LONDON)
    if is_open(local):
        return at
    found = local.replace(hour=CLOSES - 1) - (DAY if local.hour < CLOSES else timedelta())
    while not is_open(found):
        found -= DAY
    return found


def later(at: datetime) -> datetime:
    """When the next one comes to it."""
    return in_hours(at.astimezone(LONDON) + APART)
