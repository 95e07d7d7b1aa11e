"""Owing a message: a row written with the change it tells of. Sending is the relay's business."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction

from people.messages import TEMPLATES
from people.models import Council, Message, User
from people.models.message import MessageState
from people.models.record import Verb
from people.services.bell import ring_after_commit
from people.services.record import record

RELAY = "people.tasks.relay_messages"
KEPT = timedelta(days=90)  # a record of delivery is no record of a child: nobody needs it longer


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
    _require_plain(template, path)
    _require_own(council, recipient)
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
            **_about(about),
            "owed_at": at,
            "owed_by": by,
            "next_try_at": at,
        },
    )
    if is_new:
        ring_after_commit(RELAY)
    return message if is_new else None


def owe_messages(
    *,
    council: Council,
    recipients: Iterable[User],
    template: str,
    reference: str,
    path: str,
    event: str,
    by: User | None,
    at: datetime,
    on: date | None = None,
    about: models.Model | None = None,
) -> None:
    """Owe each of several people the same message about one thing, in one statement however many they are.

    As `owe_message`, but for `event`: with the key of a recipient it makes the `dedupe_key` of theirs.

    Raises:
        ValueError: unknown template, a recipient of another council, or a path that is not one.
    """
    owe_all(
        messages_to(
            recipients, council=council, template=template, reference=reference, path=path, event=event, by=by, at=at,
            on=on, about=about,
        )
    )  # fmt: skip


def messages_to(
    recipients: Iterable[User],
    *,
    council: Council,
    template: str,
    reference: str,
    path: str,
    event: str,
    by: User | None,
    at: datetime,
    on: date | None = None,
    about: models.Model | None = None,
) -> list[Message]:
    """The messages `owe_messages` would owe, to be owed together with others by `owe_all`; nothing is written.

    Raises:
        ValueError: unknown template, a recipient of another council, or a path that is not one.
    """
    _require_plain(template, path)
    owed = []
    for recipient in recipients:
        _require_own(council, recipient)
        if recipient.is_active:
            owed.append(
                Message(
                    council=council,
                    recipient=recipient,
                    template=template,
                    reference=reference,
                    path=path,
                    on=on,
                    **_about(about),
                    dedupe_key=f"{event}:{recipient.pk}",
                    owed_at=at,
                    owed_by=by,
                    next_try_at=at,
                )
            )
    return owed


def owe_all(messages: Iterable[Message]) -> None:
    """Owe messages in one statement. What is owed already stays as it is: its key is taken."""
    if owed := list(messages):
        Message.objects.bulk_create(owed, ignore_conflicts=True)
        ring_after_commit(RELAY)


def _require_plain(template: str, path: str) -> None:
    if template not in TEMPLATES:
        raise ValueError(f"There is no message {template!r} in people/messages.")
    if not path.startswith("/") or path.startswith("//") or "?" in path or "#" in path:
        raise ValueError(f"{path!r} is not a plain path.")


def _require_own(council: Council, recipient: User) -> None:
    if recipient.council_id != council.pk:
        raise ValueError("A message never leaves its council.")


def _about(thing: models.Model | None) -> dict[str, Any]:
    if thing is None:
        return {"about_model": "", "about_pk": None}
    return {"about_model": thing._meta.label_lower, "about_pk": thing.pk}  # noqa: SLF001 -- Django's documented door


@transaction.atomic
def send_again(*, message: Message, by: User, at: datetime) -> bool:
    """Owe a message again that failed or may not have arrived: somebody's decision, on record.

    It keeps its Message-ID, so a mail box that has it can tell. False when it is in another state by now.
    """
    changed = Message.objects.filter(
        pk=message.pk, state__in=[MessageState.FAILED, MessageState.UNKNOWN], council_id=by.tenant
    ).update(state=MessageState.OWED, next_try_at=at, owed_at=at, attempts=0, settled=None, fault="")
    if changed:
        ring_after_commit(RELAY)
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


def forget_settled(*, at: datetime) -> int:
    """Delete the messages whose last state was reached more than ninety days before; says how many.

    What is still owed stays. A reminder of something that is still open may be owed anew after that.
    """
    settled = [MessageState.ACCEPTED, MessageState.FAILED, MessageState.SUPPRESSED, MessageState.UNKNOWN]
    return Message.objects.filter(state__in=settled, settled__lt=at - KEPT).delete()[0]
