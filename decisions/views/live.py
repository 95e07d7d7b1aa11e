"""The run sheet: the meeting on one page. Looking changes nothing; opening, calling and noting are presses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from decisions import services
from decisions.forms import AttendanceForm, CarryForm, ChairForm, InterestForm, InterestOfForm, NoteForm
from decisions.models import LIVE_PARTS, LiveState
from decisions.queries import agenda as agenda_questions
from decisions.queries import live as questions
from decisions.queries import runsheet
from decisions.services import AgendaRefusedError, MeetingRefusedError
from decisions.states import ItemState
from decisions.views.found import item_or_404, meeting_or_404, policy_on_day
from decisions.views.showing import OVER, case_of, frame, show, to_next, to_work_on
from panels.models import Meeting
from panels.states import MeetingState
from people.access import SignedInRequest, requires
from people.models import User
from people.permissions import Permission

if TYPE_CHECKING:
    from decisions.models import AgendaItem


HTMX_STOP = 286  # the status that tells a polling screen to stop


@require_GET
@requires(Permission.SEE_MEETING)
def run(request: SignedInRequest, reference: str) -> HttpResponse:
    """Lead to the item on the table, else to the first that waits; before that, to the start page of the meeting."""
    meeting = meeting_or_404(request, reference)
    items = _items(request, meeting)
    current = next((i for i in items if i.state == ItemState.CALLED), None)
    waiting = next((i for i in items if i.state == ItemState.WAITING), None)
    chosen = current or waiting or (items[-1] if items else None)
    if chosen is None:
        return redirect("decisions:agenda", meeting.reference)
    return redirect("decisions:run_item", meeting.reference, chosen.reference)


@require_GET
@requires(Permission.SEE_MEETING)
def run_item(request: SignedInRequest, reference: str, item: str) -> HttpResponse:
    """The run sheet with one item chosen by the one who looks; the room's item stays what it is."""
    chosen = item_or_404(request, item)
    if chosen.meeting.reference != reference:
        raise Http404
    items = _items(request, chosen.meeting)
    if chosen.pk not in {item.pk for item in items}:
        messages.info(request, "That item is not on the agenda any more.")
        return redirect("decisions:run", reference)
    return show(request, chosen, items=items)


def _items(request: SignedInRequest, meeting: Meeting) -> list[AgendaItem]:
    """The items of the run sheet; who runs it lets withdrawn requests leave, who looks changes nothing."""
    if request.user.may(Permission.WRITE_MINUTE):
        return to_work_on(request, meeting, agenda_questions.listed_of)
    return agenda_questions.listed_of(meeting, user=request.user)


PARTS = {
    "items": "parts/run_list.html",
    "attendance": "parts/run_room.html",
    "money": "parts/run_money.html",
    "case": "parts/run_state.html",
}


@require_GET
@requires(Permission.SEE_MEETING)
def part(request: SignedInRequest, *, reference: str, item: str, name: str) -> HttpResponse:
    """One region of the run sheet, for screens that follow."""
    chosen = item_or_404(request, item)
    if chosen.meeting.reference != reference or name not in PARTS:
        raise Http404
    context = frame(request, chosen)
    context |= case_of(request, chosen, context, form=None)
    return render(request, f"decisions/{PARTS[name]}", context)


@require_GET
@requires(Permission.SEE_MEETING)
def version(request: SignedInRequest, reference: str) -> HttpResponse:
    """The numbers that grow with every change; 304 while nothing changed, 286 when the meeting is over."""
    asked = Meeting.objects.for_user(request.user).filter(reference=reference)
    told = asked.values_list("state", "live__version", *(f"live__{part}_version" for part in LIVE_PARTS))
    state, *numbers = get_object_or_404(told)
    number, *seen = [one or 0 for one in numbers]  # none before the agenda was touched
    etag = f'"{number}"'
    if request.headers.get("If-None-Match") == etag and state not in OVER:
        answer: HttpResponse = HttpResponse(status=304)
    else:
        answer = JsonResponse(
            {"v": number, **dict(zip(LIVE_PARTS, seen, strict=True))}, status=HTMX_STOP if state in OVER else 200
        )
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_GET
@requires(Permission.SEE_MEETING)
def safe(request: SignedInRequest, reference: str) -> HttpResponse:
    """The meeting for a shared screen: references, times and states; no name and no free text."""
    meeting = meeting_or_404(request, reference)
    items = agenda_questions.listed_of(meeting, user=request.user)
    policy = policy_on_day(meeting)
    slots = runsheet.slots_of(items, selected=None, policy=policy, panel=meeting.panel.slug)
    live = runsheet.live_of(meeting)
    template = "decisions/parts/safe_list.html" if "part" in request.GET else "decisions/safe.html"
    return render(request, template, {"meeting": meeting, "slots": slots, "parts": (live or LiveState()).parts})


@require_POST
@requires(Permission.WRITE_MINUTE)
def meeting_step(request: SignedInRequest, reference: str, step: str) -> HttpResponse:
    """Open, pause, go on, close, or take over recording: an explicit press."""
    meeting = meeting_or_404(request, reference)
    steps = {
        "open": (services.open_meeting, "The meeting is open."),
        "pause": (services.pause, "The meeting is paused."),
        "resume": (services.resume, "The meeting goes on."),
        "close": (services.close_meeting, "The meeting is closed. The draft minutes are below."),
        "record": (services.take_over_recording, "You record now."),
    }
    if step not in steps:
        raise Http404
    act, said = steps[step]
    try:
        act(meeting=meeting, by=request.user, at=timezone.now())
    except MeetingRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("decisions:run", meeting.reference)
    messages.success(request, said)
    return redirect("decisions:minutes" if step == "close" else "decisions:run", meeting.reference)


@require_POST
@requires(Permission.WRITE_MINUTE)
def chair(request: SignedInRequest, reference: str) -> HttpResponse:
    """Name who leads the meeting."""
    meeting = meeting_or_404(request, reference)
    form = ChairForm(request.POST, meeting=meeting, viewer=request.user)
    if not form.is_valid():
        messages.error(request, "Choose who leads the meeting from its panel’s members.")
        return redirect("decisions:run", meeting.reference)
    try:
        services.name_chair(
            meeting=meeting,
            chair=form.cleaned_data["chair"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except MeetingRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("decisions:run", meeting.reference)


@require_POST
@requires(Permission.WRITE_MINUTE)
def item_step(request: SignedInRequest, item: str, step: str) -> HttpResponse:
    """Make an item current, or tell the worker of the next case."""
    chosen = item_or_404(request, item)
    try:
        if step == "call":
            services.call_item(item=chosen, by=request.user, at=timezone.now())
        elif step == "next":
            services.tell_next(item=chosen, by=request.user, at=timezone.now())
            messages.success(request, "The worker of this case will be told that it comes next.")
        else:
            raise Http404
    except MeetingRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("decisions:run_item", chosen.meeting.reference, chosen.reference)


@require_POST
@requires(Permission.WRITE_MINUTE)
def note(request: SignedInRequest, item: str) -> HttpResponse:
    """Finish a standing item with what was said."""
    chosen = item_or_404(request, item)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, chosen, other_form=("note_form", form), status=422)
    try:
        services.note_standing(item=chosen, note=form.cleaned_data["note"], by=request.user, at=timezone.now())
    except MeetingRefusedError as refusal:
        form.add_error(None, str(refusal))
        return show(request, chosen, other_form=("note_form", form), status=422)
    return to_next(chosen)


@require_POST
@requires(Permission.DECLARE_INTEREST)
def interest(request: SignedInRequest, item: str) -> HttpResponse:
    """Answer, before a case's papers open, whether one knows the child, the family or the provider."""
    chosen = item_or_404(request, item)
    form = InterestForm(request.POST)
    if not form.is_valid():
        return show(request, chosen, other_form=("interest_form", form), status=422)
    answer = form.cleaned_data["answer"]
    try:
        services.declare_interest(
            item=chosen,
            user=request.user,
            nature=form.cleaned_data["nature"] if answer != "none" else "",
            withdraws=answer == "withdraws",
            by=request.user,
            at=timezone.now(),
        )
    except MeetingRefusedError as refusal:
        form.add_error(None, str(refusal))
        return show(request, chosen, other_form=("interest_form", form), status=422)
    return redirect("decisions:run_item", chosen.meeting.reference, chosen.reference)


@requires(Permission.WRITE_MINUTE)
def interests(request: SignedInRequest, item: str) -> HttpResponse:
    """Who in the room declared what on a case; who writes the minutes notes what is said aloud, guests' answers too."""
    chosen = item_or_404(request, item)
    if "nobody" in request.POST:
        return _nobody_else(request, chosen)
    now = timezone.now()
    room = questions.declared_in(chosen, policy=policy_on_day(chosen.meeting), at=now)
    form = InterestOfForm(request.POST or None, room=room)
    if request.method == "POST" and form.is_valid():
        try:
            services.declare_interest(
                item=chosen,
                user=User.objects.for_user(request.user).get(pk=form.answered.user) if form.answered.user else None,
                guest="" if form.answered.user else form.answered.name,
                nature=form.cleaned_data["nature"] if form.cleaned_data["answer"] != "none" else "",
                withdraws=form.cleaned_data["answer"] == "withdraws",
                by=request.user,
                at=now,
            )
        except MeetingRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The answer of {form.answered.name} is noted.")
            return redirect("decisions:item_interests", chosen.reference)
    context = {
        "item": chosen,
        "meeting": chosen.meeting,
        "room": room,
        "form": form,
        "silent": sum(one.interest is None for one in room),
    }
    return render(request, "decisions/interests.html", context, status=422 if form.is_bound else 200)


def _nobody_else(request: SignedInRequest, chosen: AgendaItem) -> HttpResponse:
    try:
        noted = services.declare_none_of_the_rest(item=chosen, by=request.user, at=timezone.now())
    except MeetingRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("decisions:item_interests", chosen.reference)
    messages.success(request, f"Noted for {noted}: no interest.")
    return redirect("decisions:run_item", chosen.meeting.reference, chosen.reference)


@require_POST
@requires(Permission.WRITE_MINUTE)
def carry(request: SignedInRequest, item: str) -> HttpResponse:
    """Carry a case forward with a reason."""
    chosen = item_or_404(request, item)
    form = CarryForm(request.POST, meeting=chosen.meeting, at=timezone.now(), viewer=request.user)
    if not form.is_valid():
        return show(request, chosen, other_form=("carry_form", form), status=422)
    try:
        services.carry_forward(
            item=chosen,
            reason=form.cleaned_data["reason"],
            to=form.cleaned_data["to"],
            by=request.user,
            at=timezone.now(),
        )
    except (MeetingRefusedError, AgendaRefusedError) as refusal:
        form.add_error(None, str(refusal))
        return show(request, chosen, other_form=("carry_form", form), status=422)
    messages.success(request, "The case is carried forward.")
    return to_next(chosen)


@requires(Permission.WRITE_MINUTE)
def attendance(request: SignedInRequest, reference: str) -> HttpResponse:
    """Who is in the room: a button for each seat, a form for stand-ins and guests."""
    meeting = meeting_or_404(request, reference)
    policy = policy_on_day(meeting)
    if "everybody" in request.POST:
        return _everybody_came(request, meeting)
    form = AttendanceForm(request.POST or None, meeting=meeting, policy=policy, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.note_attendance(meeting=meeting, by=request.user, at=timezone.now(), **form.cleaned_data)
        except MeetingRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("decisions:attendance", meeting.reference)
    people_there = questions.room_of(meeting, at=timezone.now())
    seats = questions.seats_of(meeting, policy=policy, people=people_there)
    context = {
        "meeting": meeting,
        "seats": seats,
        "is_somebody_expected": any(row.holder and row.is_expected and row.person is None for row in seats),
        "people": people_there,
        "form": form,
        "is_over": meeting.state in OVER or meeting.state == MeetingState.PLANNED,
    }
    return render(request, "decisions/attendance.html", context, status=422 if form.is_bound else 200)


def _everybody_came(request: SignedInRequest, meeting: Meeting) -> HttpResponse:
    try:
        services.note_everybody(meeting=meeting, by=request.user, at=timezone.now())
    except MeetingRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("decisions:attendance", meeting.reference)
