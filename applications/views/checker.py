"""Does this need to go to panel? A few questions, an answer with its clauses; nothing is kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from applications import services
from applications.forms import ChooseChildForm
from applications.forms.checker import CheckerForm
from applications.models import Child
from applications.queries.checker import Answer, ask
from panels.policy import Policy
from panels.policy.said import label
from panels.rules import Approval, Finding
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
        return render(request, "applications/checker.html", {**context, "further": form.typed()}, status=422)
    answer = ask(
        form.case(at=at), form.answers(), policy=policy, askable=frozenset(form.paths), user=request.user, at=at
    )
    context |= {
        "answer": answer,
        "verdict": verdict_words(answer),
        "further": form.further(answer.asked),
        "open": form.further(answer.open),
        "signatures": signatures(answer),
        "findings": findings(answer),
        "today": timezone.localdate(at),
        "may_write": request.user.may(Permission.WRITE_REQUEST),
        "carried": carried(request, form),
    }
    return render(request, "applications/checker.html", context)


def carried(request: SignedInRequest, form: CheckerForm) -> list[tuple[str, str]]:
    """What was typed, to be posted again from another form of the page: only names the form knows."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if any(name == known or name.startswith(f"{known}_") for known in form.fields)
        for value in values[:20]
    ]


@requires(Permission.WRITE_REQUEST)
@require_POST
def checker_start(request: SignedInRequest) -> HttpResponse:
    """Begin a request with the resource that was checked: the child is chosen here, the rest is taken along."""
    at = timezone.now()
    try:
        _, policy = policy_for(council=request.council, on=timezone.localdate(at))
    except NoPolicyError:
        return render(request, "panels/no_policy.html")
    form = CheckerForm(request.POST, policy=policy)
    if not form.is_valid():
        context = {"form": form, "first": form.first(), "further": form.typed(), "policy": policy, "answer": None}
        return render(request, "applications/checker.html", context, status=422)
    is_chosen = "child" in request.POST
    choice = ChooseChildForm(request.POST if is_chosen else None, children=Child.objects.for_user(request.user))
    if not is_chosen or not choice.is_valid():
        context = {"form": choice, "carried": carried(request, form), "what": label(form.cleaned_data["category"])}
        return render(request, "applications/checker_start.html", context, status=422 if is_chosen else 200)
    application = services.create_draft(child=choice.cleaned_data["child"], by=request.user, at=at)
    services.save_part(application=application, part="lines", values=form.line(), by=request.user, at=at)
    if facts := form.circumstances():
        services.save_group(
            application=application,
            group="facts",
            base_version=application.version,
            values=facts,
            by=request.user,
            at=at,
        )
    return redirect("applications:tasks", application.reference)


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
            "text": "It depends on the questions below."
            if answer.open
            else "Fill in the cost, the days and the child’s status.",
        },
    }[verdict.remit]


def findings(answer: Answer) -> list[Finding]:
    """What the rules say beyond the verdict and the signatures, which stand by themselves; those that stop first."""
    told = {ground.rule for ground in answer.grounds} | {approval.rule for approval in answer.approvals}
    order = {"block": 0, "route": 1, "warn": 2, "inform": 3}
    stops = [f for f in answer.assessment.findings if f.rule not in told or f.effect == "block"]
    return sorted((f for f in stops if f.rule not in {g.rule for g in answer.grounds}), key=lambda f: order[f.effect])


def _said(policy: Policy, approval: Approval) -> str:
    entry = policy.entry(approval.rule)
    said = next((a.says for a in entry.approvals if a.role == approval.role and a.stage == approval.stage), None)
    return said or entry.means


def signatures(answer: Answer) -> list[dict[str, str]]:
    """Who has to sign or agree, when, on which clause."""
    return [
        {
            "title": answer.policy.role_title(approval.role),
            "when": STAGES[approval.stage],
            "means": _said(answer.policy, approval),
            "clause": answer.policy.clause(approval.rule),
            "rule": approval.rule,
        }
        for approval in answer.approvals
    ]
