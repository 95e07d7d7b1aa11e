"""Writing a request: the task list and one page for each group of fields."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import services
from applications.forms import GROUP_FORMS, ChecklistForm, ChildForm, ChooseChildForm, FactsForm, QuestionsForm
from applications.forms.fields import draft_data
from applications.models import Application, Child, DraftText
from applications.queries import Standing, own_questions, standing_of, with_parts
from applications.queries.tasks import TITLES
from panels.services import NoPolicyError, policy_for
from people.access import SignedInRequest, requires
from people.permissions import Permission
from people.templatetags.gov import clock

from .answers import list_of_rows
from .conflicts import answer_conflict, field_texts
from .showing import mark_read, side, task_rows, task_url

ROWS = {"lines": "lines", "alternatives": "alternatives", "plan": "actions", "views": "views", "funding": "funding"}
ORDER = list(TITLES)


def mine_to_write(request: SignedInRequest, reference: str) -> Application:
    """A request somebody may write; one that is no longer being written leads to its page."""
    found = with_parts(Application.objects.for_user(request.user, Permission.WRITE_REQUEST))
    application: Application = get_object_or_404(found, reference=reference)
    return application


def _has_policy(request: SignedInRequest) -> bool:
    """Whether the council has adopted rules a request could be judged by; says so on the page where it has not."""
    try:
        policy_for(council=request.council, on=timezone.localdate())
    except NoPolicyError:
        messages.error(request, "The council has adopted no policy yet, so no request can be begun.")
        return False
    return True


@requires(Permission.WRITE_REQUEST)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Choose the child a new request is for."""
    if not _has_policy(request):
        return redirect("applications:mine")
    children = Child.objects.for_user(request.user)
    form = ChooseChildForm(request.POST if request.method == "POST" else None, children=children)
    if request.method == "POST" and form.is_valid():
        child = form.cleaned_data["child"]
        application = services.create_draft(child=child, by=request.user, at=timezone.now())
        return redirect("applications:tasks", application.reference)
    return render(request, "applications/new.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Permission.WRITE_REQUEST)
@require_http_methods(["GET", "POST"])
def new_child(request: SignedInRequest) -> HttpResponse:
    """Add the minimal record of a child, and begin a request for them."""
    form = ChildForm(request.POST if request.method == "POST" else None)
    if not _has_policy(request):
        return redirect("applications:mine")
    if request.user.team is None:
        messages.error(request, "You belong to no team yet: ask the system administrator to put you in one.")
        return redirect("applications:new")
    if request.method == "POST" and form.is_valid() and not form.taken_in(request.council.pk):
        at = timezone.now()
        child = services.create_child(by=request.user, at=at, team=request.user.team, **form.cleaned_data)
        application = services.create_draft(child=child, by=request.user, at=at)
        return redirect("applications:tasks", application.reference)
    return render(request, "applications/new_child.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Permission.WRITE_REQUEST)
@require_safe
def tasks(request: SignedInRequest, reference: str) -> HttpResponse:
    """The tasks of a request: what is done, what is missing, what the rules say so far."""
    application = mine_to_write(request, reference)
    if not application.is_editable:
        return redirect(application)
    mark_read(request, application)
    at = timezone.now()
    standing = standing_of(application, at=at)
    returned = [s for s in application.sign_offs.all() if s.answer == "returned"]
    context = {
        "application": application,
        "tasks": task_rows(standing),
        "side": side(standing, at=at),
        "standing": standing,
        "done": sum(1 for task in standing.tasks if not task.missing),
        "returned": returned[-1] if returned else None,
    }
    return render(request, "applications/tasks.html", context)


def made_form(standing: Standing, code: str, data: Any = None) -> Any:
    """The form of a group, bound to `data` where there is some; None for a group that has only rows."""
    application, policy = standing.application, standing.policy
    if code in GROUP_FORMS:
        return GROUP_FORMS[code](data, instance=copy(application))
    if code == "facts":
        return FactsForm(data, policy=policy, facts=application.facts)
    if code == "questions":
        return QuestionsForm(data, questions=own_questions(application, policy), answers=application.answers)
    if code == "checklist":
        return ChecklistForm(data, items=standing.items(), facts=application.facts)
    if code == "child":
        return ChildForm(data, instance=copy(application.child))
    return None


def values_of(form: Any) -> dict[str, Any]:
    """What a valid form says."""
    return form.values() if hasattr(form, "values") else dict(form.cleaned_data)


@requires(Permission.WRITE_REQUEST)
@require_http_methods(["GET", "POST"])
def child(request: SignedInRequest, reference: str) -> HttpResponse:
    """Correct the child's minimal record."""
    return _group(request, reference, "child")


@requires(Permission.WRITE_REQUEST)
@require_http_methods(["GET", "POST"])
def group(request: SignedInRequest, reference: str, group: str) -> HttpResponse:
    """One group of fields, and the rows that belong to it."""
    if group not in TITLES or group in {"child", "documents"}:
        raise Http404
    return _group(request, reference, group)


def _group(request: SignedInRequest, reference: str, code: str) -> HttpResponse:
    application = mine_to_write(request, reference)
    if not application.is_editable:
        messages.error(request, f"This request is {application.get_state_display()}: it cannot be changed now.")
        return redirect(application)
    standing = standing_of(application, at=timezone.now())
    if request.method == "POST":
        return _save(request, standing, code)
    draft = DraftText.objects.for_user(request.user).filter(application=application, group=code).first()
    form = made_form(standing, code, draft_data(draft.fields) if draft else None)
    if draft and form is not None:
        form.shown_without_errors()
    mark_read(request, application)
    return _page(request, standing, code, form=form, draft=draft)


def _save(request: SignedInRequest, standing: Standing, code: str) -> HttpResponse:
    application = standing.application
    form = made_form(standing, code, request.POST)
    if form is None:
        raise Http404
    if not form.is_valid() or (code == "child" and form.taken_in(application.council_id)):
        _keep(request, application, code)
        return _page(request, standing, code, form=form, status=422)
    at = timezone.now()
    try:
        if code == "child":
            services.save_child(
                application=application,
                base_version=base_version(request),
                values=values_of(form),
                by=request.user,
                at=at,
            )
        else:
            services.save_group(
                application=application,
                group=code,
                base_version=base_version(request),
                values=values_of(form),
                by=request.user,
                at=at,
            )
    except services.ConflictError as conflict:
        _keep(request, application, code)
        standing = standing_of(mine_to_write(request, application.reference), at=at)
        return _page(request, standing, code, form=form, conflict=answer_conflict(conflict, form), status=409)
    except services.NotAllowedError as refusal:
        messages.error(request, str(refusal))
        return redirect(application)
    return _onward(request, application, code)


def _onward(request: SignedInRequest, application: Application, code: str) -> HttpResponseRedirect:
    if "stay" in request.POST:
        messages.success(request, "Saved.")
        return HttpResponseRedirect(task_url(application, code))
    return HttpResponseRedirect(f"/requests/{application.reference}/tasks/")


def base_version(request: SignedInRequest) -> int:
    """The version the page was read at; nonsense counts as the oldest, so that it can only be refused."""
    typed = request.POST.get("base_version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _keep(request: SignedInRequest, application: Application, code: str) -> services.Kept:
    fields = {
        name: values if len(values) > 1 else values[0]
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "base_version", "stay"} and values
    }
    return services.autosave(
        application=application,
        group=code,
        fields=dict(list(fields.items())[:300]),
        base_version=base_version(request),
        by=request.user,
        at=timezone.now(),
    )


def _page(request: SignedInRequest, standing: Standing, code: str, *, form: Any, **more: Any) -> HttpResponse:
    application = standing.application
    status = more.pop("status", 200)
    draft = more.get("draft")
    at = timezone.now()
    codes = [task.code for task in standing.tasks]
    context = {
        "draft": None,
        "conflict": None,
        "saved_at": draft.saved_at if draft else None,
        **(list_of_rows(application, ROWS[code]) if code in ROWS else {}),
        "application": application,
        "code": code,
        "title": TITLES[code],
        "form": form,
        "side": side(standing, at=at),
        "part": ROWS.get(code, ""),
        "base": draft.base_version if draft else application.version,
        "standing": standing,
        "number": codes.index(code) + 1 if code in codes else 0,
        "total": len(codes),
        **more,
    }
    if status == 422 and "base_version" in request.POST:
        context["base"] = base_version(request)
    return render(request, "applications/group.html", context, status=status)


@requires(Permission.WRITE_REQUEST)
@require_POST
def keep(request: SignedInRequest, reference: str, group: str) -> JsonResponse:
    """Keep what is being typed, valid or not; 409 with the other text where somebody else changed the group."""
    # Nothing of the parts is read here, every few seconds, by everybody who types.
    seen = Application.objects.for_user(request.user, Permission.WRITE_REQUEST).select_related("changed_by", "council")
    application = get_object_or_404(seen, reference=reference)
    if group not in TITLES and group.partition("-")[0] not in services.PARTS:
        raise Http404
    if not application.is_editable:
        return JsonResponse(
            {"message": f"This request is {application.get_state_display()}: it cannot be changed now."}, status=409
        )
    kept = _keep(request, application, group)
    told: dict[str, Any] = {"version": base_version(request), "saved": clock(kept.draft.saved_at)}
    if kept.conflict:
        by, at = application.changed_by, clock(application.changed_at)
        told = {
            "message": f"{by} changed this at {at}. Your words are kept.",
            "version": application.version,
            "fields": field_texts(made_form(standing_of(mine_to_write(request, reference), at=timezone.now()), group)),
        }
    return JsonResponse(told, status=409 if kept.conflict else 200)


@requires(Permission.WRITE_REQUEST)
@require_POST
def discard(request: SignedInRequest, reference: str, group: str) -> HttpResponse:
    """Throw away one's own words that were not saved."""
    application = mine_to_write(request, reference)
    services.discard_draft(application=application, group=group, by=request.user)
    messages.success(request, "The words that were not saved are gone; the saved ones are below.")
    return HttpResponseRedirect(task_url(application, group if group in TITLES else group.partition("-")[0]))
