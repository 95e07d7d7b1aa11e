"""Screens that follow a meeting: one row per meeting whose numbers grow with every change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from django.db.models import F

from decisions.models import LiveState

if TYPE_CHECKING:
    from panels.models import Meeting

Part = Literal["items", "attendance", "money", "current", "case", "meeting"]


def bump(meeting: Meeting, *parts: Part, **also: Any) -> None:
    """Let every screen know, in the caller's transaction, that regions of a meeting changed.

    The row is locked until the transaction ends, so the numbers have one order; it also serialises the writers of
    one meeting. Lock order everywhere: item, this row, panel or meeting, finance, record.

    Args:
        meeting: whose screens.
        *parts: what changed.
        **also: what the row says besides: the item on the table, who records.
    """
    following = F("version") + 1
    new = {"version": following, **{f"{part}_version": following for part in parts}, **also}
    if not LiveState.objects.filter(meeting=meeting).update(**new):
        LiveState.objects.get_or_create(meeting=meeting)
        LiveState.objects.filter(meeting=meeting).update(**new)


def count_up(live: LiveState, *parts: Part) -> None:
    """Let the number grow for regions of a meeting that changed; nothing is written."""
    live.version += 1
    for part in parts:
        setattr(live, f"{part}_version", live.version)
