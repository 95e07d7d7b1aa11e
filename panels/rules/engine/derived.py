"""What Python works out from the fields of a case, by the names of conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from panels.policy import words
from panels.rules import calendar, money
from panels.rules.engine.given import Lacks, OfLine, OfRequest
from panels.rules.engine.room import conflicted, declared_by, roles_in, undeclared

if TYPE_CHECKING:
    from panels.rules.engine.facts import Facts, LineFacts

COURT_READ = frozenset({"specialist_assessment", "parenting_assessment", "therapy", "crisis_intervention"})
NO_ENTRY = frozenset({"placement_move", "placement_uplift"})
PLACEMENTS = frozenset(words.PLACEMENTS)
ORDERS = frozenset(words.ORDERS)
COURT_BY_NATURE = frozenset(words.COURT_BY_NATURE)
SECTION_17 = frozenset(words.GROUPS["section_17"])
PRICES = ("one_off", "weekly", "monthly")


def _sum(facts: Facts | LineFacts, name: str, amounts: list[money.Amount]) -> Any:
    """What amounts come to; where that is not known, what it lacks, and the least it can be."""
    paths = [path for amount in amounts for path in amount.missing]
    if paths:
        facts.least[name] = sum([amount.at_least for amount in amounts])
        return Lacks(dict.fromkeys(paths))
    return sum([amount.pence or 0 for amount in amounts])


# a line ---------------------------------------------------------------------------------------------
def _path(line: LineFacts, key: str) -> str:
    return f"$.lines[{line.index}].{key}"


def _open_ended(line: LineFacts) -> Any:
    """An open-ended line with an end is refused when the case is read; an end known to be none makes it one."""
    if line.raw.get("end") is not None:
        return False
    if "open_ended" not in line.raw and "end" in line.raw and line.raw.get("category") is not None:
        return True
    return line.raw.get("open_ended")


def _end_none(line: LineFacts) -> Any:
    if "end" in line.raw:
        return line.raw["end"] is None
    return True if line.raw.get("open_ended") and line.raw.get("category") is not None else None


def _paid(line: LineFacts) -> Any:
    paid = next((price for price in PRICES if line.raw.get(price) is not None), None)
    return Lacks((_path(line, "one_off"),)) if paid is None else paid


def _extra_cost(line: LineFacts) -> Any:
    """A price of nought says that there is none."""
    said = line.raw.get("extra_cost")
    if not said and line.raw.get("category") is not None and 0 in [line.raw.get(price) for price in PRICES]:
        return False
    return said


def _court(line: LineFacts) -> Any:
    category = line.raw.get("category")
    if category is None:
        return None
    if category in COURT_BY_NATURE:
        return True
    if category not in COURT_READ:
        return False
    return line.raw["court_related"] if "court_related" in line.raw else Lacks((_path(line, "court_related"),))


def _for_placement(line: LineFacts) -> Any:
    if line.raw.get("category") is None:
        return None
    return line.raw["for_line"] is not None if "for_line" in line.raw else Lacks((_path(line, "for_line"),))


def _is_placement(line: LineFacts) -> Any:
    category = line.raw.get("category")
    return None if category is None else category in PLACEMENTS


def _initial(line: LineFacts) -> Any:
    if "initial" not in line.raw and line.raw.get("category") is None:
        return None
    return _first(line.request, line.index)


def _first(facts: Facts, index: int) -> Any:
    """Whether a placement line is the child's first: said, or told by the child's status."""
    line = facts.lines[index]
    if "initial" in line:
        return line["initial"]
    status = facts["child.status"]
    if status is not None and status != "looked_after":
        return True
    path = f"$.lines[{index}].initial"
    return Lacks((path,)) if status else Lacks(("$.child.status", path))


def _total(line: LineFacts) -> Any:
    return _sum(line, "line.total", [line.request.amounts[line.index]])


def _category_total(line: LineFacts) -> Any:
    mine, amounts = line.raw.get("category"), line.request.amounts
    same = [amount for amount, category in zip(amounts, line.request.categories, strict=True) if category == mine]
    return _sum(line, "line.category_total", same)


def _last_day(line: LineFacts) -> Any:
    last, path = money.last_day(line.raw, index=line.index, child=line.request.raw.get("child"))
    if last is not None:
        return last.toordinal()
    return None if path is None else Lacks((path,))


OF_LINE: dict[str, OfLine] = {
    "line.index": lambda line: line.index,
    "line.open_ended": _open_ended,
    "line.end_none": _end_none,
    "line.priced": lambda line: any(line.raw.get(price) is not None for price in PRICES),
    "line.paid": _paid,
    "line.extra_cost": _extra_cost,
    "line.is_placement": _is_placement,
    "line.court": _court,
    "line.for_placement": _for_placement,
    "line.initial": _initial,
    "line.total": _total,
    "line.category_total": _category_total,
    "line.annual": lambda line: money.annual(line.raw),
    "line.last_day": _last_day,
}


# the request ----------------------------------------------------------------------------------------
def _of_lines(make: OfRequest) -> OfRequest:
    """What can be told only where the lines are given."""

    def value(facts: Facts) -> Any:
        return Lacks(("$.lines",)) if facts.raw.get("lines") is None else make(facts)

    return value


def _of_categories(make: OfRequest) -> OfRequest:
    """What can be told only where each line has its category."""

    def value(facts: Facts) -> Any:
        if facts.raw.get("lines") is None:
            return Lacks(("$.lines",))
        if None in facts.categories:
            return Lacks((f"$.lines[{facts.categories.index(None)}].category",))
        return make(facts)

    return value


def _starts(facts: Facts) -> Any:
    starts = [line["start"] for line in facts.lines if line.get("start") is not None]
    return min(starts).toordinal() if starts else None


def _enters_care(facts: Facts) -> Any:
    answers = [
        _first(facts, index)
        for index, category in enumerate(facts.categories)
        if category in PLACEMENTS and category not in NO_ENTRY
    ]
    if True in answers:
        return True
    paths = [path for answer in answers if isinstance(answer, Lacks) for path in answer]
    return Lacks(paths) if paths else False


def _request_total(facts: Facts) -> Any:
    amounts = zip(facts.amounts, facts.lines, strict=True)
    return _sum(facts, "request.total", [a for a, line in amounts if not money.asks_no_money(line)])


def _section_17_total(facts: Facts) -> Any:
    amounts = zip(facts.amounts, facts.categories, strict=True)
    return _sum(facts, "request.section_17_total", [a for a, category in amounts if category in SECTION_17])


def _family_six_months(facts: Facts) -> Any:
    if not facts.program.family_six_months:
        return None
    by_months = [index for index, category in enumerate(facts.categories) if category in facts.program.by_months]
    amount = money.family_six_months(
        facts.lines, family=facts.raw.get("family"), child=facts.raw.get("child"), weekly_by_months=by_months
    )
    return _sum(facts, "request.family_six_months", [amount])


def _panel_day(facts: Facts) -> Any:
    day = facts["panel_starts_at_day"]
    if day is None:
        return Lacks(() if "panel_starts_at" in facts.raw else ("$.panel_starts_at",))
    return day


def _panel_day_works(facts: Facts) -> Any:
    day = _panel_day(facts)
    return day if isinstance(day, Lacks) else calendar.is_working_day(date.fromordinal(day))


def _today(facts: Facts) -> Any:
    return Lacks(("$.as_at",)) if facts.today is None else facts.today.toordinal()


def _born(facts: Facts) -> date | None:
    born: date | None = (facts.raw.get("child") or {}).get("date_of_birth")
    return born


def _turns_18(facts: Facts) -> Any:
    born = _born(facts)
    if born is None:
        return Lacks(("$.child.date_of_birth",))
    return calendar.birthday(born, money.ADULT_AGE).toordinal()


def _age(facts: Facts) -> Any:
    born, on = _born(facts), facts["panel_starts_at_day"] or facts["today"]
    if born is None:
        return Lacks(("$.child.date_of_birth",))
    if on is None:
        return Lacks(("$.as_at",))
    day = date.fromordinal(on)
    age = max(day.year - born.year, 0)
    return age - (1 if age and calendar.birthday(born, age) > day else 0)


# people ---------------------------------------------------------------------------------------------
def _signed(facts: Facts) -> Any:
    signed = facts.raw.get("sign_offs")
    if signed is None:
        return Lacks(("$.sign_offs",))
    return sorted({one["role"] for one in signed if one.get("role")})


def _room(facts: Facts) -> Any:
    attendance = facts.raw.get("attendance")
    return Lacks(("$.attendance",)) if attendance is None else roles_in(attendance)


def _declared(judge: Callable[[Any], list[bool | str]]) -> OfRequest:
    """How many people in the room something is true of, by what they declared."""

    def value(facts: Facts) -> Any:
        if facts.raw.get("attendance") is None:
            return Lacks(("$.attendance",))
        if facts.raw.get("declarations") is None:
            return Lacks(("$.declarations",))
        answers = judge(declared_by(facts.raw["attendance"], facts.raw["declarations"]))
        count = sum(answer is True for answer in answers)
        unknown = [answer for answer in answers if isinstance(answer, str)]
        return count if count or not unknown else Lacks(unknown)

    return value


def _other_funding(judge: Callable[[Mapping[str, Any]], bool | None], *keys: str) -> OfRequest:
    """Whether something is true of some other source of money; `keys` are what tells it of one."""

    def value(facts: Facts) -> Any:
        others = facts.raw.get("other_funding")
        if others is None:
            return Lacks(("$.other_funding",))
        answers = [judge(other) for other in others]
        if True in answers or None not in answers:
            return True in answers
        index = answers.index(None)
        key = next(key for key in keys if key not in others[index])
        return Lacks((f"$.other_funding[{index}].{key}",))

    return value


def _possible(other: Mapping[str, Any]) -> bool | None:
    possible: bool | None = other.get("possible")
    return possible


def _bare(other: Mapping[str, Any]) -> bool | None:
    """Whether money is possible and its details are not given; None where neither decides."""
    possible, details = other.get("possible"), other.get("details_given")
    if possible is False or details is True:
        return False
    return True if possible and details is False else None


OF_REQUEST: dict[str, OfRequest] = {
    "joint_funding": lambda facts: list(facts.raw.get("joint_funding") or ()),
    "out_of_panel_leave": lambda facts: facts.raw.get("out_of_panel_leave") or False,
    "event.stop_resources": lambda facts: (
        bool((facts.raw.get("event") or {}).get("stop_resources")) if facts["event.given"] else None
    ),
    "request.panel_named": lambda facts: facts.raw.get("panel") is not None,
    "request.joint": lambda facts: not {"health", "education"}.isdisjoint(facts["joint_funding"]),
    "request.categories": _of_categories(lambda facts: facts.categories),
    "request.has_placement": _of_categories(lambda facts: not PLACEMENTS.isdisjoint(facts.categories)),
    "request.has_order": _of_categories(lambda facts: not ORDERS.isdisjoint(facts.categories)),
    "request.needs_assessment": _of_categories(lambda facts: any(c != "placement_move" for c in facts.categories)),
    "request.enters_care": _of_lines(_enters_care),
    "request.starts": _of_lines(_starts),
    "request.total": _of_lines(_request_total),
    "request.section_17_total": _of_lines(_section_17_total),
    "request.family_six_months": _of_lines(_family_six_months),
    "panel_day": _panel_day,
    "panel_day_works": _panel_day_works,
    "today": _today,
    "child.age": _age,
    "child.turns_18": _turns_18,
    "signed": _signed,
    "room": _room,
    "room_undeclared": _declared(undeclared),
    "room_conflicted": _declared(conflicted),
    "other_funding_possible": _other_funding(_possible, "possible"),
    "other_funding_without_details": _other_funding(_bare, "possible", "details_given"),
}
