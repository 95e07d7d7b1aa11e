"""What an officer agreed by telephone: put on record at once, answered by that officer afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from applications.queries import signers, with_parts
from applications.states import TOLD_BY_TELEPHONE
from decisions import states
from decisions.models import OutsideApproval
from decisions.queries import outside as questions
from decisions.queries.money import lines_from_json, lines_json, posted_pence, would_cost
from decisions.services.errors import DecisionRefusedError, Refusal
from decisions.services.recording import commit_lines
from decisions.services.rows import money_kept
from decisions.services.signing import require_password
from decisions.states import OutsideState, OutsideStep
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
    tell,
    tell_administrator,
    tell_standing,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from decisions.queries.outside import Offer
    from people.models import User


@transaction.atomic
def record_telephone(
    *,
    application: Application,
    officer: User,
    agreed_at: datetime,
    reason: str,
    by: User,
    at: datetime,
    kind: str = "",
    consulted: Sequence[Consulted] = (),
) -> OutsideApproval:
    """Put on record what an officer agreed by telephone; nothing in the rules stops that. They are asked to confirm.

    Whoever was rung is written down, also where the policy names somebody else. Money is committed when an officer
    whom the policy names has confirmed, never on the word of who asks.

    Args:
        application: the request; it may still be being written.
        officer: who agreed.
        agreed_at: when they agreed.
        reason: why the panel could not be waited for.
        by: who puts it on record; not the officer.
        at: when.
        kind: the kind of emergency, where the request does not say it yet.
        consulted: whom the officer is said to have talked it over with.

    Raises:
        AlreadyApprovedError: an approval stands, or another is on record and not confirmed.
        DecisionRefusedError: no reason, a time to come, the officer themselves or the request's own worker.
    """
    fresh = read_locked(application)
    open_one = open_one_of(fresh)
    if open_one is not None and not has_ended(open_one, at=at):
        raise AlreadyApprovedError(open_one)
    require_state(fresh, TOLD_BY_TELEPHONE)
    require_reason(reason)
    require_past(consulted, at=at)
    _require_call(fresh, officer=officer, agreed_at=agreed_at, by=by, at=at)
    said = questions.offer_of(fresh, at=at, agreed_at=agreed_at, kind=kind)
    leave, acting, _named = questions.may_approve(said, user=officer, at=at)
    role = acting.role if leave.allowed and acting else ""
    spoken = role or next((h.role for h in officer.held if h.role in said.policy.role_codes), "")
    words = [c.role for c in consulted]
    offer = questions.offer_of(fresh, at=at, agreed_at=agreed_at, agreed_by=spoken, consulted=words, kind=kind)
    follows = follow(open_one)
    approval = written(
        offer,
        reference=people.new_reference("U"),
        state=OutsideState.TOLD,
        role=role,
        rule=leave.rule or (offer.route.rule if offer.route else ""),
        reason=reason,
        consulted=consulted,
        lines=lines_json(offer.lines, would_cost(fresh, offer.lines, at=at)),
        agreed_at=agreed_at,
        agreed_by=officer,
        covering_for=acting.covering_for if role and acting else None,
        recorded_at=at,
        recorded_by=by,
        follows=follows,
    )
    mark_request(approval, by=by, at=at, agreed_by=spoken)
    tell(approval, [officer], "agreed_by_telephone", by=by, at=at)
    _owe_named(approval, offer, by=by, at=at)
    tell_administrator(approval, by=by, at=at)
    note(approval, "told", by=by, at=at)
    return approval


@transaction.atomic
def answer_telephone(
    *, approval: OutsideApproval, agrees: bool, words: str, password: str, by: User, at: datetime
) -> OutsideApproval:
    """Say, as the officer in whose name it was recorded, whether it was agreed so.

    With a yes of an officer whom the policy names the money is committed up to the last day. The yes of another
    officer is kept; the one whom the policy names has still to approve. A no ends it.

    Raises:
        DecisionRefusedError: another's word, answered already, or a no without words.
        PasswordWrongError: it is not theirs.
    """
    approval = (
        OutsideApproval.objects.select_for_update(of=("self",))
        .select_related("application__council", "council", "policy_version", "recorded_by")
        .get(pk=approval.pk)
    )
    if by.pk != approval.agreed_by_id:
        raise DecisionRefusedError([Refusal(f"It was recorded as agreed by {approval.agreed_by}, who answers.")])
    if approval.state != OutsideState.TOLD or approval.confirmed_at is not None:
        raise DecisionRefusedError([Refusal(f"It is {approval.get_state_display()}: there is nothing left to answer.")])
    if not agrees and not words.strip():
        raise DecisionRefusedError([Refusal("Say what you did agree, or that you agreed nothing.", "words")])
    require_password(password, by=by, at=at)
    fields: dict[str, Any] = {"confirmed_at": at, "confirmed_by": by, "answer": words.strip()}
    if not agrees:
        fields["state"] = states.after_outside(OutsideState.TOLD, OutsideStep.DENY)
    elif approval.role and not _is_closed(approval):
        fields |= {"state": states.after_outside(OutsideState.TOLD, OutsideStep.CONFIRM)} | _committed(
            approval, by=by, at=at
        )
    OutsideApproval.objects.filter(pk=approval.pk).update(**fields)
    approval.refresh_from_db()
    tell(approval, [approval.recorded_by], "outside_answered", by=by, at=at)
    if approval.state == OutsideState.STANDING:
        tell_standing(approval, by=by, at=at)
    note(approval, "confirmed" if agrees else "denied", by=by, at=at)
    return approval


def _committed(approval: OutsideApproval, *, by: User, at: datetime) -> dict[str, Any]:
    """Commit what was agreed, as it was recorded."""
    application = with_parts(Application.objects.filter(pk=approval.application_id)).get()
    committed = commit_lines(application, lines_from_json(approval.lines), f"{approval.reference}:1", by=by, at=at)
    approval.commitments.set([c.commitment for c in committed])
    shots = [c.snapshot for c in committed]
    return {"money": money_kept(shots, is_posted=True), "pence": sum(posted_pence(shot) for shot in shots)}


def _is_closed(approval: OutsideApproval) -> bool:
    """Whether a rule had closed this way; never for an emergency placement."""
    return not approval.findings.get("can_record_emergency", True)


def _require_call(application: Application, *, officer: User, agreed_at: datetime, by: User, at: datetime) -> None:
    refusals = []
    if officer.council_id != application.council_id or not officer.is_active:
        refusals.append(Refusal("Choose an officer of this council.", "officer"))
    if officer.pk in {application.worker_id, application.created_by_id}:
        refusals.append(Refusal("Nobody approves a request of their own.", "officer"))
    if officer.pk == by.pk:
        refusals.append(Refusal("What you agree to yourself is approved by you, not recorded as told.", "officer"))
    if agreed_at > at:
        refusals.append(Refusal("The time lies ahead. Give the time at which it was agreed.", "agreed_at"))
    if refusals:
        raise DecisionRefusedError(refusals)


def _owe_named(approval: OutsideApproval, offer: Offer, *, by: User, at: datetime) -> None:
    """Where somebody else was rung, the officers whom the policy names are asked to approve."""
    if approval.role:
        return
    on = timezone.localdate(at)
    named = {p.pk: p for a in offer.asked for p in signers(offer.application, role=a.role, on=on)}
    for person in named.values():
        people.owe_message(
            council=approval.council,
            recipient=person,
            template="approval_waits",
            reference=offer.application.reference,
            path=reverse("decisions:outside", args=[offer.application.reference]),
            dedupe_key=f"approve_outside:{approval.reference}:{person.pk}",
            by=by,
            at=at,
            about=offer.application,
        )
