"""Lists: one's own requests, all one may see, and what waits for one's signature."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.forms.filters import RequestFilter
from applications.models import Application
from applications.queries import my_turns, waiting_turns, with_parts
from applications.queries.chain import own_office_reaches
from applications.queries.lists import holder_of
from applications.states import FINAL
from people.access import SignedInRequest, requires
from people.models import Cover, User
from people.permissions import Permission, Scope
from people.services import note_reads

PER_PAGE = 50


def _page(request: SignedInRequest, rows: Any) -> Any:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


@requires(Permission.WRITE_REQUEST)
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """One's own requests: what is missing, who has each now, the deadline counted back from the next panel."""
    rows = with_parts(Application.objects.for_user(request.user).filter(worker=request.user))
    if request.GET.get("closed") != "1":
        rows = rows.exclude(state__in=FINAL)
    page = _page(request, rows)
    note_reads(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_refs=[row.reference for row in page],
        facts={"list": True},
    )
    turns = my_turns(list(page), at=timezone.now())
    context = {"turns": turns, "page": page, "closed": request.GET.get("closed") == "1", "today": timezone.localdate()}
    return render(request, "applications/mine.html", context)


@requires(Permission.SEE_REQUEST)
@require_safe
def requests(request: SignedInRequest) -> HttpResponse:
    """All requests one may see, filtered."""
    found = RequestFilter(request.GET, Application.objects.for_user(request.user).for_list(), request=request)
    page = _page(request, found.qs)
    # The child's name stands only before those who may read the request; others see reference, state and dates.
    named = bool(
        request.user.scopes_of(Permission.SEE_SUMMARY) & {Scope.COUNCIL, Scope.SERVICE, Scope.TEAM, Scope.PANELS}
    )
    rows = [(row, holder_of(row), named or request.user.pk in {row.worker_id, row.child.worker_id}) for row in page]
    shown = [row.reference for row, _holder, names_child in rows if names_child]
    note_reads(by=request.user, at=timezone.now(), subject="request", subject_refs=shown, facts={"list": True})
    return render(request, "applications/requests.html", {"filter": found, "page": page, "rows": rows})


def _absent(covers: list[Cover], role: str) -> User | None:
    """For whom somebody acts in an office, where they act for anybody."""
    return next((cover.absent for cover in covers if cover.role == role), None)


@requires(Permission.SIGN_OFF)
@require_safe
def waiting(request: SignedInRequest) -> HttpResponse:
    """What waits for one's signature, in one's own office or as cover, with the reason it waits."""
    on = timezone.localdate()
    found = with_parts(Application.objects.for_user(request.user, Permission.SIGN_OFF)).filter(
        pk__in=Application.objects.for_user(request.user).waiting_for(request.user, on=on).order_by().values("pk")
    )
    page = _page(request, found.order_by("changed_at"))
    covers = list(Cover.objects.for_user(request.user).on(on).filter(covering=request.user).select_related("absent"))
    turns = [
        (
            turn,
            None if own_office_reaches(turn.application, request.user) else _absent(covers, turn.application.with_role),
        )
        for turn in waiting_turns(list(page), at=timezone.now())
    ]
    withdrawals = (
        Application.objects.for_user(request.user, Permission.SIGN_OFF)
        .filter(withdrawal_asked_at__isnull=False)
        .exclude(state__in=FINAL)
        .exclude(withdrawal_asked_by=request.user)
        .for_list()
    )
    note_reads(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_refs=[row.reference for row in page],
        facts={"list": True},
    )
    context = {"turns": turns, "page": page, "withdrawals": list(withdrawals[:PER_PAGE]), "today": on}
    return render(request, "applications/waiting.html", context)
