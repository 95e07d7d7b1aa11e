"""The rules: facts and a council's policy in, an assessment out. No Django, no clock, no database."""

from __future__ import annotations

from panels.rules.assessment import Approval, Assessment, Deadline, Finding, LineTotal, Quorum, Totals
from panels.rules.authority import Leave, Person, may_act, standing
from panels.rules.engine import assess, due_of, grounds_of, submission_due

__all__ = [
    "Approval",
    "Assessment",
    "Deadline",
    "Finding",
    "Leave",
    "LineTotal",
    "Person",
    "Quorum",
    "Totals",
    "assess",
    "due_of",
    "grounds_of",
    "may_act",
    "standing",
    "submission_due",
]
