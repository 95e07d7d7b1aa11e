"""Pages of a panel: its seats and who holds them; cover."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from panels.forms import CoverForm, SeatForm
from panels.models import Panel, SeatHolder
from panels.rules.cover import coverable_roles
from panels.services import NoPolicyError, arrange_cover_by_policy, give_seat, leave_seat, policy_for
from panels.services.calendar import rules_of
from panels.services.seats import SeatRefusedError
from people.access import SignedInRequest, requires
from people.models import Cover
from people.permissions import Permission
from people.services import CoverRefusedError, end_cover


@requires(Permission.SEE_MEETING)
@require_safe
def panels(request: SignedInRequest) -> HttpResponse:
    """The council's panels."""
    rows = Panel.objects.for_user(request.user).filter(is_active=True)
    context = {"panels": rows, "may_plan": request.user.may(Permission.BUILD_AGENDA)}
    return render(request, "panels/panels.html", context)


@requires(Permission.SEE_MEETING)
@require_safe
def seats(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who holds which seat of a panel, from when to when."""
    return _seats_page(request, _panel(request, pk), form=None)


def _panel(request: SignedInRequest, pk: int) -> Panel:
    return get_object_or_404(Panel.objects.for_user(request.user).select_related("council"), pk=pk)


def _seats_page(request: SignedInRequest, panel: Panel, form: SeatForm | None, *, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    found = rules_of(panel, on=today)
    named = list(found[1].seats) if found else []
    may_change = request.user.may(Permission.BUILD_AGENDA)
    if form is None and may_change:
        form = SeatForm(user=request.user, seats=_choices(panel), initial={"since": today})
    holders = SeatHolder.objects.for_user(request.user).filter(panel=panel).select_related("user")
    by_seat: dict[str, list[SeatHolder]] = {}
    for holder in holders:
        by_seat.setdefault(holder.seat, []).append(holder)
    rows = [
        (seat, found[0].clause(seat.rule) if found and seat.rule else "", by_seat.pop(seat.role, [])) for seat in named
    ]
    others = [(seat.replace("_", " ").capitalize(), group) for seat, group in by_seat.items()]
    context = {"panel": panel, "rows": rows, "others": others, "form": form if may_change else None, "today": today}
    return render(request, "panels/seats.html", context, status=status)


def _choices(panel: Panel) -> list[tuple[str, str]]:
    found = rules_of(panel, on=timezone.localdate())
    return [(seat.role, seat.title) for seat in found[1].seats] if found else []


@requires(Permission.BUILD_AGENDA)
@require_POST
def give(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give somebody a seat."""
    panel = _panel(request, pk)
    form = SeatForm(request.POST, user=request.user, seats=_choices(panel))
    if not form.is_valid():
        return _seats_page(request, panel, form, status=422)
    data = form.cleaned_data
    try:
        give_seat(
            panel=panel,
            seat=data["seat"],
            user=data["user"],
            since=data["since"],
            until=data["until"],
            by=request.user,
            at=timezone.now(),
        )
    except SeatRefusedError as refusal:
        form.add_error("user", str(refusal))
        return _seats_page(request, panel, form, status=422)
    messages.success(request, f"{data['user']} has the seat.")
    return redirect("panels:seats", panel.pk)


@requires(Permission.BUILD_AGENDA)
@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """End somebody's time in a seat with yesterday: from today on they do not hold it."""
    rows = SeatHolder.objects.for_user(request.user).select_related("panel__council", "user")
    holder = get_object_or_404(rows, pk=pk)
    yesterday = timezone.localdate() - timedelta(days=1)
    leave_seat(holder=holder, last_day=yesterday, by=request.user, at=timezone.now())
    messages.success(request, f"{holder.user} does not hold the seat any more.")
    return redirect("panels:seats", holder.panel_id)


@requires(Permission.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: SignedInRequest) -> HttpResponse:
    """Who acts for whom; arrange it for oneself, or for anybody as head of service."""
    today = timezone.localdate()
    roles = _coverable(request)
    for_anybody = request.user.may(Permission.ADOPT_POLICY)
    if not for_anybody:
        own = {held.role for held in request.user.held}
        roles = [(code, title) for code, title in roles if code in own]
    initial = {"absent": request.user.pk, "since": today}
    form = CoverForm(request.POST or None, user=request.user, roles=roles, for_anybody=for_anybody, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _arrange(request, form):
            return redirect("panels:cover")
    rows = Cover.objects.for_user(request.user).filter(until__gte=today - timedelta(days=90))
    rows = rows.select_related("absent", "covering").order_by("-since", "-pk")[:100]
    context = {"covers": rows, "form": form, "roles": roles, "today": today, "for_anybody": for_anybody}
    return render(request, "panels/cover.html", context, status=status)


def _coverable(request: SignedInRequest) -> list[tuple[str, str]]:
    try:
        _, policy = policy_for(council=request.council, on=timezone.localdate())
    except NoPolicyError:
        return []
    return [(code, policy.role_title(code)) for code in coverable_roles(policy)]


def _arrange(request: SignedInRequest, form: CoverForm) -> bool:
    data = form.cleaned_data
    try:
        arrange_cover_by_policy(
            absent=data["absent"],
            covering=data["covering"],
            role=data["role"],
            since=data["since"],
            until=data["until"],
            reason=data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except CoverRefusedError as refusal:
        form.add_error("covering", str(refusal))
        return False
    except NoPolicyError as refusal:
        form.add_error("since", str(refusal))
        return False
    messages.success(request, f"{data['covering']} covers for {data['absent']}. Both are told.")
    return True


@requires(Permission.SIGNED_IN)
@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End cover early: either of the two, or a head of service."""
    rows = Cover.objects.for_user(request.user)
    if not request.user.may(Permission.ADOPT_POLICY):
        rows = rows.of(request.user)
    one = get_object_or_404(rows, pk=pk)
    end_cover(cover=one, by=request.user, at=timezone.now())
    messages.success(request, "The cover has ended. Both are told.")
    return redirect("panels:cover")
