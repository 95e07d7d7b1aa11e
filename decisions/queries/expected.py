"""What a meeting expects and what of it has not come once papers have closed: told to whom a notice names.

Expected is what was announced: a request put off by an earlier meeting of the panel, one sent for signature, and a
review that falls due by the day of the meeting. Nobody is chased.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from applications.models import Application
from applications.states import State
from decisions.models import AgendaItem
from decisions.queries.agenda import closing_of, due_at
from decisions.states import ItemState
from panels.states import MeetingState

if TYPE_CHECKING:
    from datetime import datetime

    from panels.models import Meeting
    from panels.policy import Policy
    from people.models import User

OCCASION = "deadline_passed"
NOT_BACK = (State.DRAFT, State.RETURNED, State.DEFERRED)
PUT_OFF = "put off by an earlier meeting and not back"
SENT = "sent for signature and not here yet"
NOT_BEGUN = frozenset({MeetingState.PLANNED, MeetingState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected case that has not come: its request, why it is expected, whether the reader may open it."""

    request: Application
    why: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class NotCome:
    """The expected cases of which nothing has come, and the clause by which somebody is told."""

    cases: tuple[Expected, ...]
    clause: str


def not_come(meeting: Meeting, *, policy: Policy, at: datetime, user: User | None = None) -> NotCome | None:
    """The expected cases that have not come to a meeting; two queries, and one for what a reader may open.

    Whoever may see the meeting may know the reference, worker and team of each; only `user`'s own are open.

    Returns:
        None where the policy tells nobody of it or states no such moment, it has not passed, the meeting has begun, or
        everything has come.
    """
    notices = policy.notices(meeting.panel.slug, OCCASION)
    closes = closing_of(meeting, policy)
    if not notices or closes is None or at < closes or meeting.state not in NOT_BEGUN:
        return None
    waited = [*_announced(meeting), *_reviews(meeting)]
    if not waited:
        return None
    seen = Application.objects.for_user(user) if user is not None else Application.objects.none()
    opened = set(seen.filter(pk__in=[request.pk for request, _ in waited]).values_list("pk", flat=True))
    clause = next((policy.clause(notice.rule) for notice in notices if notice.rule), "")
    return NotCome(tuple(Expected(request, why, request.pk in opened) for request, why in waited), clause)


def _announced(meeting: Meeting) -> list[tuple[Application, str]]:
    put_off = AgendaItem.objects.filter(application__panel=meeting.panel, state=ItemState.DEFERRED)
    rows = (
        Application.objects.filter(panel=meeting.panel)
        .filter(Q(state=State.WITH_MANAGER) | Q(pk__in=put_off.values("application"), state__in=NOT_BACK))
        .for_list()
        .order_by("changed_at", "pk")
    )
    return [(row, SENT if row.state == State.WITH_MANAGER else PUT_OFF) for row in rows]


def _reviews(meeting: Meeting) -> list[tuple[Application, str]]:
    due = due_at(meeting, by=timezone.localdate(meeting.starts_at)).select_related(
        "decision__application__worker", "decision__application__team"
    )
    return [(review.decision.application, f"due for review on {review.due.day} {review.due:%B %Y}") for review in due]
