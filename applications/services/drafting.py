"""Writing a request: one group of fields at a time, every version kept, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.models import Application, Child, DraftText
from applications.queries import COLUMNS
from panels.models import Panel
from people.models import Team, User
from people.models.record import Verb
from people.services import new_reference, record

from .errors import ConflictError, NotAllowedError
from .writing import change, kept_with_next, locked, note, require_council, require_editable

# Groups whose values stand under a key of a JSON column; a save replaces exactly the keys it names.
IN_JSON = {"facts": "facts", "checklist": "facts", "questions": "answers"}
LONGEST_DRAFT = 100_000


@transaction.atomic
def create_child(*, by: User, at: datetime, team: Team, **fields: Any) -> Child:
    """Write down the minimal record of a child, allocated to the person who writes it."""
    require_council(team.council_id, by)
    child = Child.objects.create(
        council=team.council, reference=new_reference("K"), team=team, worker=by, created_at=at, created_by=by, **fields
    )
    record(
        council=team.council,
        by=by,
        at=at,
        verb=Verb.COLLECTION,
        action="child.created",
        subject="child",
        subject_ref=child.reference,
    )
    return child


@transaction.atomic
def save_child(
    *, application: Application, base_version: int, values: Mapping[str, Any], by: User, at: datetime
) -> Application:
    """Correct the child's minimal record from within a request that is being written.

    Raises:
        ConflictError: somebody else changed it since the page was read.
        NotAllowedError: the request is no longer being written.
    """
    fresh = locked(application)
    require_editable(fresh)
    require_unchanged(
        fresh, "child", base_version, theirs=lambda: {name: getattr(fresh.child, name) for name in values}
    )
    child = Child.objects.select_for_update().get(pk=fresh.child_id)
    for name, value in values.items():
        setattr(child, name, value)
    kept_with_next(child, fresh, by=by, at=at).save(update_fields=list(values))
    fresh = count_group(fresh, "child", by=by, at=at)
    note(fresh, "child_changed", by=by, at=at, facts={"child": child.reference, "fields": sorted(values)})
    return fresh


@transaction.atomic
def create_draft(*, child: Child, by: User, at: datetime, panel: Panel | None = None, title: str = "") -> Application:
    """Begin a request for a child; it is its writer's until it is sent.

    Where the council has a single panel that fits the team's area, the request goes to it unless said otherwise.

    Raises:
        NotAllowedError: the child or the panel belongs to another council.
    """
    require_council(child.council_id, by)
    if panel is not None:
        require_council(panel.council_id, by)
    team = by.team or child.team
    application = Application.objects.create(
        council=child.council,
        reference=new_reference("R"),
        panel=panel or _only_panel(team),
        child=child,
        worker=by,
        team=team,
        title=title,
        with_user=by,
        created_at=at,
        created_by=by,
        changed_at=at,
        changed_by=by,
    )
    note(application, "created", by=by, at=at, facts={"child": child.reference}, verb=Verb.COLLECTION)
    return application


def _only_panel(team: Team) -> Panel | None:
    fitting = list(Panel.objects.filter(council=team.council, is_active=True, area__in=["", team.area])[:2])
    return fitting[0] if len(fitting) == 1 else None


@transaction.atomic
def save_group(
    *, application: Application, group: str, base_version: int, values: Mapping[str, Any], by: User, at: datetime
) -> Application:
    """Save one group of fields; the other groups stay as they are, whoever is writing them.

    Args:
        application: the request.
        group: a key of `COLUMNS`, or one kept as JSON (`facts`, `checklist`, `questions`).
        base_version: the request's version when the page was read.
        values: the group's values, checked by its form. For a JSON group: key to value; None takes a key away.
        by: who saves.
        at: when.

    Raises:
        ConflictError: the same group was changed since then; carries the other version.
        NotAllowedError: the request is no longer being written.
    """
    fresh = locked(application)
    require_editable(fresh)
    require_unchanged(fresh, group, base_version, theirs=lambda: values_of(fresh, group))
    fields = _as_columns(fresh, group, values)
    fresh = count_group(fresh, group, by=by, at=at, **fields)
    DraftText.objects.filter(application=fresh, user=by, group=group).delete()
    note(fresh, "saved", by=by, at=at, facts={"group": group, "fields": sorted(values)})
    return fresh


def _as_columns(application: Application, group: str, values: Mapping[str, Any]) -> dict[str, Any]:
    if group in IN_JSON:
        column = IN_JSON[group]
        held = {**getattr(application, column), **values}
        return {column: {key: value for key, value in held.items() if value is not None}}
    unknown = set(values) - set(COLUMNS[group])
    if unknown:
        raise NotAllowedError(f"{', '.join(sorted(unknown))} does not belong to {group}.")
    return dict(values)


def values_of(application: Application, group: str) -> dict[str, Any]:
    """What a group holds now."""
    if group in IN_JSON:
        return dict(getattr(application, IN_JSON[group]))
    return {name: getattr(application, name) for name in COLUMNS[group]}


def require_unchanged(
    application: Application, group: str, base_version: int, *, theirs: Callable[[], dict[str, Any]]
) -> None:
    """Refuse a save of a group that was changed since the page was read.

    Raises:
        ConflictError: it was; carries what `theirs` says it holds now.
    """
    if application.group_versions.get(group, 0) > base_version:
        raise ConflictError(theirs=theirs(), changed_by=application.changed_by, changed_at=application.changed_at)


def count_group(application: Application, group: str, *, by: User, at: datetime, **fields: Any) -> Application:
    """Write fields of a request and note that one of its groups changed; what was declared has to be declared again."""
    versions = {**application.group_versions, group: application.version + 1}
    return change(
        application,
        by=by,
        at=at,
        why=f"saved: {group}",
        group_versions=versions,
        declared_at=None,
        declared_by=None,
        **fields,
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of typed words: kept always; `conflict` says that the group was changed by somebody else."""

    draft: DraftText
    conflict: bool


def autosave(
    *,
    application: Application,
    group: str,
    fields: Mapping[str, str | list[str]],
    base_version: int,
    by: User,
    at: datetime,
) -> Kept:
    """Keep what somebody is typing, valid or not. It changes nothing but their own draft of the group.

    Characters a database cannot hold (NUL) are replaced; beyond 100,000 signs a field is cut, which no field allows.
    """
    clean = {name: _storable(value) for name, value in fields.items()}
    draft, _ = DraftText.objects.update_or_create(
        application=application,
        user=by,
        group=group,
        defaults={"fields": clean, "base_version": base_version, "saved_at": at},
    )
    now = Application.objects.filter(pk=application.pk).values_list("group_versions", flat=True).get()
    return Kept(draft, conflict=now.get(group, 0) > base_version)


def _storable(value: str | list[str]) -> str | list[str]:
    if isinstance(value, list):
        return [str(_storable(part)) for part in value]
    return value[:LONGEST_DRAFT].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def discard_draft(*, application: Application, group: str, by: User) -> None:
    """Throw away one's own draft of a group, because the person said so."""
    DraftText.objects.filter(application=application, user=by, group=group).delete()
