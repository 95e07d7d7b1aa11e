"""The states of agenda items, decisions and sheets, and what may follow what."""

from __future__ import annotations

from django.db.models import TextChoices


class IllegalStepError(Exception):
    """A step was asked for that the table does not allow from this state."""


class ItemState(TextChoices):
    """How far an agenda item has come."""

    WAITING = "waiting", "waiting"
    CALLED = "called", "being heard"
    DECIDED = "decided", "decided"
    DEFERRED = "deferred", "deferred"
    WITHDRAWN = "withdrawn", "withdrawn"
    NOT_REACHED = "not_reached", "not reached"


class ItemStep(TextChoices):
    """What may be done with an agenda item."""

    CALL = "call", "call"
    PUT_BACK = "put_back", "put back"
    DECIDE = "decide", "decide"
    DEFER = "defer", "defer"
    WITHDRAW = "withdraw", "withdraw"
    LEAVE = "leave", "leave for another meeting"


ITEM_NEXT: dict[tuple[ItemState, ItemStep], ItemState] = {
    (ItemState.WAITING, ItemStep.CALL): ItemState.CALLED,
    (ItemState.CALLED, ItemStep.PUT_BACK): ItemState.WAITING,
    (ItemState.CALLED, ItemStep.DECIDE): ItemState.DECIDED,
    (ItemState.CALLED, ItemStep.DEFER): ItemState.DEFERRED,
    (ItemState.WAITING, ItemStep.WITHDRAW): ItemState.WITHDRAWN,
    (ItemState.WAITING, ItemStep.LEAVE): ItemState.NOT_REACHED,
}


class DecisionState(TextChoices):
    """How far a decision has come."""

    CONFIRMED = "confirmed", "confirmed, to be signed"
    SIGNED = "signed", "signed"
    ISSUED = "issued", "issued"
    SUPERSEDED = "superseded", "superseded by a later version"


class DecisionStep(TextChoices):
    """What may be done with a decision."""

    SIGN = "sign", "sign"
    ISSUE = "issue", "issue"
    SUPERSEDE = "supersede", "replace by a new version"


DECISION_NEXT: dict[tuple[DecisionState, DecisionStep], DecisionState] = {
    (DecisionState.CONFIRMED, DecisionStep.SIGN): DecisionState.SIGNED,
    (DecisionState.CONFIRMED, DecisionStep.SUPERSEDE): DecisionState.SUPERSEDED,
    (DecisionState.SIGNED, DecisionStep.ISSUE): DecisionState.ISSUED,
    (DecisionState.SIGNED, DecisionStep.SUPERSEDE): DecisionState.SUPERSEDED,
    (DecisionState.ISSUED, DecisionStep.SUPERSEDE): DecisionState.SUPERSEDED,
}


class SheetState(TextChoices):
    """How far a decision sheet has come."""

    OWED = "owed", "to be drawn"
    SEALED = "sealed", "drawn and sealed"
    FAILED = "failed", "could not be drawn"


class OutsideState(TextChoices):
    """How far an approval outside the panel has come."""

    TOLD = "told", "agreed by telephone, not confirmed"
    STANDING = "standing", "approved outside the panel"
    RATIFIED = "ratified", "agreed by the panel"
    NOT_RATIFIED = "not_ratified", "not agreed by the panel"
    DENIED = "denied", "not confirmed by the officer"
    FOLLOWED = "followed", "followed by a later approval"


class OutsideStep(TextChoices):
    """What may be done with an approval outside the panel."""

    CONFIRM = "confirm", "confirm"
    DENY = "deny", "say it was not agreed"
    RATIFY = "ratify", "agree for the rest"
    REFUSE = "refuse", "not agree for the rest"
    FOLLOW = "follow", "approve anew"


OUTSIDE_NEXT: dict[tuple[OutsideState, OutsideStep], OutsideState] = {
    (OutsideState.TOLD, OutsideStep.CONFIRM): OutsideState.STANDING,
    (OutsideState.TOLD, OutsideStep.DENY): OutsideState.DENIED,
    (OutsideState.TOLD, OutsideStep.FOLLOW): OutsideState.FOLLOWED,
    (OutsideState.TOLD, OutsideStep.RATIFY): OutsideState.RATIFIED,
    (OutsideState.TOLD, OutsideStep.REFUSE): OutsideState.NOT_RATIFIED,
    (OutsideState.STANDING, OutsideStep.FOLLOW): OutsideState.FOLLOWED,
    (OutsideState.STANDING, OutsideStep.RATIFY): OutsideState.RATIFIED,
    (OutsideState.STANDING, OutsideStep.REFUSE): OutsideState.NOT_RATIFIED,
    # A corrected decision of the panel may say the other.
    (OutsideState.RATIFIED, OutsideStep.RATIFY): OutsideState.RATIFIED,
    (OutsideState.RATIFIED, OutsideStep.REFUSE): OutsideState.NOT_RATIFIED,
    (OutsideState.NOT_RATIFIED, OutsideStep.RATIFY): OutsideState.RATIFIED,
    (OutsideState.NOT_RATIFIED, OutsideStep.REFUSE): OutsideState.NOT_RATIFIED,
}


def after_outside(state: OutsideState, step: OutsideStep) -> OutsideState:
    """Say which state a step leads an approval outside the panel to; IllegalStepError when the table has none."""
    try:
        return OUTSIDE_NEXT[state, step]
    except KeyError:
        raise IllegalStepError(f"What is {state.label} cannot be asked to {step.label}.") from None


def after_item(state: ItemState, step: ItemStep) -> ItemState:
    """Say which state a step leads an agenda item to; IllegalStepError when the table has none."""
    try:
        return ITEM_NEXT[state, step]
    except KeyError:
        raise IllegalStepError(f"An item that is {state.label} cannot be asked to {step.label}.") from None


def after_decision(state: DecisionState, step: DecisionStep) -> DecisionState:
    """Say which state a step leads a decision to; IllegalStepError when the table has none."""
    try:
        return DECISION_NEXT[state, step]
    except KeyError:
        raise IllegalStepError(f"A decision that is {state.label} cannot be asked to {step.label}.") from None
