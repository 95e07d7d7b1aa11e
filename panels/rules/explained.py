"""How a panel works, in sentences: what its policy says of it, each with the clause. Shown; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from panels.policy import Policy
from panels.policy.schema import Panel, Seat

ATTENDANCE: Final = {"core": "sits at each meeting", "as_needed": "comes when needed", "advisory": "advises"}
SUBSTITUTE: Final = {
    "anybody": "Anybody may stand in.",
    "named": "A named person may stand in.",
    "nobody": "Nobody stands in.",
    "unstated": "",
}
STANCE: Final = {"expected": "is expected to present", "accepted": "may present", "refused": "may not present"}
LISTED: Final[dict[str, str]] = {
    "new": "new requests",
    "emergency": "emergencies",
    "ratification": "what was agreed outside the panel",
    "review": "reviews that are due",
    "order_support": "support around orders",
    "carried_over": "cases carried forward",
    "trigger": "cases the policy puts forward",
}
LATE: Final = {
    "route": "What comes later needs somebody’s agreement.",
    "block": "What comes later is held over.",
    "warn": "What comes later is marked late.",
    "next_meeting": "What comes later goes to the next meeting.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence about a panel, what it is about, and the clause it rests on, where there is one."""

    about: str
    text: str
    clause: str = ""
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Sentences that belong together, under a heading."""

    title: str
    said: tuple[Said, ...]


def explained(policy: Policy, slug: str) -> tuple[Chapter, ...]:
    """Say how a panel works; what its policy does not state is left out.

    Raises:
        KeyError: the council has no such panel.
    """
    panel = policy.panel(slug)
    chapters = (
        ("What it is for", _purpose(policy, panel)),
        ("Who sits on it", _seats(policy, panel)),
        ("When it meets", _meetings(policy, panel)),
        ("How a request reaches it", _requests(policy, panel)),
        ("Who presents", _presenting(policy, panel)),
        ("What is on its agenda", _agenda(policy, panel)),
        ("What it may decide", _outcomes(policy, panel)),
        ("Where a decision is kept", _record(policy)),
    )
    found = [Chapter(title, tuple(said)) for title, said in chapters]
    return tuple(chapter for chapter in found if chapter.said)


def _clause(policy: Policy, *rules: str | None) -> str:
    rule = next((rule for rule in rules if rule), None)
    return policy.clause(rule) if rule else ""


def _purpose(policy: Policy, panel: Panel) -> Iterator[Said]:
    if panel.purpose:
        yield Said("Purpose", panel.purpose, _clause(policy, panel.rule))
    yield Said("Called", panel.short_name)
    if policy.book.council.service:
        yield Said("Part of", policy.book.council.service)
    if panel.whole_package:
        yield Said(
            "Packages",
            "A request is taken as a whole: it fares as the part that goes least far.",
            _clause(policy, panel.whole_package_rule),
        )
    if panel.links:
        yield Said("Linked with", ", ".join(panel.links))
    for document in policy.book.council.documents:
        dated = f", {document.dated.day} {document.dated:%B %Y}" if document.dated else ""
        yield Said("Text", f"{document.title}{dated}")


def _seats(policy: Policy, panel: Panel) -> Iterator[Said]:
    for seat in panel.seats:
        yield Said(seat.title, _seat(policy, seat), _clause(policy, seat.rule))


def _seat(policy: Policy, seat: Seat) -> str:
    said = ATTENDANCE[seat.attendance]
    if seat.flags:
        facts = policy.book.facts
        said += f", where a case is marked “{_either(facts[flag].label for flag in seat.flags)}”"
    if seat.chairs:
        said += ", as the chair" if seat.chairs == "chair" else ", as the vice chair"
    if seat.lay:
        said += ", as a lay member"
    if seat.represented:
        said += ", or sends a representative"
    also = next((role.also_called for role in policy.book.council.roles if role.code == seat.role), ())
    named = f"Also called {_either(also)}." if also else ""
    return " ".join(part for part in (f"{said[0].upper()}{said[1:]}.", SUBSTITUTE[seat.substitute], named) if part)


def _meetings(policy: Policy, panel: Panel) -> Iterator[Said]:
    schedule, slots = panel.schedule, panel.slots
    clause = _clause(policy, schedule.rule)
    if schedule.starts:
        until = f" to {schedule.ends}" if schedule.ends else ""
        yield Said("Hours", f"{schedule.starts}{until}.", clause)
    if schedule.year_published:
        yield Said(
            "Calendar",
            "The days of a year are published before it.",
            _clause(policy, schedule.year_rule, schedule.rule),
        )
    lengths = [f"{slots.minutes} minutes"] if slots.minutes else []
    lengths += [f"{slots.complex_minutes} for a complex one"] if slots.complex_minutes else []
    if lengths:
        choices = f" Other lengths: {_either(str(m) for m in slots.choices)} minutes." if slots.choices else ""
        yield Said("A case takes", f"{', '.join(lengths)}.{choices}", _clause(policy, slots.rule), slots.reading or "")


def _requests(policy: Policy, panel: Panel) -> Iterator[Said]:
    if panel.submitters:
        who = _either(policy.role_title(role) for role in panel.submitters)
        yield Said("Who may ask", f"{who}.", _clause(policy, panel.rule))
    for step in panel.sign_offs:
        asked = "signs" if step.required else "is asked for a note"
        yield Said(policy.role_title(step.role), f"{step.does or asked.capitalize()}.", _clause(policy, step.rule))
    submission = panel.submission
    if submission:
        yield Said(
            "Papers close",
            f"{_timer(policy, submission.timer)}. {LATE[submission.late]}",
            _clause(policy, submission.rule),
        )
        if submission.target_timer:
            yield Said("Aim", f"{_timer(policy, submission.target_timer)}.", _clause(policy, submission.rule))


def _timer(policy: Policy, timer: str) -> str:
    return policy.timer(timer).title or policy.role_title(timer)


def _presenting(policy: Policy, panel: Panel) -> Iterator[Said]:
    presenting = panel.presenting
    if not presenting.needed:
        yield Said("Presenting", "Nobody has to present a case.", _clause(policy, presenting.rule))
    for kind in presenting.kinds:
        yield Said(
            policy.role_title(kind.kind),
            f"{policy.role_title(kind.kind)} {STANCE[kind.stance]}.",
            _clause(policy, kind.rule, presenting.rule),
        )


def _agenda(policy: Policy, panel: Panel) -> Iterator[Said]:
    for item in panel.standing_items:
        stands = "Stands on every agenda" if item.required else "Offered for every agenda"
        yield Said(item.title, f"{stands}, {item.position}.", _clause(policy, item.rule))
    for section in panel.sections:
        yield Said(
            section.title,
            f"Holds {_all_of(LISTED[h] for h in section.holds)}.",
            _clause(policy, section.rule),
        )


def _outcomes(policy: Policy, panel: Panel) -> Iterator[Said]:
    for outcome in panel.outcomes:
        ends = "" if outcome.final else " The case comes back."
        yield Said(
            outcome.label,
            f"{_asked(outcome.reasons, 'Reasons')}{ends}",
            _clause(policy, outcome.rule, panel.outcomes_rule),
            outcome.reading or "",
        )


def _asked(demand: str, what: str) -> str:
    return {"required": f"{what} have to be given.", "never": f"{what} are not asked for."}.get(
        demand, f"{what} may be given."
    )


def _record(policy: Policy) -> Iterator[Said]:
    system = policy.book.council.record_system
    yield Said("Record system", f"{system.name}.", _clause(policy, system.rule))


def _all_of(words: Iterable[str]) -> str:
    *before, last = list(words)
    return f"{', '.join(before)} and {last}" if before else last


def _either(words: Iterable[str]) -> str:
    *before, last = list(words)
    return f"{', '.join(before)} or {last}" if before else last
