"""Rehearsing rules: a draft held against last year's requests, before anybody adopts it. Nothing is kept."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from applications.forms.checker import QUESTIONS
from applications.forms.rehearsal import RehearsalForm, said
from applications.queries.drafts import (
    draft_in_folder,
    draft_of_files,
    folder_of,
    numbers_of,
    with_number,
)
from applications.queries.rehearsal import MOST, Change, Count, Desk, Rehearsal, rehearse
from panels.policy import Policy, PolicyFaults, load
from panels.policy.said import label
from panels.rules import Assessment, Finding
from panels.services import NoPolicyError, policy_for
from people.access import SignedInRequest, requires
from people.permissions import Permission

from .checker import STAGES, panel_name

LINE = re.compile(r"\$\.lines\[\d+\]\.")
SHOWN = 100  # changed requests on the page; the counts hold all of them
REMIT_WORDS = {
    "in": ("ready", "To the panel"),
    "other_panel": ("pending", "To another panel"),
    "excluded": ("refused", "Not funded"),
    "out": ("draft", "Not for panel"),
    "unknown": ("draft", "Not known"),
}


@requires(Permission.REHEARSE_POLICY)
@require_http_methods(["GET", "POST"])
def rehearsal(request: SignedInRequest) -> HttpResponse:
    """Choose a draft, see what it would have changed."""
    at = timezone.now()
    try:
        version, current = policy_for(council=request.council, on=timezone.localdate(at))
    except NoPolicyError:
        return render(request, "panels/no_policy.html")
    numbers = numbers_of(current, on=timezone.localdate(at))
    sources = _sources(current)
    form = RehearsalForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        numbers=numbers,
        sources=sources,
    )
    context: dict[str, Any] = {"form": form, "version": version, "current": current}
    if not form.is_bound:
        return render(request, "applications/rehearsal.html", context)
    if not form.is_valid():
        return render(request, "applications/rehearsal.html", context, status=422)
    try:
        draft = _draft(form, current)
    except PolicyFaults as refusal:
        context["faults"] = refusal.faults
        return render(request, "applications/rehearsal.html", context, status=422)
    found = rehearse(user=request.user, draft=draft, current=current, at=at)
    return render(request, "applications/rehearsal.html", context | _shown(found, form, draft, current=current, at=at))


def _sources(policy: Policy) -> list[str]:
    root = settings.POLICY_ROOT
    found = ["number", "zip"]
    found += ["draft"] if (folder_of(policy.slug, root) / "council.yaml").is_file() else []
    return found + (["files"] if (root / policy.slug / "council.yaml").is_file() else [])


def _draft(form: RehearsalForm, current: Policy) -> Policy:
    source = form.cleaned_data["source"]
    if source == "number":
        return with_number(current, form.cleaned_data["number"], form.new_value)
    if source == "zip":
        return draft_of_files(current.slug, form.files_sent)
    if source == "draft":
        return draft_in_folder(current.slug, settings.POLICY_ROOT)
    return load(current.slug, settings.POLICY_ROOT)


def _shown(found: Rehearsal, form: RehearsalForm, draft: Policy, *, current: Policy, at: datetime) -> dict[str, Any]:
    return {
        "found": found,
        "draft": draft,
        "tried": _tried(form, draft),
        "more_than": MOST,
        "remits": [_count_row(c, REMIT_WORDS[c.code][1]) for c in found.remits if c.before or c.after],
        "stopped": found.stopped,
        "desks": [_count_row(c, f"{draft.role_title(c.code)}, {STAGES[c.stage].lower()}") for c in found.desks],
        "rules": [
            _count_row(
                c, f"{c.code}: {_means(c.code, draft, current)}", {"block": "stops", "warn": "warns"}.get(c.stage)
            )
            for c in found.rules
        ],
        "changes": [_change_row(change, draft, current) for change in found.changes[:SHOWN]],
        "today": timezone.localdate(at),
    }


def _tried(form: RehearsalForm, draft: Policy) -> str:
    """What was rehearsed, in a line."""
    if form.cleaned_data["source"] != "number":
        return f"Draft of version {draft.book.council.version}, which would hold from {draft.starts_on:%d %B %Y}"
    number = form.numbers[form.cleaned_data["number"]]
    new = said(type(number)(number.code, number.rule, number.means, number.unit, form.new_value))
    return f"{number.means.rstrip('.')}: {new} instead of {said(number)} ({number.rule})"


def _means(rule: str, draft: Policy, current: Policy) -> str:
    for policy in (draft, current):
        if any(entry.id == rule for entry in policy.entries):
            return policy.entry(rule).means
    return ""


def _count_row(count: Count, words: str, does: str | None = None) -> dict[str, Any]:
    change = f"+{count.difference}" if count.difference > 0 else str(count.difference).replace("-", "−")
    return {
        "label": f"{words} ({does})" if does else words,
        "before": count.before,
        "after": count.after,
        "change": change if count.difference else "no change",
        "is_changed": bool(count.difference),
    }


def _change_row(change: Change, draft: Policy, current: Policy) -> dict[str, Any]:
    return {
        "reference": change.reference,
        "what": ", ".join(label(category) for category in change.categories),
        "before": _place(change.before, current),
        "after": _place(change.after, draft),
        "moves": change.moves,
        "stops": change.stops,
        "said": [
            *(_desk_words("Also", desk) for desk in change.desks_new),
            *(_desk_words("No longer", desk) for desk in change.desks_gone),
            *(_finding_words("New", finding) for finding in change.said_new),
            *(_finding_words("Gone", finding) for finding in change.said_gone),
            *_wanted(change),
        ],
    }


def _wanted(change: Change) -> list[dict[str, str]]:
    """Where the draft gives no verdict: what it would have had to know beyond what the rules in force asked for."""
    if change.after.remit != "unknown" or change.before.remit == "unknown":
        return []
    paths = [LINE.sub("line.", path).removeprefix("$.") for path in change.after.missing]
    asked = dict.fromkeys(QUESTIONS[path][0] for path in paths if path in QUESTIONS)
    return [{"change": "Not answered", "text": text, "clause": "", "rule": ""} for text in asked]


def _place(assessment: Assessment, policy: Policy) -> dict[str, str]:
    state, words = REMIT_WORDS[assessment.remit]
    if assessment.remit == "other_panel":
        words = f"To {panel_name(policy, assessment.route_to)}"
    stopped = "" if assessment.can_submit or assessment.remit not in {"in", "unknown"} else "stopped before it is sent"
    return {"state": state, "label": words, "stopped": stopped}


def _desk_words(change: str, desk: Desk) -> dict[str, str]:
    return {
        "change": change,
        "text": f"{desk.title}, {STAGES[desk.stage].lower()}",
        "clause": desk.clause,
        "rule": desk.rule,
    }


def _finding_words(change: str, finding: Finding) -> dict[str, str]:
    does = {"block": "stops", "warn": "warns", "route": "routes", "inform": "informs"}[finding.effect]
    return {"change": change, "text": f"{finding.message} ({does})", "clause": finding.clause, "rule": finding.rule}
