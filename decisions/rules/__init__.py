"""Rules of the agenda and the room: frozen records in, times, sentences and people out. No Django, no database."""

from __future__ import annotations

from .agenda import UNSTATED_MINUTES, Load, Pace, changes, load_of, minutes_words, pace_of, starts
from .outside import last_day
from .room import Arrival, Person, counting, people_in
from .timer import Timer, timer_of

__all__ = [
    "UNSTATED_MINUTES",
    "Arrival",
    "Load",
    "Pace",
    "Person",
    "Timer",
    "changes",
    "counting",
    "last_day",
    "load_of",
    "minutes_words",
    "pace_of",
    "people_in",
    "starts",
    "timer_of",
]
