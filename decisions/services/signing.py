"""Signatures: the chair under a decision, then under the minutes. Each asks for the signer's password again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from decisions import states
from decisions.models import Approval, Decision
from decisions.queries.costs import cost_wanted
from decisions.services.errors import AlreadyDecidedError, DecisionRefusedError, PasswordWrongError, Refusal
from decisions.services.following import bump
from decisions.services.sheets import owe_sheet
from decisions.states import DecisionState, DecisionStep
from panels.models import Meeting
from panels.services import policy_for, policy_of
from panels.services.authority import leave
from panels.states import IllegalStepError, MeetingState, MeetingStep, after
from people import services as people
from people.models.record import Verb
from people.services.passwords import TooManyTriesError, confirm_password

if TYPE_CHECKING:
    from datetime import datetime

    from panels.rules import Leave
    from people.models import User


@transaction.atomic
def sign(*, decision: Decision, password: str, by: User, at: datetime) -> Decision:
    """Sign a confirmed decision; its sheet is owed in the same transaction.

    Args:
        decision: confirmed, waiting for no officer's approval.
        password: the signer's, asked for again.
        by: who signs: the office the policy names for the sheet, the meeting's chair where it names the chair.
        at: when.

    Raises:
        PasswordWrongError: it is not theirs.
        AlreadyDecidedError: signed or replaced meanwhile.
        DecisionRefusedError: somebody else's signature, an approval or the cost part is still wanted, or an officer
            did not agree: the chair then replaces the decision.
    """
    decision = Decision.objects.select_related(
        "item__meeting__panel__council", "item__meeting__chair", "application", "policy_version", "council"
    ).get(pk=decision.pk)
    _require_leave(may_sign_sheet(decision, by=by, at=at), decision.item.meeting)
    _require_approvals(decision)
    wanted = cost_wanted(decision)
    if wanted is not None:
        raise DecisionRefusedError([Refusal(wanted.sentence, clause=wanted.clause)])
    require_password(password, by=by, at=at)
    new = states.after_decision(DecisionState.CONFIRMED, DecisionStep.SIGN)
    won = Decision.objects.filter(pk=decision.pk, state=DecisionState.CONFIRMED).update(
        state=new, signed_at=at, signed_by=by
    )
    decision.refresh_from_db(fields=["state", "signed_at", "signed_by"])
    if not won:
        raise AlreadyDecidedError(decision=decision, who=decision.signed_by, when=decision.signed_at)
    owe_sheet(decision=decision, by=by, at=at)
    bump(decision.item.meeting, "items", "case")
    people.record(
        council=decision.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action="decision.signed",
        subject="decision",
        subject_ref=decision.reference,
        facts={"minute": decision.minute_number, "version": decision.version},
    )
    return decision


def _require_approvals(decision: Decision) -> None:
    """Every officer the policy names after panel has agreed; one who has not is named with their reasons."""
    policy = policy_of(decision.policy_version)
    approvals = list(decision.approvals.select_related("given_by"))
    refused = [
        Refusal(
            f"{approval.given_by} ({policy.role_title(approval.role)}) did not agree: {approval.reasons} "
            "The decision is replaced by a new version, not signed.",
            clause=policy.clause(approval.rule) if approval.rule else "",
        )
        for approval in approvals
        if approval.answer == Approval.Answer.REFUSED
    ]
    if refused:
        raise DecisionRefusedError(refused)
    if any(approval.answer == Approval.Answer.WAITING for approval in approvals):
        raise DecisionRefusedError([Refusal("It waits for an approval; it is signed when that has come.")])


def require_password(password: str, *, by: User, at: datetime) -> None:
    """Ask the signer for their password again.

    Raises:
        PasswordWrongError: it is not theirs, or it is too soon after wrong ones.
    """
    try:
        right = confirm_password(user=by, password=password, at=at)
    except TooManyTriesError as refusal:
        raise PasswordWrongError(str(refusal)) from None
    if not right:
        raise PasswordWrongError("That is not your password.")


def may_sign_sheet(decision: Decision, *, by: User, at: datetime) -> Leave:
    """Whether somebody may sign a decision, and by which sentence of the policy it was taken under."""
    meeting, request = decision.item.meeting, decision.application
    return leave(
        policy_of(decision.policy_version),
        panel=meeting.panel.slug,
        act="sign_sheet",
        by=by,
        on=timezone.localdate(at),
        chairs=meeting.chair_id == by.pk,
        own_request=by.pk in {request.worker_id, request.created_by_id},
    )


def may_sign_minutes(meeting: Meeting, *, by: User, at: datetime) -> Leave:
    """Whether somebody may sign the minutes of a meeting, and by which sentence of the policy of its day."""
    return leave(
        policy_for(council=meeting.panel.council, on=timezone.localdate(meeting.starts_at))[1],
        panel=meeting.panel.slug,
        act="sign_minutes",
        by=by,
        on=timezone.localdate(at),
        chairs=meeting.chair_id == by.pk,
    )


def _require_leave(answer: Leave, meeting: Meeting) -> None:
    if not answer.allowed:
        chair = f" That is {meeting.chair}." if answer.sentence.startswith("The chair of the meeting") else ""
        raise DecisionRefusedError([Refusal(f"{answer.sentence}{chair}", clause=answer.clause or "")])


@transaction.atomic
def sign_minutes(*, meeting: Meeting, password: str, by: User, at: datetime) -> Meeting:
    """Sign the minutes of a closed meeting; afterwards nothing of it is added to.

    Raises:
        PasswordWrongError: the password is not theirs.
        DecisionRefusedError: not whom the policy names, not closed, or a decision of it is still unsigned.
    """
    meeting = (
        Meeting.objects.select_for_update(of=("self",)).select_related("panel__council", "chair").get(pk=meeting.pk)
    )
    _require_leave(may_sign_minutes(meeting, by=by, at=at), meeting)
    unsigned = Decision.objects.filter(item__meeting=meeting, state=DecisionState.CONFIRMED).count()
    if unsigned:
        noun = "decision is" if unsigned == 1 else "decisions are"
        raise DecisionRefusedError([Refusal(f"{unsigned} {noun} still unsigned. Sign those first.")])
    require_password(password, by=by, at=at)
    try:
        meeting.state = after(MeetingState(meeting.state), MeetingStep.SIGN)
    except IllegalStepError as refusal:
        raise DecisionRefusedError([Refusal(str(refusal))]) from None
    meeting.signed_at, meeting.signed_by = at, by
    meeting.version += 1
    meeting.save(update_fields=["state", "signed_at", "signed_by", "version"])
    bump(meeting, "meeting")
    people.record(
        council=meeting.panel.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action="minutes.signed",
        subject="meeting",
        subject_ref=meeting.reference,
        facts={"number": meeting.number},
    )
    return meeting
