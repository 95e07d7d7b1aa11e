"""The states of a request and what may follow what."""

from __future__ import annotations

from django.db.models import TextChoices


class IllegalStepError(Exception):
    """A step was asked for that the table does not allow from this state."""


class State(TextChoices):
    """How far a request has come. The first word is stored, the second is what staff read."""

    DRAFT = "draft", "draft"
    WITH_MANAGER = "with_manager", "waiting for sign-off"
    RETURNED = "returned", "returned to the worker"
    SUBMITTED = "submitted", "with the panel administrator"
    READY = "ready", "ready for panel"
    LISTED = "listed", "on an agenda"
    IN_PANEL = "in_panel", "being heard"
    DECIDED = "decided", "decided"
    DEFERRED = "deferred", "deferred"
    WITHDRAWN = "withdrawn", "withdrawn"


class Step(TextChoices):
    """What may be done with a request."""

    SEND = "send", "send for sign-off"
    SIGN = "sign", "pass on to the next signature"
    RETURN = "return", "return to the worker"
    REOPEN = "reopen", "open again for editing"
    SUBMIT = "submit", "reach the administrator"
    ACCEPT = "accept", "accept as ready"
    LIST = "list", "list on an agenda"
    UNLIST = "unlist", "take off the agenda"
    CALL = "call", "call in the meeting"
    PUT_BACK = "put_back", "put back on the agenda"
    DECIDE = "decide", "decide"
    DEFER = "defer", "defer"
    WITHDRAW = "withdraw", "withdraw"


S, T = State, Step
NEXT: dict[tuple[State, Step], State] = {
    (S.DRAFT, T.SEND): S.WITH_MANAGER,
    (S.DRAFT, T.SUBMIT): S.SUBMITTED,  # where the policy asks for no signature
    (S.RETURNED, T.SEND): S.WITH_MANAGER,
    (S.RETURNED, T.SUBMIT): S.SUBMITTED,
    (S.WITH_MANAGER, T.SIGN): S.WITH_MANAGER,
    (S.WITH_MANAGER, T.RETURN): S.RETURNED,
    (S.WITH_MANAGER, T.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, T.ACCEPT): S.READY,
    (S.SUBMITTED, T.RETURN): S.RETURNED,
    (S.READY, T.RETURN): S.RETURNED,
    (S.READY, T.LIST): S.LISTED,
    (S.LISTED, T.UNLIST): S.READY,
    (S.LISTED, T.CALL): S.IN_PANEL,
    (S.IN_PANEL, T.PUT_BACK): S.LISTED,
    (S.LISTED, T.DECIDE): S.DECIDED,
    (S.IN_PANEL, T.DECIDE): S.DECIDED,
    (S.LISTED, T.DEFER): S.DEFERRED,
    (S.IN_PANEL, T.DEFER): S.DEFERRED,
    (S.DEFERRED, T.REOPEN): S.RETURNED,
    (S.DEFERRED, T.ACCEPT): S.READY,
    (S.DRAFT, T.WITHDRAW): S.WITHDRAWN,
    (S.RETURNED, T.WITHDRAW): S.WITHDRAWN,
    (S.WITH_MANAGER, T.WITHDRAW): S.WITHDRAWN,
    (S.SUBMITTED, T.WITHDRAW): S.WITHDRAWN,
    (S.READY, T.WITHDRAW): S.WITHDRAWN,
    (S.LISTED, T.WITHDRAW): S.WITHDRAWN,
    (S.DEFERRED, T.WITHDRAW): S.WITHDRAWN,
}
EDITABLE = frozenset({S.DRAFT, S.RETURNED})
FINAL = frozenset({S.DECIDED, S.WITHDRAWN})
# What an officer may approve outside the panel: what was declared and is not yet before it. The state does not change.
OUTSIDE = frozenset({S.WITH_MANAGER, S.SUBMITTED, S.READY, S.LISTED, S.DEFERRED})
# What was agreed by telephone is put on record while the request is still being written, too: that never waits.
TOLD_BY_TELEPHONE = OUTSIDE | EDITABLE


def after(state: State, step: Step) -> State:
    """Say which state a step leads to.

    Raises:
        IllegalStepError: the step may not be taken from this state.
    """
    try:
        return NEXT[state, step]
    except KeyError:
        raise IllegalStepError(f"A request that is {state.label} cannot be asked to {step.label}.") from None
