"""The relay: takes messages that are owed to the mail server, each once, and holds no transaction meanwhile.

Claim, commit, send, mark. Two relays never take the same row. A relay that dies between claim and mark leaves a
lease that runs out; a bare mail server cannot be asked whether it took the message, so it is then shown as unknown
to the administrator and never sent again by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.core.mail.message import EmailMessage
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from people.messages import TEMPLATES, Ref, Url
from people.models import Message
from people.models.message import MessageState
from people.services.carriers import Carrier, Fate, Outcome, carrier

LEASE = timedelta(minutes=2)  # longer than the longest talk with a mail server (20 seconds for each answer)
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 30))
GIVE_UP_AFTER = timedelta(days=3)


@dataclass(slots=True)
class Tally:
    """What one run of the relay did."""

    accepted: int = 0
    later: int = 0
    failed: int = 0
    suppressed: int = 0
    unknown: int = 0


def relay(*, clock: Callable[[], datetime], most: int = 200) -> Tally:
    """Send what is due, at most so many; safe to run at any time, by several processes at once.

    A message that is refused or put off does not hold up the others. Only when no server answers at all the run ends,
    since the next message would wait for the same nobody.
    """
    tally = Tally(unknown=_expire_leases(at=clock()))
    mail_server = carrier()
    try:
        for _ in range(most):
            message = claim_next(at=clock())
            if message is None or _deliver(message, by=mail_server, clock=clock, tally=tally) is Fate.NO_SERVER:
                break
    finally:
        mail_server.close()
    return tally


def claim_next(*, at: datetime) -> Message | None:
    """Take the message that has waited longest past its time, under a lease; committed on return.

    On PostgreSQL rows another relay holds are skipped, on SQLite the transaction has the database to itself; in both
    the row is taken only if it is still owed.
    """
    with transaction.atomic(durable=True):
        due = Message.objects.filter(state=MessageState.OWED, next_try_at__lte=at).order_by("next_try_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        pk = due.values_list("pk", flat=True).first()
        if pk is None:
            return None
        taken = Message.objects.filter(pk=pk, state=MessageState.OWED).update(
            state=MessageState.CLAIMED, claimed_until=at + LEASE
        )
        if not taken:
            return None
    return Message.objects.select_related("recipient", "council").get(pk=pk)


def _deliver(message: Message, *, by: Carrier, clock: Callable[[], datetime], tally: Tally) -> Fate | None:
    if not may_still_see(message):
        _settle(message, state=MessageState.SUPPRESSED, at=clock())
        tally.suppressed += 1
        return None
    if not message.recipient.email:
        _settle(message, state=MessageState.FAILED, at=clock(), fault="no address")
        tally.failed += 1
        return None
    mail = compose(message)
    message.text_sha256 = hashlib.sha256(f"{mail.subject}\n\n{mail.body}".encode()).hexdigest()
    outcome = by.carry(mail)
    _mark(message, outcome, at=clock(), tally=tally)
    return outcome.fate


def may_still_see(message: Message) -> bool:
    """Whether the recipient is still an active person of the council and may open what the link leads to."""
    person = message.recipient
    if not person.is_active or person.council_id != message.council_id:
        return False
    if not message.about_model:
        return True
    try:
        model = apps.get_model(message.about_model)
    except LookupError:
        return False
    return bool(model.objects.for_user(person).filter(pk=message.about_pk).exists())


def compose(message: Message) -> EmailMessage:
    """Write the mail: constant words, a reference, a date, a link. The same message always has the same Message-ID."""
    template = TEMPLATES[message.template]
    mark = salted_hmac("people.message", str(message.pk), algorithm="sha256").hexdigest()[:40]
    return EmailMessage(
        subject=template.subject,
        body=template.body(ref=Ref(message.reference), url=Url(f"{settings.BASE_URL}{message.path}"), on=message.on),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.recipient.email],
        headers={
            "Message-ID": f"<{mark}@{settings.MESSAGE_ID_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )


def _mark(message: Message, outcome: Outcome, *, at: datetime, tally: Tally) -> None:
    if outcome.fate is Fate.ACCEPTED:
        tally.accepted += 1
        _settle(message, state=MessageState.ACCEPTED, at=at)
    elif outcome.fate is Fate.UNKNOWN:
        tally.unknown += 1
        _settle(message, state=MessageState.UNKNOWN, at=at, fault=outcome.code)
    elif outcome.fate is Fate.REFUSED or at - message.owed_at > GIVE_UP_AFTER:
        tally.failed += 1
        _settle(message, state=MessageState.FAILED, at=at, fault=outcome.code)
    else:
        tally.later += 1
        _put_off(message, at=at, fault=outcome.code)


def _put_off(message: Message, *, at: datetime, fault: str) -> None:
    wait = BACK_OFF[min(message.attempts, len(BACK_OFF) - 1)]
    Message.objects.filter(pk=message.pk, state=MessageState.CLAIMED).update(
        state=MessageState.OWED, claimed_until=None, next_try_at=at + wait, attempts=message.attempts + 1, fault=fault
    )


def _settle(message: Message, *, state: MessageState, at: datetime, fault: str = "") -> None:
    """Write the last state; one that was held to be unknown meanwhile becomes what is now known."""
    Message.objects.filter(pk=message.pk, state__in=[MessageState.CLAIMED, MessageState.UNKNOWN]).update(
        state=state,
        claimed_until=None,
        settled=at,
        attempts=message.attempts + 1,
        fault=fault,
        text_sha256=message.text_sha256,
    )


def _expire_leases(*, at: datetime) -> int:
    return Message.objects.filter(state=MessageState.CLAIMED, claimed_until__lt=at).update(
        state=MessageState.UNKNOWN, claimed_until=None, settled=at, fault="the sender stopped"
    )
