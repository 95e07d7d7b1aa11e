"""What may be done about people, the record and the messages: the functions other apps call."""

from people.services.cover import Acting, CoverRefusedError, arrange_cover, end_cover, may_act_as
from people.services.messages import owe_message, send_again
from people.services.offices import grant_role, holders
from people.services.passwords import TooManyTriesError, confirm_password
from people.services.record import Happening, note_read, note_reads, record, record_many
from people.services.references import new_reference
from people.services.verify import Anchor, Break, verify_record

__all__ = [
    "Acting",
    "Anchor",
    "Break",
    "CoverRefusedError",
    "Happening",
    "TooManyTriesError",
    "arrange_cover",
    "confirm_password",
    "end_cover",
    "grant_role",
    "holders",
    "may_act_as",
    "new_reference",
    "note_read",
    "note_reads",
    "owe_message",
    "record",
    "record_many",
    "send_again",
    "verify_record",
]
