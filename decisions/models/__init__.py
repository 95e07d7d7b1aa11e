"""What the panel does: agenda, attendance, interests, the live meeting, decisions, sheets, actions, reviews."""

from .agenda import AgendaItem, AgendaVersion
from .decision import Action, Approval, Condition, Decision, Review
from .meeting import AttendanceEvent, Interest, LiveState, MinuteDraft
from .sheet import Sheet

__all__ = [
    "Action",
    "AgendaItem",
    "AgendaVersion",
    "Approval",
    "AttendanceEvent",
    "Condition",
    "Decision",
    "Interest",
    "LiveState",
    "MinuteDraft",
    "Review",
    "Sheet",
]
