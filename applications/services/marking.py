"""What the panel's side does to a request: listed, called, decided. Called from above, inside its transactions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from applications.models import Application
from applications.states import Step
from people.models import User

from .writing import change, locked, locked_alone, note, take_step

PUBLISHED = "published on an agenda"


def _mark(
    application: Application, step: Step, action: str, *, by: User, at: datetime, **fields: object
) -> Application:
    return _marked(locked_alone(application), step, action, by=by, at=at, **fields)


def _marked(locked: Application, step: Step, action: str, *, by: User, at: datetime, **fields: object) -> Application:
    """Do as `_mark` to a request that was read under its lock in this transaction."""
    fresh = take_step(locked, step, by=by, at=at, **fields)
    note(fresh, action, by=by, at=at)
    return fresh


@transaction.atomic
def mark_listed(*, application: Application, by: User, at: datetime) -> Application:
    """Ready becomes listed: it stands on an agenda that is not published yet."""
    return _mark(application, Step.LIST, "listed", by=by, at=at)


@transaction.atomic
def mark_unlisted(*, application: Application, by: User, at: datetime) -> Application:
    """Listed becomes ready again; members no longer reach it."""
    return _mark(application, Step.UNLIST, "unlisted", by=by, at=at, is_published=False)


@transaction.atomic
def mark_called(*, application: Application, by: User, at: datetime) -> Application:
    """Listed becomes heard."""
    return _mark(application, Step.CALL, "called", by=by, at=at)


@transaction.atomic
def mark_put_back(*, application: Application, by: User, at: datetime) -> Application:
    """Heard becomes listed again: the panel will come back to it."""
    return _mark(application, Step.PUT_BACK, "put_back", by=by, at=at)


@transaction.atomic
def mark_decided(*, application: Application, by: User, at: datetime) -> Application:
    """Heard becomes decided, for good. The request comes as it was read under its lock in this transaction."""
    return _marked(application, Step.DECIDE, "decided", by=by, at=at, with_user=None, with_role="")


@transaction.atomic
def mark_deferred(*, application: Application, by: User, at: datetime) -> Application:
    """Heard becomes deferred: its worker has it again, and the administrator may list it once more.

    The request comes as it was read under its lock in this transaction.
    """
    return _marked(application, Step.DEFER, "deferred", by=by, at=at, with_user=application.worker, with_role="")


@transaction.atomic
def reopen(*, application: Application, by: User, at: datetime) -> Application:
    """Open a deferred request for editing; signatures so far no longer count, since the text may change."""
    fresh = locked(application)
    fresh.sign_offs.filter(answer="signed", void_at__isnull=True).update(void_at=at, void_by=by)
    return _marked(
        fresh,
        Step.REOPEN,
        "reopened",
        by=by,
        at=at,
        with_user=fresh.worker,
        with_role="",
        submitted_at=None,
        submitted_by=None,
        declared_at=None,
        declared_by=None,
    )


@transaction.atomic
def publish(*, applications: Iterable[Application], by: User, at: datetime) -> None:
    """Let the panel's members reach requests: the agenda they stand on is published. Doing it again changes nothing."""
    for application in applications:
        fresh = locked_alone(application)
        if not fresh.is_published:
            note(change(fresh, by=by, at=at, why=PUBLISHED, is_published=True), "published", by=by, at=at)
