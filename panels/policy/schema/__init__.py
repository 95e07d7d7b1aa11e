"""The shapes of a policy file."""

from __future__ import annotations

from panels.policy.schema.base import Clause, Dated
from panels.policy.schema.entries import (
    Approval,
    Band,
    Checklist,
    Deadline,
    Due,
    Entry,
    Finding,
    ListRow,
    PanelChoice,
    Parameter,
    Question,
    Quorum,
    QuorumClause,
    Reckoning,
    Remit,
)
from panels.policy.schema.structure import (
    Area,
    Council,
    Dispute,
    Document,
    Notice,
    Outcome,
    OutsidePanel,
    Panel,
    PresenterKind,
    Presenting,
    RecordSystem,
    ReviewPlan,
    Role,
    Schedule,
    Seat,
    Section,
    SignOff,
    Slots,
    Standing,
    StandingItem,
    Submission,
    UploadStep,
)

__all__ = [
    "Approval", "Area", "Band", "Checklist", "Clause", "Council", "Dated", "Deadline", "Dispute", "Document", "Due",
    "Entry", "Finding", "ListRow", "Notice", "Outcome", "OutsidePanel", "Panel", "PanelChoice", "Parameter",
    "PresenterKind", "Presenting", "Question", "Quorum", "QuorumClause", "Reckoning", "RecordSystem", "Remit", "ReviewPlan",
    "Role", "Schedule", "Seat", "Section", "SignOff", "Slots", "Standing", "StandingItem", "Submission", "UploadStep",
]
