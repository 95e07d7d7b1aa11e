"""The forms of a request: shape only. Which council asks for what is read from its policy."""

from __future__ import annotations

from .acting import AgreeForm, DeclareForm, DocumentForm, ReasonsForm, WithdrawForm
from .child import ChildForm, ChooseChildForm
from .groups import GROUP_FORMS, AssessmentForm, FundingAnswerForm, PlanForm, RequestForm, ViewsForm
from .parts import PART_FORMS, ActionForm, AlternativeForm, LineForm, OtherFundingForm, ViewForm, as_fact, from_fact
from .policy import ChecklistForm, FactsForm, QuestionsForm, question_field

__all__ = [
    "GROUP_FORMS",
    "PART_FORMS",
    "ActionForm",
    "AgreeForm",
    "AlternativeForm",
    "AssessmentForm",
    "ChecklistForm",
    "ChildForm",
    "ChooseChildForm",
    "DeclareForm",
    "DocumentForm",
    "FactsForm",
    "FundingAnswerForm",
    "LineForm",
    "OtherFundingForm",
    "PlanForm",
    "QuestionsForm",
    "ReasonsForm",
    "RequestForm",
    "ViewForm",
    "ViewsForm",
    "WithdrawForm",
    "as_fact",
    "from_fact",
    "question_field",
]
