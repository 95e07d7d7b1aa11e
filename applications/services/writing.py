"""How a request is changed: locked, counted, kept in its history, put on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from applications.models import Application
from applications.queries import with_parts
from applications.queries.versions import of_version
from applications.states import State, Step, after
from people.models import User
from people.models.record import Verb
from people.services import owe_messages, record

from .errors import NotAllowedError, StaleError


def locked(application: Application) -> Application:
    """Read a request afresh, holding its row until the transaction ends."""
    fresh = Application.objects.select_for_update(of=("self",)).select_related(
        "council", "team", "child", "panel", "worker"
    )
    return fresh.get(pk=application.pk)


def locked_alone(application: Application) -> Application:
    """The same with its council and nothing else, for steps that look at nobody."""
    return Application.objects.select_for_update(of=("self",)).select_related("council").get(pk=application.pk)


def locked_with_parts(application: Application) -> Application:
    """The same with everything the rules read; what is locked is the request's own row."""
    rows = Application.objects.select_for_update(of=("self",))
    found: Application = with_parts(rows, named=False).get(pk=application.pk)
    return found


def change(application: Application, *, by: User, at: datetime, why: str, **fields: Any) -> Application:
    """Write fields of a request if nobody else did since it was read, and keep the version in its history.

    Args:
        application: as read in this transaction; its `version` is what the change is held against. It is kept as
            read but for what is written here, its parts included, so that nobody has to read it again.
        by: who changes it.
        at: when.
        why: what was done, for the history.
        **fields: columns and their new values.

    Raises:
        StaleError: another transaction changed the request since it was read.
    """
    rows = Application.objects.filter(pk=application.pk, version=application.version)
    written = {"version": application.version + 1, "changed_at": at, "changed_by": by, **fields}
    if not rows.update(**written):
        raise StaleError("Somebody else changed this request at the same moment. Look at it again.")
    for name, value in written.items():
        setattr(application, name, value)
    Application.history.bulk_history_create(
        [application], update=True, default_user=by, default_date=at, default_change_reason=why[:100]
    )
    return application


def kept_with_next(row: Any, application: Application, *, by: User, at: datetime) -> Any:
    """Say for a row's history that what is done to it now makes the request's next version: by whom and when."""
    row._history_user, row._history_date = by, at  # noqa: SLF001 - the names by which simple-history is told
    row._change_reason = of_version(application, application.version + 1)  # noqa: SLF001
    return row


def take_step(application: Application, step: Step, *, by: User, at: datetime, **fields: Any) -> Application:
    """Take a request one step on, by the table of states.

    Raises:
        IllegalStepError: the step may not be taken from its state.
        StaleError: somebody else took one first.
    """
    return change(application, by=by, at=at, why=step.label, state=after(State(application.state), step), **fields)


def note(
    application: Application,
    action: str,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    verb: Verb = Verb.ALTERATION,
) -> None:
    """Put on record what was done to a request; codes and numbers only."""
    record(
        council=application.council,
        by=by,
        at=at,
        verb=verb,
        action=f"request.{action}",
        subject="request",
        subject_ref=application.reference,
        facts={"version": application.version, **(facts or {})},
    )


def tell(
    application: Application, people: list[User], template: str, *, by: User, at: datetime, on: Any = None
) -> None:
    """Owe each of several people one message about this version of a request."""
    owe_messages(
        council=application.council,
        recipients=people,
        template=template,
        reference=application.reference,
        path=application.get_absolute_url(),
        event=f"{template}:{application.reference}:{application.version}",
        by=by,
        at=at,
        on=on,
        about=application,
    )


def require_editable(application: Application) -> None:
    """Refuse a change to what is no longer in its worker's hands.

    Raises:
        NotAllowedError: the request was sent on.
    """
    if not application.is_editable:
        raise NotAllowedError(f"This request is {application.get_state_display()}: it cannot be changed now.")


def require_council(application_council: int, by: User) -> None:
    """Refuse somebody of another council; a programming error, since queries begin with `for_user`."""
    if by.council_id != application_council:
        raise NotAllowedError("This belongs to another council.")
