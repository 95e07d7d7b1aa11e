"""Signing in and out, staying, changing a password."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from people.access import BEGAN, SEEN, SignedInRequest, open_to_all, requires
from people.forms.session import PasswordChangeForm, SignInForm
from people.models import KeptForm, User
from people.models.record import Verb
from people.permissions import Permission
from people.services import TooManyTriesError, confirm_password, record
from people.services.accounts import change_password
from people.services.passwords import sign_in as check_sign_in

logger = logging.getLogger(__name__)
DEVICE = "device"  # a cookie that says which accounts have signed in on this device before
DEVICE_AGE = 60 * 60 * 24 * 180
WRONG = "The user name or the password is wrong"


@open_to_all
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; the same answer for an unknown name and a wrong password."""
    following = _safe_next(request)
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(following or settings.LOGIN_REDIRECT_URL)
        return _page(request, SignInForm(), following)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, following, status=422)
    now = timezone.now()
    try:
        user = check_sign_in(
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            address=request.META.get("REMOTE_ADDR", ""),
            at=now,
            known_device=_known_device(request, form.cleaned_data["username"]),
        )
    except TooManyTriesError as refusal:
        form.add_error(None, str(refusal))
        response = _page(request, form, following, status=429)
        response["Retry-After"] = str(refusal.seconds)
        return response
    if user is None:
        logger.warning("sign-in refused")
        form.add_error("password", WRONG)
        return _page(request, form, following, status=422)
    return _let_in(request, user, following)


def _let_in(request: HttpRequest, user: User, following: str) -> HttpResponse:
    now = timezone.now()
    login(request, user)
    request.session[BEGAN] = request.session[SEEN] = int(now.timestamp())
    if user.council is not None:
        record(
            council=user.council,
            by=user,
            at=now,
            verb=Verb.CONSULTATION,
            action="session.began",
            subject="user",
            subject_ref=str(user.pk),
        )
    has_kept = KeptForm.objects.for_user(user).waiting().exists()
    response = redirect("people:kept" if has_kept else following or settings.LOGIN_REDIRECT_URL)
    known = [*[m for m in _devices(request) if m != _mark(user.username)], _mark(user.username)][-10:]
    response.set_cookie(
        DEVICE,
        signing.dumps(known, salt=DEVICE),
        max_age=DEVICE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _page(request: HttpRequest, form: SignInForm, following: str, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": following, "has_ended": "ended" in request.GET}
    return render(request, "people/sign_in.html", context, status=status)


def _safe_next(request: HttpRequest) -> str:
    """Where to go on to: an address of this house, or nowhere."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours and address.startswith("/") and "\x00" not in address else ""


def _mark(username: str) -> str:
    return hashlib.sha256(username.strip().casefold().encode()).hexdigest()[:32]


def _devices(request: HttpRequest) -> list[str]:
    try:
        known: Any = signing.loads(request.COOKIES.get(DEVICE, ""), salt=DEVICE, max_age=DEVICE_AGE)
    except signing.BadSignature:
        return []
    return [str(mark) for mark in known] if isinstance(known, list) else []


def _known_device(request: HttpRequest, username: str) -> str:
    """The proof that this account signed in on this device before; it is part of the counter's name."""
    return request.COOKIES[DEVICE] if _mark(username) in _devices(request) else ""


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and ask the browser to forget what it holds of this house."""
    logout(request)
    response = redirect(resolve_url(settings.LOGOUT_REDIRECT_URL))
    response["Clear-Site-Data"] = '"cache", "storage"'
    response["Cache-Control"] = "no-store"
    return response


@requires(Permission.SIGNED_IN)
@require_POST
def stay(request: SignedInRequest) -> HttpResponse:
    """Note a sign of life, from the warning's button or while somebody types."""
    request.session[SEEN] = int(timezone.now().timestamp())
    if request.headers.get("Sec-Fetch-Mode") == "navigate":
        return redirect(settings.LOGIN_REDIRECT_URL)
    return HttpResponse(status=204)


@requires(Permission.SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: SignedInRequest) -> HttpResponse:
    """Change one's password: the current one is asked for, other sessions end."""
    form = PasswordChangeForm(request.POST or None, user=request.user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _confirmed(request, form):
            change_password(user=request.user, password=form.cleaned_data["new_password"], at=timezone.now())
            update_session_auth_hash(request, request.user)
            messages.success(request, "Your password is changed. Other devices are signed out.")
            return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "people/password.html", {"form": form}, status=status)


def _confirmed(request: SignedInRequest, form: PasswordChangeForm) -> bool:
    try:
        if confirm_password(user=request.user, password=form.cleaned_data["old_password"], at=timezone.now()):
            return True
        form.add_error("old_password", "The current password is wrong")
    except TooManyTriesError as refusal:
        form.add_error("old_password", str(refusal))
    return False
