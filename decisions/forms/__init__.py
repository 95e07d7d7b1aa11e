"""Forms of the agenda, the meeting and the decision: shape only; whether it may be done is the services' business."""

from __future__ import annotations

from .agenda import MinutesForm, PutForm, WhyNotForm
from .decide import CorrectForm, DecideForm
from .live import AttendanceForm, CarryForm, ChairForm, InterestForm, InterestOfForm, NoteForm
from .outside import ApproveOutsideForm, TelephoneAnswerForm, TelephoneForm
from .signing import AnswerForm, CostForm, SignForm

__all__ = [
    "AnswerForm",
    "ApproveOutsideForm",
    "AttendanceForm",
    "CarryForm",
    "ChairForm",
    "CorrectForm",
    "CostForm",
    "DecideForm",
    "InterestForm",
    "InterestOfForm",
    "MinutesForm",
    "NoteForm",
    "PutForm",
    "SignForm",
    "TelephoneAnswerForm",
    "TelephoneForm",
    "WhyNotForm",
]
