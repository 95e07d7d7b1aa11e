"""What was written in a request, section by section, for reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any

from applications.forms.parts import LINE_FACTS
from applications.forms.policy import FACTS, own_facts
from applications.models import Application, ResourceLine
from applications.queries import COLUMNS, Standing, own_questions, shown_tasks
from applications.queries.tasks import TITLES, line_gaps
from applications.queries.usage import counted_facts
from panels.policy.said import label
from people.forms.fields import ISO_DATE
from people.templatetags.gov import long_datetime, medium_date, pounds

from .showing import task_url

ISO_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?([+-][0-9]{2}:[0-9]{2}|Z)")
# Columns whose name in the table is not how the form asks for them.
ASKED_AS = {"plan_short_term": "Plan for the next months", "plan_long_term": "Plan in the long term"}
WORDS = {"met": "Met", "not_met": "Not met", "not_applicable": "Does not apply"}


def spoken(value: Any) -> str:
    """A stored value as a person reads it; a day or an instant kept as text reads as any other."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(label(str(part)) for part in value)
    if value is None:
        return ""
    value = _dated(value) if isinstance(value, str) else value
    if isinstance(value, datetime):
        return long_datetime(value)
    return medium_date(value) if isinstance(value, date) else str(value)


def _dated(text: str) -> str | date | datetime:
    """The day or the instant that a text is the stored form of, or the text."""
    try:
        if ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if ISO_INSTANT.fullmatch(text) else text
    except ValueError:
        return text


def asked_as(path: str) -> str:
    """The question a fact or an answer belongs to; what no page asks is called by the end of its path."""
    top, _, part = path.rpartition(".")
    if top in {"evidence", "evidence_notes"}:
        return f"Checklist, {part}{': note' if top == 'evidence_notes' else ''}"
    return next((text for name, text, _ in FACTS if name == path), label(part))


def cost_words(line: ResourceLine) -> str:
    """The price of a line with what it is for: "£600.00 a week"."""
    return f"{pounds(line.pence)} {line.get_unit_display()}" if line.pence is not None and line.unit else ""


def line_rows(standing: Standing) -> list[dict[str, Any]]:
    """The resources with their cost, days and total."""
    lines = list(standing.application.lines.all())
    totals = standing.assessment.totals.lines
    rows = []
    for index, line in enumerate(lines):
        total = totals[index] if index < len(totals) else None
        facts = {name: text for name, text, _ in LINE_FACTS}
        rows.append(
            {
                "line": line,
                "number": index + 1,
                "what": label(line.category),
                "cost": cost_words(line),
                "end": "no known end" if line.is_open_ended else medium_date(line.end),
                "total": pounds(total.total) if total and total.total is not None else "",
                "start": medium_date(line.start),
                "facts": [
                    {"key": facts.get(name, label(name)), "value": spoken(value)} for name, value in line.facts.items()
                ],
            }
        )
    return rows


def _columns(application: Application, group: str) -> list[dict[str, str]]:
    rows = []
    for name in COLUMNS[group]:
        field = Application._meta.get_field(name)  # noqa: SLF001 - Django's documented door
        rows.append(
            {
                "key": ASKED_AS.get(name) or str(getattr(field, "verbose_name", name)).capitalize().replace("_", " "),
                "value": spoken(getattr(application, name)),
            }
        )
    return rows


def child_rows(application: Application) -> list[dict[str, str]]:
    """The child's minimal record."""
    child = application.child
    born = medium_date(child.date_of_birth) if child.date_of_birth else f"due {medium_date(child.due_date)}"
    return [
        {"key": "Child", "value": str(child)},
        {"key": "Case system reference", "value": child.case_reference},
        {"key": "Family reference", "value": child.family_reference},
        {"key": "Born", "value": born},
        {"key": "Status", "value": child.get_status_display()},
        {"key": "Legal basis", "value": child.get_legal_basis_display()},
        {"key": "Disabled child", "value": spoken(child.is_disabled)},
        {"key": "Unaccompanied asylum-seeking child", "value": spoken(child.is_unaccompanied)},
    ]


def fact_rows(standing: Standing) -> list[dict[str, str]]:
    """The circumstances that were answered."""
    rows = []
    facts = {**standing.application.facts}
    if counted := counted_facts(standing.application, standing.policy, at=standing.at):
        facts["own"] = {**facts.get("own", {}), **counted}
    for path, text, kind in (*FACTS, *own_facts(standing.policy)):
        top, _, part = path.partition(".")
        held = facts.get(top)
        value = held.get(part) if part and isinstance(held, dict) else held if not part else None
        if value is not None:
            said = (
                f"£{value}"
                if kind == "money"
                else standing.policy.role_title(value)
                if kind == "role"
                else spoken(value)
            )
            rows.append({"key": text, "value": label(said) if kind in {"order", "emergency_kind", "word"} else said})
    return rows


def question_rows(standing: Standing) -> list[dict[str, str]]:
    """The council's own questions and what was answered."""
    answers = standing.application.answers
    return [
        {"key": asked.question.label, "value": spoken(answers.get(asked.question.code))}
        for asked in own_questions(standing.application, standing.policy)
    ]


def checklist_rows(standing: Standing) -> list[dict[str, str]]:
    """The checklist with its notes."""
    answers, notes = (
        standing.application.facts.get("evidence", {}),
        standing.application.facts.get("evidence_notes", {}),
    )
    return [
        {
            "key": f"{item.label} ({item.rule})",
            "value": "\n".join(filter(None, [WORDS.get(answers.get(item.rule, ""), ""), notes.get(item.rule, "")])),
        }
        for item in standing.items()
    ]


PART_OF = {"alternatives": "alternatives", "plan": "actions", "views": "views", "funding": "funding"}
WORDS_OF_LISTS = {
    "lines": ("Resources", "Resource", "Cost and days", "No resource is asked for yet.", "Add a resource"),
    "alternatives": (
        "Alternatives",
        "Option",
        "Why it does not do",
        "No alternative is recorded yet.",
        "Add an alternative",
    ),
    "actions": ("Plan", "Action", "Who, and by when", "No action is recorded yet.", "Add an action"),
    "funding": (
        "Other sources of money",
        "Source",
        "Answer",
        "No other source is recorded yet.",
        "Add a source of money",
    ),
    "views": ("Views of each person", "Person", "View", "No view is recorded yet.", "Add somebody’s view"),
}


def _listed(application: Application, part: str) -> list[dict[str, Any]]:
    if part == "lines":
        return [
            {
                "pk": r.pk,
                "name": label(r.category),
                "gaps": ", ".join(line_gaps(r)),
                "text": _joined(
                    [
                        r.description,
                        r.provider,
                        cost_words(r),
                        f"{medium_date(r.start)} to {'no known end' if r.is_open_ended else medium_date(r.end)}"
                        if r.start
                        else "",
                    ]
                ),
            }
            for r in application.lines.all()
        ]
    if part == "alternatives":
        return [
            {"pk": r.pk, "name": r.option, "text": _joined([r.provider, pounds(r.pence), r.outcome]), "gaps": ""}
            for r in application.alternatives.all()
        ]
    if part == "actions":
        return [
            {
                "pk": r.pk,
                "name": r.action,
                "gaps": "",
                "text": _joined(
                    [
                        r.service,
                        r.owner,
                        f"by {medium_date(r.due)}" if r.due else "",
                        f"looked at again {medium_date(r.review)}" if r.review else "",
                    ]
                ),
            }
            for r in application.plan_actions.all()
        ]
    if part == "funding":
        return [
            {
                "pk": r.pk,
                "name": label(r.source),
                "gaps": "details" if r.is_possible and not r.details.strip() else "",
                "text": _joined(["Could pay" if r.is_possible else "Cannot pay", r.details, pounds(r.pence)]),
            }
            for r in application.other_funding.all()
        ]
    return [
        {
            "pk": r.pk,
            "name": ", ".join(dict.fromkeys([r.person, r.relation])),
            "text": r.view or r.why_not_known,
            "gaps": "" if r.view.strip() or r.why_not_known.strip() else "the view, or why it is not known",
        }
        for r in application.views.all()
    ]


def _joined(texts: list[str]) -> str:
    return "\n".join(text for text in texts if text)


def list_of_rows(application: Application, part: str) -> dict[str, Any]:
    """The rows of one list and the words around them, for the page that changes them."""
    title, first, second, none, add = WORDS_OF_LISTS[part]
    return {
        "rows": _listed(application, part),
        "rows_title": title,
        "rows_first": first,
        "rows_second": second,
        "rows_none": none,
        "rows_add": add,
    }


def _line_section(standing: Standing) -> list[dict[str, str]]:
    return [
        {
            "key": f"{row['number']}. {row['what']}",
            "value": _joined(
                [
                    row["line"].description,
                    row["line"].provider,
                    row["cost"],
                    f"{row['start']} to {row['end']}" if row["start"] else "",
                    f"Total {row['total']}" if row["total"] else "",
                    *[f"{fact['key']} {fact['value']}" for fact in row["facts"]],
                ]
            ),
        }
        for row in line_rows(standing)
    ]


def _document_section(standing: Standing) -> list[dict[str, str]]:
    held = [d for d in standing.application.documents.all() if d.removed_at is None]
    return [{"key": label(d.kind), "value": d.name} for d in held]


# What a section shows beside the columns of its task; each is read only where its section is drawn.
MADE_BY: dict[str, Callable[[Standing], list[dict[str, str]]]] = {
    "lines": _line_section,
    "documents": _document_section,
    "child": lambda standing: child_rows(standing.application),
    "facts": fact_rows,
    "questions": question_rows,
    "checklist": checklist_rows,
}


def _rows_of(standing: Standing, code: str) -> list[dict[str, str]]:
    application = standing.application
    rows = _columns(application, code) if code in COLUMNS else []
    if code in PART_OF:
        rows += [{"key": row["name"], "value": row["text"]} for row in _listed(application, PART_OF[code])]
    rows += MADE_BY[code](standing) if code in MADE_BY else []
    return [{**row, "url": ""} for row in rows]  # a section is changed as a whole: its rows lead nowhere


def sections(standing: Standing, *, can_change: bool, only: Collection[str] = tuple(TITLES)) -> list[dict[str, Any]]:
    """What was written in a request, in the order of its tasks.

    Args:
        standing: where the request stands.
        can_change: whether each section says where it is changed, and what it still lacks.
        only: the codes of the tasks that are drawn.
    """
    application = standing.application
    missing = {task.code: [gap.label for gap in task.missing] for task in standing.tasks} if can_change else {}
    return [
        {
            "code": code,
            "title": TITLES[code],
            "rows": _rows_of(standing, code),
            "url": task_url(application, code) if can_change else "",
            "missing": missing.get(code, []),
        }
        for code in shown_tasks(application, standing.policy)
        if code in only
    ]
