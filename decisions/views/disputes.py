"""Disagreeing with a decision: a step is opened, and ended, on the decision's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from decisions import services
from decisions.models import Dispute
from decisions.services import DecisionRefusedError
from decisions.views.found import decision_or_404
from decisions.views.minutes import Wrong, show_decision
from people.access import SignedInRequest, requires
from people.permissions import Permission

if TYPE_CHECKING:
    from django.http import HttpResponse

    from decisions.models import Decision


def _typed(request: SignedInRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")


@require_POST
@requires(Permission.SEE_NARRATIVE)
def raised(request: SignedInRequest, reference: str) -> HttpResponse:
    """Open a step; refused, the page comes back with the reason and the words."""
    decision = decision_or_404(request, reference)
    raised_by, _, code = _typed(request, "step").partition(":")
    words = _typed(request, "words")
    try:
        services.raise_dispute(
            decision=decision, code=code, raised_by=raised_by, words=words, by=request.user, at=timezone.now()
        )
    except DecisionRefusedError as refusal:
        return _refused(request, decision, step=f"{raised_by}:{code}", refusal=refusal, words=words)
    messages.success(request, "The disagreement is on record.")
    return redirect("decisions:decision", decision.reference)


@require_POST
@requires(Permission.SEE_NARRATIVE)
def ended(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """End a step with words."""
    decision = decision_or_404(request, reference)
    found = Dispute.objects.for_user(request.user).select_related("decision__policy_version", "decision__council")
    dispute = get_object_or_404(found, pk=number, decision=decision)
    result = _typed(request, "result")
    try:
        services.end_dispute(dispute=dispute, result=result, by=request.user, at=timezone.now())
    except DecisionRefusedError as refusal:
        return _refused(request, decision, step=f"{dispute.raised_by}:{dispute.code}", refusal=refusal, words=result)
    messages.success(request, "The step has ended.")
    return redirect("decisions:decision", decision.reference)


def _refused(
    request: SignedInRequest, decision: Decision, *, step: str, refusal: DecisionRefusedError, words: str
) -> HttpResponse:
    return show_decision(request, decision, wrong=Wrong("step", step, str(refusal), words), status=422)
