"""What an officer's approval outside the panel does to a request. Called from above, inside its transactions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.models import Application
from applications.states import State, Step
from people.models import User

from .errors import NotAllowedError
from .sending import reach_administrator
from .writing import change, locked, note, take_step


@transaction.atomic
def note_agreed_outside(
    *, application: Application, emergency: Mapping[str, Any], by: User, at: datetime
) -> Application:
    """Keep among the facts of a request who agreed to it outside the panel, so that the rules read it everywhere.

    The state stays what it was: the ordinary route goes on beside the approval.

    Args:
        application: the request.
        emergency: facts of the emergency, in the words of the rules' interface; they go over those typed before.
        by: who agreed, or put on record what was agreed.
        at: when.
    """
    fresh = locked(application)
    held = fresh.facts.get("emergency") or {}
    facts = {**fresh.facts, "emergency": {**held, **emergency}}
    fresh = change(fresh, by=by, at=at, why="agreed outside the panel", facts=facts)
    note(fresh, "agreed_outside", by=by, at=at, facts={"role": emergency.get("agreed_by")})
    return fresh


@transaction.atomic
def bring_forward(*, application: Application, by: User, at: datetime) -> Application:
    """Make a request that was approved outside the panel ready for an agenda, whatever signature is still to come.

    What is lacking stays with the request as findings; the panel sees it.

    Raises:
        NotAllowedError: it is still being written, so that there is nothing the panel could read.
        IllegalStepError: it is not on its way to the panel.
    """
    fresh = locked(application)
    if fresh.is_editable:
        raise NotAllowedError(f"{fresh.reference} is still being written by {fresh.worker}: it has to be sent first.")
    if fresh.state == State.WITH_MANAGER:
        fresh = reach_administrator(fresh, by=by, at=at)
    if fresh.state in {State.SUBMITTED, State.DEFERRED}:
        fresh = take_step(fresh, Step.ACCEPT, by=by, at=at, with_user=None, with_role="")
        note(fresh, "brought_forward", by=by, at=at)
    return fresh
