"""Questions about approvals outside the panel: who may give one, how long it lasts, what of the cost is left over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from applications.models import ResourceLine
from applications.queries import acting_for, assessed, facts_of, next_meeting, tasks_of
from decisions.models import OutsideApproval
from decisions.models.outside import PAYS
from decisions.queries.funding import funded
from decisions.queries.money import (
    as_requested,
    combined,
    lines_from_json,
    lines_json,
    posted_pence,
    with_dates,
    would_cost,
)
from decisions.rules import last_day, route_of
from decisions.states import OutsideState
from panels.rules import Person, may_act
from panels.rules.assessment import Approval
from panels.services import policy_for, policy_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from applications.models import Application
    from decisions.queries.money import AgreedLine, Effect
    from panels.models import Meeting, PolicyVersion
    from panels.policy import Policy
    from panels.policy.schema import OutsidePanel
    from panels.rules import Assessment, Leave
    from people.models import User
    from people.services import Acting

STAGE = "outside_panel"


@dataclass(frozen=True, slots=True)
class Offer:
    """What an approval outside the panel would rest on at a moment.

    Attributes:
        route: how long it lasts, whom to consult and what follows; None where the policy foresees no such approval.
        asked: the approvals the policy wants; empty where it names nobody.
        lines: the resources as far as they would be approved.
        until: the last day; None where the policy states none, or no meeting is planned.
    """

    application: Application
    version: PolicyVersion
    policy: Policy
    assessment: Assessment
    kind: str
    route: OutsidePanel | None
    asked: tuple[Approval, ...]
    meeting: Meeting | None
    until: date | None
    lines: tuple[AgreedLine, ...]

    @property
    def panel(self) -> str:
        """The panel's slug."""
        return self.application.panel.slug if self.application.panel else ""

    @property
    def then(self) -> str:
        """What the policy asks of the panel afterwards."""
        return self.route.then if self.route else OutsideApproval.Then.NOTHING

    @property
    def is_barred(self) -> bool:
        """Whether a rule closes this way; never for an emergency placement."""
        is_emergency = bool(self.application.facts.get("emergency"))
        return is_emergency and not self.assessment.can_record_emergency


def offer_of(
    application: Application,
    *,
    at: datetime,
    agreed_at: datetime | None = None,
    agreed_by: str = "",
    consulted: Sequence[str] = (),
    kind: str = "",
) -> Offer:
    """Work out what an approval outside the panel would rest on, under the policy in force.

    Args:
        application: the request, with its parts.
        at: when the question is asked.
        agreed_at: when it was agreed, where that was earlier, as by telephone.
        agreed_by: the office in which it is agreed, as the rules read it.
        consulted: the offices that were consulted.
        kind: the kind of emergency, where the request does not say it yet.
    """
    given = agreed_at or at
    version, policy = policy_for(council=application.council, on=timezone.localdate(given))
    meeting = next_meeting(application, at=given)
    assessment = _assessment(
        application, policy, meeting, at=at, agreed_at=given, agreed_by=agreed_by, consulted=consulted, kind=kind
    )
    found_kind, route = _route(application, policy, kind)
    until = None
    if route is not None:
        until = last_day(
            lasts=route.lasts,
            days=route.days,
            agreed_on=timezone.localdate(given),
            next_panel=timezone.localdate(meeting.starts_at) if meeting else None,
        )
    lines = up_to(rest_of(as_requested(application), paid(application)), until)
    return Offer(
        application=application,
        version=version,
        policy=policy,
        assessment=assessment,
        kind=found_kind,
        route=route,
        asked=_asked(assessment, route, is_emergency=bool(application.facts.get("emergency") or kind)),
        meeting=meeting,
        until=until,
        lines=tuple(funded(lines, application, policy=policy, at=given)),
    )


def officers_named(application: Application, policy: Policy) -> frozenset[str]:
    """Offices that may approve an emergency: whom the rules named when it was sent, else the officer of the route.

    No query where the panel was read with the request, so that a first page can ask it of many.
    """
    named = {one["role"] for one in application.findings.get("approvals", ()) if one["stage"] == STAGE}
    if not named and (route := _route(application, policy, "")[1]) is not None:
        named = {route.approver}
    return frozenset(named)


def _assessment(
    application: Application, policy: Policy, meeting: Meeting | None, *, at: datetime, kind: str, **said: Any
) -> Assessment:
    emergency = {"kind": kind} | (application.facts.get("emergency") or {}) if kind else None
    emergency = emergency or application.facts.get("emergency")
    if emergency:
        emergency = {
            **emergency,
            "agreed_by": said["agreed_by"] or None,
            "decided_at": timezone.localtime(said["agreed_at"]).isoformat(timespec="seconds"),
            "consulted": list(said["consulted"]),
        }
    complete = not any(task.missing for task in tasks_of(application, policy))
    facts = facts_of(
        application,
        at=at,
        panel_starts_at=meeting.starts_at if meeting else None,
        extra={"emergency": emergency or None},
        complete=complete,
        policy=policy,
    )
    return assessed(facts, policy)


def _route(application: Application, policy: Policy, kind: str) -> tuple[str, OutsidePanel | None]:
    """The kind of emergency and what the policy's panel says of it; the most particular kind first."""
    emergency = application.facts.get("emergency") or {}
    said = emergency.get("kind") or kind or _kind_by_lines(application, policy)
    if application.panel is None or not policy.has_panel(application.panel.slug):
        return said, None
    return said, route_of(policy, application.panel.slug, kind=said, is_high_cost=_is_high_cost(application, policy))


def _kind_by_lines(application: Application, policy: Policy) -> str:
    placements = set(policy.group("placements"))
    return "placement" if any(line.category in placements for line in application.lines.all()) else "support"


def _is_high_cost(application: Application, policy: Policy) -> bool:
    said = application.facts.get("placement", {}).get("high_cost")
    defaults = [
        entry.defaults["placement.high_cost"] for entry in policy.entries if "placement.high_cost" in entry.defaults
    ]
    return bool(defaults and defaults[0]) if said is None else bool(said)


def _asked(assessment: Assessment, route: OutsidePanel | None, *, is_emergency: bool) -> tuple[Approval, ...]:
    """Whom the policy asks: what the rules name; for an emergency they are silent on, the officer of the route."""
    asked = [replace(a, given=False) for a in assessment.approvals if a.stage == STAGE]
    if not asked and route is not None and is_emergency:
        asked = [Approval(route.approver, STAGE, route.rule, given=False)]
    return tuple(asked)


def may_approve(offer: Offer, *, user: User, at: datetime) -> tuple[Leave, Acting | None, Offer]:
    """Say whether somebody may approve outside the panel, in whose right, and what the approval rests on then.

    An officer whom the policy names only where they are the one who agrees is asked about by name.
    """
    on = timezone.localdate(at)
    leave, acting = _leave(offer, user=user, on=on)
    if leave.allowed or not offer.application.facts.get("emergency"):
        return leave, acting, offer
    for role in dict.fromkeys([held.role for held in (*user.held, *user.covered)]):
        if role not in offer.policy.role_codes or role in {a.role for a in offer.asked}:
            continue
        named = offer_of(offer.application, at=at, agreed_by=role)
        if role not in {a.role for a in named.asked}:
            continue
        more, as_whom = _leave(named, user=user, on=on)
        if more.allowed:
            return more, as_whom, named
    return leave, acting, offer


def _leave(offer: Offer, *, user: User, on: date) -> tuple[Leave, Acting | None]:
    application = offer.application
    found = {a.role: acting_for(application, user=user, role=a.role, on=on) for a in offer.asked}
    held = {role: acting for role, acting in found.items() if acting is not None}
    person = Person(
        roles=frozenset(role for role, acting in held.items() if acting.covering_for is None),
        covered=frozenset(role for role, acting in held.items() if acting.covering_for is not None),
        own_request=user.pk in {application.worker_id, application.created_by_id, application.declared_by_id},
    )
    leave = may_act(offer.policy, panel=offer.panel, act="approve_outside", person=person, approvals=offer.asked)
    return leave, held.get(leave.role or "")


# money ----------------------------------------------------------------------------------------------
def up_to(lines: Iterable[AgreedLine], last: date | None) -> list[AgreedLine]:
    """The part of each resource that falls on or before a day; the whole of each where there is no last day."""
    if last is None:
        return list(lines)
    kept = [line for line in lines if line.start <= last]
    return [
        line
        if line.unit == ResourceLine.Unit.ONE_OFF
        else replace(line, end=min(line.end, last) if line.end else last, is_open_ended=False)
        for line in kept
    ]


def rest_of(lines: Iterable[AgreedLine], paid_until: Mapping[int, date | None]) -> list[AgreedLine]:
    """What is left of each resource after what was paid for outside the panel; of one paid as a whole, nothing."""
    left = []
    for line in lines:
        if line.line_id not in paid_until:
            left.append(line)
            continue
        until = paid_until[line.line_id]
        if until is None:
            continue
        start = max(line.start, until + timedelta(days=1))
        if line.end is None or start <= line.end:
            left.append(replace(line, start=start))
    return left


def paid(application: Application) -> dict[int, date | None]:
    """Until which day each resource is paid for by approvals outside the panel; None for one paid as a whole."""
    until: dict[int, date | None] = {}
    for approval in list(application.outside_approvals.all())[::-1]:  # the oldest first
        if approval.state in PAYS and approval.pence:
            for line in lines_from_json(approval.lines):
                until[line.line_id] = None if line.unit == ResourceLine.Unit.ONE_OFF else line.end
    return until


def to_decide(application: Application) -> list[AgreedLine]:
    """The resources the panel decides on: as asked for, without what was paid for outside it."""
    return rest_of(as_requested(application), paid(application))


@dataclass(frozen=True, slots=True)
class Cost:
    """What an approval would commit: each resource with its part and what is left of it, and the budget lines."""

    rows: tuple[tuple[dict[str, Any], AgreedLine | None], ...]
    beyond: tuple[AgreedLine, ...]
    effect: Effect
    pence: int


def cost_of(offer: Offer, *, at: datetime) -> Cost:
    """Work out what an approval would commit, and write nothing."""
    application = offer.application
    shots = would_cost(application, offer.lines, at=at)
    here = {line.line_id: line.end if line.unit != ResourceLine.Unit.ONE_OFF else None for line in offer.lines}
    rest = {line.line_id: line for line in rest_of(rest_of(as_requested(application), paid(application)), here)}
    rows = with_dates(lines_json(offer.lines, shots))
    return Cost(
        rows=tuple((row, rest.get(row["line_id"])) for row in rows),
        beyond=tuple(line for key, line in rest.items() if key not in here),
        effect=combined(shots),
        pence=sum(posted_pence(shot) for shot in shots),
    )


# what is owed ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Unsettled:
    """How many approvals the panel has still to see, and how many of them have lapsed; whole pence."""

    count: int
    pence: int
    lapsed: int
    lapsed_pence: int


def unsettled(user: User, *, on: date) -> Unsettled:
    """Count what somebody may see of the approvals the panel has not seen yet. One query."""
    lapsed = Q(valid_until__lt=on)
    sums = (
        OutsideApproval.objects.for_user(user)
        .unsettled()
        .order_by()
        .aggregate(
            all=Count("pk"), total=Sum("pence"), over=Count("pk", filter=lapsed), over_total=Sum("pence", filter=lapsed)
        )
    )
    return Unsettled(sums["all"], sums["total"] or 0, sums["over"], sums["over_total"] or 0)


def owed_to(meeting: Meeting, *, user: User) -> dict[int, OutsideApproval]:
    """Approvals a meeting's panel has still to see, by request. One query."""
    rows = (
        OutsideApproval.objects.for_user(user)
        .unsettled()
        .filter(application__panel=meeting.panel)
        .select_related("agreed_by", "policy_version")
        .defer("policy_version__payload")
    )
    return {row.application_id: row for row in rows}


def owed_by(application: Application) -> OutsideApproval | None:
    """The approval of a request that the panel has still to see, if there is one."""
    return OutsideApproval.objects.filter(application=application).unsettled().select_related("agreed_by").first()


def newest(application: Application) -> OutsideApproval | None:
    """The last approval outside the panel of a request that was not denied."""
    rows = application.outside_approvals.all()
    return next((row for row in rows if row.state not in {OutsideState.DENIED, OutsideState.FOLLOWED}), None)


def clause_of(approval: OutsideApproval) -> str:
    """The place in the council's text on which an approval rests."""
    policy = policy_of(approval.policy_version)
    return policy.clause(approval.rule) if approval.rule else ""


def why_listed(approval: OutsideApproval) -> str:
    """Why a request comes to the panel, in a sentence without names of the family."""
    told = approval.get_afterwards_display()
    until = f" until {approval.valid_until.day} {approval.valid_until:%B %Y}" if approval.valid_until else ""
    return f"{approval.get_state_display()}{until}; {told}"


def agenda_office(approval: OutsideApproval) -> str:
    """Which office builds the agenda of the panel the request goes to, by the policy it was approved under."""
    policy, panel = policy_of(approval.policy_version), approval.application.panel
    known = panel is not None and policy.has_panel(panel.slug)
    return policy.panel(panel.slug).offices.agenda_by if panel and known else "panel_administrator"
