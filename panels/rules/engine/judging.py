"""Findings, checklists, approvals and quorum."""

from __future__ import annotations

from datetime import datetime

from panels.policy import schema as s
from panels.rules.assessment import Approval, Quorum
from panels.rules.engine.asking import Asking
from panels.rules.engine.program import Ready
from panels.rules.engine.room import people, unfilled

BEARS_ON = {
    "before_submission": "submit",
    "before_provider_contact": "award",
    "before_commitment": "start",
    "after_panel": "start",
    "outside_panel": "start",
}


def findings(asking: Asking) -> None:
    """Everything the policy has to say about the request and its lines."""
    for ready in asking.all_here("findings", asking.program.findings):
        if asking.holds(ready.when):
            _find(asking, ready, None)
    for index, line in enumerate(asking.facts.lines):
        category = line.get("category", "")
        for ready in asking.all_here(("findings", category), asking.program.line_findings.get(category, [])):
            if asking.holds(ready.when, index):
                _find(asking, ready, index)


def _find(asking: Asking, ready: Ready[s.Finding], line: int | None) -> None:
    part = ready.part
    effect = part.in_emergency if part.in_emergency and asking.emergency_placement() else part.effect
    asking.emergency_barred |= part.bars_emergency and not asking.emergency_placement()
    asking.find(ready, effect, part.stage, line=line)


# checklists ---------------------------------------------------------------------------------------
def checklists(asking: Asking) -> None:
    """Judge each item of the evidence that is asked for this request; then the rows of whole lists."""
    raw = asking.facts.raw
    given = {} if "evidence" in raw and raw["evidence"] is None else raw.get("evidence")
    for ready in asking.all_here("checklists", asking.program.checklists):
        if asking.holds(ready.when):
            _item(asking, ready, given)
    rows = asking.all_here("list rows", asking.program.list_rows)
    if given is None or not rows:
        return
    answered = {asking.program.policy.entry(rule).checklist.part_of for rule in given}  # type: ignore[union-attr]
    for row in rows:
        if row.entry.id not in answered and asking.holds(row.when):
            asking.find(row, row.part.effect, row.part.stage)


def _item(asking: Asking, ready: Ready[s.Checklist], given: dict[str, str] | None) -> None:
    if ready.met_when is not None and asking.holds(ready.met_when):
        return
    if given is None:
        asking.lacks("$.evidence")
        return
    answer = given.get(ready.entry.id)
    if answer is None:
        # The item itself is unanswered and speaks below; that the map is not whole is what the verdict lacks.
        asking.lacks("$.evidence")
    effect = {
        None: ready.part.unanswered,
        "met": None,
        "not_met": ready.part.not_met,
        "not_applicable": ready.part.not_applicable,
    }[answer]
    if effect is not None:
        said = "not answered" if answer is None else answer.replace("_", " ")
        asking.find(ready, effect, ready.part.stage, says=f"{ready.part.label or ready.entry.means} ({said})")


# approvals ----------------------------------------------------------------------------------------
def approvals(asking: Asking) -> tuple[Approval, ...]:
    """The agreements the request needs; an agreement asked for twice is carried by the first entry."""
    needed: list[Approval] = []
    carried: dict[tuple[str, str, str], str] = {}
    for ready in asking.all_here("approvals", asking.program.approvals):
        if ready.lines is not None and ready.lines.isdisjoint(asking.facts.categories):
            continue
        lines = _lines_needing(asking, ready)
        if lines is None:
            continue
        part = ready.part
        key = (part.role, part.stage, part.subject or ready.entry.id)
        if key in carried:
            asking.find(ready, "inform", part.bears_on or BEARS_ON[part.stage])
            continue
        carried[key] = ready.entry.id
        given = _given(asking, part, lines)
        needed.append(Approval(part.role, part.stage, ready.entry.id, given))
        _say(asking, ready, lines, given=given)
        if part.signs_before and given:
            _say_order(asking, ready, part.signs_before)
    return tuple(needed)


def _lines_needing(asking: Asking, ready: Ready[s.Approval]) -> list[int] | None:
    """The lines an approval concerns, an empty list for the whole request, None where it is not needed."""
    if ready.lines is None:
        return [] if asking.holds(ready.when) else None
    found = [line for line in asking.concerned(ready) if asking.holds(ready.when, line)]
    return found or None


def _given(asking: Asking, part: s.Approval, lines: list[int]) -> bool | None:
    facts = asking.facts
    if part.given_by == "event":
        return _withdrawal_agreed(asking, part)
    outside = part.stage == "outside_panel" and facts["emergency.agreed_by"] == part.role
    if outside or part.role in (facts["signed"] or ()):
        return True
    if part.given_by == "executive_preapproval":
        return _preapproved(asking, lines)
    if facts["signed"] is not None:
        return False
    asking.lacks(*facts.paths("signed"))
    return None


def _withdrawal_agreed(asking: Asking, part: s.Approval) -> bool | None:
    agreed = asking.facts["event.agreed_by"]
    if agreed is None:
        asking.lacks(*asking.facts.paths("event.agreed_by"))
        return None
    return bool(agreed == part.role)


def _preapproved(asking: Asking, lines: list[int]) -> bool | None:
    name = "line.executive_preapproval"
    answers = [asking.lines[line][name] for line in lines]
    if None in answers and False not in answers:
        asking.lacks(*(path for line in lines for path in asking.about(line).paths(name)))
        return None
    return all(answers)


def _say(asking: Asking, ready: Ready[s.Approval], lines: list[int], *, given: bool | None) -> None:
    if given:
        return
    part = ready.part
    stage = part.bears_on or BEARS_ON[part.stage]
    line = lines[0] if len(lines) == 1 else None
    title = asking.program.policy.role_title(part.role)
    effect = part.in_emergency if part.in_emergency and asking.emergency_placement() else part.until_given
    if part.until_given in {"route", "block"}:
        asking.find(ready, "route", stage, line=line, says=f"{title}: {ready.says()}")
    if given is False and effect != "route":
        asking.find(ready, effect, stage, line=line, says=f"{title} has not agreed: {ready.says()}")


def _say_order(asking: Asking, ready: Ready[s.Approval], later: str) -> None:
    """Point out that all signatures of the later role are older than any of the role that signs first."""
    part = ready.part
    firsts, laters = _signed_at(asking, part.role), _signed_at(asking, later)
    if firsts and laters and max(laters) < min(firsts):
        title = asking.program.policy.role_title
        says = f"{title(later)} signed before {title(part.role)}: {ready.says()}"
        asking.find(ready, "warn", part.bears_on or BEARS_ON[part.stage], says=says)


def _signed_at(asking: Asking, role: str) -> list[datetime]:
    """When a role signed; nothing where the moment of one of its signatures is not known."""
    signed = [one.get("at") for one in asking.facts.raw.get("sign_offs") or () if one.get("role") == role]
    return [] if None in signed else signed


# quorum -------------------------------------------------------------------------------------------
def quorum(asking: Asking) -> tuple[Quorum | None, tuple[Approval, ...]]:
    """Whether the room may decide, by the clauses of the panel's text; None where the text states none.

    With it the agreement of whoever endorses what an incomplete panel decides in principle.
    """
    for ready in asking.program.quorums:
        part = ready.part
        panel = asking.facts["request.panel"]
        if not asking.here(ready) or (part.panels and panel not in part.panels) or not asking.holds(ready.when):
            continue
        attendance = asking.facts.raw.get("attendance")
        if attendance is None:
            asking.lacks("$.attendance")
            return Quorum(None, (), ready.entry.id), ()
        counting = [(name, roles.difference(part.never_counts)) for name, roles in people(attendance)]
        empty = unfilled(part.clauses, counting, agencies=_agencies(asking))
        if not empty:
            return Quorum(met=True, missing=(), rule=ready.entry.id), ()
        in_principle = part.lets_decide_in_principle(empty)
        effect = "warn" if in_principle else part.effect
        asking.find(ready, effect, part.stage, says=f"{ready.says()} Missing: {', '.join(empty)}.")
        return Quorum(met=False, missing=empty, rule=ready.entry.id), (
            _endorsed(asking, ready),
        ) if in_principle else ()
    return None, ()


def _agencies(asking: Asking) -> dict[str, str]:
    """The agency of each seat's role, at the panel the request goes to or at any while that is not known.

    A seat that only advises counts for no agency.
    """
    panel = asking.facts["request.panel"]
    panels = [p for p in asking.program.policy.panels if panel is None or p.slug == panel]
    return {seat.role: seat.agency for p in panels for seat in p.seats if seat.agency and seat.attendance != "advisory"}


def _endorsed(asking: Asking, ready: Ready[s.Quorum]) -> Approval:
    role = str(ready.part.endorsed_by)
    signed = asking.facts["signed"]
    given = None if signed is None else role in signed
    if signed is None:
        asking.lacks(*asking.facts.paths("signed"))
    if not given:
        title = asking.program.policy.role_title(role)
        asking.find(ready, "route", "start", says=f"{title} endorses what was decided in principle.")
    return Approval(role, "after_panel", ready.entry.id, given)
