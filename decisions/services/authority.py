"""May this person decide this now, in these words? One answer, with every reason and its clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from applications.states import State
from decisions.models import AgendaItem
from decisions.queries import live as questions
from decisions.queries.agenda import is_urgent
from decisions.queries.following import asked_here
from decisions.rules import Days, Stated, Written, demands
from decisions.services.errors import DecisionRefusedError, Refusal
from decisions.services.ratifying import paid_already
from panels.rules import Person, may_act
from panels.rules.deciding import AGREES, deciding_officer
from panels.states import MeetingState
from people import services as people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from decisions.models import Interest
    from decisions.queries.live import CaseRoom
    from decisions.rules import Person as Someone
    from decisions.services.minute import Minute
    from panels.policy import Policy
    from panels.policy.schema import Outcome
    from panels.rules import Assessment
    from people.models import User

SAID = {
    "agree": "agreed",
    "part": "agreed",
    "recommend": "agreed",
    "refuse": "not_agreed",
    "defer": "deferred",
    "pending": None,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a decision rests on: its outcome in the policy's words, the room, approvals wanted after panel.

    Attributes:
        approvals: (role, rule, given): `given` where the chair holds that office themselves.
        in_principle: the quorum is not met and the policy then lets the panel decide in principle.
        endorser: whose endorsement an in-principle decision waits for.
    """

    outcome: Outcome
    room: CaseRoom
    approvals: tuple[tuple[str, str, bool], ...]
    in_principle: bool
    endorser: str

    @property
    def endorsement(self) -> tuple[tuple[str, str, bool], ...]:
        """The endorsement wanted as an approval row, unless that role is asked already."""
        asked = {role for role, _, _ in self.approvals}
        if not self.endorser or self.endorser in asked or self.room.assessment.quorum is None:
            return ()
        return ((self.endorser, self.room.assessment.quorum.rule, False),)


def judged(
    item: AgendaItem,
    minute: Minute,
    *,
    policy: Policy,
    by: User,
    at: datetime,
    decided_at: datetime | None = None,
    room: tuple[Sequence[Someone], Sequence[Interest]] | None = None,
) -> Verdict:
    """Check a decision before it is written.

    Args:
        item: the case.
        minute: what is decided.
        policy: the policy in force.
        by: who decides.
        at: when.
        decided_at: for a correction, when the panel decided: the room counts as it was then.
        room: who was there and what they declared on the case, where that is known already.

    Raises:
        DecisionRefusedError: with every reason, not only the first.
    """
    outcome = _outcome(item, minute.outcome, policy=policy)
    facts = {"decision": _decision_facts(outcome, minute, at=at)}
    present, declared = room or (None, None)
    found = questions.case_room(item, at=decided_at or at, extra=facts, interests=declared, people=present)
    interest = next((interest for interest in found.interests if interest.user_id == by.pk), None)
    refusals = _office(item, policy=policy, by=by, is_correction=decided_at is not None, interest=interest)
    refusals += _demands(outcome, minute, policy=policy, panel=item.meeting.panel.slug)
    refusals += paid_already(item.application, minute.lines) if item.application else []
    in_principle, endorser = _in_principle(found, policy=policy)
    refusals += _unanswered(item, outcome, minute, policy=policy)
    refusals += _blocks(item, outcome, found, minute=minute, policy=policy, in_principle=in_principle)
    if refusals:
        raise DecisionRefusedError(refusals)
    officers = _deciding(item, outcome, policy=policy)
    return Verdict(outcome, found, _after_panel(found.assessment, officers, by=by, at=at), in_principle, endorser)


def _deciding(item: AgendaItem, outcome: Outcome, *, policy: Policy) -> dict[str, str]:
    """The officer who decides what the panel only recommends, with the rule; nobody where the panel decides."""
    assert item.application is not None  # noqa: S101 -- only cases have outcomes
    categories = {line.category for line in item.application.lines.all()}
    found = deciding_officer(policy, item.meeting.panel.slug, outcome=outcome, categories=categories)
    return dict([found]) if found else {}


def _outcome(item: AgendaItem, code: str, *, policy: Policy) -> Outcome:
    if item.kind != AgendaItem.Kind.CASE or item.application is None:
        raise DecisionRefusedError([Refusal("Only a case is decided.")])
    try:
        return policy.outcome(item.meeting.panel.slug, code)
    except KeyError:
        raise DecisionRefusedError([Refusal("Choose one of the outcomes of this panel.", "outcome")]) from None


def _office(
    item: AgendaItem, *, policy: Policy, by: User, is_correction: bool, interest: Interest | None
) -> list[Refusal]:
    meeting, application = item.meeting, item.application
    refusals = []
    if application is not None and application.state == State.WITHDRAWN:
        refusals.append(Refusal("The request was withdrawn; there is nothing left to decide."))
    person = Person(
        chairs=meeting.chair_id == by.pk,
        own_request=application is not None and by.pk in {application.worker_id, application.created_by_id},
        has_interest=interest is not None and bool(interest.nature),
    )
    leave = may_act(policy, panel=meeting.panel.slug, act="decide", person=person)
    if not leave.allowed:
        chair = "" if person.chairs else f" That is {meeting.chair or 'nobody yet'}."
        refusals.append(Refusal(f"{leave.sentence}{chair}", clause=leave.clause or ""))
    if meeting.state != MeetingState.IN_SESSION and not is_correction:
        refusals.append(Refusal(f"The meeting is {meeting.get_state_display()}."))
    if interest is not None and interest.withdraws:
        refusals.append(Refusal("You withdrew from this case. Somebody else has to be named chair for it."))
    return refusals


def _demands(outcome: Outcome, minute: Minute, *, policy: Policy, panel: str) -> list[Refusal]:
    """What the policy wants written down with this outcome and is not."""
    written = Written(
        has_reasons=bool(minute.reasons.strip()),
        review_date=minute.review_date,
        has_no_review_reason=bool(minute.no_review_reason.strip()),
        lines=[Days(line.start, line.end) for line in minute.lines],
        conditions=[Stated(bool(one.owner.strip()), one.due) for one in minute.conditions],
    )
    return [
        Refusal(found.message, found.field, policy.clause(found.rule) if found.rule else "")
        for found in demands(policy, panel, outcome=outcome, written=written)
    ]


def _unanswered(item: AgendaItem, outcome: Outcome, minute: Minute, *, policy: Policy) -> list[Refusal]:
    """The questions of the policy that a final word needs answered and that are not."""
    assert item.application is not None  # noqa: S101 -- only cases have outcomes
    given = {answer.code for answer in minute.answers}
    return [
        Refusal(f"Answer “{one.question.label}”.", f"ask_{one.question.code}", one.clause)
        for one in asked_here(policy, item)
        if outcome.final and one.question.required and one.question.code not in given
    ]


def _decision_facts(outcome: Outcome, minute: Minute, *, at: datetime) -> dict[str, Any]:
    return {
        "decided_at": timezone.localtime(at).isoformat(timespec="seconds"),
        "outcome": SAID[outcome.effect],
        "on_day": True,
        "review_date": minute.review_date.isoformat() if minute.review_date else None,
        "reasons_given": bool(minute.reasons.strip()),
    }


def _in_principle(room: CaseRoom, *, policy: Policy) -> tuple[bool, str]:
    quorum = room.assessment.quorum
    if quorum is None or quorum.met is not False:
        return False, ""
    part = policy.entry(quorum.rule).quorum
    if part is None or not part.lets_decide_in_principle(quorum.missing):
        return False, ""
    return True, part.endorsed_by or ""


def _blocks(
    item: AgendaItem, outcome: Outcome, room: CaseRoom, *, minute: Minute, policy: Policy, in_principle: bool
) -> list[Refusal]:
    """What the rules say stands in the way. Safeguarding never waits: an emergency needs the chair's words instead."""
    if outcome.effect in {"defer", "pending"}:
        return []
    quorum = room.assessment.quorum
    refusals = [
        Refusal(f.message, "outcome", f.clause)
        for f in questions.naming(room.assessment.blocks("decide"), room, policy=policy)
        if _stands(f.rule, outcome, quorum_rule=quorum.rule if quorum else "", in_principle=in_principle)
    ]
    if quorum is not None and quorum.met is None:
        refusals.append(
            Refusal("Note who is in the room: the policy asks for a quorum.", "outcome", policy.clause(quorum.rule))
        )
    assert item.application is not None  # noqa: S101
    if refusals and is_urgent(item.application):
        return (
            []
            if minute.override.strip()
            else [*refusals, Refusal("It is an emergency: say why it is decided all the same.", "override")]
        )
    return refusals


def _stands(rule: str, outcome: Outcome, *, quorum_rule: str, in_principle: bool) -> bool:
    """A missing quorum stops every final word; other blocks stop agreeing only: refusing stays open."""
    if rule == quorum_rule:
        return not in_principle
    return outcome.effect in AGREES


def _after_panel(
    assessment: Assessment, officers: dict[str, str], *, by: User, at: datetime
) -> tuple[tuple[str, str, bool], ...]:
    """Who must approve after panel. The chair's own office counts as given: a separate row, filled by itself."""
    day = timezone.localdate(at)
    asked = dict(officers)
    for approval in assessment.approvals:
        if approval.stage == "after_panel" and not approval.given:
            asked.setdefault(approval.role, approval.rule)
    return tuple(
        (role, rule, people.may_act_as(user=by, role=role, on=day) is not None) for role, rule in asked.items()
    )


def roles_waiting(approvals: Sequence[tuple[str, str, bool]]) -> list[str]:
    """The roles whose approval has not come yet."""
    return [role for role, _, given in approvals if not given]
