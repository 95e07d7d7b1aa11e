"""What the histories keep of a request: its own versions, and what was done to its parts and to the child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from applications.models import Alternative, Application, Child, OtherFunding, PlanAction, ResourceLine, View

MOST = 100
KEPT: dict[str, Any] = {
    "lines": ResourceLine.history,
    "alternatives": Alternative.history,
    "actions": PlanAction.history,
    "funding": OtherFunding.history,
    "views": View.history,
}


def of_version(application: Application, number: int) -> str:
    """What the history of a part or of the child calls the version of the request that it was changed in."""
    return f"{application.reference} version {number}"


@dataclass(frozen=True, slots=True)
class Done:
    """What was done to one row of a request's lists, or to the child.

    Attributes:
        part: which list; "child" for the child.
        before: the row before; None where it was added.
        after: the row after; None where it was removed.
        kept: the history's own row: who, when, why.
    """

    part: str
    before: Any
    after: Any
    kept: Any


def own_versions(application: Application) -> list[Any]:
    """The request's own versions, the newest first: 100 at most, and the one before them."""
    kept = application.history.select_related("history_user", "panel").order_by("-history_id")
    return list(kept[: MOST + 1])


def done_to_parts(application: Application) -> list[Done]:
    """What was done to the parts and to the child, the oldest first of each; a query for each kind."""
    done = []
    for part, history in KEPT.items():
        done += _told(part, history.filter(application_id=application.pk).order_by("history_id"))
    of_child = Child.history.filter(id=application.child_id).select_related("history_user")
    return done + [one for one in _told("child", of_child.order_by("history_id")) if one.before is not None]


def _told(part: str, rows: Any) -> list[Done]:
    """Each row beside the one before it; one that stood when its history began tells of no change."""
    last: dict[int, Any] = {}
    done = []
    for row in rows:
        before = last.get(row.id)
        if before is not None or row.history_type == "+":
            done.append(Done(part, before, None if row.history_type == "-" else row, row))
        last[row.id] = row
    return done
