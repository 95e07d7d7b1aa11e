"""What several pages show: where a request stands, what the rules say, what is missing, in plain words."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from applications.forms.parts import LINE_FACTS
from applications.forms.policy import FACTS
from applications.models import Application
from applications.queries import Standing, Step, chain_of, last_moments, signers, submission_moment
from applications.queries.lists import Moment, holder_of
from applications.states import State
from panels.policy.said import label
from people.access import SignedInRequest
from people.services import note_read

REMITS = {
    "in": ("ready", "For this panel"),
    "out": ("draft", "Not for panel"),
    "excluded": ("refused", "Not funded by the panel"),
    "other_panel": ("pending", "For another panel"),
    "unknown": ("draft", "Not known yet"),
}
STATUS = {
    "not_started": ("draft", "Not started"),
    "in_progress": ("submitted", "In progress"),
    "completed": ("done", "Completed"),
    "optional": ("draft", "Optional"),
}
LINE_PATH = re.compile(r"\$\.lines\[(\d+)\]\.(\w+)")
COLUMN_WORDS = {
    "one_off": "the cost",
    "start": "the first day",
    "end": "the last day",
    "provision": "who provides it",
    "category": "what is asked for",
    "for_line": "which placement it belongs to",
}
# Facts that do not come from the worker's form: nothing to ask them for.
NOT_ASKED = (
    "attendance",
    "declarations",
    "decision",
    "panel_starts_at",
    "presenters",
    "submitted_at",
    "stand_in",
    "sign_offs",
)


def mark_read(request: SignedInRequest, application: Application) -> None:
    """Put on record that somebody looks at this child's request."""
    note_read(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_ref=application.reference,
        facts={"child": application.child.reference},
    )


def task_url(application: Application, task: str) -> str:
    """Where a task is done."""
    if task == "child":
        return reverse("applications:child", args=[application.reference])
    if task == "documents":
        return reverse("applications:documents", args=[application.reference])
    return reverse("applications:group", args=[application.reference, task])


def task_rows(standing: Standing) -> list[dict[str, Any]]:
    """The tasks as the task list draws them."""
    rows = []
    for task in standing.tasks:
        state, words = STATUS[task.status]
        rows.append(
            {
                "title": task.title,
                "state": state,
                "label": words,
                "url": task_url(standing.application, task.code),
                "missing": "Still needed: " + "; ".join(gap.label for gap in task.missing) if task.missing else "",
            }
        )
    return rows


def wanted(standing: Standing) -> list[dict[str, str]]:
    """The facts without which a rule gives no verdict, as questions that lead to where they are answered."""
    asked: dict[str, dict[str, str]] = {}
    own = {f"own.{name}": fact.label for name, fact in standing.policy.book.facts.items()}
    for path in standing.assessment.missing:
        bare = path.removeprefix("$.")
        if bare.split(".")[0].split("[")[0] in NOT_ASKED:
            continue
        text, url = _question(standing.application, path, bare)
        text = own.get(bare, text)
        asked.setdefault(text, {"text": text, "url": url})
    return list(asked.values())


def _question(application: Application, path: str, bare: str) -> tuple[str, str]:
    in_line = LINE_PATH.fullmatch(path)
    if in_line:
        number, name = int(in_line[1]) + 1, in_line[2]
        words = {fact: text for fact, text, _ in LINE_FACTS}.get(name) or COLUMN_WORDS.get(name, label(name).lower())
        return f"Resource {number}: {words}", task_url(application, "lines")
    question = {fact: text for fact, text, _ in FACTS}.get(bare)
    if question:
        return question, task_url(application, "facts")
    top = bare.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
    if top == "evidence":
        return "The answers of the checklist", task_url(application, "checklist")
    task = {"child": "child", "documents": "documents", "panel": "request"}.get(top, "facts")
    if top in {"funding_sources_considered", "other_funding"}:
        task = "funding"
    return label(bare.rsplit(".", 1)[-1]), task_url(application, task)


def finding_rows(standing: Standing) -> list[dict[str, Any]]:
    """The findings, those that stop first, each saying which resource it is about."""
    order = {"block": 0, "route": 1, "warn": 2, "inform": 3}
    # A signature still to come is told under "Who signs"; elsewhere the strongest word of a rule on a line is enough.
    to_come = {step.rule for step in _chain(standing) if not step.given}
    told: set[tuple[str, int | None]] = set()
    found = []
    for finding in sorted(standing.assessment.findings, key=lambda finding: order[finding.effect]):
        key = (finding.rule, finding.line)
        is_said = finding.rule in to_come or (finding.effect == "route" and key in told)
        told.add(key)
        if not is_said:
            found.append(finding)
    return [
        {
            **finding.as_json(),
            "message": f"Resource {finding.line + 1}: {finding.message}"
            if finding.line is not None and len(standing.assessment.totals.lines) > 1
            else finding.message,
        }
        for finding in found
    ]


def deadline_rows(standing: Standing, *, at: datetime) -> list[dict[str, Any]]:
    """The last moments, those that passed marked."""
    return [
        {
            "label": moment.title,
            "at": moment.due,
            "clause": moment.clause,
            "is_passed": moment.met is False or moment.due < at,
        }
        for moment in last_moments(standing.assessment, standing.policy, standing.meeting)
        if moment.rule
    ]


def chain_rows(standing: Standing) -> list[dict[str, Any]]:
    """Who has to sign, in order, with the people who can where it is somebody's turn.

    One that is still to come has the moment at which the list of the next meeting closes as its last one: without it
    the request is not ready by then.
    """
    chain = _chain(standing)
    closing = submission_moment(standing.assessment, standing.policy) if standing.meeting else None
    may_still_be_signed = standing.application.is_editable or standing.application.state == State.WITH_MANAGER
    turn = next((step.role for step in chain if not step.given), "") if may_still_be_signed else ""
    return [
        _chain_row(standing, step, is_next=step.role == turn, closing=closing if may_still_be_signed else None)
        for step in chain
    ]


def _chain(standing: Standing) -> tuple[Step, ...]:
    return chain_of(standing.application, policy=standing.policy, assessment=standing.assessment)


def _chain_row(standing: Standing, step: Step, *, is_next: bool, closing: Moment | None) -> dict[str, Any]:
    who = signers(standing.application, role=step.role, on=timezone.localdate()) if is_next else []
    state, words = ("done", "Signed") if step.given else ("pending", "To sign" if step.needed else "Note asked for")
    return {
        "title": step.title,
        "state": state,
        "label": words,
        "clause": step.clause,
        "rule": step.rule,
        "people": ", ".join(str(person) for person in who),
        "by": None if step.given else closing,
    }


def side(standing: Standing, *, at: datetime) -> dict[str, Any]:
    """What stands beside every page of a request: what the rules say now, who signs, until when, what is missing."""
    verdict = standing.assessment
    state, words = REMITS[verdict.remit]
    application = standing.application
    return {
        "remit": {
            "state": state,
            "label": words,
            "route": label(verdict.route_to.replace("-", "_")) if verdict.route_to else "",
        },
        "findings": finding_rows(standing),
        "chain": chain_rows(standing),
        "deadlines": deadline_rows(standing, at=at),
        "meeting": standing.meeting,
        "anchor": {"label": f"{application.panel} meets", "at": standing.meeting.starts_at}
        if standing.meeting
        else None,
        "wanted": wanted(standing) if application.is_editable else [],
        "gaps": [
            {"text": gap.label, "url": task_url(application, gap.task), "clause": gap.clause}
            for gap in standing.missing
        ]
        if application.is_editable
        else [],
        "policy": verdict.policy,
        "holder": holder_of(application),
        "today": timezone.localdate(at),
    }
