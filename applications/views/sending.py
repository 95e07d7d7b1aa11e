"""Checking one's answers, declaring, sending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applications import services
from applications.forms import DeclareForm
from applications.models import Application
from applications.queries import Standing, chain_of, standing_of
from people.access import SignedInRequest, requires
from people.permissions import Permission

from .answers import sections
from .showing import finding_rows, mark_read, side, task_url
from .writing import mine_to_write


@requires(Permission.SUBMIT_REQUEST)
@require_http_methods(["GET", "POST"])
def check(request: SignedInRequest, reference: str) -> HttpResponse:
    """Everything that was written, what still stands in the way, and the declaration that sends it."""
    at = timezone.now()
    refused: dict[str, Any] = {}
    given = DeclareForm(request.POST if request.method == "POST" else None, may_skip=True)
    if given.is_valid():
        # The service reads the request under its lock and judges it: nothing of it is read for that here.
        found = Application.objects.for_user(request.user, Permission.WRITE_REQUEST)
        application = get_object_or_404(found, reference=reference)
        try:
            sent = services.submit(
                application=application,
                by=request.user,
                at=at,
                skip_notes=given.cleaned_data["skip_notes"] == "skip",
            )
        except services.IncompleteError as gaps:
            refused = {"gaps": [{"text": gap.label, "url": task_url(application, gap.task)} for gap in gaps.missing]}
        except services.RefusedError as refusal:
            refused = {"findings": [finding.as_json() for finding in refusal.findings]}
        except services.NotAllowedError as refusal:
            messages.error(request, str(refusal))
            return redirect(application)
        else:
            messages.success(request, f"The request is sent. It is now {sent.get_state_display()}.")
            return redirect(sent)
    application = mine_to_write(request, reference)
    if not application.is_editable:
        return redirect(application)
    mark_read(request, application)
    standing = standing_of(application, at=at)
    form = DeclareForm(request.POST if request.method == "POST" else None, may_skip=_may_skip(standing))
    context = {
        "application": application,
        "form": form,
        "sections": sections(standing, can_change=True),
        "refused": refused,
        "side": side(standing, at=at),
        "stops": [f for f in finding_rows(standing) if f["effect"] == "block"],
    }
    return render(request, "applications/check.html", context, status=422 if refused or form.errors else 200)


def _may_skip(standing: Standing) -> bool:
    chain = chain_of(standing.application, policy=standing.policy, assessment=standing.assessment)
    return any(not step.needed and not step.given for step in chain)
