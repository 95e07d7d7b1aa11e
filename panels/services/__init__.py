"""What may be done about policies, panels and meetings: the functions other apps call."""

from panels.services.adoption import AdoptionRefusedError, adopt, may_adopt
from panels.services.covering import arrange_cover_by_policy
from panels.services.meetings import MeetingRefusedError, cancel_meeting, make_meeting, move_meeting, next_meetings
from panels.services.policies import NoPolicyError, policy_for, policy_of, rules_in_force, rules_read
from panels.services.seats import give_seat, leave_seat

__all__ = [
    "AdoptionRefusedError",
    "MeetingRefusedError",
    "NoPolicyError",
    "adopt",
    "arrange_cover_by_policy",
    "cancel_meeting",
    "give_seat",
    "leave_seat",
    "make_meeting",
    "may_adopt",
    "move_meeting",
    "next_meetings",
    "policy_for",
    "policy_of",
    "rules_in_force",
    "rules_read",
]
