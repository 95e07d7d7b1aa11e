"""What each person sees first: what waits for them, what they asked for, when the panel next sits, what they owe."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from applications.models import Application
from applications.queries import Turn, my_turns, waiting_turns, with_parts
from applications.states import FINAL, State
from decisions.models import Action, AgendaItem, Approval, Decision, Review
from decisions.queries.costs import costs_waiting
from decisions.queries.desk import Desk, desk_of
from decisions.states import DecisionState, ItemState
from finance.queries import FundsAvailable, funds_available, years_for
from finance.rules import year_of
from panels.models import Meeting
from panels.states import MeetingState
from people.models import Message
from people.models.message import MessageState
from people.permissions import Permission, Scope

if TYPE_CHECKING:
    from people.models import User

MOST = 8  # rows of each part; the whole list is one link further
TO_READ = ("reference", "minute_number", "application__reference", "application__title")  # of a decision


@dataclass(frozen=True, slots=True)
class NextMeeting:
    """A meeting to come or being held, with how far its agenda is."""

    meeting: Meeting
    cases: int
    minutes: int
    ready: int


@dataclass(slots=True)
class FirstPage:
    """The parts of somebody's first page; a part that is not theirs is None."""

    mine: list[Turn] | None = None
    waiting: list[Turn] | None = None
    to_check: list[Application] | None = None
    meetings: list[NextMeeting] | None = None
    approvals: list[Approval] | None = None
    to_sign: list[Decision] | None = None
    actions: list[Action] = field(default_factory=list)
    reviews: int | None = None
    costs: int | None = None
    outside: Desk | None = None
    funds: FundsAvailable | None = None
    keeps_accounts: bool = False
    audits: bool = False
    troubled_messages: int | None = None


def first_page(user: User, *, at: datetime) -> FirstPage:
    """Gather somebody's first page; a fixed number of queries whatever the council's size."""
    page = FirstPage(actions=_actions(user))
    if Scope.OWN in user.scopes_of(Permission.WRITE_REQUEST):
        page.mine = _mine(user, at=at)
    if user.may(Permission.SIGN_OFF):
        page.waiting = _waiting(user, at=at)
        page.approvals = _approvals(user)
    if user.may(Permission.BUILD_AGENDA):
        page.to_check = _to_check(user)
        page.reviews = Review.objects.for_user(user).filter(done_at__isnull=True, item__isnull=True).count()
        page.troubled_messages = (
            Message.objects.for_user(user).filter(state__in=[MessageState.FAILED, MessageState.UNKNOWN]).count()
        )
    if user.may(Permission.APPROVE_BEYOND_PANEL) or user.may(Permission.BUILD_AGENDA):
        page.outside = desk_of(user, at=at)
    if user.may(Permission.SEE_MEETING):
        page.meetings = _meetings(user, at=at)
    if user.may(Permission.ADJUST_LEDGER):
        page.costs = len(costs_waiting(user, at=at))
        page.funds = _funds(user, at=at)
    page.keeps_accounts = user.may(Permission.MANAGE_USERS)
    works = user.may(Permission.SIGN_OFF) or user.may(Permission.BUILD_AGENDA)
    page.audits = user.may(Permission.SEE_RECORD) and not works
    if user.may(Permission.SIGN_DECISION):
        page.to_sign = _to_sign(user)
    return page


def _funds(user: User, *, at: datetime) -> FundsAvailable | None:
    """What is left of this year's budget, where one is loaded."""
    year = years_for(user).filter(begins=year_of(timezone.localdate(at))).first()
    return funds_available(user, year=year) if year else None


def _actions(user: User) -> list[Action]:
    mine = Action.objects.filter(owner=user, done_at__isnull=True)
    return list(mine.exclude(decision__state=DecisionState.SUPERSEDED).order_by("due")[:MOST])


def _mine(user: User, *, at: datetime) -> list[Turn]:
    own = Application.objects.for_user(user).filter(worker=user).exclude(state__in=FINAL).order_by("-changed_at")
    return my_turns(list(with_parts(own, named=False)[:MOST]), at=at)


def _waiting(user: User, *, at: datetime) -> list[Turn]:
    asked = Application.objects.waiting_for(user)
    return waiting_turns(list(with_parts(asked, named=False).order_by("changed_at")[:MOST]), at=at)


def _approvals(user: User) -> list[Approval]:
    offices = {office.role for office in (*user.held, *user.covered)}
    asked = Approval.objects.for_user(user).filter(answer=Approval.Answer.WAITING, role__in=offices)
    shown = ("role", "rule", *(f"decision__{name}" for name in TO_READ))
    return list(asked.select_related("decision__application").only(*shown).order_by("pk")[:MOST])


def _to_check(user: User) -> list[Application]:
    reached = Application.objects.for_user(user).filter(state=State.SUBMITTED).for_list()
    return list(reached.order_by("submitted_at")[:MOST])


def _meetings(user: User, *, at: datetime) -> list[NextMeeting]:
    live = [MeetingState.IN_SESSION, MeetingState.PAUSED]
    coming = Meeting.objects.for_user(user).filter(
        Q(state__in=live) | Q(starts_at__gte=at, state__in=[MeetingState.PLANNED, MeetingState.PUBLISHED])
    )
    found = list(coming.select_related("panel").order_by("starts_at")[:4])
    items = AgendaItem.objects.filter(meeting__in=found)  # house: of meetings they may see
    here = items.exclude(state=ItemState.WITHDRAWN).values_list("meeting_id", "kind", "minutes")
    cases: dict[int, int] = {}
    minutes: dict[int, int] = {}
    for meeting, kind, length in here:
        minutes[meeting] = minutes.get(meeting, 0) + length
        cases[meeting] = cases.get(meeting, 0) + (kind == AgendaItem.Kind.CASE)
    ready = dict(
        Application.objects.for_user(user)
        .filter(state=State.READY, panel__in={meeting.panel_id for meeting in found})
        .order_by()
        .values_list("panel_id")
        .annotate(count=Count("pk"))
    )
    return [NextMeeting(m, cases.get(m.pk, 0), minutes.get(m.pk, 0), ready.get(m.panel_id, 0)) for m in found]


def _to_sign(user: User) -> list[Decision]:
    unsigned = Decision.objects.for_user(user).filter(state=DecisionState.CONFIRMED, item__meeting__chair=user)
    waited_for = Approval.objects.filter(decision=OuterRef("pk"), answer=Approval.Answer.WAITING)  # house: of theirs
    unsigned = unsigned.exclude(Exists(waited_for)).select_related("application").only(*TO_READ)
    return list(unsigned.order_by("recorded_at")[:MOST])
