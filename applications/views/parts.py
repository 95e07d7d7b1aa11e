"""The rows of a request's lists: add, change, remove; each is saved on its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from applications import services
from applications.forms import PART_FORMS
from applications.forms.fields import draft_data
from applications.models import Application, DraftText
from applications.queries import standing_of
from people.access import SignedInRequest, requires
from people.permissions import Permission

from .answers import WORDS_OF_LISTS
from .conflicts import answer_conflict
from .showing import mark_read, side, task_url
from .writing import _keep, base_version, mine_to_write, values_of

TASK_OF = {"lines": "lines", "alternatives": "alternatives", "actions": "plan", "funding": "funding", "views": "views"}
NOUNS = {
    "lines": "resource",
    "alternatives": "alternative",
    "actions": "action",
    "funding": "source of money",
    "views": "view",
}


@requires(Permission.WRITE_REQUEST)
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, reference: str, part: str) -> HttpResponse:
    """Add a row to one of the lists."""
    return _row(request, reference, part=part, pk=None)


@requires(Permission.WRITE_REQUEST)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, reference: str, *, part: str, pk: int) -> HttpResponse:
    """Change a row of one of the lists."""
    return _row(request, reference, part=part, pk=pk)


def _row(request: SignedInRequest, reference: str, *, part: str, pk: int | None) -> HttpResponse:
    if part not in services.PARTS:
        raise Http404
    application = mine_to_write(request, reference)
    if not application.is_editable:
        messages.error(request, f"This request is {application.get_state_display()}: it cannot be changed now.")
        return HttpResponseRedirect(application.get_absolute_url())
    model = services.PARTS[part]
    rows = model.objects.for_user(request.user).filter(application=application)  # type: ignore[attr-defined]
    row = get_object_or_404(rows, pk=pk) if pk else model(application=application)
    code = f"{part}-{pk or 'new'}"
    if request.method == "POST":
        return _save(request, application, part=part, row=row, code=code)
    draft = DraftText.objects.for_user(request.user).filter(application=application, group=code).first()
    form = _form(application, part, row=row, data=draft_data(draft.fields) if draft else None)
    if draft:
        form.shown_without_errors()
    mark_read(request, application)
    return _page(request, application, part=part, row=row, form=form, draft=draft)


def _form(application: Application, part: str, *, row: Any, data: Any) -> Any:
    policy = standing_of(application, at=timezone.now()).policy
    return PART_FORMS[part](data, instance=row, application=application, policy=policy)


def _save(request: SignedInRequest, application: Application, *, part: str, row: Any, code: str) -> HttpResponse:
    pk = row.pk
    form = _form(application, part, row=row, data=request.POST)
    if not form.is_valid():
        _keep(request, application, code)
        return _page(request, application, part=part, row=row, form=form, status=422)
    try:
        services.save_part(
            application=application,
            part=part,
            values=values_of(form),
            by=request.user,
            at=timezone.now(),
            pk=pk,
            base_version=base_version(request),
        )
    except services.ConflictError as conflict:
        _keep(request, application, code)
        fresh = mine_to_write(request, application.reference)
        return _page(
            request, fresh, part=part, row=row, form=form, conflict=answer_conflict(conflict, form), status=409
        )
    except services.NotAllowedError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(task_url(application, TASK_OF[part]))
    messages.success(request, f"The {NOUNS[part]} is saved.")
    return HttpResponseRedirect(task_url(application, TASK_OF[part]))


def _page(
    request: SignedInRequest, application: Application, *, part: str, row: Any, form: Any, **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    draft = more.get("draft")
    at = timezone.now()
    standing = standing_of(application, at=at)
    base = draft.base_version if draft else base_version(request) if status == 422 else application.version
    context = {
        "draft": None,
        "conflict": None,
        "saved_at": draft.saved_at if draft else None,
        "application": application,
        "part": part,
        "row": row,
        "form": form,
        "code": f"{part}-{row.pk or 'new'}",
        "noun": NOUNS[part],
        "add_title": WORDS_OF_LISTS[part][4],
        "base": base,
        "side": side(standing, at=at),
        "back": task_url(application, TASK_OF[part]),
        **more,
    }
    return render(request, "applications/row.html", context, status=status)


@requires(Permission.WRITE_REQUEST)
@require_POST
def remove(request: SignedInRequest, reference: str, *, part: str, pk: int) -> HttpResponse:
    """Take a row off one of the lists."""
    if part not in services.PARTS:
        raise Http404
    application = mine_to_write(request, reference)
    try:
        services.remove_part(application=application, part=part, pk=pk, by=request.user, at=timezone.now())
        messages.success(request, f"The {NOUNS[part]} is removed.")
    except services.NotAllowedError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(application.get_absolute_url())
    return HttpResponseRedirect(task_url(application, TASK_OF[part]))
