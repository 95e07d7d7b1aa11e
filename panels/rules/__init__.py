"""The rules: facts and a council's policy in, an assessment out. No Django, no clock, no database."""

from __future__ import annotations

from panels.rules.assessment import Approval, Assessment, Deadline, Finding, LineTotal, Quorum, Totals
from panels.rules.authority import Leave, Person, may_act, standing
from panels.rules.capacity import Fitted, Wanted, fit
from panels.rules.engine import assess, due_of, grounds_of, submission_due
from panels.rules.plans import PutForward, put_forward, review_days, shares, split_of

__all__ = [
    "Approval",
    "Assessment",
    "Deadline",
    "Finding",
    "Fitted",
    "Leave",
    "LineTotal",
    "Person",
    "PutForward",
    "Quorum",
    "Totals",
    "Wanted",
    "assess",
    "due_of",
    "fit",
    "grounds_of",
    "may_act",
    "put_forward",
    "review_days",
    "shares",
    "split_of",
    "standing",
    "submission_due",
]
