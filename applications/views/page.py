"""The page of one request, in tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.models import Application
from applications.queries import PARTS, Standing, standing_of, with_parts, with_people
from applications.queries.chain import own_office_reaches, reaches
from applications.queries.lists import holder_of
from applications.services.withdrawing import office_that_agrees
from applications.states import NEXT, OUTSIDE, TOLD_BY_TELEPHONE, State, Step
from panels.policy.said import label
from people.access import SignedInRequest, requires
from people.models import RecordEntry, User
from people.models.record import Verb
from people.permissions import Permission, Scope

from .answers import line_rows, sections
from .showing import mark_read, side
from .versions import versions

TABS = {
    "summary": "Summary",
    "lines": "Resources",
    "views": "Views",
    "documents": "Documents",
    "signatures": "Signatures",
    "findings": "What the rules say",
    "history": "Versions",
    "timeline": "Timeline",
}
SUMMARY = ("child", "request", "assessment", "plan", "alternatives", "funding", "facts", "questions", "checklist")
# The parts a tab reads, where it does not read all of them; those it does not show are asked for by the rules.
PARTS_OF_TAB = {
    "summary": ("lines", "alternatives", "plan_actions", "other_funding", "documents", "sign_offs"),
    "views": ("lines", "views"),
    "documents": ("documents",),
    "signatures": ("sign_offs",),
    "history": ("sign_offs",),
    "timeline": (),
}
DONE = {
    "created": "Request begun",
    "sent": "Sent for signature",
    "signed": "Signed",
    "submitted": "Reached the administrator",
    "accepted": "Accepted as ready",
    "returned": "Returned to the worker",
    "listed": "Put on an agenda",
    "unlisted": "Taken off the agenda",
    "called": "Called",
    "put_back": "Put back",
    "decided": "Decided",
    "deferred": "Deferred",
    "withdrawn": "Withdrawn",
    "withdrawal_asked": "Withdrawal asked for",
    "withdrawal_refused": "Withdrawal refused",
    "reopened": "Opened again",
    "agreed_outside": "Agreed outside the panel",
    "brought_forward": "Brought before the panel as agreed outside it",
    "published": "Agenda published",
    "document_added": "Document added",
    "document_removed": "Document removed",
    "saved": "Saved",
    "part_saved": "Row saved",
    "part_removed": "Row removed",
    "child_changed": "Child’s record corrected",
}


@requires(Permission.SEE_REQUEST)
@require_safe
def the_request(request: SignedInRequest, reference: str, tab: str = "summary") -> HttpResponse:
    """Read one request; who may only know that it exists sees its reference, state and dates."""
    if tab not in TABS:
        raise Http404
    readable = Application.objects.for_user(request.user, Permission.SEE_NARRATIVE)
    try:
        application: Application = _with_parts_of(readable, tab).get(reference=reference)
    except Application.DoesNotExist:
        return _outline(request, reference)
    mark_read(request, application)
    at = timezone.now()
    standing = standing_of(application, at=at)
    context = {
        "application": application,
        "holder": holder_of(application),
        "tabs": [(code, name, code == tab) for code, name in TABS.items()],
        "tab": tab,
        "tab_name": TABS[tab],
        "actions": _actions(request, application),
        **_tab(request, tab, standing),
    }
    return render(request, "applications/request.html", context)


def _with_parts_of(found: Any, tab: str) -> Any:
    parts = PARTS_OF_TAB.get(tab, PARTS)
    return (
        with_parts(found, *parts, named=tab in {"documents", "signatures", "history"}) if parts else with_people(found)
    )


def _outline(request: SignedInRequest, reference: str) -> HttpResponse:
    """What somebody sees of a request who may only know that it exists."""
    known = with_people(Application.objects.for_user(request.user))
    application: Application = get_object_or_404(known, reference=reference)
    context = {"application": application, "holder": holder_of(application)}
    return render(request, "applications/outline.html", context)


def _tab(request: SignedInRequest, tab: str, standing: Standing) -> dict[str, Any]:
    """What one tab shows; each is a function, so that a page reads only what it draws."""
    application = standing.application
    made: dict[str, Callable[[], dict[str, Any]]] = {
        "summary": lambda: {"sections": sections(standing, can_change=False, only=SUMMARY)},
        "views": lambda: {"sections": sections(standing, can_change=False, only=("views",))},
        "findings": lambda: {"side": side(standing, at=standing.at)},
        "lines": lambda: {"lines": line_rows(standing)},
        "documents": lambda: _documents(request, application),
        "signatures": lambda: {
            "sign_offs": [(s, standing.policy.role_title(s.role)) for s in application.sign_offs.all()]
        },
        "history": lambda: {"versions": versions(application, office=standing.policy.role_title)},
        "timeline": lambda: {"events": timeline(request, application)},
    }
    return made[tab]() if tab in made else {}


def _documents(request: SignedInRequest, application: Application) -> dict[str, Any]:
    may_open = Application.objects.for_user(request.user, Permission.OPEN_DOCUMENT).filter(pk=application.pk).exists()
    held = [(d, label(d.kind)) for d in application.documents.all() if d.removed_at is None]
    return {"documents": held, "may_open": may_open}


def timeline(request: SignedInRequest, application: Application) -> list[dict[str, Any]]:
    """What happened to a request, from the record, the newest first; looks at it are not told here."""
    entries = RecordEntry.objects.for_user(request.user).filter(subject="request", subject_ref=application.reference)
    told = entries.exclude(verb=Verb.CONSULTATION).select_related("by").order_by("-seq")[:200]
    return [
        {
            "title": DONE.get(entry.action.removeprefix("request."), label(entry.action.removeprefix("request."))),
            "at": entry.at,
            "by": entry.by,
            "text": label(entry.facts["role"]) if entry.facts.get("role") else "",
        }
        for entry in told
    ]


def _actions(request: SignedInRequest, application: Application) -> dict[str, bool]:
    """What this person may do now."""
    user, state = request.user, State(application.state)
    writes = user.scopes_of(Permission.WRITE_REQUEST)
    own = user.pk in {application.worker_id, application.child.worker_id} or (
        Scope.TEAM in writes and user.team_id == application.team_id
    )
    own = own and bool(writes)
    asked = application.withdrawal_asked_at is not None and state != State.WITHDRAWN
    return {
        "write": own and application.is_editable,
        "add_document": own and state in {State.WITH_MANAGER, State.SUBMITTED, State.READY, State.LISTED},
        "withdraw": own and (state, Step.WITHDRAW) in NEXT and not application.withdrawal_asked_at,
        "reopen": own and state == State.DEFERRED,
        "sign": _waits_for(user, application),
        "accept": user.may(Permission.BUILD_AGENDA) and state in {State.SUBMITTED, State.DEFERRED},
        "give_back": user.may(Permission.BUILD_AGENDA) and state in {State.SUBMITTED, State.READY},
        "approve_outside": user.may(Permission.APPROVE_BEYOND_PANEL)
        and state in OUTSIDE
        and bool(application.facts.get("emergency")),
        "telephone": own and state in TOLD_BY_TELEPHONE and bool(application.facts.get("emergency")),
        "agree": asked
        and user.may(Permission.SIGN_OFF)
        and user.pk != application.withdrawal_asked_by_id
        and bool(office_that_agrees(application, at=timezone.now())[0]),
    }


def _waits_for(user: User, application: Application) -> bool:
    """Whether a request waits for somebody's signature, in an office of their own or as cover; never their own."""
    if application.state != State.WITH_MANAGER or user.pk == application.worker_id or not user.may(Permission.SIGN_OFF):
        return False
    return own_office_reaches(application, user) or any(reaches(office, application) for office in user.covered)
