"""The time a case has taken, worked out from when it was called; nobody has to start anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

NEAR = 70  # per cent of the planned time at which the page says that time is running


@dataclass(frozen=True, slots=True)
class Timer:
    """Planned and used minutes of a case; it warns in words and never moves on by itself."""

    planned: int
    used: int

    @property
    def over(self) -> int:
        """Whole minutes beyond the plan; 0 while within."""
        return max(0, self.used - self.planned)

    @property
    def level(self) -> str:
        """`good`, `near` from seven tenths of the plan, `over` from the whole of it."""
        if self.used >= self.planned:
            return "over"
        return "near" if self.used * 100 >= self.planned * NEAR else "good"

    @property
    def words(self) -> str:
        """The timer as a sentence."""
        if self.level == "over":
            return f"{self.over} min over" if self.over else "time is up"
        left = self.planned - self.used
        return f"{self.used} of {self.planned} min used, {left} min left"


def timer_of(*, called_at: datetime | None, planned: int, now: datetime) -> Timer | None:
    """The timer of a case at a moment; None before it is called. Whole minutes, begun ones not counted."""
    if called_at is None:
        return None
    return Timer(planned=planned, used=max(0, int((now - called_at).total_seconds() // 60)))
