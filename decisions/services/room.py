"""The meeting while it is held: opened by a press, who came and left, interests, which case is on the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from applications import services as applications
from applications.states import IllegalStepError as NotOfThisStateError
from applications.states import State
from decisions import states
from decisions.models import AgendaItem, AttendanceEvent, Interest, Review
from decisions.queries.live import declared_in, room_of, seats_of
from decisions.services.agenda import policy_on
from decisions.services.dropping import drop_withdrawn
from decisions.services.following import bump
from decisions.states import ItemState, ItemStep
from panels.models import Meeting, Panel
from panels.rules.chairing import leading_roles
from panels.rules.seating import attending_roles, stand_in_refused
from panels.states import IllegalStepError, MeetingState, MeetingStep, after
from people import services as people
from people.models import User
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime


class MeetingRefusedError(Exception):
    """Something that cannot be done in a meeting, with the reason a page shows."""


@transaction.atomic
def open_meeting(*, meeting: Meeting, by: User, at: datetime) -> Meeting:
    """Open a meeting: its number is the next of its panel, its clock runs, decisions can be recorded.

    Raises:
        MeetingRefusedError: no agenda is published, no chair is named, or it is open or over already.
    """
    Panel.objects.select_for_update().get(pk=meeting.panel_id)  # one number at a time
    meeting = _stepped(meeting, MeetingStep.OPEN)
    if meeting.chair is None:
        raise MeetingRefusedError("Name the chair of this meeting before it is opened.")
    drop_withdrawn(meeting=meeting, by=by, at=at)
    last = Meeting.objects.filter(panel=meeting.panel).aggregate(last=Max("number"))["last"]
    meeting.number = (last or 0) + 1
    meeting.opened_at, meeting.opened_by = at, by
    meeting.save(update_fields=["state", "version", "number", "opened_at", "opened_by"])
    bump(meeting, "meeting", "items", "current", recorder=by)
    _note(meeting, "meeting.opened", by=by, at=at, facts={"number": meeting.number})
    return meeting


@transaction.atomic
def pause(*, meeting: Meeting, by: User, at: datetime) -> Meeting:
    """Pause an open meeting; nothing can be called until it goes on."""
    meeting = _stepped(meeting, MeetingStep.PAUSE)
    meeting.save(update_fields=["state", "version"])
    bump(meeting, "meeting")
    _note(meeting, "meeting.paused", by=by, at=at, facts={})
    return meeting


@transaction.atomic
def resume(*, meeting: Meeting, by: User, at: datetime) -> Meeting:
    """Go on with a paused meeting."""
    meeting = _stepped(meeting, MeetingStep.RESUME)
    meeting.save(update_fields=["state", "version"])
    bump(meeting, "meeting")
    _note(meeting, "meeting.resumed", by=by, at=at, facts={})
    return meeting


@transaction.atomic
def name_chair(*, meeting: Meeting, chair: User, by: User, at: datetime, reason: str = "") -> Meeting:
    """Name who leads a meeting. Somebody who holds no chair's seat of the panel is named only with a reason.

    Raises:
        MeetingRefusedError: of another council, a reason is wanted, or the meeting is over.
    """
    meeting = _locked(meeting)
    if chair.council_id != meeting.panel.council_id:
        raise MeetingRefusedError("The chair is somebody of the same council.")
    if meeting.state in {MeetingState.CLOSED, MeetingState.SIGNED, MeetingState.CANCELLED}:
        raise MeetingRefusedError(f"The meeting is {meeting.get_state_display()}.")
    leads = leading_roles(policy_on(meeting).panel(meeting.panel.slug))
    day = timezone.localdate(meeting.starts_at)
    holds = meeting.panel.seat_holders.filter(user=chair, seat__in=leads).on(day).exists()
    if not holds and not reason.strip():
        raise MeetingRefusedError(f"{chair} holds neither the chair’s nor the vice-chair’s seat: say why they lead.")
    meeting.chair = chair
    meeting.version += 1
    if reason.strip():
        meeting.reason = reason.strip()[:300]
    meeting.save(update_fields=["chair", "version", "reason"])
    bump(meeting, "meeting", "case")
    _note(meeting, "meeting.chair_named", by=by, at=at, facts={"chair": chair.pk, "with_reason": bool(reason.strip())})
    return meeting


@transaction.atomic
def note_attendance(
    *,
    meeting: Meeting,
    kind: str,
    role: str,
    by: User,
    at: datetime,
    user: User | None = None,
    guest: str = "",
    substitute_for: str = "",
) -> AttendanceEvent:
    """Note that somebody came, left or sent apologies; noted now, never changed, a mistake is noted anew.

    Args:
        meeting: published or in session.
        kind: `came`, `left` or `apologies`.
        role: the role code that counts for the quorum.
        by: who notes it.
        at: the moment it counts from.
        user: who, where they have an account of this council.
        guest: the title of somebody without an account.
        substitute_for: the seat they stand in for.

    Raises:
        MeetingRefusedError: nobody named, a seat for which nobody stands in, a role the policy does not know, another
            council's person, or no meeting to come to.
    """
    meeting = _locked(meeting)
    if meeting.state in {MeetingState.PLANNED, MeetingState.CANCELLED, MeetingState.CLOSED, MeetingState.SIGNED}:
        raise MeetingRefusedError(
            f"The meeting is {meeting.get_state_display()}; attendance is noted from its agenda to its end."
        )
    policy = policy_on(meeting)
    if (user is None) == (not guest.strip()):
        raise MeetingRefusedError("Name one person, by account or by title.")
    if user is not None and user.council_id != meeting.panel.council_id:
        raise MeetingRefusedError("Somebody of another council comes as a guest, by title.")
    if role not in attending_roles(policy, meeting.panel.slug):
        raise MeetingRefusedError("The policy knows no such role.")
    refused = stand_in_refused(policy, meeting.panel.slug, substitute_for, is_named=user is not None)
    if refused is not None:
        raise MeetingRefusedError(" ".join(part if part.endswith(".") else f"({part})" for part in refused if part))
    event = AttendanceEvent.objects.create(
        meeting=meeting,
        user=user,
        guest=guest.strip()[:160],
        role=role,
        substitute_for=substitute_for,
        kind=kind,
        noted_at=at,
        noted_by=by,
    )
    bump(meeting, "attendance")
    _note(meeting, f"attendance.{kind}", by=by, at=at, facts={"user": user.pk if user else None, "role": role})
    return event


@transaction.atomic
def note_everybody(*, meeting: Meeting, by: User, at: datetime) -> int:
    """Note that everybody came who holds a seat expected on the day and of whom nothing is noted yet.

    Returns:
        How many were noted.

    Raises:
        MeetingRefusedError: there is no meeting to come to.
    """
    meeting = _locked(meeting)
    seats = seats_of(meeting, policy=policy_on(meeting), people=room_of(meeting, at=at))
    known = {row.holder.pk for row in seats if row.holder and row.person}
    came: dict[User, str] = {}
    for row in seats:
        if row.holder and row.is_expected and row.holder.pk not in known:
            came.setdefault(row.holder, row.seat)
    for user, role in came.items():
        note_attendance(meeting=meeting, kind="came", role=role, user=user, by=by, at=at)
    return len(came)


@transaction.atomic
def declare_none_of_the_rest(*, item: AgendaItem, by: User, at: datetime) -> int:
    """Write down, for everybody in the room who has not answered on a case, that there is no interest.

    The room is read under the lock of the meeting's live row, so that an answer given meanwhile stays.

    Returns:
        For how many.
    """
    bump(item.meeting, "attendance", "case")
    room = declared_in(item, policy=policy_on(item.meeting), at=at)
    silent = [one.person for one in room if one.interest is None]
    users = User.objects.for_user(by).in_bulk([person.user for person in silent if person.user])
    for person in silent:
        user = users[person.user] if person.user else None
        guest = "" if user else person.name
        declare_interest(item=item, user=user, guest=guest, nature="", withdraws=False, by=by, at=at)
    return len(silent)


@transaction.atomic
def declare_interest(
    *, item: AgendaItem, user: User | None, nature: str, withdraws: bool, by: User, at: datetime, guest: str = ""
) -> Interest:
    """Write down an answer on one case: none, or which; a later answer replaces an earlier one on this row.

    Members answer for themselves; who writes the minutes notes what others in the room say, and guests (`user` None)
    by the title they were noted under.

    Both answers stay in the record. Who withdraws no longer sees the case and does not count for it; no other case
    is touched.

    Raises:
        MeetingRefusedError: no case, decided already, or withdrawing without saying from what interest.
    """
    if item.kind != AgendaItem.Kind.CASE:
        raise MeetingRefusedError("Interests are declared on cases.")
    if item.state in {ItemState.DECIDED, ItemState.DEFERRED}:
        raise MeetingRefusedError("The case is finished; the declaration belongs before it.")
    if withdraws and not nature.strip():
        raise MeetingRefusedError("Say what the interest is; the words stay with the minutes.")
    whose: dict[str, Any] = {"user": user.pk} if user else {"guest": True}
    interest, _ = Interest.objects.update_or_create(
        item=item,
        user=user,
        guest=guest,
        defaults={"nature": nature.strip()[:300], "withdraws": withdraws, "declared_at": at, "declared_by": by},
    )
    bump(item.meeting, "attendance", "case")
    _note(
        item.meeting,
        "interest.declared",
        by=by,
        at=at,
        facts={"item": item.reference, **whose, "interest": bool(nature.strip()), "withdraws": withdraws},
    )
    return interest


@transaction.atomic
def call_item(*, item: AgendaItem, by: User, at: datetime) -> AgendaItem:
    """Put a waiting item on the table; one that was on it and not decided waits again. Its timer counts from now.

    Raises:
        MeetingRefusedError: the meeting is not in session, the item is finished, or its request was withdrawn.
    """
    meeting = _locked(item.meeting)
    if meeting.state != MeetingState.IN_SESSION:
        raise MeetingRefusedError(f"The meeting is {meeting.get_state_display()}: nothing can be called.")
    drop_withdrawn(meeting=meeting, by=by, at=at)
    current = AgendaItem.objects.filter(meeting=meeting, state=ItemState.CALLED).exclude(pk=item.pk).first()
    if current is not None:
        _put_back(current, by=by, at=at)
    item = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if item.state == ItemState.CALLED:
        return item
    try:
        item.state = states.after_item(ItemState(item.state), ItemStep.CALL)
    except states.IllegalStepError as refusal:
        raise MeetingRefusedError(str(refusal)) from None
    item.called_at, item.called_by, item.version = at, by, item.version + 1
    try:
        with transaction.atomic():
            item.save(update_fields=["state", "called_at", "called_by", "version"])
    except IntegrityError:
        raise MeetingRefusedError("Another item was called at the same moment. Look at the list again.") from None
    if item.application is not None:
        try:
            applications.mark_called(application=item.application, by=by, at=at)
        except NotOfThisStateError:
            raise MeetingRefusedError("The request was withdrawn at the same moment. Look at the list again.") from None
    bump(meeting, "current", "items", "case", item=item)
    _note(meeting, "item.called", by=by, at=at, facts={"item": item.reference})
    return item


def _put_back(item: AgendaItem, *, by: User, at: datetime) -> None:
    new = states.after_item(ItemState.CALLED, ItemStep.PUT_BACK)
    AgendaItem.objects.filter(pk=item.pk, state=ItemState.CALLED).update(state=new, version=item.version + 1)
    if item.application is not None:
        applications.mark_put_back(application=item.application, by=by, at=at)


@transaction.atomic
def note_standing(*, item: AgendaItem, note: str, by: User, at: datetime) -> AgendaItem:
    """Write what was said of a standing item and finish it; there is nothing to decide about it.

    Raises:
        MeetingRefusedError: it is a case, or the meeting is not in session.
    """
    meeting = _locked(item.meeting)
    if item.kind == AgendaItem.Kind.CASE:
        raise MeetingRefusedError("A case is decided or deferred.")
    if meeting.state not in {MeetingState.IN_SESSION, MeetingState.PAUSED}:
        raise MeetingRefusedError(f"The meeting is {meeting.get_state_display()}.")
    AgendaItem.objects.filter(pk=item.pk).update(
        note=note.strip()[:4000], state=ItemState.DECIDED, version=item.version + 1
    )
    Review.objects.filter(item=item, done_at__isnull=True).update(done_at=at, done_by=by)
    bump(meeting, "items")
    _note(meeting, "item.noted", by=by, at=at, facts={"item": item.reference})
    item.refresh_from_db()
    return item


@transaction.atomic
def take_over_recording(*, meeting: Meeting, by: User, at: datetime) -> None:
    """Become the one who records. The other is shown who took over and keeps what they typed."""
    bump(meeting, "meeting", recorder=by)
    _note(meeting, "recording.taken_over", by=by, at=at, facts={})


@transaction.atomic
def tell_next(*, item: AgendaItem, by: User, at: datetime) -> None:
    """Owe the worker of a waiting case the word that it comes next; once for each case."""
    if item.application is None:
        raise MeetingRefusedError("Only a case has somebody to tell.")
    if item.application.state == State.WITHDRAWN:
        raise MeetingRefusedError("The request was withdrawn.")
    people.owe_message(
        council=item.application.council,
        recipient=item.application.worker,
        template="next_up",
        reference=item.application.reference,
        path=reverse("applications:request", args=[item.application.reference]),
        dedupe_key=f"next:{item.reference}",
        by=by,
        at=at,
        about=item.application,
    )


def _locked(meeting: Meeting) -> Meeting:
    return (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("panel__council", "chair", "administrator")
        .get(pk=meeting.pk)
    )


def _stepped(meeting: Meeting, step: MeetingStep) -> Meeting:
    fresh = _locked(meeting)
    try:
        fresh.state = after(MeetingState(fresh.state), step)
    except IllegalStepError as refusal:
        raise MeetingRefusedError(str(refusal)) from None
    fresh.version += 1
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
