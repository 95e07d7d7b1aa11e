"""Pages about colleagues, the record, and what one has looked at oneself."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people import deeds
from people.access import SignedInRequest, open_to_all, requires
from people.forms.filters import ColleagueFilter, RecordFilter
from people.models import RecordEntry, RoleHeld, User
from people.models.record import Verb
from people.permissions import Permission

PER_PAGE = 50


def page_of(request: HttpRequest, rows: Any, *, per_page: int = PER_PAGE) -> Page[Any]:
    """The page a request asks for; an odd number gives the nearest there is."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


@requires(Permission.SIGNED_IN)
@require_safe
def colleagues(request: SignedInRequest) -> HttpResponse:
    """Who works here: names, teams, offices of today."""
    offices = RoleHeld.objects.for_user(request.user).filter(since__lte=timezone.localdate()).select_related("team")
    everybody = User.objects.for_user(request.user).filter(is_active=True).select_related("team")
    found = ColleagueFilter(request.GET, everybody.prefetch_related(Prefetch("roles", offices)), request=request)
    page = page_of(request, found.qs)
    return render(request, "people/colleagues.html", {"filter": found, "page": page, "today": timezone.localdate()})


def names_in(page: Page[Any], *, user: User) -> dict[int, str]:
    """The names of the colleagues that rows of the record speak of, by account. One query."""
    wanted = {pk for entry in page for pk in deeds.accounts_in(entry.subject, entry.subject_ref, entry.facts)}
    return {person.pk: str(person) for person in User.objects.for_user(user).filter(pk__in=wanted)}


@requires(Permission.SEE_RECORD)
@require_safe
def the_record(request: SignedInRequest) -> HttpResponse:
    """Who did what and who read what, newest first."""
    entries = RecordEntry.objects.for_user(request.user).select_related("by")
    found = RecordFilter(request.GET, entries, request=request)
    page = page_of(request, found.qs)
    context = {"filter": found, "page": page, "names": names_in(page, user=request.user)}
    return render(request, "people/record.html", context)


@requires(Permission.SIGNED_IN)
@require_safe
def own_reads(request: SignedInRequest) -> HttpResponse:
    """Which records one has looked at oneself: what others see of it too."""
    entries = RecordEntry.objects.for_user(request.user).filter(by=request.user, verb=Verb.CONSULTATION)
    page = page_of(request, entries)
    return render(request, "people/own_reads.html", {"page": page, "names": names_in(page, user=request.user)})


@open_to_all
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "people/accessibility.html")
