"""Approving outside the panel: the officer's page, what was agreed by telephone, what the panel has still to see."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.models import Application
from applications.queries import with_parts
from applications.queries.lists import holder_of
from applications.states import OUTSIDE, TOLD_BY_TELEPHONE
from decisions.forms import ApproveOutsideForm, TelephoneAnswerForm, TelephoneForm
from decisions.models import OutsideApproval
from decisions.models.outside import OPEN
from decisions.queries import outside as questions
from decisions.queries.money import with_dates
from decisions.services import DecisionRefusedError, PasswordWrongError, outside
from decisions.states import OutsideState
from panels.services import policy_of
from people import services as people
from people.access import SignedInRequest, requires
from people.permissions import Permission

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from decisions.queries.outside import Offer

MOST = 200


def _request(request: SignedInRequest, reference: str, permission: Permission) -> Application:
    """A request over which somebody holds a permission, with its parts; the look at it is put on record."""
    seen = with_parts(Application.objects.for_user(request.user, permission)).prefetch_related(
        "outside_approvals__agreed_by"
    )
    found: Application = get_object_or_404(seen, reference=reference)
    _note_read(request, found, "outside")
    return found


def _note_read(request: SignedInRequest, application: Application, page: str) -> None:
    people.note_read(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_ref=application.reference,
        facts={"page": page},
    )


@requires(Permission.APPROVE_BEYOND_PANEL)
@require_http_methods(["GET", "POST"])
def approve(request: SignedInRequest, reference: str) -> HttpResponse:
    """What an officer approves outside the panel: the ask, the cost, the rules; signed with their password."""
    application = _request(request, reference, Permission.SEE_NARRATIVE)
    now = timezone.now()
    leave, acting, offer = questions.may_approve(questions.offer_of(application, at=now), user=request.user, at=now)
    form = ApproveOutsideForm(
        request.POST if request.method == "POST" else None,
        consults=_consults(offer),
        initial={"seen_version": application.version},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                given = outside.approve(
                    application=application,
                    reason=form.cleaned_data["reason"],
                    consulted=form.talked(),
                    password=form.cleaned_data["password"],
                    seen_version=form.cleaned_data["seen_version"],
                    by=request.user,
                    at=now,
                )
            except DecisionRefusedError as refusal:
                _show(form, refusal)
            except PasswordWrongError as wrong:
                form.add_error("password", str(wrong))
            except outside.AlreadyApprovedError as late:
                return _late(request, late)
            else:
                messages.success(request, "Approved outside the panel. The worker and the administrator will be told.")
                return redirect(given)
    context = _offered(request, offer, now=now) | {
        "form": form,
        "leave": leave,
        "acting": acting,
        "may_approve": leave.allowed and application.state in OUTSIDE,
    }
    return render(request, "decisions/outside/approve.html", context, status=status)


def _consults(offer: Offer) -> list[tuple[str, str]]:
    return [(role, offer.policy.role_title(role)) for role in (offer.route.consults if offer.route else ())]


def _late(request: SignedInRequest, late: outside.AlreadyApprovedError) -> HttpResponse:
    """Lead to the approval that stands."""
    messages.error(request, str(late))
    return redirect(late.approval)


def _show(form: forms.Form, refusal: DecisionRefusedError) -> None:
    for reason in refusal.refusals:
        words = f"{reason.message} ({reason.clause})" if reason.clause else reason.message
        form.add_error(reason.field if reason.field in form.fields else None, words)


def _offered(request: SignedInRequest, offer: Offer, *, now: datetime) -> dict[str, Any]:
    """What both pages show of a request: the ask, what it costs, until when, what the rules say."""
    application = offer.application
    about = {entry.id for entry in offer.policy.entries if entry.topic == "out-of-panel"}
    order = {"block": 0, "route": 1, "warn": 2, "inform": 3}
    findings = sorted(offer.assessment.findings, key=lambda finding: order[finding.effect])
    newest = questions.newest(application)
    return {
        "application": application,
        "holder": holder_of(application),
        "offer": offer,
        "cost": questions.cost_of(offer, at=now),
        "asked": [(offer.policy.role_title(a.role), offer.policy.clause(a.rule), a.rule) for a in _once(offer)],
        "clause": offer.policy.clause(offer.route.rule) if offer.route else "",
        "reading": offer.route.reading if offer.route else "",
        "then": OutsideApproval.Then(offer.then).label,
        "findings": [f for f in findings if f.rule in about],
        "other_findings": [f for f in findings if f.rule not in about and f.effect != "inform"],
        "open_one": newest if newest and newest.state in OPEN else None,
        "today": timezone.localdate(now),
        "is_emergency": bool(application.facts.get("emergency")),
        "may_tell": request.user.may(Permission.SUBMIT_REQUEST),
    }


def _once(offer: Offer) -> list[Any]:
    """Each office that is asked, once, with the first clause that names it."""
    first: dict[str, Any] = {}
    for approval in offer.asked:
        first.setdefault(approval.role, approval)
    return list(first.values())


@requires(Permission.SUBMIT_REQUEST)
@require_http_methods(["GET", "POST"])
def telephone(request: SignedInRequest, reference: str) -> HttpResponse:
    """Put on record what an officer agreed by telephone; nothing stops it, and the officer is asked to confirm."""
    application = _request(request, reference, Permission.SUBMIT_REQUEST)
    now = timezone.now()
    offer = questions.offer_of(application, at=now)
    form = TelephoneForm(
        request.POST if request.method == "POST" else None,
        consults=_consults(offer),
        viewer=request.user,
        asks_kind=not application.facts.get("emergency"),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                told = outside.record_telephone(
                    application=application,
                    officer=data["officer"],
                    agreed_at=data["agreed_at"],
                    kind=data.get("kind", ""),
                    reason=data["reason"],
                    consulted=form.talked(),
                    by=request.user,
                    at=now,
                )
            except DecisionRefusedError as refusal:
                _show(form, refusal)
            except outside.AlreadyApprovedError as late:
                return _late(request, late)
            else:
                messages.success(request, f"On record. {told.agreed_by} is asked to confirm it.")
                return redirect(told)
    context = _offered(request, offer, now=now) | {
        "form": form,
        "may_record": application.state in TOLD_BY_TELEPHONE,
    }
    return render(request, "decisions/outside/telephone.html", context, status=status)


def _approval(request: SignedInRequest, reference: str) -> OutsideApproval:
    seen = OutsideApproval.objects.for_user(request.user).select_related(
        "application__child",
        "application__worker",
        "application__panel",
        "agreed_by",
        "covering_for",
        "recorded_by",
        "confirmed_by",
        "settled_by",
        "decision",
        "policy_version",
        "follows",
        "followed_by",
    )
    return get_object_or_404(seen, reference=reference)


@requires(Permission.SEE_NARRATIVE)
@require_GET
def approval(request: SignedInRequest, reference: str) -> HttpResponse:
    """One approval outside the panel with everything it rests on, and what became of it."""
    return _page(request, _approval(request, reference), TelephoneAnswerForm())


@requires(Permission.SIGN_OFF)
@require_POST
def answer(request: SignedInRequest, reference: str) -> HttpResponse:
    """The officer's word on what was recorded in their name."""
    found = _approval(request, reference)
    form = TelephoneAnswerForm(request.POST)
    if form.is_valid():
        try:
            outside.answer_telephone(
                approval=found,
                agrees=form.cleaned_data["agrees"] == "yes",
                words=form.cleaned_data["words"],
                password=form.cleaned_data["password"],
                by=request.user,
                at=timezone.now(),
            )
        except DecisionRefusedError as refusal:
            _show(form, refusal)
        except PasswordWrongError as wrong:
            form.add_error("password", str(wrong))
        else:
            messages.success(request, "Your word is on record.")
            return redirect(found)
    return _page(request, found, form, status=422)


def _page(
    request: SignedInRequest, found: OutsideApproval, form: TelephoneAnswerForm, *, status: int = 200
) -> HttpResponse:
    _note_read(request, found.application, "outside_approval")
    policy = policy_of(found.policy_version)
    rules = {entry.id for entry in policy.entries if entry.topic == "out-of-panel"}
    context = {
        "approval": found,
        "application": found.application,
        "title": policy.role_title(found.role) if found.role else "",
        "named": policy.role_title(policy_role(found)) if policy_role(found) else "",
        "clause": policy.clause(found.rule) if found.rule else "",
        "lines": with_dates(found.lines),
        "commitments": found.commitments.all(),
        "consulted": [c | {"at": datetime.fromisoformat(c["at"]) if c["at"] else None} for c in found.consulted],
        "findings": [f for f in found.findings.get("findings", []) if f["rule"] in rules or f["effect"] == "warn"],
        "has_lapsed": found.has_lapsed(timezone.localdate()),
        "may_answer": found.state == OutsideState.TOLD
        and found.confirmed_at is None
        and found.agreed_by_id == request.user.pk,
        "may_open_request": Application.objects.for_user(request.user, Permission.SEE_NARRATIVE)
        .filter(pk=found.application_id)
        .exists(),
        "may_approve_anew": found.application.state in OUTSIDE and request.user.may(Permission.APPROVE_BEYOND_PANEL),
        "form": form,
    }
    return render(request, "decisions/outside/approval.html", context, status=status)


def policy_role(found: OutsideApproval) -> str:
    """The office that the rules had named when it was agreed; blank where they named none."""
    asked = [a["role"] for a in found.findings.get("approvals", []) if a["stage"] == questions.STAGE]
    return asked[0] if asked else ""


@requires(Permission.SEE_NARRATIVE)
@require_GET
def approvals(request: SignedInRequest) -> HttpResponse:
    """What was approved outside the panel: what it has still to see, those that lapsed first, and what it has seen."""
    today = timezone.localdate()
    seen = OutsideApproval.objects.for_user(request.user).select_related(
        "application__child", "application__panel", "agreed_by"
    )
    waiting = list(seen.unsettled().order_by("valid_until", "pk")[:MOST])
    others = list(seen.exclude(pk__in=[row.pk for row in waiting])[:MOST])
    people.note_reads(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_refs=sorted({row.application.reference for row in [*waiting, *others]}),
        facts={"page": "outside"},
    )
    context = {
        "waiting": [(row, row.has_lapsed(today)) for row in waiting],
        "others": [(row, row.has_lapsed(today)) for row in others],
        "sums": questions.unsettled(request.user, on=today),
    }
    return render(request, "decisions/outside/list.html", context)
