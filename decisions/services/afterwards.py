"""What follows a decision: actions done, conditions met, officers' approvals after panel, drafts kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from decisions.models import Action, AgendaItem, Approval, Condition, Decision, MinuteDraft
from decisions.rules import evidence_wanted
from decisions.services.errors import AlreadyDecidedError, DecisionRefusedError, Refusal, fitting
from decisions.services.following import bump
from decisions.services.recording import commit_approved
from panels.rules import Approval as Asked
from panels.services import policy_of
from panels.services.authority import leave
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


@transaction.atomic
def mark_done(*, action: Action, by: User, at: datetime) -> Action:
    """Mark an action done; doing it twice changes nothing.

    Raises:
        DecisionRefusedError: it is somebody else's, and not for its meeting's chair or administrator either.
    """
    meeting = action.decision.item.meeting
    if by.pk not in {action.owner_id, meeting.chair_id, meeting.administrator_id}:
        raise DecisionRefusedError([Refusal(f"{action.owner} does this.")])
    if Action.objects.filter(pk=action.pk, done_at__isnull=True).update(done_at=at, done_by=by):
        _note(action.decision, "action.done", by=by, at=at, facts={"action": action.reference})
    action.refresh_from_db()
    return action


@transaction.atomic
def mark_met(*, condition: Condition, evidence: str = "", by: User, at: datetime) -> Condition:
    """Mark a condition met, with what shows it; doing it twice changes nothing.

    Raises:
        DecisionRefusedError: without words of evidence, where the policy the decision was taken under asks for them.
    """
    decision = condition.decision
    policy = policy_of(decision.policy_version)
    if wanted := evidence_wanted(policy, decision.item.meeting.panel.slug, evidence):
        clause = policy.clause(wanted.rule) if wanted.rule else ""
        raise DecisionRefusedError([Refusal(wanted.message, wanted.field, clause)])
    evidence = fitting(evidence, most=500, field="evidence")
    if Condition.objects.filter(pk=condition.pk, met_at__isnull=True).update(met_at=at, met_by=by, evidence=evidence):
        _note(condition.decision, "condition.met", by=by, at=at, facts={"condition": condition.pk})
    condition.refresh_from_db()
    return condition


@transaction.atomic
def answer_approval(*, approval: Approval, agrees: bool, reasons: str, by: User, at: datetime) -> Decision:
    """Give or refuse an officer's approval after panel. With the last one given the money is committed.

    A refusal leaves the decision unsigned with the officer's reasons; the chair then replaces it by a new version.

    Raises:
        AlreadyDecidedError: it was answered meanwhile.
        DecisionRefusedError: not this person's office, their own request, or a refusal without reasons.
    """
    decision = Decision.objects.select_related(
        "application__child", "application__council", "item__meeting__panel", "policy_version", "council"
    ).get(pk=approval.decision_id)
    permitted = leave(
        policy_of(decision.policy_version),
        panel=decision.item.meeting.panel.slug,
        act="approve",
        by=by,
        on=timezone.localdate(at),
        own_request=by.pk in {decision.application.worker_id, decision.application.created_by_id},
        approvals=[Asked(approval.role, "after_panel", approval.rule, given=False)],
    )
    if not permitted.allowed:
        raise DecisionRefusedError([Refusal(permitted.sentence, clause=permitted.clause or "")])
    if not agrees and not reasons.strip():
        raise DecisionRefusedError([Refusal("Give your reasons for not agreeing.", "reasons")])
    answer = Approval.Answer.AGREED if agrees else Approval.Answer.REFUSED
    won = Approval.objects.filter(pk=approval.pk, answer=Approval.Answer.WAITING).update(
        answer=answer, reasons=reasons.strip()[:4000], given_at=at, given_by=by
    )
    if not won:
        approval.refresh_from_db()
        raise AlreadyDecidedError(decision=decision, who=approval.given_by, when=approval.given_at)
    bump(decision.item.meeting, "items", "money", "case")
    waiting = list(decision.approvals.filter(answer=Approval.Answer.WAITING).order_by("pk"))
    refused = decision.approvals.filter(answer=Approval.Answer.REFUSED).exists()
    if agrees and not waiting and not refused:
        commit_approved(decision=decision, by=by, at=at)
        Decision.objects.filter(pk=decision.pk).update(awaits_role="", is_in_principle=False)
    elif waiting:
        Decision.objects.filter(pk=decision.pk).update(awaits_role=waiting[0].role)
    _note(
        decision,
        "approval.given" if agrees else "approval.refused",
        by=by,
        at=at,
        facts={"role": approval.role, "rule": approval.rule},
    )
    _tell_chair(decision, by=by, at=at)
    decision.refresh_from_db()
    return decision


def _tell_chair(decision: Decision, *, by: User, at: datetime) -> None:
    chair = decision.item.meeting.chair
    if chair is not None and not decision.approvals.filter(answer=Approval.Answer.WAITING).exists():
        people.owe_message(
            council=decision.council,
            recipient=chair,
            template="signature_waits",
            reference=decision.reference,
            path=decision.get_absolute_url(),
            dedupe_key=f"sign:{decision.reference}:{chair.pk}",
            by=by,
            at=at,
            about=decision,
        )


def keep_draft(*, item: AgendaItem, fields: dict[str, Any], base_version: int, by: User, at: datetime) -> MinuteDraft:
    """Keep what somebody is typing for a case, valid or not, as their own. It has no effect whatever."""
    draft, _ = MinuteDraft.objects.update_or_create(
        item=item, user=by, defaults={"fields": fields, "base_version": base_version, "saved_at": at}
    )
    return draft


def _note(decision: Decision, action: str, *, by: User, at: datetime, facts: dict[str, Any]) -> None:
    people.record(
        council=decision.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=action,
        subject="decision",
        subject_ref=decision.reference,
        facts=facts,
    )
