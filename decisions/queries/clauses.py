"""The clauses a decision rests on, also where the rules had nothing to find: said one by one, from policy and rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from applications.models import SignOff
from decisions.models import Approval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from decisions.models import Decision
    from panels.policy import Policy
    from panels.policy.schema.structure import Panel

BEFORE_PANEL = "before_submission"


def clauses_of(
    decision: Decision,
    *,
    policy: Policy,
    signatures: Iterable[SignOff] | None = None,
    approvals: Iterable[Approval] | None = None,
) -> list[dict[str, str]]:
    """Say what a decision rests on: the panel's remit, its outcome, signatures, the room, approvals, review, signer.

    Args:
        decision: any version of it.
        policy: the one it was taken under.
        signatures: those that stand under its request, each with who gave it, where they were read already.
        approvals: those asked for after panel, each with who answered, where they were read already.

    Returns:
        One `{what, rule, clause}` for each in the order of the work; `what` is a sentence in the product's own words.
        What the policy has no entry for is left out. Two queries at most.
    """
    known = {entry.id for entry in policy.entries}
    panel = policy.panel(decision.item.meeting.panel.slug)
    if signatures is None:
        standing = decision.application.sign_offs.filter(answer=SignOff.Answer.SIGNED, void_at__isnull=True)
        signatures = standing.select_related("given_by")
    if approvals is None:
        approvals = decision.approvals.select_related("given_by")
    signed = {s.role: s for s in signatures if s.stage == BEFORE_PANEL}
    said = _said(decision, panel, policy=policy, signed=signed, approvals=approvals)
    return [{"what": what, "rule": rule, "clause": policy.clause(rule)} for what, rule in said if rule in known]


def said_besides(
    decision: Decision, clauses: list[dict[str, str]], *, policy: Policy, approvals: Iterable[Approval]
) -> list[dict[str, Any]]:
    """What the rules found of a case besides its clauses: a warning always, other words only of other rules.

    They speak of the moment of the decision; one of an approval that was given says by whom and when.
    """
    said = {clause["rule"] for clause in clauses}
    given = [a for a in approvals if a.answer == Approval.Answer.AGREED and a.given_at is not None]
    found: list[dict[str, Any]] = decision.findings.get("findings", [])
    kept = [f for f in found if f.get("effect") in {"block", "warn"} or f.get("rule") not in said]
    return [f | _since(f, given, policy=policy) for f in kept]


def _since(finding: Mapping[str, Any], given: Iterable[Approval], *, policy: Policy) -> dict[str, str]:
    """The words of a finding with the approval it speaks of, where that was given."""
    words = str(finding.get("message", ""))
    for approval in given:
        if approval.rule == finding.get("rule") and words.startswith(policy.role_title(approval.role)):
            assert approval.given_at is not None  # noqa: S101 -- its callers ask for those that were given
            who = f"Since agreed by {approval.given_by}, {_day(approval.given_at)}."
            return {"message": f"{words.rstrip('.')}. {who}"}
    return {}


def _said(
    decision: Decision,
    panel: Panel,
    *,
    policy: Policy,
    signed: Mapping[str, SignOff],
    approvals: Iterable[Approval],
) -> Iterator[tuple[str, str]]:
    yield f"{panel.name} may hear and decide this.", panel.rule
    yield from _signatures(panel, policy=policy, signed=signed)
    yield _quorum(decision), decision.quorum.get("rule") or ""
    outcome = next((o for o in panel.outcomes if o.code == decision.outcome), None)
    if outcome is not None:
        yield f"“{outcome.label}” is one of the outcomes of this panel.", panel.outcomes_rule or ""
        yield f"What “{outcome.label}” asks for was given.", outcome.rule or ""
    yield from _approvals(approvals, policy=policy)
    yield _review(decision), panel.review.rule or ""
    signer = policy.role_title(panel.offices.sheet_signed_by)
    yield f"Who signs the decision: {signer}.", panel.offices.sheet_rule or ""


def _signatures(panel: Panel, *, policy: Policy, signed: Mapping[str, SignOff]) -> Iterator[tuple[str, str]]:
    for step in panel.sign_offs:
        title, signature = policy.role_title(step.role), signed.get(step.role)
        if signature is not None:
            yield f"Signed before panel by {signature.given_by} ({title}), {_day(signature.given_at)}.", step.rule
        elif step.required:
            yield f"A signature of the {title} is asked for before panel; none is on file.", step.rule


def _quorum(decision: Decision) -> str:
    met = decision.quorum.get("met")
    if met:
        return "The panel was quorate for this case."
    return "The panel was not quorate for this case." if met is False else "A quorum is asked for."


def _approvals(approvals: Iterable[Approval], *, policy: Policy) -> Iterator[tuple[str, str]]:
    for approval in approvals:
        title = policy.role_title(approval.role)
        if approval.answer == Approval.Answer.WAITING or approval.given_at is None:
            yield f"Waits for the approval of the {title} after panel.", approval.rule
        else:
            verb = "Approved" if approval.answer == Approval.Answer.AGREED else "Not approved"
            yield f"{verb} after panel by {approval.given_by} ({title}), {_day(approval.given_at)}.", approval.rule


def _review(decision: Decision) -> str:
    if decision.review_date:
        return f"It comes back for review on {_day(decision.review_date)}."
    return "The reason why there is no review is kept." if decision.no_review_reason else "No review was set."


def _day(moment: date | datetime) -> str:
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%B %Y}"
