"""Questions about agendas: what stands on one, what could, and why something cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import BigIntegerField, F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from applications.models import NAME, Application, ResourceLine
from applications.states import State
from decisions.models import AgendaItem, OutsideApproval, Review
from decisions.queries import outside
from decisions.rules import UNSTATED_MINUTES, Load, load_of
from decisions.states import DecisionState, ItemState
from panels.rules.engine import submission_due
from panels.services import policy_for

if TYPE_CHECKING:
    from decisions.models.agenda import AgendaItemQuerySet
    from panels.models import Meeting
    from panels.policy import Policy
    from panels.policy.schema import StandingItem
    from people.models import User

REVIEWS_AHEAD = timedelta(days=28)  # a review is proposed to the meeting that comes within four weeks of its day
STANDING_MINUTES = 5  # a proposal where the policy gives a standing item no length; the administrator changes it
HERE = (ItemState.WAITING, ItemState.CALLED)
STANDING = tuple(state for state in DecisionState if state != DecisionState.SUPERSEDED)
EARLY = (State.WITH_MANAGER, State.SUBMITTED)  # from here what was approved outside the panel is brought forward


def items_of(meeting: Meeting, *, user: User) -> list[AgendaItem]:
    """The items of a meeting in order, with what the agenda shows of each: a query for them, one for the resources."""
    lines = ResourceLine.objects.only("application", "category", "pence", "start")  # house: of what they may see
    seen = _on_agenda(meeting, user=user).prefetch_related(Prefetch("application__lines", lines))
    named = seen.select_related("application__child", "application__worker", "application__team")
    return list(named.only(*ON_AGENDA))


# What the list beside a case shows of each item; a request is long, and its words are not on it.
LISTED = (
    "reference",
    "kind",
    "title",
    "position",
    "minutes",
    "starts_at",
    "state",
    "called_at",
    "reason",
    "note",
    "meeting",
)
REQUEST_LISTED = ("application__reference", "application__state")
# What the agenda shows of each beyond that: why it is here, who it is about, what it lacks.
OF_REQUEST = ("title", "findings", "ask", "summary", "assessment_date", "child_views", "parent_views")
OF_PEOPLE = (
    *(f"application__child__{name}" for name in ("first_name", "last_name")),
    *(f"application__worker__{name}" for name in NAME),
    "application__team__name",
)
ON_AGENDA = (*LISTED, "origin", "clause", *REQUEST_LISTED, *(f"application__{name}" for name in OF_REQUEST), *OF_PEOPLE)


def listed_of(meeting: Meeting, *, user: User) -> list[AgendaItem]:
    """The items of a meeting in order, as a list names them, each with the decision that stands on it. One query.

    Sets `outcome`, and in pence `this_year_pence` and `next_year_pence`, of that decision; None where none stands.
    """
    standing = FilteredRelation("decisions", condition=Q(decisions__state__in=STANDING))
    seen = _on_agenda(meeting, user=user).select_related("application").only(*LISTED, *REQUEST_LISTED)
    return list(
        seen.annotate(standing=standing).annotate(
            outcome=F("standing__outcome"),
            this_year_pence=_pence("this_year_pence"),
            next_year_pence=_pence("next_year_pence"),
        )
    )


def _pence(name: str) -> Cast:
    return Cast(KeyTextTransform(name, "standing__money"), BigIntegerField())


def _on_agenda(meeting: Meeting, *, user: User) -> AgendaItemQuerySet:
    seen = AgendaItem.objects.for_user(user).filter(meeting=meeting)
    return seen.exclude(state=ItemState.WITHDRAWN).order_by("position", "pk")


def following(item: AgendaItem) -> str | None:
    """The reference of the next item of a meeting that waits after one; None where none does."""
    if "follows" in vars(item):
        known: str | None = vars(item)["follows"]
        return known
    return waiting_after(item.meeting_id, item.position).values_list("reference", flat=True).first()


def waiting_after(meeting: int | OuterRef, position: int | OuterRef) -> QuerySet[AgendaItem, Any]:
    """The reference of the item of a meeting that is the next to wait after a position, as a query of one row."""
    waiting = AgendaItem.objects.filter(
        meeting=meeting, state=ItemState.WAITING, position__gt=position
    )  # house: of a meeting they see
    return waiting.order_by("position", "pk").values("reference")[:1]


def is_gone(item: AgendaItem) -> bool:
    """Whether an item still waits although its request was withdrawn."""
    request = item.application
    return item.state == ItemState.WAITING and request is not None and request.state == State.WITHDRAWN


def load(meeting: Meeting, items: list[AgendaItem]) -> Load:
    """How full a meeting is."""
    return load_of([(i.kind, i.minutes) for i in items], begins=meeting.starts_at, ends=meeting.ends_at)


def minutes_for(policy: Policy, panel: str, *, is_complex: bool, is_urgent: bool = False) -> int:
    """How long the policy gives a case; a plain proposal where it says nothing."""
    slots = policy.panel(panel).slots
    if is_urgent and slots.emergency_minutes:
        return slots.emergency_minutes
    if is_complex and slots.complex_minutes:
        return slots.complex_minutes
    return slots.minutes or UNSTATED_MINUTES


def standing_items(policy: Policy, panel: str) -> list[StandingItem]:
    """The items the policy puts on every agenda of the panel, the first ones first."""
    items = policy.panel(panel).standing_items
    return [i for i in items if i.position == "first"] + [i for i in items if i.position == "last"]


def closing_of(meeting: Meeting, policy: Policy) -> datetime | None:
    """When papers for a meeting close, by the policy; None where its text states no such moment."""
    return submission_due(policy, meeting.panel.slug, meeting.starts_at)


@dataclass(frozen=True, slots=True)
class Lateness:
    """What the policy says of papers that came after the list closed: its effect, its clause, a sentence."""

    effect: str
    rule: str
    clause: str
    words: str


def lateness(application: Application, *, policy: Policy, panel: str, closes: datetime | None) -> Lateness | None:
    """Say whether a request came after the list closed and what follows; None when in time, exempt or unstated."""
    submission = policy.panel(panel).submission
    if submission is None or closes is None or application.submitted_at is None or application.submitted_at <= closes:
        return None
    if "emergency" in submission.exempt and is_urgent(application):
        return None
    return Lateness(
        effect="block" if submission.late in {"block", "next_meeting"} else submission.late,
        rule=submission.rule,
        clause=policy.clause(submission.rule),
        words=LATE_WORDS[submission.late],
    )


LATE_WORDS = {
    "block": "The papers came after the list closed, so the request is held over to the next meeting.",
    "next_meeting": "The papers came after the list closed, so the request goes to the next meeting.",
    "route": "The papers came after the list closed: say who agreed that the panel hears it all the same, and why.",
    "warn": "The papers came after the list closed.",
}


def is_urgent(application: Application) -> bool:
    """Whether a request rests on an emergency."""
    return bool(application.facts.get("emergency"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A request that could go on an agenda: why it is offered, what it lacks, whether it came too late."""

    application: Application
    origin: str
    why: str
    missing: tuple[str, ...]
    late: Lateness | None
    review: Review | None = None
    clause: str = ""


def proposals(meeting: Meeting, *, policy: Policy, user: User) -> list[Proposal]:
    """What could go on a meeting's agenda: ready requests of its panel, those put off, those approved outside it."""
    closes = closing_of(meeting, policy)
    slug = meeting.panel.slug
    approved = outside.owed_to(meeting, user=user)
    waiting = (
        Application.objects.for_user(user)
        .filter(Q(state__in=[State.READY, State.DEFERRED]) | Q(state__in=EARLY, pk__in=approved), panel=meeting.panel)
        .select_related("child", "worker", "team")
        .prefetch_related("lines")
        .order_by("submitted_at", "pk")
    )
    carried = set(
        AgendaItem.objects.for_user(user)
        .filter(application__in=waiting, state__in=[ItemState.NOT_REACHED, ItemState.DEFERRED])
        .values_list("application_id", flat=True)
    )
    offered = []
    for application in waiting:
        approval = approved.get(application.pk)
        origin, why = _why(application, was_before=application.pk in carried, approval=approval)
        late = lateness(application, policy=policy, panel=slug, closes=closes) if origin == "new" else None
        clause = outside.clause_of(approval) if approval else ""
        offered.append(Proposal(application, origin, why, missing_of(application), late, clause=clause))
    return offered


def reviews_due(meeting: Meeting, *, user: User) -> list[Review]:
    """Reviews of this panel's decisions that fall due by four weeks after the meeting and stand on no agenda yet."""
    day = timezone.localdate(meeting.starts_at)
    due = due_at(meeting, by=day + REVIEWS_AHEAD).filter(pk__in=Review.objects.for_user(user))
    return list(due.select_related("decision__application__child", "decision__application__worker"))


def due_at(meeting: Meeting, *, by: date) -> models.QuerySet[Review]:
    """The reviews of a meeting's panel due by a day that stand on no agenda yet, whoever asks; the earliest first."""
    return (
        Review.objects.filter(
            Q(panel="", decision__item__meeting__panel=meeting.panel)
            | Q(panel=meeting.panel.slug, decision__council=meeting.panel.council),
            done_at__isnull=True,
            item__isnull=True,
            due__lte=by,
        )
        .exclude(decision__state=DecisionState.SUPERSEDED)
        .order_by("due")
    )


def _why(application: Application, *, was_before: bool, approval: OutsideApproval | None) -> tuple[str, str]:
    if approval is not None:
        return AgendaItem.Origin.RATIFY, outside.why_listed(approval)
    if is_urgent(application):
        return AgendaItem.Origin.URGENT, "an emergency; nobody has approved it outside the panel"
    if application.state == State.DEFERRED:
        return AgendaItem.Origin.CARRIED, "deferred by an earlier meeting"
    if was_before:
        return AgendaItem.Origin.CARRIED, "was on an earlier agenda and not finished"
    return AgendaItem.Origin.NEW, "new request, checked and ready"


WANTED: tuple[tuple[str, str], ...] = (
    ("ask", "what the panel is asked"),
    ("summary", "summary"),
    ("assessment_date", "assessment"),
    ("child_views", "child’s views"),
    ("parent_views", "parents’ views"),
)


def missing_of(application: Application) -> tuple[str, ...]:
    """What a request on the list lacks, in words: empty parts, lines without price or dates, blocks of the rules."""
    lacks = [words for field, words in WANTED if not getattr(application, field)]
    lines = list(application.lines.all())
    if not lines:
        lacks.append("resources")
    lacks += [
        words
        for words, there in (
            ("a price", all(line.pence is not None for line in lines)),
            ("dates", all(line.start for line in lines)),
        )
        if not there
    ]
    if application.state == State.WITH_MANAGER:
        lacks.append("a signature")
    found = (application.findings or {}).get("findings", [])
    lacks += [f["message"] for f in found if f.get("effect") == "block" and f.get("stage") in {"submit", "list"}]
    return tuple(lacks)


def why_not(meeting: Meeting, *, words: str, user: User) -> tuple[Application | None, str]:
    """Say why a child's request is not offered to a meeting, for a request or case reference as typed.

    Returns:
        The newest request of that reference which the person may see, and the reason in a sentence.
    """
    typed = words.strip()
    seen = Application.objects.for_user(user).select_related("child", "panel", "worker", "with_user")
    application = (
        seen.filter(reference__iexact=typed).first()
        or seen.filter(child__case_reference__iexact=typed).order_by("-changed_at").first()
    )
    if application is None:
        return None, "There is no request of that reference that you may see."
    return application, _reason(meeting, application, user=user)


def _reason(meeting: Meeting, application: Application, *, user: User) -> str:
    state = State(application.state)
    if state in {State.LISTED, State.IN_PANEL}:
        item = AgendaItem.objects.for_user(user).filter(application=application, state__in=HERE).first()
        if item and item.meeting_id == meeting.pk:
            return "It is on this agenda."
        return f"It is on the agenda of {item.meeting}." if item else "It is on another agenda."
    if application.panel_id != meeting.panel_id:
        return (
            f"It goes to {application.panel}."
            if application.panel
            else "It has no panel yet: its form is not finished."
        )
    whose = f" of {application.with_user}" if application.with_user else ""
    return {
        State.DRAFT: f"It is still a draft with {application.worker}.",
        State.RETURNED: f"It was returned to {application.worker} and has not come back.",
        State.WITH_MANAGER: f"It waits for a signature{whose}.",
        State.SUBMITTED: "It has come in and waits to be checked by the administrator.",
        State.READY: "It is ready: it stands among the requests offered.",
        State.DEFERRED: "It was deferred: it stands among the requests offered.",
        State.DECIDED: "It has been decided.",
        State.WITHDRAWN: "It was withdrawn.",
    }.get(state, f"It is {state.label}.")


def policy_of_meeting(meeting: Meeting) -> Policy:
    """The policy in force on the day of a meeting."""
    return policy_for(council=meeting.panel.council, on=timezone.localdate(meeting.starts_at))[1]
