"""The ladder for those who disagree: which step may be opened now, and what stands before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from panels.policy import Policy
from panels.policy.schema import Dispute


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: the day it was opened, and whether somebody ended it."""

    opened_on: date
    is_ended: bool = False


def lapses_on(step: Dispute, opened_on: date) -> date | None:
    """The last day of an opened step: from the day after it on the next one is open, ended or not; None for never."""
    return None if step.lapses_after_days is None else opened_on + timedelta(days=step.lapses_after_days)


def stands_before(
    policy: Policy, panel: str, *, step: Dispute, effect: str, taken: Mapping[str, Taken], on: date
) -> str:
    """Why a step cannot be opened yet, as a sentence; empty where nothing stands before it.

    Args:
        policy: the version the decision was taken under.
        panel: slug of the panel that decided.
        step: the step thought of.
        effect: of the outcome disagreed with.
        taken: the steps taken by the same side, by code.
        on: the day of the question.
    """
    if step.against and effect not in step.against:
        return "The policy has this step for other outcomes only."
    if step.after is None:
        return ""
    earlier = taken.get(step.after)
    if earlier is None:
        return "The step before has not been taken."
    before = next((one for one in policy.panel(panel).disputes if one.code == step.after), step)
    last = lapses_on(before, earlier.opened_on)
    is_over = earlier.is_ended or (last is not None and on > last)
    return "" if is_over else "The step before has not ended."
