"""The managers' side: read a request, sign it, or return it with reasons."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applications import services
from applications.forms import ReasonsForm
from applications.models import Application
from applications.queries import standing_of, with_parts
from applications.services.signing import may_sign
from applications.states import IllegalStepError
from people.access import SignedInRequest, requires
from people.permissions import Permission

from .answers import line_rows, sections
from .showing import mark_read, side


def to_answer(request: SignedInRequest, reference: str, permission: Permission) -> Application:
    """A request somebody may answer."""
    found: Application = get_object_or_404(
        with_parts(Application.objects.for_user(request.user, permission)), reference=reference
    )
    return found


def seen(request: SignedInRequest) -> int | None:
    """The version of the request which the page showed."""
    typed = request.POST.get("seen_version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


@requires(Permission.SIGN_OFF)
@require_http_methods(["GET", "POST"])
def sign(request: SignedInRequest, reference: str) -> HttpResponse:
    """Read a request that waits for one's signature, and sign it."""
    application = to_answer(request, reference, Permission.SIGN_OFF)
    at = timezone.now()
    if request.method == "POST":
        try:
            signed = services.sign(application=application, by=request.user, at=at, seen_version=seen(request))
        except services.StaleError as stale:
            return _page(request, application, problem=str(stale), status=409)
        except services.RefusedError as refusal:
            return _page(request, application, refused=[f.as_json() for f in refusal.findings], status=422)
        except services.NotAllowedError as refusal:
            return _page(request, application, problem=str(refusal), status=409)
        messages.success(request, f"You signed the request. It is now {signed.get_state_display()}.")
        return redirect("applications:waiting")
    mark_read(request, application)
    return _page(request, application)


@requires(Permission.SEE_NARRATIVE)
@require_http_methods(["GET", "POST"])
def give_back(request: SignedInRequest, reference: str) -> HttpResponse:
    """Return a request to its worker with reasons: a manager while it waits for them, the administrator afterwards."""
    application = to_answer(request, reference, Permission.SEE_NARRATIVE)
    form = ReasonsForm(request.POST if request.method == "POST" else None)
    problem, status = "", 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.return_to_worker(
                application=application,
                reasons=form.cleaned_data["reasons"],
                by=request.user,
                at=timezone.now(),
                seen_version=seen(request),
            )
        except (services.StaleError, services.NotAllowedError, IllegalStepError) as refusal:
            problem, status = str(refusal), 409
        else:
            messages.success(request, f"The request is back with {application.worker}.")
            return redirect(
                "applications:waiting" if request.user.may(Permission.SIGN_OFF) else "applications:requests"
            )
    mark_read(request, application)
    fresh = to_answer(request, reference, Permission.SEE_NARRATIVE)
    context = {"application": fresh, "form": form, "problem": problem}
    return render(request, "applications/return.html", context, status=status)


def _page(request: SignedInRequest, application: Application, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    at = timezone.now()
    found = (
        with_parts(Application.objects.for_user(request.user, Permission.SIGN_OFF)).filter(pk=application.pk).first()
    )
    if found is None:  # signed or returned by somebody else meanwhile, and no longer ours to see
        messages.error(request, str(more.get("problem") or "This request no longer waits for you."))
        return redirect("applications:waiting")
    standing = standing_of(found, at=at)
    acting, why_not = None, ""
    try:
        acting = may_sign(found, user=request.user, at=at)
    except services.NotAllowedError as refusal:
        why_not = str(refusal)
    context = {
        "application": found,
        "side": side(standing, at=at),
        "sections": sections(standing, can_change=False),
        "acting": acting,
        "lines": line_rows(standing),
        "why_not": why_not,
        "office": standing.policy.role_title(found.with_role) if found.with_role else "",
        "may_approve_outside": request.user.may(Permission.APPROVE_BEYOND_PANEL),
        "may_tell": request.user.may(Permission.SUBMIT_REQUEST),
        "form": ReasonsForm(),
        "problem": "",
        "refused": [],
        **more,
    }
    return render(request, "applications/sign.html", context, status=status)
