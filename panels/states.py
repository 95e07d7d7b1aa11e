"""The states of a meeting and what may follow what."""

from __future__ import annotations

from django.db.models import TextChoices


class IllegalStepError(Exception):
    """A step was asked for that the table does not allow from this state."""


class MeetingState(TextChoices):
    """How far a meeting has come."""

    PLANNED = "planned", "planned"
    PUBLISHED = "published", "agenda published"
    IN_SESSION = "in_session", "in session"
    PAUSED = "paused", "paused"
    CLOSED = "closed", "closed"
    SIGNED = "signed", "minutes signed"
    CANCELLED = "cancelled", "cancelled"


class MeetingStep(TextChoices):
    """What may be done with a meeting."""

    PUBLISH = "publish", "publish the agenda"
    OPEN = "open", "open the meeting"
    PAUSE = "pause", "pause"
    RESUME = "resume", "resume"
    CLOSE = "close", "close the meeting"
    SIGN = "sign", "sign the minutes"
    CANCEL = "cancel", "cancel the meeting"


NEXT: dict[tuple[MeetingState, MeetingStep], MeetingState] = {
    (MeetingState.PLANNED, MeetingStep.PUBLISH): MeetingState.PUBLISHED,
    (MeetingState.PUBLISHED, MeetingStep.PUBLISH): MeetingState.PUBLISHED,
    (MeetingState.PUBLISHED, MeetingStep.OPEN): MeetingState.IN_SESSION,
    (MeetingState.IN_SESSION, MeetingStep.PAUSE): MeetingState.PAUSED,
    (MeetingState.PAUSED, MeetingStep.RESUME): MeetingState.IN_SESSION,
    (MeetingState.IN_SESSION, MeetingStep.CLOSE): MeetingState.CLOSED,
    (MeetingState.CLOSED, MeetingStep.SIGN): MeetingState.SIGNED,
    (MeetingState.PLANNED, MeetingStep.CANCEL): MeetingState.CANCELLED,
    (MeetingState.PUBLISHED, MeetingStep.CANCEL): MeetingState.CANCELLED,
}


def after(state: MeetingState, step: MeetingStep) -> MeetingState:
    """Say which state a step leads to.

    Raises:
        IllegalStepError: the step may not be taken from this state.
    """
    try:
        return NEXT[state, step]
    except KeyError:
        raise IllegalStepError(f"A meeting that is {state.label} cannot {step.label}.") from None
