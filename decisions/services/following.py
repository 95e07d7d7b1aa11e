"""Screens that follow a meeting: one row per meeting whose numbers grow with every change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from decisions.models import LiveState

if TYPE_CHECKING:
    from panels.models import Meeting

Part = Literal["items", "attendance", "money", "current", "case", "meeting"]


def bump(meeting: Meeting, *parts: Part) -> LiveState:
    """Let every screen know, in the caller's transaction, that regions of a meeting changed.

    The row is locked until the transaction ends, so the numbers have one order; it also serialises the writers of
    one meeting. Lock order everywhere: item, this row, panel or meeting, finance, record.
    """
    live = _locked(meeting)
    if live is None:
        LiveState.objects.get_or_create(meeting=meeting)
        live = LiveState.objects.select_for_update(of=("self",)).get(meeting=meeting)
    count_up(live, *parts)
    live.save(update_fields=["version", "parts"])
    return live


def count_up(live: LiveState, *parts: Part) -> None:
    """Let the number grow for regions of a meeting that changed; nothing is written."""
    live.version += 1
    live.parts = {**live.parts, **dict.fromkeys(parts, live.version)}


def _locked(meeting: Meeting) -> LiveState | None:
    return LiveState.objects.select_for_update(of=("self",)).filter(meeting=meeting).first()
