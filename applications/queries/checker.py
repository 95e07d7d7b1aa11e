"""Asking the rules about a resource that nobody has asked for yet: nothing of it is written down."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from panels.models import Meeting, Panel
from panels.policy import Policy, words
from panels.rules import Approval, Assessment, Deadline, Finding, assess, grounds_of
from panels.rules.case import read_case, vocabulary_of
from people.models import User

from .asking import OPEN_MEETINGS
from .facts import instant

LINE = re.compile(r"\$\.lines\[0\]\.")
HALF_A_YEAR = timedelta(days=182)
MEETINGS_SHOWN = 3
# Nothing of this is there before anybody has begun to write: what the rules then ask for is what a request will need.
NOTHING_YET: dict[str, Any] = {
    "documents": [],
    "sign_offs": [],
    "evidence": {},
    "funding_sources_considered": [],
    "other_funding": [],
    "complete": False,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule on which an answer rests."""

    rule: str
    means: str
    clause: str


@dataclass(frozen=True, slots=True)
class LastMoment:
    """By when something is to be done; `is_passed` says that it is too late for it already."""

    title: str
    due: datetime
    rule: str
    clause: str
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting the request could go to, with the last moments that are counted back from it."""

    meeting: Meeting
    moments: tuple[LastMoment, ...]

    @property
    def is_too_late(self) -> bool:
        """Whether something that had to be done for it is over."""
        return any(moment.is_passed for moment in self.moments)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules say: the verdict, what it rests on, what is still to be asked, what a request will need."""

    policy: Policy
    assessment: Assessment
    grounds: tuple[Ground, ...]
    asked: tuple[str, ...]
    open: tuple[str, ...]
    needs: tuple[Finding, ...]
    sittings: tuple[Sitting, ...]
    dates: tuple[LastMoment, ...]

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """Who has to sign or agree, in the order of the register."""
        return self.assessment.approvals


def categories_of(policy: Policy) -> tuple[str, ...]:
    """The kinds of resource some rule of the policy names: those it takes, leaves out, bars or sends elsewhere."""
    named = {
        category
        for entry in policy.entries
        for remit in entry.remit
        for name in remit.lines
        if name != "all"
        for category in policy.group(name)
    }
    return tuple(c for c in words.CATEGORIES if c in named) or words.CATEGORIES


def born_about(age: int, *, on: date) -> date:
    """A date of birth that fits an age in full years on a day: half a year after the birthday, no child's own."""
    year = on.year - age
    birthday = on.replace(year=year, day=28) if (on.month, on.day) == (2, 29) else on.replace(year=year)
    return birthday - HALF_A_YEAR


def path_of(missing: str) -> str:
    """A fact of the result's `missing` as the questions name it: `$.lines[0].rate` is `line.rate`."""
    return LINE.sub("line.", missing).removeprefix("$.")


def placed(case: dict[str, Any], path: str, value: Any) -> None:
    """Put one answer where the interface wants it; a part of an object that was said to be none is left out."""
    top, _, part = path.partition(".")
    if path == "line.for_line":
        case["lines"][0]["for_line"] = None
        if value:
            case["lines"] = [case["lines"][0] | {"for_line": 1}, {}]
    elif top == "line":
        case["lines"][0][part] = value
    elif not part:
        case[top] = value
    elif case.get(top, {}) is not None:
        case[top] = {**case.get(top, {}), part: value}


def ask(
    case: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    policy: Policy,
    askable: Collection[str],
    user: User,
    at: datetime,
) -> Answer:
    """Put a resource to the rules, with as many of the answers as the rules turn out to want.

    Args:
        case: what everybody is asked: one line, what is known of the child.
        answers: further answers by the name of their fact; those no rule asks for are left aside.
        policy: the policy that answers.
        askable: the facts a page can ask for.
        user: whose panels are looked through for the next meetings.
        at: when the question is asked.
    """
    whole: dict[str, Any] = {"council": policy.slug, "as_at": instant(at), "submitted_at": None, **case}
    whole["lines"] = [dict(line) for line in whole["lines"]]
    meetings = _meetings(_judged(whole, policy).panel, whole.get("area"), user=user, at=at)
    if meetings:
        whole["panel_starts_at"] = instant(meetings[0].starts_at)
    asked: list[str] = []
    while True:
        verdict = _judged(whole, policy)
        wanted = [path for path in map(path_of, verdict.missing) if path in askable]
        known = [path for path in dict.fromkeys(wanted) if path in answers and path not in asked]
        if not known:
            break
        placed(whole, known[0], answers[known[0]])
        asked.append(known[0])
    if verdict.panel and (again := _meetings(verdict.panel, whole.get("area"), user=user, at=at)) != meetings:
        meetings = again
        whole.pop("panel_starts_at", None)
        whole |= {"panel_starts_at": instant(meetings[0].starts_at)} if meetings else {}
        verdict = _judged(whole, policy)
    bare = _judged({key: value for key, value in whole.items() if key != "panel_starts_at"}, policy)
    return Answer(
        policy=policy,
        assessment=verdict,
        grounds=_grounds(whole, policy, verdict),
        asked=tuple(asked),
        open=tuple(path for path in dict.fromkeys(wanted) if path not in asked),
        needs=_needs(whole, policy, verdict),
        sittings=tuple(_sitting(whole, policy, meeting, bare=bare, at=at) for meeting in meetings),
        dates=tuple(_moment(deadline, policy, at=at) for deadline in bare.deadlines),
    )


def _read(case: Mapping[str, Any], policy: Policy) -> Any:
    return read_case(dict(case), councils=[policy.slug], vocabulary=lambda _council, _at: vocabulary_of(policy)).facts


def _judged(case: Mapping[str, Any], policy: Policy) -> Assessment:
    return assess(_read(case, policy), policy)


def _grounds(case: Mapping[str, Any], policy: Policy, verdict: Assessment) -> tuple[Ground, ...]:
    rules = [*grounds_of(_read(case, policy), policy)[0]]
    if not rules and verdict.remit == "out":
        # Nobody took it: the engine's own word for that rests on the panel's first rule.
        rules = [f.rule for f in verdict.findings if f.line == 0 and f.effect == "inform"][:1]
    return tuple(Ground(rule, policy.entry(rule).means, policy.clause(rule)) for rule in rules)


def _needs(case: Mapping[str, Any], policy: Policy, verdict: Assessment) -> tuple[Finding, ...]:
    """What the rules will ask of a request for this, where nothing of it is there yet; signatures apart."""
    if verdict.remit not in {"in", "other_panel"}:
        return ()
    blank = _judged({**case, **NOTHING_YET}, policy)
    told = {(f.rule, f.line) for f in verdict.findings} | {(a.rule, None) for a in blank.approvals}
    return tuple(f for f in blank.findings if (f.rule, f.line) not in told and (f.rule, None) not in told)


def _meetings(panel: str | None, area: Any, *, user: User, at: datetime) -> list[Meeting]:
    panels = Panel.objects.for_user(user).filter(slug=panel or "", is_active=True)
    if area:
        panels = panels.filter(area__in=["", str(area)])
    # When a panel sits is no secret in its council: whoever asks may aim at it, as with a request of their own.
    coming = Meeting.objects.filter(panel__in=panels, starts_at__gt=at, state__in=OPEN_MEETINGS)
    return list(coming.select_related("panel").order_by("starts_at")[:MEETINGS_SHOWN])


def _sitting(case: Mapping[str, Any], policy: Policy, meeting: Meeting, *, bare: Assessment, at: datetime) -> Sitting:
    """The last moments that only this meeting brings, or moves."""
    aimed = _judged({**case, "panel_starts_at": instant(meeting.starts_at)}, policy)
    fixed = {(deadline.timer, deadline.due) for deadline in bare.deadlines}
    moments = [_moment(d, policy, at=at) for d in aimed.deadlines if (d.timer, d.due) not in fixed]
    return Sitting(meeting, tuple(sorted(moments, key=lambda moment: moment.due)))


def _moment(deadline: Deadline, policy: Policy, *, at: datetime) -> LastMoment:
    title = policy.timer(deadline.timer).title or policy.entry(deadline.rule).means
    return LastMoment(title, deadline.due, deadline.rule, policy.clause(deadline.rule), deadline.due < at)
