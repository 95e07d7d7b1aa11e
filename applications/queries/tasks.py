"""The tasks of a request: which are done, and what each still lacks, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from applications.models import Application, ResourceLine
from panels.policy import Policy

from .reading import Asked, asked, checklist

TITLES = {
    "child": "The child",
    "request": "What the panel is asked to agree",
    "assessment": "Assessment",
    "plan": "Outcomes and plan",
    "lines": "Resources and costs",
    "alternatives": "Alternatives tried or considered",
    "views": "Views of the child and the family",
    "funding": "Other funding",
    "facts": "Circumstances the rules ask about",
    "questions": "What else the council asks",
    "checklist": "Checklist",
    "documents": "Documents",
}
# The columns of each form group; `child` and the lists have forms of their own.
COLUMNS: dict[str, tuple[str, ...]] = {
    "request": ("panel", "title", "ask", "summary", "is_complex"),
    "assessment": (
        "assessment_date",
        "assessment_reference",
        "needs_analysis",
        "parenting_analysis",
        "family_analysis",
    ),
    "plan": ("outcomes", "plan_short_term", "plan_long_term"),
    "views": ("child_views", "parent_views"),
    "funding": ("other_funding_considered",),
}
# What this form needs of everybody: without it there is nothing a panel could talk about.
NEEDED: dict[str, str] = {
    "panel": "Which panel it goes to",
    "title": "A short title",
    "ask": "What the panel is asked to agree",
    "summary": "A summary of the case",
    "assessment_date": "The date of the assessment",
    "needs_analysis": "The analysis of the child’s needs",
    "outcomes": "The outcomes sought",
    "child_views": "The child’s views, or why they are not known",
    "parent_views": "The views of parents and carers, or why they are not known",
    "other_funding_considered": "Whether somebody else could pay",
}
COLUMN_NAMES = frozenset(name for names in COLUMNS.values() for name in names)
# Other codes by which policies ask for what a column holds: nothing is asked twice.
SAME_AS = {
    "analysis_needs": "needs_analysis",
    "analysis_parenting": "parenting_analysis",
    "analysis_environment": "family_analysis",
    "other_funding": "other_funding_considered",
    "assessment": "assessment_date",
    "views_child": "child_views",
    "views_parents": "parent_views",
    "summary_of_case": "summary",
}
# Lists a policy may ask for by these codes: the task, and the rows of which there must be one.
LISTS = {
    "plan_actions": ("plan", "plan_actions"),
    "plan": ("plan", "plan_actions"),
    "alternatives": ("alternatives", "alternatives"),
    "placement_options": ("alternatives", "alternatives"),
    "views": ("views", "views"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there, and the task where it belongs."""

    task: str
    label: str
    rule: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One task of the list. `begun` says that something was typed."""

    code: str
    title: str
    missing: tuple[Missing, ...]
    begun: bool

    @property
    def status(self) -> str:
        """Not started, in progress, or completed; a task that needs nothing counts as completed once begun."""
        if self.missing:
            return "in_progress" if self.begun else "not_started"
        return "completed" if self.begun else "optional"


def _filled(application: Application, name: str) -> bool:
    value = getattr(application, f"{name}_id" if name == "panel" else name)
    return value is not None and str(value).strip() != ""


def _column(code: str) -> str:
    return SAME_AS.get(code, code)


def questions_of(application: Application, policy: Policy) -> tuple[Asked, ...]:
    """What the policy asks of this request: for its panel, and for the resources it is about."""
    panel = application.panel.slug if application.panel else None
    categories = {line.category for line in application.lines.all()}
    return tuple(
        a
        for a in asked(policy, panel)
        if not a.question.lines or any(categories & set(policy.group(name)) for name in a.question.lines)
    )


def own_questions(application: Application, policy: Policy) -> tuple[Asked, ...]:
    """The policy's questions that no column or list of the form answers already (nothing is asked twice)."""
    return tuple(
        a
        for a in questions_of(application, policy)
        if _column(a.question.code) not in COLUMN_NAMES and a.question.code not in LISTS
    )


def _missing_columns(application: Application, policy: Policy) -> Iterator[Missing]:
    wanted = {_column(a.question.code): a for a in reversed(questions_of(application, policy)) if a.question.required}
    for group, names in COLUMNS.items():
        for name in names:
            row = wanted.get(name)
            if (row or name in NEEDED) and not _filled(application, name):
                label = NEEDED.get(name) or (row.question.label if row else name)
                yield Missing(group, label, row.rule if row else "", row.clause if row else "")


def _missing_answers(application: Application, policy: Policy) -> Iterator[Missing]:
    for a in own_questions(application, policy):
        if a.question.required and application.answers.get(a.question.code) in (None, "", []):
            yield Missing("questions", a.question.label, a.rule, a.clause)
    for a in questions_of(application, policy):
        task, rows = LISTS.get(a.question.code, ("", ""))
        if task and a.question.required and not list(getattr(application, rows).all()):
            yield Missing(task, a.question.label, a.rule, a.clause)


def line_gaps(line: ResourceLine) -> tuple[str, ...]:
    """What a resource line still lacks: a price, a first day, a last day or the word that it has none."""
    gaps = [
        ("the cost", line.pence is None or not line.unit),
        ("the first day", line.start is None),
        ("the last day", line.unit != ResourceLine.Unit.ONE_OFF and line.end is None and not line.is_open_ended),
    ]
    return tuple(label for label, lacks in gaps if lacks)


def _missing_lines(application: Application) -> Iterator[Missing]:
    lines = list(application.lines.all())
    if not lines:
        yield Missing("lines", "At least one resource, with its cost and dates")
    for number, line in enumerate(lines, 1):
        for gap in line_gaps(line):
            yield Missing("lines", f"Resource {number}: {gap}")


def _missing_rest(application: Application) -> Iterator[Missing]:
    for view in application.views.all():
        if view.has_parental_responsibility and not view.view.strip() and not view.why_not_known.strip():
            yield Missing("views", f"The view of {view.relation or view.person}, or why it is not known")
    for funding in application.other_funding.all():
        if funding.is_possible and not funding.details.strip():
            yield Missing("funding", f"Details of funding by {funding.source.replace('_', ' ')}")


def _begun(application: Application) -> dict[str, bool]:
    begun = {
        group: any(_filled(application, name) for name in names if name not in {"is_complex", "panel"})
        for group, names in COLUMNS.items()
    }
    begun["plan"] |= bool(list(application.plan_actions.all()))
    begun["views"] |= bool(list(application.views.all()))
    begun["funding"] |= bool(list(application.other_funding.all()))
    typed = set(application.facts) - {"evidence"}
    return begun | {
        "child": True,
        "lines": bool(list(application.lines.all())),
        "alternatives": bool(list(application.alternatives.all())),
        "facts": bool(typed),
        "questions": bool(application.answers),
        "checklist": bool(application.facts.get("evidence")),
        "documents": any(d.removed_at is None for d in application.documents.all()),
    }


def shown_tasks(application: Application, policy: Policy) -> tuple[str, ...]:
    """The codes of the tasks a request has, in the order of the form: a council that asks nothing more has fewer."""
    panel = application.panel.slug if application.panel else None
    shown = {
        "questions": bool(own_questions(application, policy)),
        "checklist": bool(checklist(policy, panel)),
    }
    return tuple(code for code in TITLES if shown.get(code, True))


def gaps_of(application: Application, policy: Policy) -> Iterator[Missing]:
    """Everything a request lacks under this policy. Reads only the lists of it that the policy asks for."""
    yield from _missing_columns(application, policy)
    yield from _missing_answers(application, policy)
    yield from _missing_lines(application)
    yield from _missing_rest(application)


def tasks_of(application: Application, policy: Policy) -> tuple[Task, ...]:
    """The tasks of a request in the order of the form, with what each lacks under this policy."""
    gaps: dict[str, list[Missing]] = {code: [] for code in TITLES}
    for gap in gaps_of(application, policy):
        gaps[gap.task].append(gap)
    begun = _begun(application)
    return tuple(
        Task(code, TITLES[code], tuple(gaps[code]), begun.get(code, False)) for code in shown_tasks(application, policy)
    )
