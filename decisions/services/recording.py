"""Recording a decision: one transaction from the item to the messages owed. All of it, or none of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from applications import services as applications
from decisions import states
from decisions.models import Action, AgendaItem, Approval, Condition, Decision, MinuteDraft, Review
from decisions.queries import live as questions
from decisions.queries.funding import funded
from decisions.queries.money import AgreedLine, combined, lines_from_json, lines_json, purchase_of, would_cost
from decisions.services.authority import Verdict, judged
from decisions.services.duties import write_asked, write_reviews
from decisions.services.errors import AlreadyDecidedError, DecisionRefusedError, NotOnTheTableError, Refusal
from decisions.services.following import bump
from decisions.services.minute import Minute
from decisions.services.ratifying import settle_outside
from decisions.states import DecisionState, DecisionStep, ItemState, ItemStep
from finance import services as finance
from finance.services.changes import reverse as reverse_commitment
from panels.services import policy_for
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from finance.models import Commitment
    from finance.services import MoneySnapshot
    from people.models import User

COMMITS = frozenset({"agree", "part", "recommend"})
PUTS_OFF = frozenset({"defer", "pending"})


@dataclass(frozen=True, slots=True)
class Written:
    """A decision just written, with the rows written beside it of which somebody is told."""

    decision: Decision
    commitments: Sequence[Commitment]
    actions: Sequence[Action]
    waiting: Sequence[Approval]


@transaction.atomic
def record(*, item: AgendaItem, minute: Minute, item_version: int, by: User, at: datetime) -> Decision:
    """Record the decision of a meeting on the case that is being heard.

    In one transaction, in this order: the item is taken by one conditional UPDATE on its version and state, so that
    of any number of callers exactly one goes on; then authority, quorum and the policy's demands; then the decision
    with its numbered minute, conditions, actions, review; each agreed line is committed in the ledger; the request
    is marked; screens, record and messages follow. An error anywhere leaves nothing.

    Args:
        item: the case, called.
        minute: what is decided.
        item_version: the version the page was opened with.
        by: the chair of this meeting.
        at: the moment of the decision; its London day picks the policy and the financial year.

    Raises:
        AlreadyDecidedError: somebody was faster; says who and when.
        NotOnTheTableError: it is not being heard, or was called anew since the page was opened.
        DecisionRefusedError: with every reason and its clause.
    """
    _take(item, item_version=item_version)
    bump(item.meeting, "items", "current", "money", "case")
    item = _read(item.pk)
    with people.put_down_together():
        written = _write(questions.with_papers(item), minute, by=by, at=at)
        decision = written.decision
        if decision.effect in PUTS_OFF:
            AgendaItem.objects.filter(pk=item.pk).update(state=ItemState.DEFERRED)
            applications.mark_deferred(application=decision.application, by=by, at=at)
        else:
            applications.mark_decided(application=decision.application, by=by, at=at)
        Review.objects.filter(item=item, done_at__isnull=True).update(done_at=at, done_by=by)
        settle_outside(decision=decision, by=by, at=at)
        MinuteDraft.objects.filter(item=item, user=by).delete()
        _tell(written, by=by, at=at)
        _note(written, "decision.recorded", by=by, at=at)
    return decision


def _take(item: AgendaItem, *, item_version: int) -> None:
    """Win the item or say why not: one UPDATE that only one caller can make true."""
    new = states.after_item(ItemState.CALLED, ItemStep.DECIDE)
    won = AgendaItem.objects.filter(pk=item.pk, version=item_version, state=ItemState.CALLED).update(
        state=new, version=F("version") + 1
    )
    if won:
        return
    fresh = AgendaItem.objects.select_related("meeting").get(pk=item.pk)
    standing = questions.standing_decision(fresh)
    if standing is not None:
        raise AlreadyDecidedError(decision=standing, who=standing.recorded_by, when=standing.recorded_at)
    if fresh.state == ItemState.CALLED:
        raise NotOnTheTableError(
            "The case was called anew since you opened this page. Read it again; your text is kept."
        )
    raise NotOnTheTableError(f"The case is {ItemState(fresh.state).label}; it is decided while it is being heard.")


def _read(pk: int) -> AgendaItem:
    """A case with its meeting and its request as they stand, read under the lock of the meeting's live row."""
    joined = AgendaItem.objects.select_related(
        "meeting__panel__council",
        "meeting__chair",
        "application__child",
        "application__council",
        "application__worker",
        "application__panel",
        "application__team",
        "application__policy_version",
    )
    return joined.defer("application__policy_version__payload").get(pk=pk)


def _write(
    item: AgendaItem, minute: Minute, *, by: User, at: datetime, supersedes: Decision | None = None, why: str = ""
) -> Written:
    """Judge, number and write a decision with all that hangs on it; the caller has taken item or decision."""
    meeting, application = item.meeting, item.application
    version, policy = policy_for(council=meeting.panel.council, on=timezone.localdate(at))
    first = Decision.objects.filter(item=item, version=1).first() if supersedes else None
    verdict = judged(item, minute, policy=policy, by=by, at=at, decided_at=first.recorded_at if first else None)
    assert application is not None  # noqa: S101
    effect = verdict.outcome.effect
    waits = [role for role, _, given in verdict.approvals if not given] if effect in COMMITS else []
    lines = funded(minute.lines, application, policy=policy, at=at) if effect in COMMITS else []
    reference = people.new_reference("D")
    number = supersedes.version + 1 if supersedes else 1
    committed = (
        [] if waits or verdict.in_principle else commit_lines(application, lines, f"{reference}:1", by=by, at=at)
    )
    shots = [c.snapshot for c in committed] or would_cost(application, lines, at=at)
    money = money_kept(shots, is_posted=not (waits or verdict.in_principle))
    decision = Decision.objects.create(
        council=meeting.panel.council,
        item=item,
        application=application,
        reference=reference,
        minute_number=supersedes.minute_number if supersedes else _next_number(item, at=at),
        version=number,
        supersedes=supersedes,
        policy_version=version,
        outcome=minute.outcome,
        effect=effect,
        is_in_principle=verdict.in_principle or bool(waits),
        awaits_role=waits[0] if waits else verdict.endorser,
        reasons=minute.reasons,
        members_views=minute.members_views,
        review_date=minute.review_date,
        no_review_reason=minute.no_review_reason,
        findings=dict(verdict.room.assessment.as_json()) | ({"override": minute.override} if minute.override else {}),
        quorum=questions.quorum_evidence(verdict.room, policy=policy),
        money=money,
        lines=lines_json(lines, shots),
        correction_reason=why,
        recorded_at=at,
        recorded_by=by,
    )
    decision.commitments.add(*[c.commitment for c in committed])
    actions, waiting = _write_what_follows(decision, minute, verdict, by=by, at=at)
    write_reviews(decision, lines, policy=policy, at=first.recorded_at if first else at)
    write_asked(decision, minute, verdict, policy=policy)
    return Written(decision, [c.commitment for c in committed], actions, waiting)


def _write_what_follows(
    decision: Decision, minute: Minute, verdict: Verdict, *, by: User, at: datetime
) -> tuple[list[Action], list[Approval]]:
    """Conditions, actions, review and approvals; gives the actions given and the approvals that wait."""
    Condition.objects.bulk_create(
        Condition(decision=decision, text=c.text, owner=c.owner, due=c.due) for c in minute.conditions
    )
    actions = Action.objects.bulk_create(
        Action(decision=decision, reference=people.new_reference("A"), text=a.text, owner=a.owner, due=a.due)
        for a in minute.actions
    )
    if decision.effect not in COMMITS:
        return actions, []
    approvals = Approval.objects.bulk_create(
        Approval(
            decision=decision,
            role=role,
            rule=rule,
            answer=Approval.Answer.AGREED if given else Approval.Answer.WAITING,
            given_at=at if given else None,
            given_by=by if given else None,
        )
        for role, rule, given in [*verdict.approvals, *verdict.endorsement]
    )
    return actions, [approval for approval in approvals if approval.answer == Approval.Answer.WAITING]


def commit_lines(
    application: Any, lines: Sequence[AgreedLine], source: str, *, by: User, at: datetime
) -> list[finance.Committed]:
    """Commit agreed lines in the ledger, each once for its source, in the caller's transaction."""
    asked = {f"{source}:{n}": purchase_of(application, line) for n, line in enumerate(lines, start=1)}
    return finance.commit_all(council=application.council, asked=asked, by=by, at=at)


def money_kept(shots: Sequence[MoneySnapshot], *, is_posted: bool) -> dict[str, Any]:
    """The money of a decision as kept: before and after each budget line, and every snapshot with its rows."""
    return combined(shots).as_json() | {"is_committed": is_posted, "snapshots": [s.as_json() for s in shots]}


def _next_number(item: AgendaItem, *, at: datetime) -> str:
    """The next minute of the meeting; the live row is locked, so two cases never get the same."""
    meeting = item.meeting
    count = Decision.objects.filter(item__meeting=meeting, version=1).count() + 1
    panel = "-".join(part for part in (meeting.panel.slug, meeting.panel.area) if part).upper()
    return f"{panel}/{timezone.localdate(at).year}/{meeting.number}/{count}"


@transaction.atomic
def correct(*, decision: Decision, minute: Minute, why: str, expected_version: int, by: User, at: datetime) -> Decision:
    """Replace a decision by a new version that cites it; the old one stays readable, its money is taken back.

    Args:
        decision: the newest version, signed or not.
        minute: the whole decision as it is to stand.
        why: the reason, kept with the new version.
        expected_version: the version the page was opened with.
        by: the chair of the meeting.
        at: when.

    Raises:
        AlreadyDecidedError: somebody replaced it meanwhile.
        DecisionRefusedError: no reason, a change between deciding and putting off, or as for `record`.
    """
    standing = [s for s in DecisionState if (s, DecisionStep.SUPERSEDE) in states.DECISION_NEXT]
    won = Decision.objects.filter(pk=decision.pk, version=expected_version, state__in=standing).update(
        state=DecisionState.SUPERSEDED
    )
    if not won:
        newest = questions.standing_decision(decision.item)
        raise AlreadyDecidedError(
            decision=newest, who=newest.recorded_by if newest else None, when=newest.recorded_at if newest else None
        )
    if not why.strip():
        raise DecisionRefusedError([Refusal("Say why the decision is replaced.", "why")])
    bump(decision.item.meeting, "items", "money", "case")
    item = _read(decision.item_id)
    take_back(decision, by=by, at=at)
    written = _write(questions.with_papers(item), minute, by=by, at=at, supersedes=decision, why=why.strip())
    new = written.decision
    if (decision.effect in PUTS_OFF) != (new.effect in PUTS_OFF):
        raise DecisionRefusedError(
            [
                Refusal(
                    "A case that was put off is decided when it comes back; one that was decided is not put off.",
                    "outcome",
                )
            ]
        )
    settle_outside(decision=new, by=by, at=at)
    _tell(written, by=by, at=at)
    _note(written, "decision.corrected", by=by, at=at)
    return new


def take_back(decision: Decision, *, by: User, at: datetime) -> None:
    """Reverse what a decision had committed, in the caller's transaction."""
    for commitment in decision.commitments.all():
        reverse_commitment(
            commitment=commitment,
            source_ref=f"{decision.reference}:superseded",
            reason="decision superseded",
            by=by,
            at=at,
        )


@transaction.atomic
def commit_approved(*, decision: Decision, by: User, at: datetime) -> None:
    """Commit the lines of a decision whose last approval has come, in the caller's transaction."""
    application = decision.application
    committed = commit_lines(application, lines_from_json(decision.lines), f"{decision.reference}:1", by=by, at=at)
    decision.commitments.set([c.commitment for c in committed])


def _tell(written: Written, *, by: User, at: datetime) -> None:
    """Owe the words that follow at once: actions given, approvals wanted, a deferral, a correction."""
    decision = written.decision
    request, council = decision.application, decision.council
    for action in written.actions:
        people.owe_messages(
            council=council,
            recipients=[action.owner],
            template="action_given",
            reference=action.reference,
            path=reverse("decisions:my_actions"),
            event=f"given:{action.reference}",
            by=by,
            at=at,
            on=action.due,
        )
    for approval in written.waiting:
        people.owe_messages(
            council=council,
            recipients=people.holders(council=council, role=approval.role, on=timezone.localdate(at)),
            template="approval_waits",
            reference=decision.reference,
            path=reverse("decisions:approvals"),
            event=f"approve:{decision.reference}:{approval.role}",
            by=by,
            at=at,
        )
    template = (
        "decision_superseded" if decision.supersedes_id else "request_deferred" if decision.effect in PUTS_OFF else ""
    )
    if template:
        people.owe_message(
            council=council,
            recipient=request.worker,
            template=template,
            reference=request.reference,
            path=reverse("applications:request", args=[request.reference]),
            dedupe_key=f"{template}:{decision.reference}",
            by=by,
            at=at,
            about=request,
        )


def _note(written: Written, action: str, *, by: User, at: datetime) -> None:
    decision = written.decision
    people.record(
        council=decision.council,
        by=by,
        at=at,
        verb=Verb.COLLECTION,
        action=action,
        subject="decision",
        subject_ref=decision.reference,
        facts={
            "request": decision.application.reference,
            "minute": decision.minute_number,
            "version": decision.version,
            "outcome": decision.outcome,
            "policy": str(decision.policy_version),
            "commitments": [commitment.reference for commitment in written.commitments],
        },
    )
