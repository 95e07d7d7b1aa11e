"""The agenda as arithmetic: when each item starts, whether it fits, what changed between two versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
UNSTATED_MINUTES = 10
"""Offered where a policy states no length of a case; a proposal to the administrator, enforced nowhere."""


def minutes_words(minutes: int) -> str:
    """Minutes in words: 130 is "2 h 10 min", 120 is "2 h", 45 is "45 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part, there in ((f"{hours} h", hours), (f"{rest} min", rest or not hours)) if there)


def starts(begins: datetime, minutes: Sequence[int]) -> list[datetime]:
    """Say when each item starts, one after another without a gap; times are elapsed, also over a clock change."""
    moments, passed = [], 0
    utc = begins.astimezone(ZoneInfo("UTC"))
    for length in minutes:
        moments.append(utc + timedelta(minutes=passed))
        passed += length
    return moments


@dataclass(frozen=True, slots=True)
class Load:
    """How full a meeting is: cases, minutes taken, minutes there are."""

    cases: int
    minutes: int
    room: int

    @property
    def over(self) -> int:
        """Minutes planned beyond the meeting's end; 0 while it fits."""
        return max(0, self.minutes - self.room)

    @property
    def words(self) -> str:
        """The load as a sentence: "9 cases, 2 h 10 min of 3 h"."""
        noun = "case" if self.cases == 1 else "cases"
        said = f"{self.cases} {noun}, {minutes_words(self.minutes)} of {minutes_words(self.room)}"
        return f"{said}: {minutes_words(self.over)} over" if self.over else said


def load_of(items: Sequence[tuple[str, int]], *, begins: datetime, ends: datetime) -> Load:
    """Add up an agenda given as (kind, minutes); only cases are counted, everything takes time."""
    return Load(
        cases=sum(kind == "case" for kind, _ in items),
        minutes=sum(minutes for _, minutes in items),
        room=int((ends - begins).total_seconds() // 60),
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """How a running meeting keeps time: minutes behind its plan, and which items it will not reach by its end."""

    late: int
    unreached: tuple[str, ...]

    @property
    def words(self) -> str:
        """The pace as a sentence; empty while on time."""
        if self.late <= 0:
            return ""
        said = f"Running {self.late} min late."
        if self.unreached:
            noun = "item" if len(self.unreached) == 1 else "items"
            said += f" At this pace {len(self.unreached)} {noun} will not be reached: {', '.join(self.unreached)}."
        return said


def pace_of(*, now: datetime, ends: datetime, planned: datetime | None, waiting: Sequence[tuple[str, int]]) -> Pace:
    """Compare a running meeting with its plan.

    Args:
        now: the moment asked about.
        ends: the meeting's planned end.
        planned: when the next waiting item was to start; None when nothing waits.
        waiting: the items still to come, in order, as (number, minutes).
    """
    if planned is None:
        return Pace(0, ())
    late = int((now - planned).total_seconds() // 60)
    passed, unreached = 0, []
    for number, minutes in waiting:
        passed += minutes
        if now + timedelta(minutes=passed) > ends:
            unreached.append(number)
    return Pace(late, tuple(unreached))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say in sentences what differs between two published agendas: which items, when, how long, where."""
    said: list[str] = []
    old, new = _by_reference(before), _by_reference(after)
    old_meeting, new_meeting = before.get("meeting", {}), after.get("meeting", {})
    if old_meeting.get("starts_at") != new_meeting.get("starts_at"):
        said.append(f"The meeting now starts at {_clock(new_meeting.get('starts_at'))}.")
    if old_meeting.get("place") != new_meeting.get("place"):
        said.append(f"The meeting is now held at {new_meeting.get('place') or 'a place to be named'}.")
    said += [
        f"{_name(item)} was added at {_clock(item.get('starts_at'))}." for key, item in new.items() if key not in old
    ]
    withdrawn = set(after.get("withdrawn", []))
    said += [
        f"{_name(item)} was withdrawn." if key in withdrawn else f"{_name(item)} was taken off."
        for key, item in old.items()
        if key not in new
    ]
    for key, item in new.items():
        if key in old:
            said += _moved(old[key], item)
    return said


def _by_reference(snapshot: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {item["reference"]: item for item in snapshot.get("items", [])}


def _name(item: Mapping[str, Any]) -> str:
    request = item.get("request") or {}
    return f"{item['title']} ({request['reference']})" if request.get("reference") else str(item["title"])


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    said = []
    if old.get("starts_at") != new.get("starts_at"):
        said.append(f"{_name(new)} moved from {_clock(old.get('starts_at'))} to {_clock(new.get('starts_at'))}.")
    if old.get("minutes") != new.get("minutes"):
        said.append(f"{_name(new)} has {new['minutes']} minutes instead of {old['minutes']}.")
    return said


def _clock(stamp: str | None) -> str:
    return datetime.fromisoformat(stamp).astimezone(LONDON).strftime("%H:%M") if stamp else "a time to be named"
