"""The first page of everybody, and the page that says the product is well."""

from __future__ import annotations

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from decisions.queries.first_page import first_page
from people.access import SignedInRequest, open_to_all, requires
from people.permissions import Permission


@requires(Permission.SIGNED_IN)
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for whoever is signed in, first things first. No child is named here, so no read is noted."""
    now = timezone.now()
    page = first_page(request.user, at=now)
    return render(request, "decisions/home.html", {"page": page, "now": now, "today": timezone.localdate(now)})


@open_to_all
@require_safe
def healthz(_request: SignedInRequest) -> HttpResponse:
    """Answer "ok" when the database answers; anything else means that this process should get no visitors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
