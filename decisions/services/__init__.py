"""What the panel does: agenda, meeting, decision, and what follows. Every write is one of these functions."""

from __future__ import annotations

from .afterwards import answer_approval, keep_draft, mark_done, mark_met
from .agenda import AgendaRefusedError, begin_agenda, move, put_on_agenda, put_review_on_agenda, set_minutes, take_off
from .closing import carry_forward, close_meeting
from .costs import record_cost
from .disputes import end_dispute, raise_dispute
from .dropping import drop_withdrawn, drop_withdrawn_everywhere
from .duties import do_duty
from .errors import AlreadyDecidedError, DecisionRefusedError, NotOnTheTableError, PasswordWrongError, Refusal
from .minute import Minute, NewAction, NewAnswer, NewCondition
from .ordering import put_in_order
from .publishing import publish_agenda
from .recording import correct, record
from .room import (
    MeetingRefusedError,
    call_item,
    declare_interest,
    declare_none_of_the_rest,
    name_chair,
    note_attendance,
    note_everybody,
    note_standing,
    open_meeting,
    pause,
    resume,
    take_over_recording,
    tell_next,
)
from .signing import sign, sign_minutes

__all__ = [
    "AgendaRefusedError",
    "AlreadyDecidedError",
    "DecisionRefusedError",
    "MeetingRefusedError",
    "Minute",
    "NewAction",
    "NewAnswer",
    "NewCondition",
    "NotOnTheTableError",
    "PasswordWrongError",
    "Refusal",
    "answer_approval",
    "begin_agenda",
    "call_item",
    "carry_forward",
    "close_meeting",
    "correct",
    "declare_interest",
    "declare_none_of_the_rest",
    "do_duty",
    "drop_withdrawn",
    "drop_withdrawn_everywhere",
    "end_dispute",
    "keep_draft",
    "mark_done",
    "mark_met",
    "move",
    "name_chair",
    "note_attendance",
    "note_everybody",
    "note_standing",
    "open_meeting",
    "pause",
    "publish_agenda",
    "put_in_order",
    "put_on_agenda",
    "put_review_on_agenda",
    "raise_dispute",
    "record",
    "record_cost",
    "resume",
    "set_minutes",
    "sign",
    "sign_minutes",
    "take_off",
    "take_over_recording",
    "tell_next",
]
