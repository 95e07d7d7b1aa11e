"""What is kept back and written table by table, and how a request's steps are kept among it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from applications.models import Application
from applications.states import State, Step, after
from people.models.record import Verb
from people.services import Happening, record_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import Model

    from people.models import Council, User

# The columns of a request that its way from draft to decision writes.
MOVED = (
    "state",
    "version",
    "changed_at",
    "changed_by",
    "is_published",
    "with_user",
    "with_role",
    "policy_version",
    "declared_at",
    "declared_by",
    "submitted_at",
    "submitted_by",
    "findings",
)


class Shelf:
    """Rows kept back by table, and requests that went some steps: written at once, a statement for each table."""

    def __init__(self) -> None:
        self.rows: dict[type[Model], list[Any]] = {}
        self.moved: dict[int, Application] = {}

    def add(self, *rows: Model) -> None:
        """Keep rows back; those of one table are written in this order."""
        for row in rows:
            self.rows.setdefault(type(row), []).append(row)

    def of(self, model: type[Model]) -> list[Any]:
        """The rows of a table that are kept back."""
        return self.rows.get(model, [])

    def write(self, tables: Sequence[type[Model]]) -> None:
        """Write the rows of some tables, in this order: what is pointed at comes before what points at it."""
        for model in tables:
            model._default_manager.bulk_create(self.rows.pop(model, []))  # noqa: SLF001 -- Django's documented door

    def write_requests(self) -> None:
        """Write the requests that went some steps, and their histories."""
        write_over(Application, self.moved.values(), MOVED)
        self.moved.clear()
        self.write([Application.history.model])

    def step(self, application: Application, step: Step, action: str, *, by: User, at: datetime, **fields: Any) -> None:
        """Take a request one step on, in memory, with its version in the history and its word in the record."""
        self.pass_on(application, step, by=by, at=at, **fields)
        note(application, action, by=by, at=at)

    def pass_on(self, application: Application, step: Step, *, by: User, at: datetime, **fields: Any) -> None:
        """Do as `step`, without a word in the record."""
        state = after(State(application.state), step)
        self.change(application, by=by, at=at, why=step.label, state=state, **fields)

    def change(self, application: Application, *, by: User, at: datetime, why: str, **fields: Any) -> None:
        """Change a request in memory and keep the version in its history."""
        written = {"version": application.version + 1, "changed_at": at, "changed_by": by, **fields}
        for name, value in written.items():
            setattr(application, name, value)
        self.add(version_of(application, by=by, at=at, why=why, kind="~"))
        self.moved[application.pk] = application


def write_over(model: type[Model], rows: Iterable[Model], fields: Sequence[str]) -> None:
    """Write columns of rows that stand already, in one statement that costs little to word, however many they are."""
    model._default_manager.bulk_create(  # noqa: SLF001 -- Django's documented door
        rows, update_conflicts=True, unique_fields=["pk"], update_fields=list(fields)
    )


def version_of(row: Any, *, by: User, at: datetime, why: str, kind: str) -> Model:
    """The version of a row that its history keeps, not yet written; `kind` is "+" for the first and "~" after."""
    history: Any = type(row).history.model
    return history(  # type: ignore[no-any-return]
        history_date=at,
        history_user=by,
        history_change_reason=why[:100],
        history_type=kind,
        **{one.attname: getattr(row, one.attname) for one in history.tracked_fields},
    )


def note(
    application: Application, action: str, *, by: User, at: datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """Put on record what was done to a request, in the words of its services."""
    put_on_record(
        application.council,
        f"request.{action}",
        by=by,
        at=at,
        about=("request", application.reference),
        facts={"version": application.version, **(facts or {})},
    )


def put_on_record(
    council: Council,
    action: str,
    *,
    by: User,
    at: datetime,
    about: tuple[str, str],
    facts: Mapping[str, Any],
    verb: Verb = Verb.ALTERATION,
) -> None:
    """Put a deed on record; `about` is the kind of thing and its reference."""
    subject, reference = about
    happening = Happening(by=by, at=at, verb=verb, action=action, subject=subject, subject_ref=reference, facts=facts)
    record_many(council=council, happenings=[happening])
