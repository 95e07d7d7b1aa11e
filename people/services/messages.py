"""Owing a message: a row written with the change it tells of. Sending is the relay's business."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models, transaction

from people.messages import TEMPLATES
from people.models import Council, Message, User
from people.models.message import MessageState
from people.models.record import Verb
from people.services.record import record


@transaction.atomic
def owe_message(
    *,
    council: Council,
    recipient: User,
    template: str,
    reference: str,
    path: str,
    dedupe_key: str,
    by: User | None,
    at: datetime,
    on: date | None = None,
    about: models.Model | None = None,
) -> Message | None:
    """Owe one person one message about one thing.

    Args:
        council: Whose message it is; the recipient's own.
        recipient: Who is to be told.
        template: A code of `people.messages`.
        reference: The random reference of the thing.
        path: Where the link leads: an absolute path without a query.
        dedupe_key: Names event, recipient and template; owing it a second time changes nothing.
        by: Whose act it follows from; None for the system's own reminders.
        at: When it is owed, aware; it is sent from then on.
        on: The one date it may name.
        about: What the link opens: a row of a model whose manager has `for_user`. Before sending, the relay asks
            whether the recipient may still see it.

    Returns:
        The message, or None when it was owed already or the recipient cannot be told (no longer active).

    Raises:
        ValueError: unknown template, a recipient of another council, or a path that is not one.
    """
    if template not in TEMPLATES:
        raise ValueError(f"There is no message {template!r} in people/messages.")
    if recipient.council_id != council.pk:
        raise ValueError("A message never leaves its council.")
    if not path.startswith("/") or path.startswith("//") or "?" in path or "#" in path:
        raise ValueError(f"{path!r} is not a plain path.")
    if not recipient.is_active:
        return None
    message, is_new = Message.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "council": council,
            "recipient": recipient,
            "template": template,
            "reference": reference,
            "path": path,
            "on": on,
            "about_model": about._meta.label_lower if about is not None else "",  # noqa: SLF001 -- Django's documented door
            "about_pk": about.pk if about is not None else None,
            "owed_at": at,
            "owed_by": by,
            "next_try_at": at,
        },
    )
    return message if is_new else None


@transaction.atomic
def send_again(*, message: Message, by: User, at: datetime) -> bool:
    """Owe a message again that failed or may not have arrived: somebody's decision, on record.

    It keeps its Message-ID, so a mail box that has it can tell. False when it is in another state by now.
    """
    changed = Message.objects.filter(
        pk=message.pk, state__in=[MessageState.FAILED, MessageState.UNKNOWN], council_id=by.tenant
    ).update(state=MessageState.OWED, next_try_at=at, owed_at=at, attempts=0, settled=None, fault="")
    if changed:
        record(
            council=message.council,
            by=by,
            at=at,
            verb=Verb.ALTERATION,
            action="message.sent_again",
            subject="message",
            subject_ref=str(message.pk),
            facts={"template": message.template},
        )
    return bool(changed)
