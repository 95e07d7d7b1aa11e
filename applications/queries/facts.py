"""The facts of a request, in the words of the rules' interface, built from what was typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from applications.models import Application, Child, ResourceLine, SignOff
from panels.policy import Policy, words

from .usage import counted_facts

# Facts typed on the facts page stand in `Application.facts` under these keys, shaped as the interface shapes them.
TYPED = (
    "family",
    "placement",
    "evidence",
    "joint_funding",
    "care_reasons",
    "emergency",
    "support_order",
    "means_test",
    "out_of_panel_leave",
    "own",
)

# The stage of a signature that agrees to a withdrawal: no signature under the request itself.
WITHDRAWAL = "withdrawal"


def in_pounds(pence: int) -> str:
    """Whole pence as the interface writes money: 100000 is "1000.00"."""
    return f"{pence // 100}.{pence % 100:02d}"


def instant(at: datetime) -> str:
    """An instant with the offset of London."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def facts_of(
    application: Application,
    *,
    at: datetime,
    panel_starts_at: datetime | None = None,
    extra: dict[str, Any] | None = None,
    complete: bool | None = None,
    policy: Policy | None = None,
) -> dict[str, Any]:
    """Build the case of a request: what is not known is left out, what is known to be none is null.

    Args:
        application: the request; its parts are read from prefetched rows where there are any.
        at: when the question is asked.
        panel_starts_at: the start of the meeting aimed at, where one is.
        extra: keys that go over those of the request: attendance, the decision, an event.
        complete: whether every required part is filled in; left out when not given.
        policy: the rules it is judged under, whose counted facts are worked out then; a query where they count any.
    """
    facts: dict[str, Any] = {
        "council": application.council.slug,
        "as_at": instant(at),
        "submitted_at": instant(application.submitted_at) if application.submitted_at else None,
        "child": child_facts(application.child, application),
        "lines": line_facts(list(application.lines.all())),
        "sign_offs": signatures(application),
        "documents": documents(application),
        "emergency": None,
        **{key: application.facts[key] for key in TYPED if key in application.facts},
        **funding_facts(application),
    }
    if application.panel:
        facts["panel"] = application.panel.slug
    area = (application.panel.area if application.panel else "") or application.team.area
    if area:
        facts["area"] = area
    if panel_starts_at is not None:
        facts["panel_starts_at"] = instant(panel_starts_at)
    if complete is not None:
        facts["complete"] = complete
    if policy is not None and (counted := counted_facts(application, policy, at=at)):
        facts["own"] = {**facts.get("own", {}), **counted}
    return {**facts, **(extra or {})}


def child_facts(child: Child, application: Application) -> dict[str, Any]:
    """What is known of the child; an unborn child has no date of birth."""
    return {
        "date_of_birth": child.date_of_birth.isoformat() if child.date_of_birth else None,
        "status": str(child.status),
        "legal_basis": str(child.legal_basis),
        "disabled_childrens_team": application.team.is_disabled_childrens_team,
        "unaccompanied": child.is_unaccompanied,
        **application.facts.get("child", {}),
    }


def line_facts(lines: list[ResourceLine]) -> list[dict[str, Any]]:
    """One entry for each line, in the order of the request; a line for another names it by its place."""
    place = {line.pk: index for index, line in enumerate(lines)}
    return [_line(line, place) for line in lines]


def _line(line: ResourceLine, place: dict[int, int]) -> dict[str, Any]:
    facts: dict[str, Any] = {"category": line.category, **line.facts}
    if line.unit and line.pence is not None:
        facts[line.unit] = in_pounds(line.pence)
    if line.start:
        facts["start"] = line.start.isoformat()
    if line.is_open_ended:
        facts["open_ended"] = True
    elif line.end:
        facts["end"] = line.end.isoformat()
    if line.provision:
        facts["provision"] = line.provision
    if line.for_line_id in place:
        facts["for_line"] = place[line.for_line_id]
    return facts


def standing(application: Application) -> list[SignOff]:
    """The signatures that still stand, in the order in which they were given; agreeing to a withdrawal is none."""
    return [
        s
        for s in application.sign_offs.all()
        if s.answer == SignOff.Answer.SIGNED and s.void_at is None and s.stage != WITHDRAWAL
    ]


def signatures(application: Application) -> list[dict[str, str]]:
    """The standing signatures; a request that nobody signed has none, and that is known."""
    return [{"role": s.role, "at": instant(s.given_at)} for s in standing(application)]


def documents(application: Application) -> list[str]:
    """The kinds of document that are with the request, each once.

    A social work assessment counts as held where its date and its reference in the case system are given.
    """
    kinds = {d.kind for d in application.documents.all() if d.removed_at is None}
    if application.assessment_date and application.assessment_reference.strip():
        kinds.add("social_work_assessment")
    return [kind for kind in words.DOCUMENTS if kind in kinds]


def funding_facts(application: Application) -> dict[str, Any]:
    """Who else could pay. Nothing is said of sources the interface has no word for."""
    rows = [f for f in application.other_funding.all() if f.source in words.FUNDING_SOURCES]
    if application.other_funding_considered is None and not rows:
        return {}
    return {
        "funding_sources_considered": [f.source for f in rows],
        "other_funding": [
            {"source": f.source, "possible": f.is_possible, "details_given": bool(f.details.strip())} for f in rows
        ],
    }
