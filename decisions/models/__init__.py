"""What the panel does: agenda, attendance, interests, the live meeting, decisions, sheets, actions, reviews."""

from .agenda import AgendaItem, AgendaVersion
from .decision import Action, Approval, Condition, Decision, Review
from .dispute import Dispute
from .following import Answer, CostNote, Duty
from .meeting import LIVE_PARTS, AttendanceEvent, Interest, LiveState, MinuteDraft
from .outside import OutsideApproval
from .sheet import Sheet

__all__ = [
    "LIVE_PARTS",
    "Action",
    "AgendaItem",
    "AgendaVersion",
    "Answer",
    "Approval",
    "AttendanceEvent",
    "Condition",
    "CostNote",
    "Decision",
    "Dispute",
    "Duty",
    "Interest",
    "LiveState",
    "MinuteDraft",
    "OutsideApproval",
    "Review",
    "Sheet",
]
