"""What the policy asks to go with a decision: its questions, the days of its reviews, what is to be done after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from applications.queries import Asked, asked
from decisions.queries.telling import told_here
from panels.rules import review_days

if TYPE_CHECKING:
    from decisions.models import AgendaItem
    from decisions.queries.money import AgreedLine
    from panels.policy import Policy
    from panels.policy.schema import Notice, Outcome
    from panels.rules import Deadline

COMMITS: Final = frozenset({"agree", "part", "recommend"})
OCCASIONS: Final = {"refuse": ("decision", "refusal"), "defer": ("deferral",), "pending": ("deferral",)}
CHANNEL: Final = {
    "in_product": "in writing",
    "email": "by e-mail",
    "post": "by post",
    "by_hand": "by hand",
    "telephone": "by telephone",
    "unstated": "",
}
MAY_HOLD: Final = {
    "reference": "no more than the reference",
    "outcome": "the outcome",
    "papers": "the papers",
    "nothing": "nothing of the case",
}


def questions_of(
    policy: Policy, panel: str, where: str, *, categories: Sequence[str], step: str | None = None
) -> tuple[Asked, ...]:
    """The questions of a panel's policy for a place, or a step of its ladder, that concern one of these categories."""
    held = set(categories)
    return tuple(
        one
        for one in asked(policy, panel, where)
        if one.question.step == step
        and (not one.question.lines or held & {c for name in one.question.lines for c in policy.group(name)})
    )


def asked_here(policy: Policy, item: AgendaItem) -> tuple[Asked, ...]:
    """What the policy asks while a case is decided: in the meeting, then for its sheet; each code once."""
    application = item.application
    if application is None:
        return ()
    categories = [line.category for line in application.lines.all()]
    panel = item.meeting.panel.slug
    found = [one for where in ("meeting", "sheet") for one in questions_of(policy, panel, where, categories=categories)]
    return tuple({one.question.code: one for one in reversed(found)}.values())[::-1]


def planned_reviews(policy: Policy, panel: str, *, lines: Sequence[AgreedLine], decided_on: date) -> tuple[date, ...]:
    """The days on which the panel's plan has agreed resources come back, earliest first; none where it gives none.

    The first start and the last end count; with a line of unknown end only the first day is known.
    """
    if not lines:
        return ()
    ends = [line.end for line in lines]
    known = [end for end in ends if end is not None]
    return review_days(
        policy.panel(panel).review,
        decided_on=decided_on,
        start=min(line.start for line in lines),
        end=max(known) if len(known) == len(ends) else None,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to be done after a decision, as the policy says it."""

    kind: str
    code: str
    title: str
    rule: str
    who: str = ""
    how: str = ""
    due: datetime | None = None


def wanted_after(
    policy: Policy, panel: str, *, outcome: Outcome, categories: Sequence[str], deadlines: Sequence[Deadline]
) -> tuple[Wanted, ...]:
    """What is to be done after a decision: whom to tell by hand, what to put on record, what to write down."""
    due = {deadline.timer: deadline.due for deadline in deadlines}
    found = [*_tellings(policy, panel, outcome=outcome, due=due)]
    if outcome.final:
        found += [
            Wanted("upload", step.code, step.title, step.rule or policy.book.council.record_system.rule or "")
            for step in policy.book.council.record_system.steps
        ]
    if outcome.effect in COMMITS:
        found += _noted(questions_of(policy, panel, "after", categories=categories))
    return tuple(found)


def wanted_of_step(policy: Policy, panel: str, step: str, *, categories: Sequence[str]) -> tuple[Wanted, ...]:
    """What is to be written down once a step of the ladder has been raised."""
    return tuple(_noted(questions_of(policy, panel, "dispute", categories=categories, step=step)))


def _noted(asked: Sequence[Asked]) -> list[Wanted]:
    return [Wanted("note", one.question.code, one.question.label, one.rule) for one in asked]


def notices_of(policy: Policy, panel: str, effect: str) -> tuple[Notice, ...]:
    """The notices a decision of that effect brings."""
    return tuple(n for occasion in OCCASIONS.get(effect, ("decision",)) for n in policy.notices(panel, occasion))


def _tellings(policy: Policy, panel: str, *, outcome: Outcome, due: dict[str, datetime]) -> Iterator[Wanted]:
    for notice in notices_of(policy, panel, outcome.effect):
        by_hand = [to for to in notice.to if to not in told_here(notice)]
        if by_hand:
            way, holds = CHANNEL[notice.channel], MAY_HOLD[notice.discloses]
            yield Wanted(
                "tell",
                notice.code,
                notice.title,
                notice.rule or "",
                who=", ".join(policy.role_title(to) for to in by_hand),
                how="; ".join(part for part in (way, f"it may hold {holds}") if part),
                due=due.get(notice.timer) if notice.timer else None,
            )


def in_words(value: object) -> str:
    """An answer as a page or a sheet shows it: yes or no, a day, a list, or the words themselves."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return f"{day.day} {day:%B %Y}"
