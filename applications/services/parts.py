"""The rows of a request's lists, each saved on its own: lines, alternatives, plan actions, funding, views."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from applications.models import Alternative, Application, DraftText, OtherFunding, PlanAction, ResourceLine, View
from people.models import User

from .drafting import count_group, require_unchanged
from .errors import NotAllowedError
from .writing import kept_with_next, locked, note, require_editable

PARTS: dict[str, type[models.Model]] = {
    "lines": ResourceLine,
    "alternatives": Alternative,
    "actions": PlanAction,
    "funding": OtherFunding,
    "views": View,
}
MOST_ROWS = 60


@transaction.atomic
def save_part(
    *,
    application: Application,
    part: str,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    pk: int | None = None,
    base_version: int = 0,
) -> models.Model:
    """Add a row to one of the lists, or change one.

    Args:
        application: the request.
        part: a key of `PARTS`.
        values: the row's values, checked by its form.
        by: who saves.
        at: when.
        pk: the row to change; left out, one is added at the end.
        base_version: for a change: the request's version when the page was read.

    Raises:
        ConflictError: the same row was changed since then.
        NotAllowedError: the request is no longer being written, the list is full, or the row is gone.
    """
    fresh = locked(application)
    require_editable(fresh)
    model = PARTS[part]
    rows = model._default_manager.filter(application=fresh)  # noqa: SLF001 - Django's documented door
    if pk is None:
        row: models.Model = kept_with_next(_added(model, fresh, values, count=rows.count()), fresh, by=by, at=at)
        row.save()
    else:
        found = rows.filter(pk=pk).first()
        if found is None:
            raise NotAllowedError("This entry was removed meanwhile.")
        row = found
        require_unchanged(
            fresh, f"{part}-{pk}", base_version, theirs=lambda: {name: getattr(row, name) for name in values}
        )
        for name, value in values.items():
            setattr(row, name, value)
        kept_with_next(row, fresh, by=by, at=at).save(update_fields=list(values))
    fresh = count_group(fresh, f"{part}-{row.pk}", by=by, at=at)
    DraftText.objects.filter(application=fresh, user=by, group__in=[f"{part}-{pk or 'new'}"]).delete()
    note(fresh, "part_saved", by=by, at=at, facts={"part": part, "row": row.pk, "fields": sorted(values)})
    return row


def _added(
    model: type[models.Model], application: Application, values: Mapping[str, Any], *, count: int
) -> models.Model:
    if count >= MOST_ROWS:
        raise NotAllowedError(f"A request holds at most {MOST_ROWS} of these.")
    position = {"position": count + 1} if model is ResourceLine else {}
    return model(application=application, **position, **values)


@transaction.atomic
def remove_part(*, application: Application, part: str, pk: int, by: User, at: datetime) -> Application:
    """Take a row off one of the lists; removing it again changes nothing. The history keeps that it was there.

    Raises:
        NotAllowedError: the request is no longer being written.
    """
    fresh = locked(application)
    require_editable(fresh)
    row = PARTS[part]._default_manager.filter(application=fresh, pk=pk).first()  # noqa: SLF001
    if row is None:
        return fresh
    if part == "lines":
        for line in ResourceLine.objects.filter(for_line_id=pk):  # house: lines of the request that is locked
            line.for_line = None
            kept_with_next(line, fresh, by=by, at=at).save(update_fields=["for_line"])
    kept_with_next(row, fresh, by=by, at=at).delete()
    fresh = count_group(fresh, part, by=by, at=at)
    note(fresh, "part_removed", by=by, at=at, facts={"part": part, "row": pk})
    return fresh
