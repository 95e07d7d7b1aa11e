"""What the policy wants done after a decision, ticked with words that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from decisions import services
from decisions.models import Duty
from decisions.services import DecisionRefusedError
from decisions.views.found import decision_or_404
from decisions.views.minutes import Wrong, show_decision
from people.access import SignedInRequest, requires
from people.permissions import Permission

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_POST
@requires(Permission.BUILD_AGENDA)
def done(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """Tick one thing off; without words the page comes back and says so."""
    decision = decision_or_404(request, reference)
    duty = get_object_or_404(Duty.objects.for_user(request.user), pk=number, decision=decision)
    evidence = request.POST.get("evidence", "").replace("\x00", "")
    try:
        services.do_duty(duty=duty, evidence=evidence, by=request.user, at=timezone.now())
    except DecisionRefusedError as refusal:
        return show_decision(request, decision, wrong=Wrong("duty", str(duty.pk), str(refusal), evidence), status=422)
    messages.success(request, f"Noted: {duty.title}.")
    return redirect("decisions:decision", decision.reference)
