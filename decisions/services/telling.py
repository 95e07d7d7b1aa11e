"""Messages that a notice of the policy brings, beyond those everybody gets: whoever it names hears, once.

The occasions of a decision and its correction are the sheet's (`services.sheets`), those of a changed meeting the
calendar's, which tells every member anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from decisions.models import AgendaItem
from decisions.queries.telling import WORKERS, told_here, told_of_decision, told_of_meeting
from decisions.states import ItemState
from people import services as people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from decisions.models import Decision
    from panels.models import Meeting
    from panels.policy import Policy
    from panels.policy.schema import Notice
    from people.models import User

ALREADY = frozenset({"members"})
"""Members hear of each published agenda whatever the policy says."""


def tell_published(meeting: Meeting, items: Sequence[AgendaItem], *, policy: Policy, by: User, at: datetime) -> None:
    """Owe what the notices of papers and agenda bring: workers the time of their case, offices word of the agenda.

    A worker hears again only when the time of the case has changed since.
    """
    panel = meeting.panel.slug
    notices = [n for occasion in ("papers", "agenda") for n in policy.notices(panel, occasion)]
    if any(WORKERS & set(told_here(notice)) for notice in notices):
        for item in items:
            if item.application is not None and item.state == ItemState.WAITING:
                _tell_slot(item, by=by, at=at)
    people.owe_messages(
        council=meeting.panel.council,
        recipients=told_of_meeting(meeting, notices, on=timezone.localdate(meeting.starts_at), but=ALREADY | WORKERS),
        template="agenda_published",
        reference=meeting.reference,
        path=reverse("decisions:agenda", args=[meeting.reference]),
        event=f"agenda:{meeting.reference}:{meeting.agenda_version}",
        by=by,
        at=at,
        on=timezone.localdate(meeting.starts_at),
        about=meeting,
    )


def tell_closed(meeting: Meeting, *, policy: Policy, by: User, at: datetime) -> None:
    """Owe whoever is to be told after a meeting the word that its minutes can be read."""
    path = reverse("decisions:minutes", args=[meeting.reference])
    _of_meeting(meeting, policy.notices(meeting.panel.slug, "after_meeting"), "meeting_closed", path=path, by=by, at=at)


def tell_not_come(meeting: Meeting, *, policy: Policy, at: datetime) -> int:
    """Owe whoever is to know it the word that papers have closed and expected requests have not come; says how many."""
    path = reverse("decisions:agenda", args=[meeting.reference])
    return _of_meeting(
        meeting, policy.notices(meeting.panel.slug, "deadline_passed"), "papers_missing", path=path, by=None, at=at
    )


def tell_on_file(decision: Decision, *, policy: Policy, by: User, at: datetime) -> None:
    """Owe whoever is to be told the word that a decision is on the child's file."""
    notices = policy.notices(decision.item.meeting.panel.slug, "upload")
    people.owe_messages(
        council=decision.council,
        recipients=told_of_decision(decision, notices, on=timezone.localdate(at)),
        template="on_file",
        reference=decision.application.reference,
        path=decision.get_absolute_url(),
        event=f"on_file:{decision.reference}",
        by=by,
        at=at,
        about=decision,
    )


def _tell_slot(item: AgendaItem, *, by: User, at: datetime) -> None:
    request = item.application
    if request is None or item.starts_at is None:
        return
    people.owe_message(
        council=item.meeting.panel.council,
        recipient=request.worker,
        template="request_listed",
        reference=request.reference,
        path=reverse("applications:request", args=[request.reference]),
        on=timezone.localdate(item.starts_at),
        dedupe_key=f"listed:{item.reference}:{timezone.localtime(item.starts_at):%Y%m%dT%H%M}",
        by=by,
        at=at,
        about=request,
    )


def _of_meeting(
    meeting: Meeting, notices: Sequence[Notice], template: str, *, path: str, by: User | None, at: datetime
) -> int:
    told = told_of_meeting(meeting, notices, on=timezone.localdate(at))
    owed = [
        people.owe_message(
            council=meeting.panel.council,
            recipient=person,
            template=template,
            reference=meeting.reference,
            path=path,
            on=timezone.localdate(meeting.starts_at),
            dedupe_key=f"{template}:{meeting.reference}:{person.pk}",
            by=by,
            at=at,
            about=meeting,
        )
        for person in told
    ]
    return sum(message is not None for message in owed)
