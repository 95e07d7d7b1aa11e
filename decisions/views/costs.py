"""Cost parts that wait for the office the policy names: figures and references, nothing of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from decisions import services
from decisions.forms import CostForm
from decisions.models import Decision
from decisions.queries.costs import costs_waiting, written_meanwhile
from decisions.queries.funding import shares_in_words
from decisions.queries.money import with_dates
from decisions.services import DecisionRefusedError
from people.access import SignedInRequest, requires
from people.permissions import Permission

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict


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
    form = _form(decision, "", typed=request.POST)
    if not form.is_valid():
        if written := written_meanwhile(decision):
            messages.error(request, written)
        return _shown(request, refused=reference)
    try:
        services.record_cost(decision=decision, words=form.cleaned_data["words"], by=request.user, at=timezone.now())
    except DecisionRefusedError as refusal:
        messages.error(request, str(refusal))
        return _shown(request, refused=reference)
    messages.success(request, f"The cost part of minute {decision.minute_number} is written.")
    return redirect("decisions:costs")


def _form(decision: Decision, hint: str, *, typed: QueryDict | None = None) -> CostForm:
    return CostForm(typed, minute=decision.minute_number, hint=hint)


def _shown(request: SignedInRequest, *, refused: str = "") -> HttpResponse:
    rows: list[dict[str, Any]] = []
    wrong = None
    for decision, answer in costs_waiting(request.user, at=timezone.now()):
        is_wrong = decision.reference == refused
        hint = f"Budget, rate and period. {answer.sentence} {answer.clause or ''}".strip()
        form = _form(decision, hint, typed=request.POST if is_wrong else None)
        wrong = form if is_wrong else wrong
        lines = [line | {"paid_by": shares_in_words(line.get("shares", ()))} for line in with_dates(decision.lines)]
        rows.append({"decision": decision, "form": form, "lines": lines})
    lost = request.POST.get("words", "").strip() if refused and wrong is None else ""
    context = {"rows": rows, "wrong": wrong, "lost": lost}
    return render(request, "decisions/costs.html", context, status=422 if refused else 200)
