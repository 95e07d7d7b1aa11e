"""Pages of the policy: what the council's rules say, on which clause, and which versions were adopted by whom."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from panels.forms import EntryFilter, topic_words
from panels.models import Panel, PolicyVersion
from panels.policy import Policy, PolicyFaults, load
from panels.policy.comparing import differences
from panels.policy.said import quantity
from panels.policy.schema import Entry
from panels.rules.explained import explained
from panels.services import AdoptionRefusedError, adopt, may_adopt, policy_of
from panels.services.calendar import rules_of
from people.access import SignedInRequest, requires
from people.permissions import Permission

PER_PAGE = 40  # entries


@requires(Permission.SEE_POLICY)
@require_safe
def policy(request: SignedInRequest) -> HttpResponse:
    """The policy in force today."""
    version = PolicyVersion.objects.for_user(request.user).in_force(council=request.council, on=timezone.localdate())
    if version is None:
        return render(request, "panels/no_policy.html")
    return redirect("panels:policy_version", version.number)


@requires(Permission.SEE_POLICY)
@require_safe
def policy_version(request: SignedInRequest, number: int) -> HttpResponse:
    """One adopted version: its entries with clause, meaning, values and reading; searched and paged."""
    version = get_object_or_404(PolicyVersion.objects.for_user(request.user), number=number)
    book = policy_of(version)
    topics = sorted({entry.topic for entry in book.entries})
    form = EntryFilter(request.GET or None, topics=topics)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    history = _history(request, version)
    first = min((one for told in history.values() for one in told), key=lambda one: one.number)
    page = Paginator([e for e in book.entries if _is_wanted(book, e, wanted)], PER_PAGE).get_page(
        request.GET.get("page")
    )
    earlier = PolicyVersion.objects.for_user(request.user).filter(number__lt=version.number).order_by("-number").first()
    current = PolicyVersion.objects.for_user(request.user).in_force(council=request.council, on=timezone.localdate())
    context = {
        "version": version,
        "policy": book,
        "page": page,
        "rows": [_row(book, entry) | _told(history[entry.id], first=first) for entry in page],
        "earlier": earlier,
        "first": first if earlier else None,
        "changes": differences(policy_of(earlier), book) if earlier else [],
        "form": form,
        "panels": Panel.objects.for_user(request.user).filter(is_active=True),
        "is_in_force": current is not None and current.pk == version.pk,
    }
    return render(request, "panels/policy.html", context)


@requires(Permission.SEE_POLICY)
@require_safe
def panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """How one panel works under the policy of today, in sentences with their clauses."""
    one = get_object_or_404(Panel.objects.for_user(request.user).select_related("council"), pk=pk)
    found = rules_of(one, on=timezone.localdate())
    chapters = explained(found[0], one.slug) if found else ()
    return render(request, "panels/explained.html", {"panel": one, "chapters": chapters})


def _is_wanted(policy: Policy, entry: Entry, wanted: dict[str, Any]) -> bool:
    if wanted.get("topic") and entry.topic != wanted["topic"]:
        return False
    text = f"{entry.id} {entry.means} {entry.topic} {entry.reading or ''} {policy.clause(entry.id)}".casefold()
    return all(word in text for word in wanted.get("q", "").casefold().split())


def _history(request: SignedInRequest, version: PolicyVersion) -> dict[str, list[PolicyVersion]]:
    """For each entry of a version, the versions up to it that brought or changed it or its numbers, the last first."""
    known: dict[str, object] = {}
    changed: dict[str, list[PolicyVersion]] = {}
    versions = PolicyVersion.objects.for_user(request.user).filter(number__lte=version.number).order_by("number")
    for one in versions.select_related("adopted_by"):
        payload = policy_of(one).payload()
        numbers: dict[str, list[object]] = {}
        for parameter in payload.get("parameters", {}).values():
            numbers.setdefault(parameter.get("rule", ""), []).append(parameter)
        for entry in payload["entries"]:
            said = (entry, numbers.get(entry["id"]))
            if known.get(entry["id"]) != said:
                changed.setdefault(entry["id"], []).insert(0, one)
            known[entry["id"]] = said
    return changed


def _told(history: list[PolicyVersion], *, first: PolicyVersion) -> dict[str, Any]:
    """The history of an entry, and whether anything of it came with a later version than the first."""
    return {"history": history, "came_later": [one.number for one in history] != [first.number]}


def _row(policy: Policy, entry: Entry) -> dict[str, Any]:
    """What a page shows of an entry: its words, and its numbers with unit and dates."""
    numbers = [
        {
            "name": name.replace("_", " "),
            "means": parameter.means or "",
            "values": [{"said": quantity(v.value, parameter.unit), "since": v.from_} for v in parameter.values],
        }
        for name, parameter in policy.book.parameters.items()
        if parameter.rule == entry.id
    ]
    kept_by = [part.replace("_", " ") for part in entry.kept_by]
    return {
        "entry": entry,
        "topic": topic_words(entry.topic),
        "clause": policy.clause(entry.id),
        "numbers": numbers,
        "kept_by": kept_by,
    }


@requires(Permission.SEE_POLICY)
@require_safe
def versions(request: SignedInRequest) -> HttpResponse:
    """Every version the council adopted, and the one in its folder that waits to be."""
    rows = PolicyVersion.objects.for_user(request.user).defer("payload").select_related("adopted_by")
    waiting, faults = _waiting(request)
    context = {
        "versions": rows,
        "waiting": waiting,
        "faults": faults,
        "is_told": request.user.may(Permission.ADOPT_POLICY),  # who else cannot adopt need not hear why
        "leave": may_adopt(council=request.council, by=request.user, at=timezone.now()) if waiting else None,
    }
    return render(request, "panels/versions.html", context)


def _waiting(request: SignedInRequest) -> tuple[Policy | None, tuple[Any, ...]]:
    """The policy in the council's folder where it was not adopted yet, or what is wrong with it."""
    try:
        found = load(request.council.slug, settings.POLICY_ROOT)
    except KeyError:
        return None, ()
    except PolicyFaults as refusal:
        return None, refusal.faults
    is_adopted = PolicyVersion.objects.for_user(request.user).filter(digest=found.digest).exists()
    return (None if is_adopted else found), ()


@requires(Permission.SEE_POLICY)
@require_POST
def adopt_waiting(request: SignedInRequest) -> HttpResponse:
    """Adopt the policy in the council's folder. The council's own text says which office does; the service asks it."""
    found, _ = _waiting(request)
    if found is None:
        messages.warning(request, "There is no policy to adopt.")
        return redirect("panels:versions")
    try:
        adopt(policy=found, by=request.user, at=timezone.now())
    except AdoptionRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found.version} is adopted and holds from {found.starts_on:%d %B %Y}.")
    return redirect("panels:versions")
