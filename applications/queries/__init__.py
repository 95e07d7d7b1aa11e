"""What is read about requests: the case for the rules, where a request stands, what each person's list needs."""

from __future__ import annotations

from .asking import (
    PARTS,
    Standing,
    assessed,
    assessment_of,
    case_of,
    next_meeting,
    policy_under,
    standing_of,
    with_parts,
    with_people,
)
from .chain import STAGE, Step, acting_for, chain_of, has_signed, signers
from .facts import facts_of, standing
from .lists import (
    LISTED,
    Listed,
    Turn,
    filter_choices,
    last_moments,
    listed,
    my_turns,
    submission_moment,
    waiting_turns,
)
from .reading import Asked, Item, asked, checklist, facts_read, is_read
from .tasks import COLUMNS, Missing, Task, own_questions, shown_tasks, tasks_of

__all__ = [
    "COLUMNS",
    "LISTED",
    "PARTS",
    "STAGE",
    "Asked",
    "Item",
    "Listed",
    "Missing",
    "Standing",
    "Step",
    "Task",
    "Turn",
    "acting_for",
    "asked",
    "assessed",
    "assessment_of",
    "case_of",
    "chain_of",
    "checklist",
    "facts_of",
    "facts_read",
    "filter_choices",
    "has_signed",
    "is_read",
    "last_moments",
    "listed",
    "my_turns",
    "next_meeting",
    "own_questions",
    "policy_under",
    "shown_tasks",
    "signers",
    "standing",
    "standing_of",
    "submission_moment",
    "tasks_of",
    "waiting_turns",
    "with_parts",
    "with_people",
]
