"""Drawing the run sheet: what surrounds a case, what of it the viewer may see, the decision form of its chair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.shortcuts import redirect, render
from django.utils import timezone

from decisions import services
from decisions.forms import CarryForm, ChairForm, DecideForm, InterestForm, NoteForm
from decisions.models import LiveState, MinuteDraft
from decisions.queries import agenda as agenda_questions
from decisions.queries import live as questions
from decisions.queries import runsheet
from decisions.queries.agenda import is_urgent
from decisions.queries.following import asked_here, planned_reviews
from decisions.queries.outside import newest, to_decide
from decisions.states import ItemState
from decisions.views.found import policy_on_day
from panels.states import MeetingState
from people import services as people
from people.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpResponse

    from decisions.models import AgendaItem
    from decisions.queries.live import CaseRoom
    from panels.models import Meeting
    from panels.policy import Policy
    from panels.rules import Finding
    from people.access import SignedInRequest
    from people.models import User

OVER = frozenset({MeetingState.CLOSED, MeetingState.SIGNED, MeetingState.CANCELLED})


def show(
    request: SignedInRequest,
    chosen: AgendaItem,
    *,
    items: list[AgendaItem] | None = None,
    form: forms.Form | None = None,
    status: int = 200,
    other_form: tuple[str, forms.Form] | None = None,
) -> HttpResponse:
    """Draw the run sheet, of `items` where they were read already; a form that was refused with what was typed."""
    now = timezone.now()
    context = frame(request, chosen, items=items)
    context |= case_of(request, chosen, context, form=form)
    if other_form:
        context[other_form[0]] = other_form[1]
    if context["shows_papers"] and chosen.application:
        people.note_read(
            by=request.user, at=now, subject="request", subject_ref=chosen.application.reference, facts={"page": "run"}
        )
    return render(request, "decisions/run.html", context, status=status)


def to_work_on(request: SignedInRequest, meeting: Meeting, read: Callable[..., list[AgendaItem]]) -> list[AgendaItem]:
    """The items of a meeting for who works with them: withdrawn requests leave the agenda first, and are named.

    Args:
        request: who asks.
        meeting: whose items.
        read: `items_of` or `listed_of`; asked again where something left.
    """
    items = read(meeting, user=request.user)
    if not any(agenda_questions.is_gone(item) for item in items):
        return items
    for gone in services.drop_withdrawn(meeting=meeting, by=request.user, at=timezone.now()):
        if gone.application is not None:
            messages.info(request, f"{gone.application.reference} was withdrawn and is off the agenda.")
    return read(meeting, user=request.user)


def to_next(done: AgendaItem) -> HttpResponse:
    """Go on to the next item that waits after a finished one; where none does, stay."""
    reference = agenda_questions.following(done) or done.reference
    return redirect("decisions:run_item", done.meeting.reference, reference)


def frame(request: SignedInRequest, chosen: AgendaItem, *, items: list[AgendaItem] | None = None) -> dict[str, Any]:
    """What surrounds the case: the list, the meeting's state, who runs it, how it keeps time."""
    now = timezone.now()
    meeting = chosen.meeting
    policy = policy_on_day(meeting)
    items = agenda_questions.listed_of(meeting, user=request.user) if items is None else items
    slots = runsheet.slots_of(items, selected=chosen, policy=policy, panel=meeting.panel.slug)
    place = next((n for n, s in enumerate(slots) if s.is_selected), 0)
    live = runsheet.live_of(meeting)
    is_open = meeting.state in {MeetingState.IN_SESSION, MeetingState.PAUSED}
    return {
        "now": now,
        "meeting": meeting,
        "policy": policy,
        "items": items,
        "item": chosen,
        "slots": slots,
        "slot": slots[place] if slots else None,
        "before": slots[place - 1] if place > 0 else None,
        "after": slots[place + 1] if place + 1 < len(slots) else None,
        "current": next((s for s in slots if s.is_current), None),
        "live": live,
        "parts": (live or LiveState()).parts,
        "load": agenda_questions.load(meeting, items),
        "pace": questions.pace(meeting, items, now=now) if is_open else None,
        "is_open": is_open,
        "is_in_session": meeting.state == MeetingState.IN_SESSION,
        "is_over": meeting.state in OVER,
        "is_chair": meeting.chair_id == request.user.pk,
        "may_run": request.user.may(Permission.WRITE_MINUTE) and not request.user.may(Permission.ADJUST_LEDGER),
        "should_close": is_open and (now - meeting.ends_at).total_seconds() > 3600,
        "still_open": sum(not s.is_done and s.item.kind == "case" for s in slots),
    }


def case_of(
    request: SignedInRequest, chosen: AgendaItem, context: dict[str, Any], *, form: forms.Form | None
) -> dict[str, Any]:
    """The chosen item: papers only for who may read them, has answered about interests and has not withdrawn."""
    user = request.user
    is_case = chosen.application is not None
    interests = questions.interests_of(chosen) if is_case else []
    answer = runsheet.answer_of(interests, user)
    reads = user.may(Permission.SEE_NARRATIVE)
    asks = is_case and reads and answer is None and runsheet.must_declare(chosen, user) and not context["is_over"]
    withdrawn = answer is not None and answer.withdraws
    shows = is_case and reads and not asks and not withdrawn
    if shows:
        questions.with_papers(chosen)
    standing = questions.standing_decision(chosen) if shows and chosen.state in questions.WITH_DECISION else None
    table = (
        runsheet.on_the_table(chosen, policy=context["policy"], at=context["now"], interests=interests)
        if shows
        else None
    )
    decides = context["is_chair"] and shows and chosen.state == ItemState.CALLED and context["is_in_session"]
    draft = draft_of(chosen, user) if decides else None
    return {
        "answer": answer,
        "asks_interest": asks,
        "withdrawn": withdrawn,
        "shows_papers": shows,
        "standing": standing,
        "outside": newest(chosen.application) if shows and chosen.application else None,
        "table": table,
        "findings_shown": _in_the_way(table.room, policy=context["policy"]) if table else [],
        "people": list(table.room.people) if table else questions.room_of(chosen.meeting, at=context["now"]),
        "spent": runsheet.spent_in(context["items"]) if user.may(Permission.SEE_LEDGER) else None,
        "decide_form": (form or decide_form(request, chosen, policy=context["policy"], draft=draft))
        if decides
        else None,
        "draft": draft,
        "interest_form": InterestForm(),
        "carry_form": CarryForm(meeting=chosen.meeting, at=context["now"], viewer=user),
        "chair_form": None if chosen.meeting.chair else ChairForm(meeting=chosen.meeting, viewer=user),
        "note_form": NoteForm(initial={"note": chosen.note}),
    }


def _in_the_way(room: CaseRoom, *, policy: Policy) -> list[Finding]:
    """What the rules say against deciding a case as the room is now."""
    found = [f for f in room.assessment.findings if f.stage == "decide" and f.effect in {"block", "warn"}]
    return questions.naming(found, room, policy=policy)


def decide_form(
    request: SignedInRequest, item: AgendaItem, *, policy: Policy, data: Any = None, draft: MinuteDraft | None = None
) -> DecideForm:
    """The decision form of a case: the request's own figures, or what this person had typed before."""
    assert item.application is not None  # noqa: S101
    prefetch_related_objects([item.application], "lines")  # form, review plan and questions ask for them each
    questions.with_outside(item)
    lines = to_decide(item.application)
    first: dict[str, Any] = {}
    if data is None:
        planned = planned_reviews(policy, item.meeting.panel.slug, lines=lines, decided_on=timezone.localdate())
        review = planned[0] if planned else runsheet.proposed_review(item)
        first = {"item_version": item.version, "review_date": review}
    form = DecideForm(
        data,
        outcomes=policy.outcomes(item.meeting.panel.slug),
        lines=lines,
        questions=asked_here(policy, item),
        viewer=request.user,
        is_emergency=is_urgent(item.application),
        initial=first,
    )
    if draft is not None:
        form.initial = {**form.initial, **_initial_from(draft.fields, form)}
    return form


def draft_of(item: AgendaItem, user: User) -> MinuteDraft | None:
    """What somebody had typed for a case."""
    return MinuteDraft.objects.for_user(user).filter(item=item, user=user).first()


def _initial_from(fields: dict[str, Any], form: DecideForm) -> dict[str, Any]:
    """A draft as first values; dates come back as they were typed, in their three boxes."""
    said: dict[str, Any] = {}
    for name in form.fields:
        if name == "item_version":
            continue
        if name in fields:
            said[name] = fields[name]
        elif f"{name}_day" in fields:
            boxes = [fields.get(f"{name}_{box}", "") for box in ("day", "month", "year")]
            said[name] = "-".join(reversed([box.zfill(2) for box in boxes])) if all(boxes) else None
    return said
