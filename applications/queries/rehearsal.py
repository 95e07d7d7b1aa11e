"""A draft of the rules held against last year's requests: what would have gone another way. Nothing is written."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from applications.models import Application
from panels.models import Meeting
from panels.policy import Policy
from panels.policy.comparing import differences
from panels.rules import Assessment, Finding
from panels.rules.case import CaseError
from panels.rules.usage import counters
from panels.states import MeetingState
from people.models import User

from .asking import assessed
from .drafts import as_on
from .facts import facts_of
from .usage import Uses, counted_facts, uses_of

YEAR = timedelta(days=365)
MOST = 1000  # requests: the newest; a few seconds of work
REMITS = ("in", "other_panel", "excluded", "out", "unknown")


@dataclass(frozen=True, slots=True)
class Desk:
    """An office whose agreement a request needs, when, and the clause that asks for it."""

    role: str
    title: str
    stage: str
    rule: str
    clause: str


@dataclass(frozen=True, slots=True)
class Change:
    """One request that the draft would have treated otherwise."""

    reference: str
    categories: tuple[str, ...]
    before: Assessment
    after: Assessment
    desks_new: tuple[Desk, ...]
    desks_gone: tuple[Desk, ...]
    said_new: tuple[Finding, ...]
    said_gone: tuple[Finding, ...]

    @property
    def moves(self) -> bool:
        """Whether it would have gone to another place than it did."""
        return (self.before.remit, self.before.route_to) != (self.after.remit, self.after.route_to)

    @property
    def stops(self) -> bool:
        """Whether it would be stopped before the panel, or no longer be."""
        return self.before.can_submit != self.after.can_submit


@dataclass(frozen=True, slots=True)
class Count:
    """How many requests before and after."""

    code: str
    stage: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        """More, or fewer where negative."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came out: what the draft says otherwise, counts, then each request that would have gone another way."""

    says: tuple[str, ...]
    asked: int
    left_out: int
    unfit: tuple[str, ...]
    is_same: bool
    remits: tuple[Count, ...]
    stopped: Count
    desks: tuple[Count, ...]
    rules: tuple[Count, ...]
    changes: tuple[Change, ...]

    @property
    def to_panel(self) -> Count:
        """How many come to the panel."""
        return self.remits[0]


def last_year(user: User, *, at: datetime) -> Any:
    """The requests of the year up to a moment that reached the administrator, with what the rules read of them."""
    return (
        Application.objects.for_user(user)
        .filter(submitted_at__gt=at - YEAR, submitted_at__lte=at)
        .select_related("council", "child", "team", "panel")
        .prefetch_related("lines", "sign_offs", "documents", "other_funding")
        .order_by("-submitted_at", "-pk")
    )


def rehearse(*, user: User, draft: Policy, current: Policy, at: datetime) -> Rehearsal:
    """Judge last year's requests twice: under the policy in force and under a draft, each as on its own first day.

    Both are asked about the facts each request had when it reached the administrator, against the next meeting of
    its panel after that day; dated values and entries count as they stand today, or on the draft's first day where
    that is later. A fixed number of queries for any number of requests.

    Args:
        user: whose requests are replayed: those they may see.
        draft: the rules that are tried.
        current: the rules in force.
        at: now.
    """
    today = timezone.localdate(at)
    old, new = as_on(current, today), as_on(draft, max(today, draft.starts_on))
    found = last_year(user, at=at)
    requests = list(found[:MOST])
    total = len(requests) if len(requests) < MOST else found.count()
    meetings = _meetings(user, at=at)
    counts = counters(old) or counters(new)
    uses = uses_of(user.tenant, [request.child.reference for request in requests]) if counts else {}
    pairs, unfit = [], []
    for request in requests:
        facts = _facts(request, meetings)
        try:
            before, after = (
                assessed(_counted(facts, request, policy=policy, uses=uses), policy) for policy in (old, new)
            )
            pairs.append((request, before, after))
        except CaseError:
            unfit.append(request.reference)
    changes = [_change(request, before, after, old=old, new=new) for request, before, after in pairs]
    befores, afters = [p[1] for p in pairs], [p[2] for p in pairs]
    return Rehearsal(
        says=tuple(differences(current, draft)),
        asked=len(pairs),
        left_out=total - len(requests),
        unfit=tuple(unfit),
        is_same=old == new,
        remits=tuple(Count(remit, "", _number(befores, remit), _number(afters, remit)) for remit in REMITS),
        stopped=Count("", "", *(sum(1 for a in side if not a.can_submit) for side in (befores, afters))),
        desks=_counts([_desk_keys(a) for a in befores], [_desk_keys(a) for a in afters]),
        rules=tuple(
            c
            for c in _counts([_rule_keys(a, old) for a in befores], [_rule_keys(a, new) for a in afters])
            if c.difference
        ),
        changes=tuple(sorted((c for c in changes if c is not None), key=lambda c: (not c.moves, not c.stops))),
    )


def _meetings(user: User, *, at: datetime) -> dict[int, list[datetime]]:
    """The starts of each panel's meetings from a year ago on, in order."""
    rows = (
        Meeting.objects.for_user(user)
        .filter(starts_at__gt=at - YEAR)
        .exclude(state=MeetingState.CANCELLED)
        .order_by("starts_at")
    )
    starts: dict[int, list[datetime]] = {}
    for panel, start in rows.values_list("panel_id", "starts_at"):
        starts.setdefault(panel, []).append(start)
    return starts


def _facts(request: Application, meetings: dict[int, list[datetime]]) -> dict[str, Any]:
    moment = request.submitted_at or request.changed_at
    starts = meetings.get(request.panel_id or 0, [])
    place = bisect_right(starts, moment)
    aimed = starts[place] if place < len(starts) else None
    return facts_of(request, at=moment, panel_starts_at=aimed, complete=True)


def _counted(facts: dict[str, Any], request: Application, *, policy: Policy, uses: Uses) -> dict[str, Any]:
    """The facts of a request with those a policy counts, as they stood when it reached the administrator."""
    counted = counted_facts(request, policy, at=request.submitted_at or request.changed_at, uses=uses)
    return {**facts, "own": {**facts.get("own", {}), **counted}} if counted else facts


def _number(side: list[Assessment], remit: str) -> int:
    return sum(1 for assessment in side if assessment.remit == remit)


def _desk_keys(assessment: Assessment) -> frozenset[tuple[str, str]]:
    return frozenset((approval.role, approval.stage) for approval in assessment.approvals)


def _rule_keys(assessment: Assessment, policy: Policy) -> frozenset[tuple[str, str]]:
    return frozenset((f.rule, f.effect) for f in _said(assessment, policy).values() if f.effect in {"block", "warn"})


def _counts(before: list[frozenset[tuple[str, str]]], after: list[frozenset[tuple[str, str]]]) -> tuple[Count, ...]:
    """How many requests have each key, before and after; each counted once in a request."""
    old: Counter[tuple[str, str]] = Counter(key for keys in before for key in keys)
    new: Counter[tuple[str, str]] = Counter(key for keys in after for key in keys)
    return tuple(Count(*key, old[key], new[key]) for key in sorted(old.keys() | new.keys()))


def _change(request: Application, before: Assessment, after: Assessment, *, old: Policy, new: Policy) -> Change | None:
    was, will = _desks(before, old), _desks(after, new)
    said, says = _said(before, old), _said(after, new)
    change = Change(
        reference=request.reference,
        categories=tuple(dict.fromkeys(line.category for line in request.lines.all())),
        before=before,
        after=after,
        desks_new=tuple(desk for key, desk in will.items() if key not in was),
        desks_gone=tuple(desk for key, desk in was.items() if key not in will),
        said_new=tuple(finding for key, finding in says.items() if key not in said),
        said_gone=tuple(finding for key, finding in said.items() if key not in says),
    )
    told = change.desks_new or change.desks_gone or change.said_new or change.said_gone
    return change if told or change.moves or change.stops else None


def _desks(assessment: Assessment, policy: Policy) -> dict[tuple[str, str], Desk]:
    return {
        (a.role, a.stage): Desk(a.role, policy.role_title(a.role), a.stage, a.rule, policy.clause(a.rule))
        for a in assessment.approvals
    }


def _said(assessment: Assessment, policy: Policy) -> dict[tuple[Any, ...], Finding]:
    """What the rules say beyond the agreements they ask for, which stand by themselves."""
    asked = {approval.rule for approval in assessment.approvals}
    lacking = {(a.rule, f"{policy.role_title(a.role)} has not agreed") for a in assessment.approvals}
    return {
        (f.rule, f.effect, f.stage, f.line): f
        for f in assessment.findings
        if not (f.rule in asked and f.effect in {"route", "inform"})
        and not any(f.rule == rule and f.message.startswith(words) for rule, words in lacking)
    }
