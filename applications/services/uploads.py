"""Documents with a request: checked, stored under a random name, never under the worker's."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from applications.models import Application, Document
from applications.rules import content_type_of
from applications.states import FINAL, State
from people.models import User
from people.models.record import Verb
from people.services import new_reference

from .drafting import count_group
from .errors import NotAllowedError
from .writing import locked, note, require_council, require_editable

MOST_DOCUMENTS = 40
CLOSED = FINAL | {State.IN_PANEL}


@transaction.atomic
def add_document(
    *, application: Application, kind: str, name: str, file: File[bytes], by: User, at: datetime
) -> Document:
    """Put a document with a request; late papers may be added until it is heard, nothing else changes then.

    Args:
        application: the request.
        kind: a document code of the rules' interface, or `other`.
        name: what the worker called the file; kept as a word to show, never used as a path.
        file: the content.
        by: who uploads.
        at: when.

    Raises:
        FileFault: the file is not taken, with a sentence for the worker.
        NotAllowedError: the request is closed, or holds too many documents.
    """
    extension, content_type = content_type_of(name, file.file or file, most_bytes=settings.UPLOAD_MAX_BYTES)  # type: ignore[arg-type]
    fresh = locked(application)
    require_council(fresh.council_id, by)
    if State(fresh.state) in CLOSED:
        raise NotAllowedError(f"This request is {fresh.get_state_display()}: no document can be added.")
    if fresh.documents.filter(removed_at__isnull=True).count() >= MOST_DOCUMENTS:
        raise NotAllowedError(f"A request holds at most {MOST_DOCUMENTS} documents.")
    digest, size = _measured(file)
    document = Document(
        application=fresh,
        reference=new_reference("F"),
        kind=kind,
        name=_shown_name(name),
        content_type=content_type,
        size=size,
        sha256=digest,
        uploaded_at=at,
        uploaded_by=by,
    )
    document.file.save(f"{secrets.token_hex(16)}.{extension}", file, save=False)
    document.save()
    fresh = count_group(fresh, "documents", by=by, at=at) if fresh.is_editable else fresh
    note(
        fresh,
        "document_added",
        by=by,
        at=at,
        verb=Verb.COLLECTION,
        facts={"document": document.reference, "kind": kind, "sha256": digest},
    )
    return document


def _measured(file: File[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return digest.hexdigest(), size


def _shown_name(name: str) -> str:
    """The last part of what the file was called, without signs that turn text round or cannot be printed."""
    bare = PurePath(name.replace("\\", "/")).name
    return "".join(sign for sign in bare if sign.isprintable())[-160:] or "document"


@transaction.atomic
def remove_document(*, document: Document, by: User, at: datetime) -> Document:
    """Take a document off a request that is being written; the row and the file stay for the record.

    Raises:
        NotAllowedError: the request was sent on.
    """
    fresh = locked(document.application)
    require_council(fresh.council_id, by)
    require_editable(fresh)
    held = Document.objects.select_for_update().get(pk=document.pk)
    if held.removed_at is None:
        held.removed_at, held.removed_by = at, by
        held.save(update_fields=["removed_at", "removed_by"])
        fresh = count_group(fresh, "documents", by=by, at=at)
        note(fresh, "document_removed", by=by, at=at, facts={"document": held.reference})
    return held
