"""What may be done about people, the record and the messages: the functions other apps call."""

from people.services.bell import ring_after_commit
from people.services.cover import Acting, CoverRefusedError, arrange_cover, end_cover, may_act_as
from people.services.messages import messages_to, owe_all, owe_message, owe_messages, send_again
from people.services.offices import OfficeRefusedError, end_office, grant_role, holders
from people.services.passwords import TooManyTriesError, confirm_password
from people.services.proposals import approve_office, propose_office, refuse_office
from people.services.record import Happening, note_read, note_reads, put_down_together, record, record_many
from people.services.references import new_reference
from people.services.teams import TeamRefusedError, add_team, rename_team
from people.services.verify import Anchor, Break, verify_record

__all__ = [
    "Acting",
    "Anchor",
    "Break",
    "CoverRefusedError",
    "Happening",
    "OfficeRefusedError",
    "TeamRefusedError",
    "TooManyTriesError",
    "add_team",
    "approve_office",
    "arrange_cover",
    "confirm_password",
    "end_cover",
    "end_office",
    "grant_role",
    "holders",
    "may_act_as",
    "messages_to",
    "new_reference",
    "note_read",
    "note_reads",
    "owe_all",
    "owe_message",
    "owe_messages",
    "propose_office",
    "put_down_together",
    "record",
    "record_many",
    "refuse_office",
    "rename_team",
    "ring_after_commit",
    "send_again",
    "verify_record",
]
