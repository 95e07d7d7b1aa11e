"""Does this need to go to panel? A few questions, an answer with its clauses; nothing is kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applications.forms.checker import CheckerForm
from applications.forms.words import label
from applications.queries.checker import Answer, ask
from panels.policy import Policy
from panels.services import NoPolicyError, policy_for
from people.access import SignedInRequest, requires
from people.permissions import Permission

STAGES = {
    "before_submission": "Before it is sent",
    "before_provider_contact": "Before a provider is asked",
    "before_commitment": "Before money is promised",
    "after_panel": "After the panel",
    "outside_panel": "Outside the panel",
}


@requires(Permission.SIGNED_IN)
@require_http_methods(["GET", "POST"])
def checker(request: SignedInRequest) -> HttpResponse:
    """Ask, answer, ask again what the rules still want to know. Posted, so that no answer stands in an address."""
    at = timezone.now()
    try:
        _, policy = policy_for(council=request.council, on=timezone.localdate(at))
    except NoPolicyError:
        return render(request, "panels/no_policy.html")
    area = request.user.team.area if request.user.team else ""
    form = CheckerForm(request.POST if request.method == "POST" else None, policy=policy, area=area)
    context: dict[str, Any] = {"form": form, "first": form.first(), "policy": policy, "answer": None}
    if not form.is_bound:
        return render(request, "applications/checker.html", context)
    if not form.is_valid():
        return render(request, "applications/checker.html", {**context, "further": form.wrong()}, status=422)
    answer = ask(
        form.case(at=at), form.answers(), policy=policy, askable=frozenset(form.paths), user=request.user, at=at
    )
    context |= {
        "answer": answer,
        "verdict": verdict_words(answer),
        "further": form.further(answer.asked),
        "open": form.further(answer.open),
        "signatures": signatures(answer),
        "findings": [f for f in answer.assessment.findings if f.rule not in {g.rule for g in answer.grounds}],
        "today": timezone.localdate(at),
        "may_write": request.user.may(Permission.WRITE_REQUEST),
    }
    return render(request, "applications/checker.html", context)


def panel_name(policy: Policy, slug: str | None) -> str:
    """A panel's name, or the code in words where it is nobody's policy here."""
    if slug and policy.has_panel(slug):
        return policy.panel(slug).name
    return label((slug or "another panel").replace("-", "_"))


def verdict_words(answer: Answer) -> dict[str, str]:
    """The verdict as a heading, what follows from it, and the state that colours its tag."""
    verdict = answer.assessment
    name = panel_name(answer.policy, verdict.panel)
    stopped = verdict.remit == "in" and not verdict.can_submit
    return {
        "in": {
            "state": "ready",
            "tag": "Goes to panel",
            "heading": f"Yes: it goes to {name}",
            "text": "As described, something stands in the way of sending it: see below." if stopped else "",
        },
        "out": {
            "state": "draft",
            "tag": "Not for panel",
            "heading": "No: it need not go to panel",
            "text": "The panel does not hear it. Your service agrees to it by its own scheme of delegation.",
        },
        "excluded": {
            "state": "refused",
            "tag": "Not funded",
            "heading": "No: the panel does not fund this",
            "text": "The council’s rules rule it out as described.",
        },
        "other_panel": {
            "state": "pending",
            "tag": "Another panel",
            "heading": f"It goes to another panel: {panel_name(answer.policy, verdict.route_to)}",
            "text": "",
        },
        "unknown": {
            "state": "draft",
            "tag": "Not known yet",
            "heading": "It cannot be said yet",
            "text": "It depends on the questions below." if answer.open else "Fill in the cost, the days and the child’s status.",
        },
    }[verdict.remit]


def signatures(answer: Answer) -> list[dict[str, str]]:
    """Who has to sign or agree, when, on which clause."""
    return [
        {
            "title": answer.policy.role_title(approval.role),
            "when": STAGES[approval.stage],
            "means": answer.policy.entry(approval.rule).means,
            "clause": answer.policy.clause(approval.rule),
            "rule": approval.rule,
        }
        for approval in answer.approvals
    ]
