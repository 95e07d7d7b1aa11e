"""Recording a decision: one transaction from the item to the messages owed. All of it, or none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from applications import services as applications
from decisions import states
from decisions.models import Action, AgendaItem, Answer, Approval, Condition, Decision, Duty, MinuteDraft, Review
from decisions.queries import live as questions
from decisions.queries.agenda import waiting_after
from decisions.queries.following import COMMITS
from decisions.queries.funding import funded
from decisions.queries.money import AgreedLine, lines_from_json, purchase_of, would_cost
from decisions.services.authority import judged
from decisions.services.errors import AlreadyDecidedError, DecisionRefusedError, NotOnTheTableError, Refusal
from decisions.services.following import bump
from decisions.services.minute import Minute
from decisions.services.ratifying import settle_outside
from decisions.services.rows import (
    PUTS_OFF,
    Written,
    beside,
    decision_of,
    happening_of,
    messages_of,
    minute_number,
    waits_for,
)
from decisions.states import DecisionState, DecisionStep, ItemState, ItemStep
from finance import services as finance
from finance.services.changes import reverse as reverse_commitment
from panels.services import rules_in_force, rules_read
from people import services as people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from people.models import User


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
    item = _read(item.pk, on=timezone.localdate(at), with_lock=item.application_id is not None)
    with people.put_down_together():
        written = _write(questions.with_papers(item), minute, by=by, at=at)
        decision = written.decision
        if decision.effect in PUTS_OFF:
            AgendaItem.objects.filter(pk=item.pk).update(state=ItemState.DEFERRED)
            applications.mark_deferred(application=decision.application, by=by, at=at)
        else:
            applications.mark_decided(application=decision.application, by=by, at=at)
        settle_outside(decision=decision, by=by, at=at, is_locked=True)
        MinuteDraft.objects.filter(item=item, user=by).delete()
        _tell(written, "decision.recorded", by=by, at=at)
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


def _read(pk: int, *, on: date, with_lock: bool = False) -> AgendaItem:
    """A case with its meeting and its request as they stand, read under the lock of the meeting's live row.

    Sets `decided_before`, the number of its meeting's decisions, `rules`, what holds on a day, `follows`, the next item
    that waits, and `has_outside`. With `with_lock` the request is
    locked too, so that nobody lists, withdraws or approves it meanwhile; it is taken before the ledger's lock, as the
    approvals outside the panel take them.
    """
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
    before = Decision.objects.filter(item__meeting=OuterRef("meeting"), version=1).order_by().values("version")
    counted = Coalesce(Subquery(before.annotate(there=Count("pk")).values("there")), 0)
    read = questions.knowing_of_outside(joined).annotate(
        decided_before=counted,
        rules=rules_in_force("meeting__panel__council", on),
        follows=Subquery(waiting_after(OuterRef("meeting"), OuterRef("position"))),
    )
    if with_lock:
        # A request is of its meeting's council; said so, the join is one that can be locked.
        own = read.filter(application__council=F("meeting__panel__council"))
        read = own.select_for_update(of=("self", "application"))
    return read.defer("application__policy_version__payload").get(pk=pk)


def _write(
    item: AgendaItem, minute: Minute, *, by: User, at: datetime, supersedes: Decision | None = None, why: str = ""
) -> Written:
    """Judge, number and write a decision with all that hangs on it; the caller has taken item or decision."""
    meeting, application = item.meeting, item.application
    version, policy = rules_read(vars(item)["rules"], council=meeting.panel.council)
    first = Decision.objects.filter(item=item, version=1).first() if supersedes else None
    verdict = judged(item, minute, policy=policy, by=by, at=at, decided_at=first.recorded_at if first else None)
    assert application is not None  # noqa: S101
    is_agreed = verdict.outcome.effect in COMMITS
    lines = funded(minute.lines, application, policy=policy, at=at) if is_agreed else []
    reference = people.new_reference("D")
    is_held = bool(waits_for(verdict)) or verdict.in_principle
    committed = [] if is_held else commit_lines(application, lines, f"{reference}:1", by=by, at=at, is_first=True)
    decision = decision_of(
        item,
        minute,
        verdict,
        under=(version, policy),
        reference=reference,
        minute_number=supersedes.minute_number if supersedes else _next_number(item, at=at),
        lines=lines,
        shots=[c.snapshot for c in committed] or would_cost(application, lines, at=at),
        by=by,
        at=at,
        supersedes=supersedes,
        why=why,
    )
    decision.save(force_insert=True)
    decision.commitments.add(*[c.commitment for c in committed])
    written = beside(
        decision,
        minute,
        verdict,
        commitments=[c.commitment for c in committed],
        lines=lines,
        policy=policy,
        decided_at=first.recorded_at if first else at,
    )
    _write_beside(written)
    return written


def _write_beside(written: Written) -> None:
    """Write what stands beside a decision, each kind in one statement, none where there is none."""
    Condition.objects.bulk_create(written.conditions)
    Action.objects.bulk_create(written.actions)
    Approval.objects.bulk_create(written.approvals)
    Review.objects.bulk_create(written.reviews)
    Answer.objects.bulk_create(written.answers)
    Duty.objects.bulk_create(written.duties)


def commit_lines(
    application: Any, lines: Sequence[AgreedLine], source: str, *, by: User, at: datetime, is_first: bool = False
) -> list[finance.Committed]:
    """Commit agreed lines in the ledger, each once for its source, in the caller's transaction.

    With `is_first` the source was made in this transaction, and nobody looks whether it was committed before.
    """
    asked = {f"{source}:{n}": purchase_of(application, line) for n, line in enumerate(lines, start=1)}
    return finance.commit_all(council=application.council, asked=asked, by=by, at=at, is_first=is_first)


def _next_number(item: AgendaItem, *, at: datetime) -> str:
    """The next minute of the meeting; it was read under the lock of the live row, so two cases never get the same."""
    before: int = vars(item)["decided_before"]
    return minute_number(item.meeting, before + 1, at=at)


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
    item = _read(decision.item_id, on=timezone.localdate(at))
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
    _tell(written, "decision.corrected", by=by, at=at)
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


def _tell(written: Written, action: str, *, by: User, at: datetime) -> None:
    """Owe the words that follow at once, and put on record what was done."""
    people.owe_all(messages_of(written, by=by, at=at))
    people.record_many(council=written.decision.council, happenings=[happening_of(written, action, by=by, at=at)])
