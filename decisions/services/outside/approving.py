"""The officer's own approval outside the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from applications.states import OUTSIDE
from decisions.queries import outside as questions
from decisions.queries.money import lines_json, posted_pence
from decisions.services.errors import DecisionRefusedError, Refusal
from decisions.services.recording import commit_lines
from decisions.services.rows import money_kept
from decisions.services.signing import require_password
from decisions.states import OutsideState
from people import services as people

from .writing import (
    AlreadyApprovedError,
    Consulted,
    follow,
    has_ended,
    mark_request,
    note,
    open_one_of,
    read_locked,
    require_past,
    require_reason,
    require_state,
    tell_standing,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from applications.models import Application
    from decisions.models import OutsideApproval
    from decisions.queries.outside import Offer
    from people.models import User


@transaction.atomic
def approve(
    *,
    application: Application,
    reason: str,
    password: str,
    seen_version: int,
    by: User,
    at: datetime,
    consulted: Sequence[Consulted] = (),
) -> OutsideApproval:
    """Approve a request outside the panel, as the officer whom the policy in force names.

    In one transaction: the request is locked, so that of two officers one goes on; then office, state and password;
    then the approval with its findings, the ledger up to its last day, the facts of the request, the messages owed.
    The request goes on its ordinary way.

    Args:
        application: the request, declared and not yet before the panel.
        reason: why the panel cannot be waited for.
        password: the officer's, asked for again.
        seen_version: the version of the request the officer read.
        by: the officer, or who covers for them.
        at: when.
        consulted: whom the officer talked it over with, of those the policy names.

    Raises:
        AlreadyApprovedError: an approval stands; says whose.
        DecisionRefusedError: another office's, one's own request, changed since it was read, or barred by a rule.
        PasswordWrongError: it is not theirs.
    """
    fresh = read_locked(application)
    open_one = open_one_of(fresh)
    if open_one is not None and open_one.state == OutsideState.STANDING and not has_ended(open_one, at=at):
        raise AlreadyApprovedError(open_one)
    require_state(fresh, OUTSIDE)
    if seen_version != fresh.version:
        raise DecisionRefusedError(
            [Refusal(f"{fresh.changed_by} changed this request since you opened it. Read it again.")]
        )
    require_reason(reason)
    require_past(consulted, at=at)
    leave, acting, offer = questions.may_approve(questions.offer_of(fresh, at=at), user=by, at=at)
    if not leave.allowed or acting is None:
        raise DecisionRefusedError([Refusal(leave.sentence, clause=leave.clause or "")])
    offer = _in_words_of(offer, role=acting.role, consulted=consulted, at=at)
    _require_open_way(offer)
    require_password(password, by=by, at=at)
    follows = follow(open_one)
    reference = people.new_reference("U")
    committed = commit_lines(fresh, offer.lines, f"{reference}:1", by=by, at=at, is_first=True)
    shots = [c.snapshot for c in committed]
    approval = written(
        offer,
        reference=reference,
        state=OutsideState.STANDING,
        role=acting.role,
        rule=leave.rule or "",
        reason=reason,
        consulted=consulted,
        lines=lines_json(offer.lines, shots),
        money=money_kept(shots, is_posted=True),
        pence=sum(posted_pence(shot) for shot in shots),
        agreed_at=at,
        agreed_by=by,
        covering_for=acting.covering_for,
        recorded_at=at,
        recorded_by=by,
        confirmed_at=at,
        confirmed_by=by,
        follows=follows,
    )
    approval.commitments.set([c.commitment for c in committed])
    mark_request(approval, by=by, at=at)
    tell_standing(approval, by=by, at=at)
    note(approval, "approved", by=by, at=at)
    return approval


def _in_words_of(offer: Offer, *, role: str, consulted: Sequence[Consulted], at: datetime) -> Offer:
    """The same offer with who agrees and who was consulted among the facts, so that its findings are the last word."""
    return questions.offer_of(offer.application, at=at, agreed_by=role, consulted=[c.role for c in consulted])


def _require_open_way(offer: Offer) -> None:
    """Refuse what a rule closes for support; an emergency placement is never held up."""
    if offer.is_barred:
        bars = {e.id for e in offer.policy.entries if any(finding.bars_emergency for finding in e.findings)}
        blocks = [f for f in offer.assessment.blocks() if f.rule in bars]
        raise DecisionRefusedError(
            [Refusal(f.message, clause=f.clause) for f in blocks]
            or [Refusal("The policy does not let this be approved outside the panel.")]
        )
