"""Rules of the agenda and the room: frozen records in, times, sentences and people out. No Django, no database."""

from __future__ import annotations

from .agenda import UNSTATED_MINUTES, Load, Pace, changes, load_of, minutes_words, pace_of, starts
from .demands import Days, Demand, Stated, Written, demands, evidence_wanted
from .outside import last_day, route_of
from .room import Arrival, Person, counting, people_in
from .timer import Timer, timer_of

__all__ = [
    "UNSTATED_MINUTES",
    "Arrival",
    "Days",
    "Demand",
    "Load",
    "Pace",
    "Person",
    "Stated",
    "Timer",
    "Written",
    "changes",
    "counting",
    "demands",
    "evidence_wanted",
    "last_day",
    "load_of",
    "minutes_words",
    "pace_of",
    "people_in",
    "route_of",
    "starts",
    "timer_of",
]
