"""What else may be done with a request: withdraw it, agree to that, accept it as ready, open it again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from applications import services
from applications.forms import AgreeForm, WithdrawForm
from applications.models import Application
from applications.queries import policy_under, with_parts
from applications.services.withdrawing import office_that_agrees
from applications.states import IllegalStepError
from people.access import SignedInRequest, requires
from people.permissions import Permission

from .showing import mark_read

REFUSALS = (services.NotAllowedError, services.StaleError, IllegalStepError)


@requires(Permission.SUBMIT_REQUEST)
@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """Withdraw a request, or ask for the agreement the policy wants."""
    found = with_parts(Application.objects.for_user(request.user, Permission.SUBMIT_REQUEST))
    application: Application = get_object_or_404(found, reference=reference)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    at = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            done = services.withdraw(
                application=application, reasons=form.cleaned_data["reasons"], by=request.user, at=at
            )
        except REFUSALS as refusal:
            messages.error(request, str(refusal))
        else:
            asked = done.withdrawal_asked_at and done.state != "withdrawn"
            messages.success(
                request,
                "Withdrawal is asked for; until it is agreed the request goes on."
                if asked
                else "The request is withdrawn.",
            )
        return redirect(application)
    mark_read(request, application)
    office, rule = office_that_agrees(application, at=at)
    policy = policy_under(application, at=at)
    context = {
        "application": application,
        "form": form,
        "office": policy.role_title(office) if office else "",
        "clause": policy.clause(rule) if rule else "",
        "rule": rule,
    }
    return render(request, "applications/withdraw.html", context, status=422 if form.errors else 200)


@requires(Permission.SIGN_OFF)
@require_http_methods(["GET", "POST"])
def agree(request: SignedInRequest, reference: str) -> HttpResponse:
    """Agree to a withdrawal, or refuse it with reasons."""
    found = with_parts(Application.objects.for_user(request.user, Permission.SIGN_OFF))
    application: Application = get_object_or_404(found, reference=reference)
    form = AgreeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            if form.cleaned_data["answer"] == "agree":
                services.agree_withdrawal(application=application, by=request.user, at=at)
                messages.success(request, "The request is withdrawn.")
            else:
                services.refuse_withdrawal(
                    application=application, reasons=form.cleaned_data["reasons"], by=request.user, at=at
                )
                messages.success(request, "The request goes on.")
        except REFUSALS as refusal:
            messages.error(request, str(refusal))
        return redirect(application)
    mark_read(request, application)
    return render(
        request,
        "applications/agree.html",
        {"application": application, "form": form},
        status=422 if form.errors else 200,
    )


@requires(Permission.BUILD_AGENDA)
@require_POST
def accept(request: SignedInRequest, reference: str) -> HttpResponse:
    """Accept a submitted request as ready for an agenda."""
    application = get_object_or_404(
        Application.objects.for_user(request.user, Permission.BUILD_AGENDA), reference=reference
    )
    try:
        services.accept(application=application, by=request.user, at=timezone.now())
        messages.success(request, "The request is ready for an agenda.")
    except services.RefusedError as refusal:
        messages.error(request, f"Not yet: {refusal}")
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect(application)


@requires(Permission.SUBMIT_REQUEST)
@require_POST
def reopen(request: SignedInRequest, reference: str) -> HttpResponse:
    """Open a deferred request for editing."""
    application = get_object_or_404(
        Application.objects.for_user(request.user, Permission.SUBMIT_REQUEST), reference=reference
    )
    try:
        services.reopen(application=application, by=request.user, at=timezone.now())
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect(application)
    return redirect("applications:tasks", reference)
