"""Pages of accounts, for system administrators: who signs in. No page here shows anything of a case."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.access import SignedInRequest, requires
from people.forms.accounts import AccountFilter, AccountForm, NewAccountForm
from people.models import RoleHeld, RoleProposal, User
from people.permissions import Permission
from people.services.accounts import (
    AccountRefusedError,
    change_account,
    close_account,
    make_account,
    reopen_account,
    replace_password,
)
from people.views.people import page_of


def _posted(request: SignedInRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, even nothing at all; not bound on any other request."""
    return request.POST if request.method == "POST" else None


@requires(Permission.MANAGE_USERS)
@require_safe
def accounts(request: SignedInRequest) -> HttpResponse:
    """Every account of the council, open or closed, with its offices."""
    today = timezone.localdate()
    offices = RoleHeld.objects.for_user(request.user).not_over(today).order_by("role", "since")
    everybody = User.objects.for_user(request.user).select_related("team")
    found = AccountFilter(request.GET, everybody.prefetch_related(Prefetch("roles", offices)), request=request)
    waiting = RoleProposal.objects.for_user(request.user).waiting().count()
    context = {"filter": found, "page": page_of(request, found.qs), "today": today, "waiting": waiting}
    return render(request, "people/accounts.html", context)


@requires(Permission.MANAGE_USERS)
@sensitive_variables("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: SignedInRequest) -> HttpResponse:
    """Make an account; its first password is shown once, on the page that answers."""
    form = NewAccountForm(_posted(request), user=request.user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                person, password = make_account(
                    council=request.council, **form.cleaned_data, by=request.user, at=timezone.now()
                )
            except AccountRefusedError as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                return _password_page(request, person, password, title="The account is made")
    return render(request, "people/account_new.html", {"form": form}, status=status)


def _password_page(request: SignedInRequest, person: User, password: str, *, title: str) -> HttpResponse:
    context = {"person": person, "password": password, "title": title}
    return render(request, "people/account_password.html", context)


def _person(request: SignedInRequest, pk: int) -> User:
    person: User = get_object_or_404(User.objects.for_user(request.user).select_related("team", "council"), pk=pk)
    return person


@requires(Permission.MANAGE_USERS)
@require_safe
def account(request: SignedInRequest, pk: int) -> HttpResponse:
    """One account: what it says, its offices, those proposed."""
    person = _person(request, pk)
    offices = RoleHeld.objects.for_user(request.user).filter(user=person).select_related("team", "granted_by")
    proposals = RoleProposal.objects.for_user(request.user).filter(user=person)
    context = {
        "person": person,
        "offices": offices.order_by("-since", "role"),
        "proposals": proposals.select_related("team", "proposed_by", "decided_by"),
        "today": timezone.localdate(),
        "is_own": person.pk == request.user.pk,
    }
    return render(request, "people/account.html", context)


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put right what an account says."""
    person = _person(request, pk)
    initial = {name: getattr(person, name) for name in ("first_name", "last_name", "email", "job_title", "team")}
    form = AccountForm(_posted(request), user=request.user, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                change_account(user=person, **form.cleaned_data, by=request.user, at=timezone.now())
            except AccountRefusedError as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                messages.success(request, "The account is changed.")
                return redirect("people:account", person.pk)
    return render(request, "people/account_change.html", {"form": form, "person": person}, status=status)


@requires(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what closing an account does, and close it."""
    person = _person(request, pk)
    problem = ""
    if request.method == "POST":
        try:
            close_account(user=person, by=request.user, at=timezone.now())
        except AccountRefusedError as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"The account of {person} is closed. Its sessions and offices have ended.")
            return redirect("people:account", person.pk)
    context = {"person": person, "problem": problem}
    return render(request, "people/account_close.html", context, status=409 if problem else 200)


@requires(Permission.MANAGE_USERS)
@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a closed account again; its first password is shown once."""
    return _new_password(request, pk, reopen_account, title="The account is open again")


@requires(Permission.MANAGE_USERS)
@require_POST
def new_password(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a first password for somebody who forgot theirs; it is shown once."""
    return _new_password(request, pk, replace_password, title="The password is replaced")


@sensitive_variables("password")
def _new_password(request: SignedInRequest, pk: int, make: Callable[..., str], *, title: str) -> HttpResponse:
    person = _person(request, pk)
    try:
        password = make(user=person, by=request.user, at=timezone.now())
    except AccountRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("people:account", person.pk)
    return _password_page(request, person, password, title=title)
