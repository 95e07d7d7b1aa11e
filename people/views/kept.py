"""Words that were posted after the session had ended: shown to the one who typed them, and sent on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.defaults import permission_denied

from people.access import SignedInRequest, requires
from people.models import KeptForm
from people.permissions import Permission
from people.services.kept import give_back, keep_form

UNSEEN = {"step", "key", "next"}  # hidden fields: nobody typed them


@requires(Permission.SIGNED_IN)
@require_safe
def kept(request: SignedInRequest) -> HttpResponse:
    """Show the latest kept form: its words, and the choice to send it on or throw it away."""
    form = KeptForm.objects.for_user(request.user).waiting().first()
    if form is None:
        return redirect("home")
    fields = [(name, value) for name, values in form.fields.items() for value in values]
    texts = [
        (name.replace("_", " ").replace("-", " ").capitalize(), value)
        for name, value in fields
        if value.strip() and name not in UNSEEN and not name.endswith("version")
    ]
    return render(request, "people/kept.html", {"form": form, "fields": fields, "texts": texts})


@requires(Permission.SIGNED_IN)
@require_POST
def send_on(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a kept form to where it was going. The browser repeats the post there (307), so every check runs again."""
    form = get_object_or_404(KeptForm.objects.for_user(request.user).waiting(), pk=pk)
    give_back(kept=form, by=request.user, at=timezone.now())
    if "discard" in request.POST:
        return redirect("home")
    response = HttpResponseRedirect(form.path)
    response.status_code = 307
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is of an earlier session: keep its words for the same person, who may send it on.

    Only a form that came from a page of this house is kept; anything else is refused as usual.
    """
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if request.method == "POST" and request.user.is_authenticated and is_ours:
        form = keep_form(user=request.user, path=request.path, fields=dict(request.POST.lists()), at=timezone.now())
        if form is not None:
            return redirect("people:kept")
    response = permission_denied(request, PermissionError(reason))
    return HttpResponseForbidden(response.content)
