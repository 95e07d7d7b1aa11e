"""Building an agenda: put on, take off, order, minutes. Times follow the order by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from applications import services as applications
from applications.models import Application
from applications.states import State
from decisions import states
from decisions.models import AgendaItem, Review
from decisions.queries import agenda as questions
from decisions.queries import outside
from decisions.services.dropping import OPEN_FOR_AGENDA, drop_withdrawn, items_on, put_in_time, retime
from decisions.services.following import bump
from decisions.states import ItemState, ItemStep
from panels.models import Meeting
from panels.services import policy_for
from panels.states import MeetingState
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from panels.policy import Policy
    from people.models import User

LONGEST_ITEM = 240
IN_SESSION = frozenset({MeetingState.IN_SESSION, MeetingState.PAUSED})


class AgendaRefusedError(Exception):
    """Something that cannot be done to an agenda, with the reason and, where a rule says so, its clause."""

    def __init__(self, message: str, *, clause: str = "") -> None:
        super().__init__(message)
        self.clause = clause


def policy_on(meeting: Meeting) -> Policy:
    """The policy that holds on the day of a meeting."""
    return policy_for(council=meeting.panel.council, on=timezone.localdate(meeting.starts_at))[1]


@transaction.atomic
def begin_agenda(*, meeting: Meeting, by: User, at: datetime) -> list[AgendaItem]:
    """Put the policy's standing items on an agenda, each with its clause; one that is begun already stays as it is.

    Returns:
        The items added.
    """
    return begun(locked(meeting), by=by, at=at)


def begun(meeting: Meeting, *, by: User, at: datetime) -> list[AgendaItem]:
    """Do as `begin_agenda` to a meeting that is locked already."""
    if AgendaItem.objects.filter(meeting=meeting).exists():
        return []
    made = standing_rows(meeting, policy=policy_on(meeting), by=by, at=at)
    AgendaItem.objects.bulk_create(made)
    _note(meeting, "agenda.begun", by=by, at=at, facts={"standing": len(made)})
    return made


def standing_rows(meeting: Meeting, *, policy: Policy, by: User, at: datetime) -> list[AgendaItem]:
    """The policy's standing items of a new agenda, in order and in time, not yet written."""
    made = [
        AgendaItem(
            meeting=meeting,
            reference=people.new_reference("I"),
            kind=AgendaItem.Kind.STANDING,
            origin=AgendaItem.Origin.STANDING,
            title=standing.title,
            clause=standing.rule or "",
            position=position,
            minutes=questions.STANDING_MINUTES,
            added_at=at,
            added_by=by,
        )
        for position, standing in enumerate(questions.standing_items(policy, meeting.panel.slug), start=1)
    ]
    put_in_time(meeting, made)
    return made


@transaction.atomic
def put_on_agenda(
    *, meeting: Meeting, application: Application, by: User, at: datetime, reason: str = ""
) -> AgendaItem:
    """List a request on a meeting: standing items first where the agenda is new, then this case after the last one.

    Args:
        meeting: which has not been closed.
        application: ready, or deferred by an earlier meeting, or approved outside the panel; of the meeting's panel.
        by: who lists it.
        at: when.
        reason: required where the policy routes late papers to somebody's agreement, or the meeting has begun.

    Raises:
        AgendaRefusedError: another panel's, not ready, listed already, too late where the policy holds late papers
            over, or a reason is wanted.
    """
    meeting = locked(meeting)
    begun(meeting, by=by, at=at)
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("child", "panel", "council")
        .get(pk=application.pk)
    )
    policy = policy_on(meeting)
    approval = outside.owed_by(application)
    if approval is not None and application.state in questions.EARLY and application.panel_id == meeting.panel_id:
        application = applications.bring_forward(application=application, by=by, at=at)
    _refuse_listing(meeting, application, policy=policy, reason=reason, is_owed=approval is not None)
    earlier = (
        AgendaItem.objects.filter(application=application, state__in=[ItemState.NOT_REACHED, ItemState.DEFERRED])
        .order_by("-pk")
        .first()
    )
    urgent = questions.is_urgent(application)
    item = AgendaItem.objects.create(
        meeting=meeting,
        application=application,
        reference=people.new_reference("I"),
        kind=AgendaItem.Kind.CASE,
        origin=_origin(application, earlier=earlier, is_owed=approval is not None),
        title=application.title,
        clause=approval.rule if approval else "",
        position=_position_for_case(meeting, policy),
        minutes=questions.minutes_for(policy, meeting.panel.slug, is_complex=application.is_complex, is_urgent=urgent),
        reason=reason or (outside.why_listed(approval) if approval else ""),
        carried_from=earlier,
        added_at=at,
        added_by=by,
    )
    if application.state == State.DEFERRED:
        applications.accept(application=application, by=by, at=at)
    applications.mark_listed(application=application, by=by, at=at)
    _find_time(meeting, item)
    bump(meeting, "items")
    _note(meeting, "agenda.listed", by=by, at=at, facts={"item": item.reference, "request": application.reference})
    return item


@transaction.atomic
def put_review_on_agenda(*, meeting: Meeting, review: Review, by: User, at: datetime) -> AgendaItem:
    """Bring what was agreed back to a meeting of its panel: an item that is talked over and noted.

    A change of what is paid for is a new request; this item is where the panel looks at the old one.

    Raises:
        AgendaRefusedError: another panel's, looked at already, or on an agenda already.
    """
    meeting = locked(meeting)
    begun(meeting, by=by, at=at)
    review = Review.objects.select_related("decision__item__meeting__panel").get(pk=review.pk)
    decided_by = review.decision.item.meeting.panel
    goes_to = review.panel or decided_by.slug
    if goes_to != meeting.panel.slug or (not review.panel and decided_by.pk != meeting.panel_id):
        raise AgendaRefusedError("This review belongs to another panel.")
    policy = policy_on(meeting)
    item = AgendaItem.objects.create(
        meeting=meeting,
        reference=people.new_reference("I"),
        kind=AgendaItem.Kind.STANDING,
        origin=AgendaItem.Origin.TRIGGER if review.code else AgendaItem.Origin.REVIEW,
        title=f"Review of minute {review.decision.minute_number}",
        clause=review.rule or policy.panel(meeting.panel.slug).review.rule or "",
        position=_position_for_case(meeting, policy),
        minutes=questions.minutes_for(policy, meeting.panel.slug, is_complex=False),
        reason=review.reason or f"due {review.due.day} {review.due:%B %Y}",
        added_at=at,
        added_by=by,
    )
    if not Review.objects.filter(pk=review.pk, item__isnull=True, done_at__isnull=True).update(item=item):
        raise AgendaRefusedError("This review is on an agenda already, or done.")
    _find_time(meeting, item)
    bump(meeting, "items")
    _note(
        meeting,
        "agenda.review_listed",
        by=by,
        at=at,
        facts={"item": item.reference, "decision": review.decision.reference},
    )
    return item


def _find_time(meeting: Meeting, item: AgendaItem) -> None:
    """Let an item just put on have its time, and those after it theirs."""
    items = items_on(meeting)
    retime(meeting, items)
    mine = next(one for one in items if one.pk == item.pk)
    item.position, item.starts_at = mine.position, mine.starts_at


def _origin(application: Application, *, earlier: AgendaItem | None, is_owed: bool) -> str:
    if is_owed:
        return AgendaItem.Origin.RATIFY
    if questions.is_urgent(application):
        return AgendaItem.Origin.URGENT
    return AgendaItem.Origin.CARRIED if earlier else AgendaItem.Origin.NEW


def _position_for_case(meeting: Meeting, policy: Policy) -> int:
    """After the last case; before the standing items that end every agenda."""
    items = list(AgendaItem.objects.filter(meeting=meeting).order_by("position", "pk"))
    before = len(items) - closing_items(items, policy=policy, panel=meeting.panel.slug)
    AgendaItem.objects.filter(pk__in=[item.pk for item in items[before:]]).update(position=F("position") + 1)
    return items[before - 1].position + 1 if before else 1


def closing_items(items: Sequence[AgendaItem], *, policy: Policy, panel: str) -> int:
    """How many standing items at the end of a list are those that end every agenda of the panel."""
    titles = {s.title for s in policy.panel(panel).standing_items if s.position == "last"}
    tail = 0
    while tail < len(items) and items[-1 - tail].kind == "standing" and items[-1 - tail].title in titles:
        tail += 1
    return tail


def _refuse_listing(meeting: Meeting, application: Application, *, policy: Policy, reason: str, is_owed: bool) -> None:
    if application.panel_id != meeting.panel_id:
        raise AgendaRefusedError(f"{application.reference} goes to {application.panel or 'no panel yet'}.")
    if application.state not in {State.READY, State.DEFERRED}:
        raise AgendaRefusedError(
            f"{application.reference} is {State(application.state).label}; only a ready request is listed."
        )
    if meeting.state in IN_SESSION and not reason:
        raise AgendaRefusedError("The meeting has begun: say why this case is added now.")
    closes = questions.closing_of(meeting, policy)
    late = questions.lateness(application, policy=policy, panel=meeting.panel.slug, closes=closes)
    if late is None or is_owed:  # what was approved outside comes to the next panel, late or not
        return
    if AgendaItem.objects.filter(application=application).exists():
        return
    if late.effect == "block":
        raise AgendaRefusedError(late.words, clause=late.clause)
    if late.effect == "route" and not reason:
        raise AgendaRefusedError(late.words, clause=late.clause)


@transaction.atomic
def take_off(*, item: AgendaItem, by: User, at: datetime) -> None:
    """Take a waiting item off its agenda; a request becomes ready again. The row stays, as withdrawn.

    One whose request was withdrawn leaves with it.

    Raises:
        AgendaRefusedError: the item is being heard or is finished, or is a standing item the policy requires.
    """
    meeting = locked(item.meeting)
    if item.pk in {gone.pk for gone in drop_withdrawn(meeting=meeting, by=by, at=at)}:
        return
    item = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if item.kind == AgendaItem.Kind.STANDING and _is_required(meeting, item):
        raise AgendaRefusedError("The policy asks for this item on every agenda.", clause=item.clause)
    try:
        new = states.after_item(ItemState(item.state), ItemStep.WITHDRAW)
    except states.IllegalStepError as refusal:
        raise AgendaRefusedError(str(refusal)) from None
    AgendaItem.objects.filter(pk=item.pk).update(state=new, version=item.version + 1)
    Review.objects.filter(item=item, done_at__isnull=True).update(item=None)
    if item.application is not None:
        applications.mark_unlisted(application=item.application, by=by, at=at)
    retime(meeting)
    bump(meeting, "items")
    _note(meeting, "agenda.taken_off", by=by, at=at, facts={"item": item.reference})


def _is_required(meeting: Meeting, item: AgendaItem) -> bool:
    required = policy_on(meeting).panel(meeting.panel.slug).standing_items
    return any(s.required and s.title == item.title for s in required)  # a review has a title of its own


@transaction.atomic
def move(*, item: AgendaItem, to: int, by: User, at: datetime) -> AgendaItem:
    """Move an item to a place counted from 1; places beyond the ends mean the ends. All later times follow.

    Raises:
        AgendaRefusedError: the item is being heard or finished.
    """
    meeting = locked(item.meeting)
    items = items_on(meeting)
    fresh = next((i for i in items if i.pk == item.pk), None)
    if fresh is None or fresh.state != ItemState.WAITING:
        raise AgendaRefusedError("Only an item that still waits can be moved.")
    finished = sum(i.state != ItemState.WAITING for i in items)
    items.remove(fresh)
    items.insert(min(max(to - 1, finished), len(items)), fresh)
    retime(meeting, items)
    bump(meeting, "items")
    _note(meeting, "agenda.moved", by=by, at=at, facts={"item": item.reference, "to": fresh.position})
    fresh.refresh_from_db()
    return fresh


@transaction.atomic
def set_minutes(*, item: AgendaItem, minutes: int, by: User, at: datetime) -> AgendaItem:
    """Give an item so many minutes (1 to 240); all later times follow.

    Raises:
        AgendaRefusedError: the item is finished, or the number is out of bounds.
    """
    if not 1 <= minutes <= LONGEST_ITEM:
        raise AgendaRefusedError(f"Give an item between 1 and {LONGEST_ITEM} minutes.")
    meeting = locked(item.meeting)
    changed = AgendaItem.objects.filter(pk=item.pk, state__in=questions.HERE).update(minutes=minutes)
    if not changed:
        raise AgendaRefusedError("The item is finished; its length stays.")
    retime(meeting)
    bump(meeting, "items")
    _note(meeting, "agenda.minutes", by=by, at=at, facts={"item": item.reference, "minutes": minutes})
    item.refresh_from_db()
    return item


def locked(meeting: Meeting) -> Meeting:
    """Read a meeting afresh whose agenda may still change, holding its row until the transaction ends.

    Raises:
        AgendaRefusedError: it is past that.
    """
    fresh = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("panel__council", "chair", "administrator")
        .get(pk=meeting.pk)
    )
    if fresh.state not in OPEN_FOR_AGENDA:
        raise AgendaRefusedError(f"The meeting is {fresh.get_state_display()}; its agenda stays as it is.")
    return fresh


def _note(meeting: Meeting, action: str, *, by: User, at: datetime, facts: dict[str, object]) -> None:
    people.record(
        council=meeting.panel.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=action,
        subject="meeting",
        subject_ref=meeting.reference,
        facts=facts,
    )
