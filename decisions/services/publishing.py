"""Publishing an agenda: a frozen version with what changed, the requests opened to members, members told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications import services as applications
from applications.states import State
from decisions.models import AgendaItem, AgendaVersion
from decisions.queries import agenda as questions
from decisions.queries.money import line_total
from decisions.queries.places import section_of
from decisions.rules import changes
from decisions.services.agenda import AgendaRefusedError, begun, locked, policy_on
from decisions.services.dropping import drop_withdrawn
from decisions.services.following import bump
from decisions.services.sheets import DRAW
from decisions.services.telling import tell_published
from decisions.states import ItemState
from panels.models import Meeting
from panels.services.authority import leave
from panels.services.meetings import members_of
from panels.states import IllegalStepError, MeetingState, MeetingStep, after
from people import services as people
from people.models import Message
from people.models.message import MessageState
from people.models.record import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from applications.models import Application, ResourceLine
    from panels.policy import Policy
    from people.models import User

NARRATIVE = (
    ("summary", "Summary"),
    ("needs_analysis", "The child’s needs"),
    ("parenting_analysis", "Parenting capacity"),
    ("family_analysis", "Family and environment"),
    ("outcomes", "Outcomes sought"),
    ("plan_short_term", "Plan: now"),
    ("plan_long_term", "Plan: later"),
)


@transaction.atomic
def publish_agenda(*, meeting: Meeting, by: User, at: datetime) -> AgendaVersion:
    """Freeze the agenda as the next version; open its requests to members; owe members one message.

    A member whose word of an earlier version has not left yet gets no second one: the link always shows the newest.

    Raises:
        AgendaRefusedError: another office builds the agenda, nothing to publish, nothing changed, a required standing
            item is missing, or the meeting is past that.
    """
    meeting = locked(meeting)
    begun(meeting, by=by, at=at)
    drop_withdrawn(meeting=meeting, by=by, at=at)
    policy = policy_on(meeting)
    answer = leave(policy, panel=meeting.panel.slug, act="build_agenda", by=by, on=timezone.localdate(at))
    if not answer.allowed:
        raise AgendaRefusedError(answer.sentence, clause=answer.clause or "")
    items = _items(meeting)
    _refuse_publishing(meeting, items, policy=policy)
    before = AgendaVersion.objects.filter(meeting=meeting).order_by("-number").first()
    snapshot = snapshot_of(meeting, items, policy=policy, withdrawn=_withdrawn(meeting))
    differs = changes(before.snapshot, snapshot) if before else []
    if before and not differs:
        raise AgendaRefusedError("Nothing has changed since the version before.")
    number = (before.number if before else 0) + 1
    version = AgendaVersion.objects.create(
        meeting=meeting,
        number=number,
        snapshot={**snapshot, "number": number, "changes": differs},
        changes=differs,
        published_at=at,
        published_by=by,
    )
    people.ring_after_commit(DRAW)
    meeting.state = after(MeetingState(meeting.state), MeetingStep.PUBLISH)
    meeting.agenda_version = number
    meeting.version += 1
    meeting.save(update_fields=["state", "agenda_version", "version"])
    requests = [i.application for i in items if i.application is not None]
    applications.publish(applications=requests, by=by, at=at)
    bump(meeting, "meeting", "items")
    _tell(meeting, number=number, by=by, at=at)
    tell_published(meeting, items, policy=policy, by=by, at=at)
    people.record(
        council=meeting.panel.council,
        by=by,
        at=at,
        verb=Verb.DISCLOSURE,
        action="agenda.published",
        subject="meeting",
        subject_ref=meeting.reference,
        facts={"agenda": number, "requests": [r.reference for r in requests]},
    )
    return version


def _items(meeting: Meeting) -> list[AgendaItem]:
    return list(
        AgendaItem.objects.filter(meeting=meeting)
        .exclude(state=ItemState.WITHDRAWN)
        .select_related("application__child", "application__worker", "application__team")
        .prefetch_related("application__lines", "application__alternatives", "application__views")
        .order_by("position", "pk")
    )


def _refuse_publishing(meeting: Meeting, items: list[AgendaItem], *, policy: Policy) -> None:
    # An agenda that lost its last case is published again: members must hear that there is none.
    if not meeting.agenda_version and not any(i.kind == AgendaItem.Kind.CASE for i in items):
        raise AgendaRefusedError("There is no case on the agenda yet.")
    try:
        after(MeetingState(meeting.state), MeetingStep.PUBLISH)
    except IllegalStepError as refusal:
        raise AgendaRefusedError(str(refusal)) from None
    titles = {i.title for i in items}
    for standing in policy.panel(meeting.panel.slug).standing_items:
        if standing.required and standing.title not in titles:
            clause = policy.clause(standing.rule) if standing.rule else ""
            raise AgendaRefusedError(f"The policy asks for “{standing.title}” on every agenda.", clause=clause)


def _tell(meeting: Meeting, *, number: int, by: User, at: datetime) -> None:
    template = "agenda_published" if number == 1 else "agenda_changed"
    still_owed = set(
        Message.objects.filter(
            council=meeting.panel.council,
            reference=meeting.reference,
            template__in=["agenda_published", "agenda_changed"],
            state=MessageState.OWED,
        ).values_list("recipient_id", flat=True)
    )
    people.owe_messages(
        council=meeting.panel.council,
        recipients=[member for member in members_of(meeting) if member.pk not in still_owed],
        template=template,
        reference=meeting.reference,
        path=reverse("decisions:agenda", args=[meeting.reference]),
        event=f"agenda:{meeting.reference}:{number}",
        by=by,
        at=at,
        on=timezone.localdate(meeting.starts_at),
        about=meeting,
    )


def snapshot_of(
    meeting: Meeting, items: list[AgendaItem], *, policy: Policy, withdrawn: Sequence[str] = ()
) -> dict[str, Any]:
    """Write an agenda down as JSON with everything a pack shows; instants are ISO with offset, money whole pence.

    `withdrawn` are the references of items whose request its worker withdrew. Asks nothing where items were read
    with their requests.
    """
    return {
        "format": 1,
        "council": meeting.panel.council.name,
        "panel": meeting.panel.name,
        "policy": policy.version,
        "meeting": {
            "reference": meeting.reference,
            "starts_at": _stamp(meeting.starts_at),
            "ends_at": _stamp(meeting.ends_at),
            "place": meeting.place,
            "chair": str(meeting.chair) if meeting.chair else "",
            "administrator": str(meeting.administrator) if meeting.administrator else "",
        },
        "load": questions.load(meeting, items).words,
        "items": [
            _item(item, number=n, policy=policy, panel=meeting.panel.slug) for n, item in enumerate(items, start=1)
        ],
        "withdrawn": list(withdrawn),
    }


def _withdrawn(meeting: Meeting) -> list[str]:
    """The items whose request its worker withdrew, so that the list of changes can say so."""
    gone = AgendaItem.objects.filter(
        meeting=meeting, state=ItemState.WITHDRAWN, application__state=State.WITHDRAWN
    ).order_by("pk")
    return list(gone.values_list("reference", flat=True))


def _stamp(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


def _item(item: AgendaItem, *, number: int, policy: Policy, panel: str) -> dict[str, Any]:
    known = {entry.id for entry in policy.entries}
    said: dict[str, Any] = {
        "reference": item.reference,
        "number": number,
        "kind": item.kind,
        "title": item.title or "Case",
        "origin": item.get_origin_display(),
        "clause": policy.clause(item.clause) if item.clause in known else item.clause,
        "starts_at": _stamp(item.starts_at),
        "minutes": item.minutes,
        "reason": item.reason,
    }
    section = section_of(item, policy=policy, panel=panel)
    if section is not None:
        said["section"] = section.title
    return said | _case(item.application) if item.application else said


def _case(application: Application) -> dict[str, Any]:
    child = application.child
    return {
        "title": application.title or "Request",
        "request": {
            "reference": application.reference,
            "title": application.title,
            "ask": application.ask,
            "worker": str(application.worker),
            "team": application.team.name,
        },
        "child": {
            "name": str(child),
            "date_of_birth": child.date_of_birth.isoformat() if child.date_of_birth else None,
            "case_reference": child.case_reference,
        },
        "lines": [_line(line) for line in application.lines.all()],
        "narrative": [
            {"heading": heading, "text": getattr(application, field)}
            for field, heading in NARRATIVE
            if getattr(application, field)
        ],
        "alternatives": [{"option": a.option, "outcome": a.outcome} for a in application.alternatives.all()],
        "views": _views(application),
        "findings": (application.findings or {}).get("findings", []),
        "missing": list(questions.missing_of(application)),
    }


def _line(line: ResourceLine) -> dict[str, Any]:
    return {
        "category": line.category,
        "label": line.description or line.category.replace("_", " ").capitalize(),
        "provider": line.provider,
        "unit": line.unit,
        "pence": line.pence,
        "start": line.start.isoformat() if line.start else None,
        "end": line.end.isoformat() if line.end else None,
        "is_open_ended": line.is_open_ended,
        "total_pence": line_total(unit=line.unit, pence=line.pence, start=line.start, end=line.end),
    }


def _views(application: Application) -> list[dict[str, str]]:
    said = [
        {"who": who, "text": text}
        for who, text in (("The child", application.child_views), ("Parents and carers", application.parent_views))
        if text
    ]
    return said + [
        {"who": f"{v.person} ({v.relation})", "text": v.view or f"Not known: {v.why_not_known}"}
        for v in application.views.all()
    ]
