"""Lists: one's own requests, all one may see, and what waits for one's signature."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Func, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.forms.filters import RequestFilter
from applications.models import Application
from applications.queries import LISTED, listed, my_turns, waiting_turns, with_parts
from applications.queries.chain import own_office_reaches, reaches
from applications.states import FINAL
from people.access import SignedInRequest, requires
from people.models import User
from people.permissions import Permission, Scope
from people.services import note_reads

PER_PAGE = 50


def _page(request: SignedInRequest, rows: Any, *columns: str) -> Any:
    """The page asked for, read together with how many rows there are; the last one where the list is shorter.

    Rows are requests, or, where columns are named, those alone.
    """
    asked = request.GET.get("page", "")
    number = max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    shown = _rows(rows, number, columns)
    pages = Paginator(rows, PER_PAGE)
    if not shown and number > 1:
        number = pages.num_pages
        shown = _rows(rows, number, columns)
    pages.count = shown[0].total if shown else 0
    return Page(shown, number, pages)


def _rows(rows: Any, number: int, columns: tuple[str, ...]) -> list[Any]:
    total = rows.order_by().annotate(number=Func("pk", function="COUNT")).values("number")
    counted = rows.annotate(total=Subquery(total))
    counted = counted.values_list(*columns, "total", named=True) if columns else counted
    return list(counted[(number - 1) * PER_PAGE : number * PER_PAGE])


@requires(Permission.WRITE_REQUEST)
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """One's own requests: what is missing, who has each now, the deadline counted back from the next panel."""
    rows = with_parts(Application.objects.for_user(request.user).filter(worker=request.user), named=False)
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
    found = RequestFilter(request.GET, Application.objects.for_user(request.user), request=request)
    page = _page(request, found.qs, *LISTED)
    # The child's name stands only before those who may read the request; others see reference, state and dates.
    named = bool(
        request.user.scopes_of(Permission.SEE_SUMMARY) & {Scope.COUNCIL, Scope.SERVICE, Scope.TEAM, Scope.PANELS}
    )
    rows = [listed(row, names_child=named or request.user.pk in {row.worker_id, row.child__worker_id}) for row in page]
    shown = [row.reference for row in rows if row.child]
    note_reads(by=request.user, at=timezone.now(), subject="request", subject_refs=shown, facts={"list": True})
    return render(request, "applications/requests.html", {"filter": found, "page": page, "rows": rows})


def _absent(user: User, application: Application) -> User | None:
    """For whom somebody would sign a request; None where it waits in an office of their own."""
    if own_office_reaches(application, user):
        return None
    return next((office.user for office in user.covered if reaches(office, application)), None)


@requires(Permission.SIGN_OFF)
@require_safe
def waiting(request: SignedInRequest) -> HttpResponse:
    """What waits for one's signature, in one's own office or as cover, with the reason it waits."""
    on = timezone.localdate()
    found = Application.objects.for_user(request.user, Permission.SIGN_OFF).waiting_for(request.user)
    page = _page(request, with_parts(found, named=False).order_by("changed_at"))
    turns = [(turn, _absent(request.user, turn.application)) for turn in waiting_turns(list(page), at=timezone.now())]
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
