"""Councils, teams, users, what they are; the record; the messages owed."""

from .council import Council, Team
from .kept import KeptForm
from .message import Message
from .proposal import RoleProposal
from .record import RecordEntry, RecordHead
from .user import Cover, RoleHeld, User

__all__ = [
    "Council",
    "Cover",
    "KeptForm",
    "Message",
    "RecordEntry",
    "RecordHead",
    "RoleHeld",
    "RoleProposal",
    "Team",
    "User",
]
