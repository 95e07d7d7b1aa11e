"""Pages of the calendar: the list, one meeting, making, moving and cancelling one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from panels.forms import CancelForm, MeetingFilter, MeetingForm, MoveForm, WhenForm
from panels.models import Meeting, Panel
from panels.services import MeetingRefusedError, cancel_meeting, make_meeting, move_meeting
from panels.services.calendar import days_to_propose, departures_of, late_notice, rules_of
from panels.services.chairing import out_of_turn, turn_of
from panels.services.meetings import members_of
from panels.states import NEXT, MeetingState, MeetingStep
from people.access import SignedInRequest, requires
from people.permissions import Permission


@requires(Permission.SEE_MEETING)
@require_safe
def meetings(request: SignedInRequest) -> HttpResponse:
    """The calendar of meetings: those to come first unless something else is asked for."""
    rows = Meeting.objects.for_user(request.user).select_related("panel", "chair")
    found = MeetingFilter(request.GET, rows, request=request)
    is_asked = any(value for name, value in request.GET.items() if name != "page")
    shown = found.qs if is_asked else found.qs.upcoming(on=timezone.localdate())
    page = Paginator(shown, 25).get_page(request.GET.get("page"))
    context = {"filter": found, "page": page, "plan_url": _plan_url(request), "is_asked": is_asked}
    return render(request, "panels/meetings.html", context)


def _plan_url(request: SignedInRequest) -> str:
    """Where a meeting is planned: at once where there is one panel, by way of the list where there are more."""
    if not _may_plan(request):
        return ""
    panels = Panel.objects.for_user(request.user).filter(is_active=True).values_list("pk", flat=True)[:2]
    return reverse("panels:new_meeting", args=[panels[0]]) if len(panels) == 1 else reverse("panels:panels")


def _may_plan(request: SignedInRequest) -> bool:
    return request.user.may(Permission.BUILD_AGENDA)


@requires(Permission.SEE_MEETING)
@require_safe
def meeting(request: SignedInRequest, reference: str) -> HttpResponse:
    """One meeting: when, where, who; and what may be done with it."""
    one = _found(request, reference)
    context = {
        "meeting": one,
        "members": members_of(one),
        "may_change": _may_plan(request) and one.state in {MeetingState.PLANNED, MeetingState.PUBLISHED},
        "findings": departures_of(one.panel, starts_at=one.starts_at, ends_at=one.ends_at, moved=one),
    }
    return render(request, "panels/meeting.html", context)


def _found(request: SignedInRequest, reference: str) -> Meeting:
    rows = Meeting.objects.for_user(request.user).select_related("panel__council", "chair", "administrator")
    return get_object_or_404(rows, reference=reference)


@requires(Permission.BUILD_AGENDA)
@require_http_methods(["GET", "HEAD", "POST"])
def new_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Plan a meeting: the schedule's next free days are proposed; departing from it needs a reason."""
    panel = get_object_or_404(Panel.objects.for_user(request.user).select_related("council"), pk=pk, is_active=True)
    today = timezone.localdate()
    proposals = days_to_propose(panel, after=today)
    initial = _initial(request, panel, proposals)
    turn = turn_of(panel, on=initial["day"] or today)
    if turn is not None:
        initial["chair"] = turn.people[0].pk if turn.people else None
    leaders = turn.people if turn else ()
    form = MeetingForm(request.POST or None, user=request.user, leaders=leaders, initial=initial)
    findings: list[Any] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            findings = departures_of(panel, starts_at=form.starts_at, ends_at=form.ends_at)
            findings += out_of_turn(panel, chair=form.cleaned_data["chair"], on=timezone.localdate(form.starts_at))
            if _fits_or_says_why(form, findings):
                made = _make(request, panel, form)
                if made is not None:
                    return made
    context = {"form": form, "panel": panel, "proposals": proposals, "findings": findings, "turn": turn}
    return render(request, "panels/new_meeting.html", context, status=status)


def _make(request: SignedInRequest, panel: Panel, form: MeetingForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        made = make_meeting(
            panel=panel,
            starts_at=form.starts_at,
            ends_at=form.ends_at,
            place=data["place"],
            chair=data["chair"],
            administrator=data["administrator"],
            reason=data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except MeetingRefusedError as refusal:
        form.add_error("day" if data["administrator"] else "administrator", str(refusal))
        return None
    messages.success(request, "The meeting is planned. Its members are told.")
    return redirect("panels:meeting", made.reference)


def _fits_or_says_why(form: WhenForm, findings: list[Any]) -> bool:
    if any(finding.effect == "warn" for finding in findings) and not form.cleaned_data["reason"].strip():
        form.add_error("reason", "Say why the meeting departs from the schedule: see the warning above")
        return False
    return True


def _initial(request: SignedInRequest, panel: Panel, proposals: list[date]) -> dict[str, Any]:
    """The first proposal (or the one that was clicked), and what the last meeting was like."""
    asked = request.GET.get("day", "")
    day = next((d for d in proposals if d.isoformat() == asked), proposals[0] if proposals else None)
    last = Meeting.objects.for_user(request.user).filter(panel=panel).order_by("-starts_at").first()
    found = rules_of(panel, on=timezone.localdate())
    schedule = found[1].schedule if found else None
    initial: dict[str, Any] = {"day": day, "administrator": request.user.pk}
    if schedule:
        initial |= {"starts": schedule.starts or "", "length": schedule.length or ""}
    if last:
        starts = timezone.localtime(last.starts_at)
        initial |= {"starts": initial.get("starts") or f"{starts:%H:%M}", "place": last.place, "chair": last.chair_id}
        initial["length"] = initial.get("length") or int((last.ends_at - last.starts_at).total_seconds() // 60)
    return initial


@requires(Permission.BUILD_AGENDA)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, reference: str) -> HttpResponse:
    """Move a meeting to another time; members get notice, and late notice is warned of with its clause."""
    one = _found(request, reference)
    local = timezone.localtime(one.starts_at)
    minutes = int((one.ends_at - one.starts_at).total_seconds() // 60)
    initial = {"day": local.date(), "starts": f"{local:%H:%M}", "length": minutes, "version": one.version}
    form = MoveForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                move_meeting(
                    meeting=one,
                    starts_at=form.starts_at,
                    ends_at=form.ends_at,
                    reason=form.cleaned_data["reason"],
                    expected_version=form.cleaned_data["version"],
                    by=request.user,
                    at=timezone.now(),
                )
            except MeetingRefusedError as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, "The meeting is moved. Its members are told.")
                return redirect("panels:meeting", one.reference)
    findings = late_notice(one, new_start=getattr(form, "starts_at", None), at=timezone.now())
    context = {"form": form, "meeting": one, "findings": findings}
    return render(request, "panels/move_meeting.html", context, status=status)


@requires(Permission.BUILD_AGENDA)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, reference: str) -> HttpResponse:
    """Cancel a meeting that has not begun; members get notice."""
    one = _found(request, reference)
    form = CancelForm(request.POST or None, initial={"version": one.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                cancel_meeting(
                    meeting=one,
                    reason=form.cleaned_data["reason"],
                    expected_version=form.cleaned_data["version"],
                    by=request.user,
                    at=timezone.now(),
                )
            except MeetingRefusedError as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, "The meeting is cancelled. Its members are told.")
                return redirect("panels:meeting", one.reference)
    is_possible = (MeetingState(one.state), MeetingStep.CANCEL) in NEXT
    findings = late_notice(one, new_start=None, at=timezone.now()) if is_possible else []
    context = {"form": form, "meeting": one, "findings": findings, "is_possible": is_possible}
    return render(request, "panels/cancel_meeting.html", context, status=status)
