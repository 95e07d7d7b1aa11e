"""The rows a decision is made of, not yet written: what `record` writes at once, and bulk loads many at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from decisions.models import Action, Answer, Approval, Condition, Decision, Duty, Review
from decisions.queries import live as questions
from decisions.queries.following import COMMITS, planned_reviews, wanted_after
from decisions.queries.money import combined, lines_json
from decisions.services.vouching import content_hash
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from decisions.models import AgendaItem
    from decisions.queries.money import AgreedLine
    from decisions.services.authority import Verdict
    from decisions.services.minute import Minute
    from finance.models import Commitment
    from finance.services import MoneySnapshot
    from panels.models import Meeting, PolicyVersion
    from panels.policy import Policy
    from people.models import Message, User
    from people.services import Happening

PUTS_OFF = frozenset({"defer", "pending"})


@dataclass(slots=True)
class Written:
    """A decision with the rows that stand beside it."""

    decision: Decision
    commitments: Sequence[Commitment] = ()
    conditions: list[Condition] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)

    @property
    def waiting(self) -> list[Approval]:
        """The approvals that have not come."""
        return [approval for approval in self.approvals if approval.answer == Approval.Answer.WAITING]


def minute_number(meeting: Meeting, count: int, *, at: datetime) -> str:
    """What the so-manieth decision of a meeting is called: panel, year, meeting, number."""
    panel = "-".join(part for part in (meeting.panel.slug, meeting.panel.area) if part).upper()
    return f"{panel}/{timezone.localdate(at).year}/{meeting.number}/{count}"


def waits_for(verdict: Verdict) -> list[str]:
    """The offices whose approval is wanted before anything is committed; none where nothing is agreed."""
    agrees = verdict.outcome.effect in COMMITS
    return [role for role, _, given in verdict.approvals if not given] if agrees else []


def money_kept(shots: Sequence[MoneySnapshot], *, is_posted: bool) -> dict[str, Any]:
    """The money of a decision as kept: before and after each budget line, and every snapshot with its rows."""
    return combined(shots).as_json() | {"is_committed": is_posted, "snapshots": [s.as_json() for s in shots]}


def decision_of(
    item: AgendaItem,
    minute: Minute,
    verdict: Verdict,
    *,
    under: tuple[PolicyVersion, Policy],
    reference: str,
    minute_number: str,
    lines: Sequence[AgreedLine],
    shots: Sequence[MoneySnapshot],
    by: User,
    at: datetime,
    supersedes: Decision | None = None,
    why: str = "",
) -> Decision:
    """The decision itself, judged under a policy, numbered and paid for; `shots` are those of `lines`, in order."""
    version, policy = under
    waits = waits_for(verdict)
    return Decision(
        council=item.meeting.panel.council,
        item=item,
        application=item.application,
        reference=reference,
        minute_number=minute_number,
        version=supersedes.version + 1 if supersedes else 1,
        supersedes=supersedes,
        policy_version=version,
        outcome=minute.outcome,
        effect=verdict.outcome.effect,
        is_in_principle=verdict.in_principle or bool(waits),
        awaits_role=waits[0] if waits else verdict.endorser,
        reasons=minute.reasons,
        members_views=minute.members_views,
        review_date=minute.review_date,
        no_review_reason=minute.no_review_reason,
        findings=dict(verdict.room.assessment.as_json()) | ({"override": minute.override} if minute.override else {}),
        quorum=questions.quorum_evidence(verdict.room, policy=policy),
        money=money_kept(shots, is_posted=not (waits or verdict.in_principle)),
        lines=lines_json(lines, shots),
        correction_reason=why,
        recorded_at=at,
        recorded_by=by,
    )


def beside(
    decision: Decision,
    minute: Minute,
    verdict: Verdict,
    *,
    commitments: Sequence[Commitment],
    lines: Sequence[AgreedLine],
    policy: Policy,
    decided_at: datetime,
) -> Written:
    """A decision with everything that goes with it: conditions, actions, approvals, reviews, answers, duties.

    Args:
        decision: as `decision_of` made it, written or not.
        minute: what was decided.
        verdict: on what it rests.
        commitments: what it bought.
        lines: the resources agreed.
        policy: the one it was taken under.
        decided_at: when the case was first decided; a correction plans its reviews from there.
    """
    return Written(
        decision,
        commitments,
        conditions=[Condition(decision=decision, text=c.text, owner=c.owner, due=c.due) for c in minute.conditions],
        actions=[
            Action(decision=decision, reference=people.new_reference("A"), text=a.text, owner=a.owner, due=a.due)
            for a in minute.actions
        ],
        approvals=_approvals(decision, verdict),
        reviews=_reviews(decision, lines, policy=policy, at=decided_at),
        answers=[
            Answer(decision=decision, code=a.code, label=a.label, rule=a.rule, value=a.value) for a in minute.answers
        ],
        duties=_duties(decision, verdict, policy=policy),
    )


def _approvals(decision: Decision, verdict: Verdict) -> list[Approval]:
    """Who must approve after panel; an office the chair holds themselves has."""
    if decision.effect not in COMMITS:
        return []
    return [
        Approval(
            decision=decision,
            role=role,
            rule=rule,
            answer=Approval.Answer.AGREED if given else Approval.Answer.WAITING,
            given_at=decision.recorded_at if given else None,
            given_by=decision.recorded_by if given else None,
        )
        for role, rule, given in [*verdict.approvals, *verdict.endorsement]
    ]


def _reviews(decision: Decision, lines: Sequence[AgreedLine], *, policy: Policy, at: datetime) -> list[Review]:
    """The day the chair gave and the later ones of the panel's plan."""
    if decision.review_date is None or decision.effect not in COMMITS:
        return []
    first = decision.review_date
    planned = planned_reviews(policy, decision.item.meeting.panel.slug, lines=lines, decided_on=timezone.localdate(at))
    return [Review(decision=decision, due=day) for day in [first, *(day for day in planned if day > first)]]


def _duties(decision: Decision, verdict: Verdict, *, policy: Policy) -> list[Duty]:
    """What the policy wants done after it."""
    wanted = wanted_after(
        policy,
        decision.item.meeting.panel.slug,
        outcome=verdict.outcome,
        categories=[line.category for line in decision.application.lines.all()],
        deadlines=verdict.room.assessment.deadlines,
    )
    return [
        Duty(decision=decision, kind=w.kind, code=w.code, title=w.title, who=w.who, how=w.how, rule=w.rule, due=w.due)
        for w in wanted
    ]


def messages_of(written: Written, *, by: User, at: datetime) -> list[Message]:
    """The words that follow at once: actions given, approvals wanted, a deferral, a correction."""
    decision = written.decision
    request, council = decision.application, decision.council
    owed: list[Message] = []
    for action in written.actions:
        owed += people.messages_to(
            [action.owner],
            council=council,
            template="action_given",
            reference=action.reference,
            path=reverse("decisions:my_actions"),
            event=f"given:{action.reference}",
            by=by,
            at=at,
            on=action.due,
        )
    for approval in written.waiting:
        owed += people.messages_to(
            people.holders(council=council, role=approval.role, on=timezone.localdate(at)),
            council=council,
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
        owed += people.messages_to(
            [request.worker],
            council=council,
            template=template,
            reference=request.reference,
            path=reverse("applications:request", args=[request.reference]),
            event=f"{template}:{decision.reference}",
            by=by,
            at=at,
            about=request,
        )
    return owed


def happening_of(written: Written, action: str, *, by: User, at: datetime) -> Happening:
    """What the record says of a decision."""
    decision = written.decision
    return people.Happening(
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
            "content": content_hash(decision),
        },
    )
