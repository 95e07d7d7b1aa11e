"""Cost parts that wait for the office the policy names: figures and references, nothing of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from decisions import services
from decisions.models import Decision
from decisions.queries.costs import costs_waiting
from decisions.queries.funding import shares_in_words
from decisions.queries.money import with_dates
from decisions.services import DecisionRefusedError
from people.access import SignedInRequest, requires
from people.permissions import Permission

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_GET
@requires(Permission.SEE_LEDGER)
def costs(request: SignedInRequest) -> HttpResponse:
    """What waits, the oldest first, each with a box for what its cost rests on."""
    return _shown(request)


@require_POST
@requires(Permission.SEE_LEDGER)
def confirm(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write the cost part of one decision; refused, the page comes back with the reason and what was typed."""
    decision = get_object_or_404(Decision.objects.for_user(request.user, Permission.SEE_LEDGER), reference=reference)
    words = request.POST.get("words", "").replace("\x00", "")
    try:
        services.record_cost(decision=decision, words=words, by=request.user, at=timezone.now())
    except DecisionRefusedError as refusal:
        return _shown(request, refused=(reference, str(refusal), words))
    messages.success(request, f"The cost part of minute {decision.minute_number} is written.")
    return redirect("decisions:costs")


def _shown(request: SignedInRequest, *, refused: tuple[str, str, str] | None = None) -> HttpResponse:
    waiting = costs_waiting(request.user, at=timezone.now())
    rows = [
        {
            "decision": decision,
            "sentence": answer.sentence,
            "clause": answer.clause,
            "lines": [
                line | {"paid_by": shares_in_words(line.get("shares", ()))} for line in with_dates(decision.lines)
            ],
            "error": refused[1] if refused and refused[0] == decision.reference else "",
            "typed": refused[2] if refused and refused[0] == decision.reference else "",
        }
        for decision, answer in waiting
    ]
    if refused and not any(row["error"] for row in rows):
        messages.error(request, refused[1])
    return render(request, "decisions/costs.html", {"rows": rows}, status=422 if refused else 200)
