"""Sending a request on its way: declared, judged, for signature or straight to the administrator; accepted as ready."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from applications.models import Application, DraftText
from applications.queries import Standing, Step, chain_of, signers, standing_of
from applications.queries.tasks import Missing
from applications.states import State
from applications.states import Step as Move
from panels.rules import Finding
from panels.services import policy_for
from people.models import User
from people.services import holders

from .authority import require_submitter
from .errors import NotAllowedError, RefusedError
from .writing import locked_with_parts, note, require_council, require_editable, take_step, tell

# Without these there is nothing that could be signed or heard, whatever a council's text says.
BARE = ("panel", "title", "ask")


class IncompleteError(NotAllowedError):
    """Parts are missing without which nothing can be sent; `missing` names them."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__("Something is missing: " + "; ".join(gap.label for gap in missing))
        self.missing = tuple(missing)


def in_the_way(standing: Standing, chain: Sequence[Step]) -> list[Finding]:
    """The blocks of stage `submit`, but for those which the signatures still to come will lift.

    An emergency placement is never held up: what is lacking stays on the request as findings.
    """
    emergency = standing.application.facts.get("emergency") or {}
    if emergency.get("kind") == "placement" and standing.assessment.can_record_emergency:
        return []
    to_come = {step.rule for step in chain if not step.given}
    return [finding for finding in standing.assessment.blocks("submit") if finding.rule not in to_come]


@transaction.atomic
def submit(*, application: Application, by: User, at: datetime, skip_notes: bool = False) -> Application:
    """Declare a request true and send it on its way.

    It goes to the first office the policy asks to sign, or, where it asks for none, to the administrator. The policy
    in force is pinned, and what it says is kept with the request.

    Args:
        application: the request.
        by: who declares; the worker, or whoever may submit for them.
        at: when.
        skip_notes: leave out signatures that are asked for without being needed; the findings then say so.

    Raises:
        RefusedError: the council's rules stand in the way; carries the findings.
        IncompleteError: there is no panel, title, question or resource.
        NotAllowedError: it was sent already, or the policy lets somebody else submit.
    """
    fresh = locked_with_parts(application)
    require_editable(fresh)
    require_council(fresh.council_id, by)
    _require_bare(fresh)
    version, policy = policy_for(council=fresh.council, on=timezone.localdate(at))
    require_submitter(fresh, policy=policy, by=by, at=at)
    standing = Standing(fresh, policy, at)
    chain = chain_of(fresh, policy=policy, assessment=standing.assessment, notes=not skip_notes)
    blocks = in_the_way(standing, chain)
    if blocks:
        raise RefusedError(blocks)
    pinned = {
        "policy_version": version,
        "findings": dict(standing.assessment.as_json()),
        "declared_at": at,
        "declared_by": by,
        "withdrawal_asked_at": None,
        "withdrawal_asked_by": None,
        "withdrawal_reasons": "",
    }
    DraftText.objects.filter(application=fresh).delete()
    due = next((step for step in chain if not step.given), None)
    if due is None:
        return reach_administrator(fresh, by=by, at=at, **pinned)
    fresh = pass_to(fresh, due, Move.SEND, by=by, at=at, **pinned)
    note(fresh, "sent", by=by, at=at, facts={"role": due.role, "policy": str(version)})
    return fresh


def _require_bare(application: Application) -> None:
    gaps = [
        Missing("request", {"panel": "which panel it goes to", "title": "a short title"}.get(name, "what is asked for"))
        for name in BARE
        if not getattr(application, name)
    ]
    if not application.lines.all():
        gaps.append(Missing("lines", "a resource with its cost and dates"))
    if gaps:
        raise IncompleteError(gaps)


def pass_to(
    application: Application, step: Step, move: Move, *, by: User, at: datetime, **fields: object
) -> Application:
    """Put a request before the next office that is to sign, and owe its people a message."""
    people = signers(application, role=step.role, on=timezone.localdate(at))
    only = people[0] if len(people) == 1 else None
    fresh = take_step(application, move, by=by, at=at, with_role=step.role, with_user=only, **fields)
    tell(fresh, people, "request_waits", by=by, at=at)
    return fresh


def reach_administrator(application: Application, *, by: User, at: datetime, **fields: object) -> Application:
    """Let a fully signed request reach the administrator: this instant is what its deadlines are held against.

    The request comes with its parts as they stand in this transaction: they are judged once more.
    """
    reached = {"submitted_at": at, "submitted_by": by, "with_user": None, "with_role": ""}
    fresh = take_step(application, Move.SUBMIT, by=by, at=at, **fields, **reached)
    standing = standing_of(fresh, at=at)
    fresh.findings = dict(standing.assessment.as_json())
    Application.objects.filter(pk=fresh.pk).update(findings=fresh.findings)
    office = "panel_administrator"
    if fresh.panel and standing.policy.has_panel(fresh.panel.slug):
        office = standing.policy.panel(fresh.panel.slug).offices.agenda_by
    tell(
        fresh, holders(council=fresh.council, role=office, on=timezone.localdate(at)), "request_submitted", by=by, at=at
    )
    note(fresh, "submitted", by=by, at=at, facts={"blocks": [f.rule for f in standing.assessment.blocks()]})
    return fresh


@transaction.atomic
def accept(*, application: Application, by: User, at: datetime) -> Application:
    """Accept a request as ready for an agenda: the administrator has checked it.

    Raises:
        IllegalStepError: it is not with the administrator.
        RefusedError: the rules still block its submission.
    """
    fresh = locked_with_parts(application)
    require_council(fresh.council_id, by)
    standing = standing_of(fresh, at=at)
    blocks = in_the_way(standing, ())
    if blocks and fresh.state == State.SUBMITTED:
        raise RefusedError(blocks)
    fresh = take_step(fresh, Move.ACCEPT, by=by, at=at, with_user=None, with_role="")
    tell(fresh, [fresh.worker], "request_accepted", by=by, at=at)
    note(fresh, "accepted", by=by, at=at)
    return fresh
