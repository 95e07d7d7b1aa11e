"""Pages of offices and teams: proposed by a system administrator, given by somebody who approves them."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from panels.services import NoPolicyError, policy_for
from panels.services.offices import areas_of, offices_of
from people.access import SignedInRequest, requires
from people.forms.accounts import AnswerForm, Choices, EndOfficeForm, OfficeForm, TeamForm, TeamNameForm
from people.models import RoleHeld, RoleProposal, Team, User
from people.permissions import Permission
from people.services import (
    OfficeRefusedError,
    TeamRefusedError,
    add_team,
    approve_office,
    end_office,
    propose_office,
    refuse_office,
    rename_team,
)

PER_PAGE = 50


def _choices(request: SignedInRequest) -> tuple[Choices, Choices]:
    """The offices and the areas of the policy in force today; where there is none, those every council knows."""
    try:
        _, policy = policy_for(council=request.council, on=timezone.localdate())
    except NoPolicyError:
        return offices_of(None), []
    return offices_of(policy), areas_of(policy)


def _posted(request: SignedInRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, even nothing at all; not bound on any other request."""
    return request.POST if request.method == "POST" else None


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: SignedInRequest, pk: int) -> HttpResponse:
    """Propose an office for somebody."""
    person = get_object_or_404(User.objects.for_user(request.user).select_related("council", "team"), pk=pk)
    roles, areas = _choices(request)
    initial = {"since": timezone.localdate(), "team": person.team_id}
    form = OfficeForm(_posted(request), user=request.user, roles=roles, areas=areas, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                propose_office(user=person, **form.cleaned_data, by=request.user, at=timezone.now())
            except OfficeRefusedError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, "The office is proposed. It is given when a head of service approves it.")
                return redirect("people:account", person.pk)
    context = {"form": form, "person": person}
    return render(request, "panels/office_give.html", context, status=status)


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End an office with a day."""
    held = get_object_or_404(RoleHeld.objects.for_user(request.user).select_related("user", "team"), pk=pk)
    initial = {"last_day": timezone.localdate() - timedelta(days=1)}
    form = EndOfficeForm(_posted(request), initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                end_office(held=held, last_day=form.cleaned_data["last_day"], by=request.user, at=timezone.now())
            except OfficeRefusedError as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                messages.success(request, "The end of the office is noted.")
                return redirect("people:account", held.user_id)
    return render(request, "panels/office_end.html", {"form": form, "held": held}, status=status)


@requires(Permission.ADOPT_POLICY)
@require_safe
def proposals(request: SignedInRequest) -> HttpResponse:
    """Offices proposed: those that wait, then what became of the others."""
    rows = RoleProposal.objects.for_user(request.user).select_related("user", "team", "proposed_by", "decided_by")
    answered = Paginator(rows.answered(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"waiting": rows.waiting(), "page": answered, "titles": dict(_choices(request)[0])}
    return render(request, "panels/offices.html", context)


@requires(Permission.ADOPT_POLICY)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: SignedInRequest, reference: str) -> HttpResponse:
    """One proposed office: give it or refuse it."""
    rows = RoleProposal.objects.for_user(request.user)
    one = get_object_or_404(rows.select_related("user", "team", "proposed_by", "decided_by"), reference=reference)
    form = AnswerForm(_posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _answer(request, one, form)
            except OfficeRefusedError as refusal:
                form.add_error(refusal.field, str(refusal))
                status = 409
            else:
                return redirect("panels:proposals")
    offices = RoleHeld.objects.for_user(request.user).filter(user=one.user).not_over(timezone.localdate())
    is_barred = request.user.pk in {one.user_id, one.proposed_by_id}
    context = {
        "titles": dict(_choices(request)[0]),
        "proposal": one,
        "form": form,
        "offices": offices.select_related("team"),
        "is_barred": is_barred,
    }
    return render(request, "panels/office.html", context, status=status)


def _answer(request: SignedInRequest, one: RoleProposal, form: AnswerForm) -> None:
    if form.cleaned_data["answer"] == "approve":
        approve_office(proposal=one, by=request.user, at=timezone.now())
        messages.success(request, f"{one.user} has the office.")
        return
    refuse_office(proposal=one, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    messages.success(request, "The office is refused. Who proposed it is told.")


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: SignedInRequest) -> HttpResponse:
    """The council's teams; add one."""
    _, areas = _choices(request)
    form = TeamForm(_posted(request), areas=areas)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                team = add_team(**form.cleaned_data, by=request.user, at=timezone.now())
            except TeamRefusedError as refusal:
                form.add_error("name", str(refusal))
            else:
                messages.success(request, f"{team.name} is added.")
                return redirect("panels:teams")
    names = dict(areas)
    rows = [(team, names.get(team.area, team.area)) for team in Team.objects.for_user(request.user)]
    return render(request, "panels/office_teams.html", {"form": form, "teams": rows, "areas": areas}, status=status)


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a team another name."""
    team = get_object_or_404(Team.objects.for_user(request.user), pk=pk)
    form = TeamNameForm(_posted(request), initial={"name": team.name})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                rename_team(team=team, name=form.cleaned_data["name"], by=request.user, at=timezone.now())
            except TeamRefusedError as refusal:
                form.add_error("name", str(refusal))
            else:
                messages.success(request, "The team has its new name.")
                return redirect("panels:teams")
    return render(request, "panels/office_team.html", {"form": form, "team": team}, status=status)
