"""What may be done with a request: every change is one of these functions."""

from __future__ import annotations

from .drafting import Kept, autosave, create_child, create_draft, discard_draft, save_child, save_group
from .errors import ConflictError, NotAllowedError, RefusedError, StaleError
from .marking import (
    mark_called,
    mark_decided,
    mark_deferred,
    mark_listed,
    mark_put_back,
    mark_unlisted,
    publish,
    reopen,
)
from .outside import bring_forward, note_agreed_outside
from .parts import PARTS, remove_part, save_part
from .sending import IncompleteError, accept, submit
from .signing import return_to_worker, sign
from .uploads import add_document, remove_document
from .withdrawing import agree_withdrawal, refuse_withdrawal, withdraw

__all__ = [
    "PARTS",
    "ConflictError",
    "IncompleteError",
    "Kept",
    "NotAllowedError",
    "RefusedError",
    "StaleError",
    "accept",
    "add_document",
    "agree_withdrawal",
    "autosave",
    "bring_forward",
    "create_child",
    "create_draft",
    "discard_draft",
    "mark_called",
    "mark_decided",
    "mark_deferred",
    "mark_listed",
    "mark_put_back",
    "mark_unlisted",
    "note_agreed_outside",
    "publish",
    "refuse_withdrawal",
    "remove_document",
    "remove_part",
    "reopen",
    "return_to_worker",
    "save_child",
    "save_group",
    "save_part",
    "sign",
    "submit",
    "withdraw",
]
