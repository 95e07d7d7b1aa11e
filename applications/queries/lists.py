"""What each person's list shows: whose turn it is, until when, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Value
from django.utils import timezone

from applications.models import Application
from applications.states import FINAL, State
from panels.models import Meeting, Panel
from panels.policy import Policy
from panels.rules import Assessment, Deadline
from panels.services import policy_for
from people.models import Team, User

from .asking import OPEN_MEETINGS, assessed, policy_under
from .facts import facts_of
from .tasks import Missing, tasks_of


@dataclass(frozen=True, slots=True)
class Moment:
    """The last moment for something, with the clause it rests on."""

    title: str
    due: datetime
    met: bool | None
    rule: str
    clause: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One request on somebody's list: what it lacks, who has it, and the deadline counted back from the next panel."""

    application: Application
    missing: tuple[Missing, ...]
    meeting: Meeting | None
    deadline: Moment | None
    office: str = ""

    @property
    def holder(self) -> str:
        """Who has it now, in words."""
        return holder_of(self.application)


HOLDS = {
    State.SUBMITTED: "Panel administrator",
    State.READY: "Panel administrator",
    State.LISTED: "The panel",
    State.IN_PANEL: "The panel",
    State.DECIDED: "Decided",
    State.WITHDRAWN: "Withdrawn",
}


def holder_of(application: Application) -> str:
    """Who has a request now: a person where that is one, an office, or the panel."""
    person = str(application.with_user) if application.with_user_id else ""
    return _holder(person, application.with_role, application.state, worker=str(application.worker))


def _holder(person: str, role: str, state: str, *, worker: str) -> str:
    return person or role.replace("_", " ").capitalize() or HOLDS.get(State(state), worker)


# What the list of all requests reads of each.
LISTED = (
    "reference",
    "title",
    "state",
    "with_role",
    "changed_at",
    "worker_id",
    "child__worker_id",
    "child__first_name",
    "child__last_name",
    "panel__name",
    "team__name",
    "worker__first_name",
    "worker__last_name",
    "worker__username",
    "with_user__first_name",
    "with_user__last_name",
    "with_user__username",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One request on the list of all, in words; `title` and `child` are empty where the reader may not read it."""

    reference: str
    title: str
    child: str
    state: str
    state_words: str
    panel: str
    worker: str
    team: str
    holder: str
    changed_at: datetime


def listed(row: Any, *, names_child: bool) -> Listed:
    """A row of `LISTED` in words; the child and the title stand only before those who may read the request."""
    worker = _called(row.worker__first_name, row.worker__last_name, row.worker__username)
    person = _called(row.with_user__first_name, row.with_user__last_name, row.with_user__username)
    return Listed(
        reference=row.reference,
        title=(row.title or "Untitled request") if names_child else "",
        child=f"{row.child__first_name} {row.child__last_name}" if names_child else "",
        state=row.state,
        state_words=State(row.state).label,
        panel=row.panel__name or "–",
        worker=worker,
        team=row.team__name,
        holder=_holder(person, row.with_role, row.state, worker=worker),
        changed_at=row.changed_at,
    )


def _called(first: str | None, last: str | None, username: str | None) -> str:
    return f"{first or ''} {last or ''}".strip() or username or ""


def last_moments(assessment: Assessment, policy: Policy, meeting: Meeting | None) -> tuple[Moment, ...]:
    """The last moment of each step that hangs on the next panel or on what was typed, the soonest first."""
    moments = [_moment(deadline, policy) for deadline in assessment.deadlines]
    if meeting is not None:
        moments.append(Moment("The panel meets", meeting.starts_at, None, "", ""))
    return tuple(sorted(moments, key=lambda moment: moment.due))


def _moment(deadline: Deadline, policy: Policy) -> Moment:
    entry = policy.entry(deadline.rule)
    title = policy.timer(deadline.timer).title or entry.means
    return Moment(title, deadline.due, deadline.met, deadline.rule, policy.clause(deadline.rule))


def submission_moment(assessment: Assessment, policy: Policy) -> Moment | None:
    """The deadline that closes the list of the meeting aimed at; None where the policy states none."""
    if not assessment.panel or not policy.has_panel(assessment.panel):
        return None
    submission = policy.panel(assessment.panel).submission
    deadline = assessment.deadline(submission.timer) if submission else None
    return _moment(deadline, policy) if deadline else None


def next_meetings_of(panels: set[int], *, at: datetime) -> dict[int, Meeting]:
    """The next meeting of each of several panels, in one query."""
    coming = Meeting.objects.filter(panel_id__in=panels, starts_at__gt=at, state__in=OPEN_MEETINGS).order_by(
        "starts_at"
    )
    first: dict[int, Meeting] = {}
    for meeting in coming.select_related("panel"):
        first.setdefault(meeting.panel_id, meeting)
    return first


def turns(applications: list[Application], *, at: datetime) -> list[Turn]:
    """Say of each request what it lacks and its deadline. The requests come with their parts (`with_parts`)."""
    if not applications:
        return []
    meetings = next_meetings_of({a.panel_id for a in applications if a.panel_id}, at=at)
    current = policy_for(council=applications[0].council, on=timezone.localdate(at))[1]
    made = []
    for application in applications:
        policy = current if application.is_editable else policy_under(application, at=at)
        meeting = meetings.get(application.panel_id or 0)
        made.append(_turn(application, policy, meeting, at=at))
    return made


def _turn(application: Application, policy: Policy, meeting: Meeting | None, *, at: datetime) -> Turn:
    if State(application.state) in FINAL or application.state in {State.LISTED, State.IN_PANEL}:
        return Turn(application, (), None, None)
    gaps = (
        tuple(gap for task in tasks_of(application, policy) for gap in task.missing) if application.is_editable else ()
    )
    facts = facts_of(application, at=at, panel_starts_at=meeting.starts_at if meeting else None, complete=not gaps)
    office = policy.role_title(application.with_role) if application.with_role else ""
    return Turn(application, gaps, meeting, submission_moment(assessed(facts, policy), policy), office)


def my_turns(applications: list[Application], *, at: datetime) -> list[Turn]:
    """What one worker's own list shows, in the order given."""
    return turns(applications, at=at)


def waiting_turns(applications: list[Application], *, at: datetime) -> list[Turn]:
    """What waits for a signature, the earliest deadline first; without a deadline last."""
    made = turns(applications, at=at)
    dated = [turn for turn in made if turn.deadline]
    undated = [turn for turn in made if not turn.deadline]
    return sorted(dated, key=lambda turn: turn.deadline.due if turn.deadline else at) + undated


def filter_choices(user: User) -> dict[str, list[tuple[str, str]]]:
    """What a list of requests may be filtered by, as key and name in order: panels, teams, workers. One query."""
    # Asked person by person, which an index answers; reading every request for its worker grows with the years.
    asked = Application.objects.for_user(user).filter(worker=OuterRef("pk")).order_by()
    none = Value("")
    parts = [
        _named(Panel.objects.for_user(user), kind=Value("panel"), last=F("name"), first=none, else_called=none),
        _named(Team.objects.for_user(user), kind=Value("team"), last=F("name"), first=none, else_called=none),
        _named(
            User.objects.for_user(user).filter(Exists(asked)),
            kind=Value("worker"),
            last=F("last_name"),
            first=F("first_name"),
            else_called=F("username"),
        ),
    ]
    choices: dict[str, list[tuple[str, str]]] = {"panel": [], "team": [], "worker": []}
    found = parts[0].union(*parts[1:], all=True).order_by("kind", "last", "first", "pk")
    for kind, key, last, first, else_called in found:
        choices[kind].append((str(key), _called(first, last, else_called)))
    return choices


def _named(rows: Any, **words: F | Value) -> Any:
    return rows.order_by().annotate(**words).values_list("kind", "pk", "last", "first", "else_called")
