"""The facts of a case by the names conditions use, and why a name has no value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from panels.policy import words
from panels.policy.facts import CASE, EVENTS, LINE, NAMES, NULL_WORDS, OBJECTS, Kind, path_of
from panels.rules import calendar, money
from panels.rules.engine.program import Program
from panels.rules.engine.room import declarations

COURT_READ = frozenset({"specialist_assessment", "parenting_assessment", "therapy", "crisis_intervention"})
NO_ENTRY = frozenset({"placement_move", "placement_uplift"})
LISTS_LEFT_OUT = ("joint_funding",)
_PARTS: dict[str, dict[str, Any]] = {
    name: {} if name in EVENTS else {c.partition(".")[2]: None for c in CASE if c.startswith(f"{name}.")}
    for name in OBJECTS
}
"""What is known to be none when an object is known to be none; of something that never happened nothing is said."""
_MADE_PLAIN: dict[Kind, Callable[[Any], Any]] = {
    "day": date.toordinal,
    "words": list,
    "miles": float,
    "answers": dict,
}
"""How conditions take a value of a kind, where it is not taken as it is."""


class _Slot(NamedTuple):
    """Where the value of a field of the case goes.

    `none` is the name that says whether it is known to be none, `day` that of an instant's London day.
    """

    name: str
    plain: Callable[[Any], Any] | None
    none: str | None
    day: str | None


_SLOTS = {
    name: _Slot(
        name,
        _MADE_PLAIN.get(kind),
        f"{name}_none" if f"{name}_none" in NAMES else None,
        f"{name}_day" if kind == "instant" else None,
    )
    for name, kind in {**LINE, **CASE}.items()
}
_OF_LINE = {name.removeprefix("line."): slot for name, slot in _SLOTS.items() if name in LINE}
_OF_OBJECT = {
    name: {full.partition(".")[2]: slot for full, slot in _SLOTS.items() if full.startswith(f"{name}.")}
    for name in OBJECTS
}
_GIVEN = {name: f"{name}.given" for name in OBJECTS}
HIGH = 10**15
"""More pence than any sum: the upper end where only the lower end of a sum is known."""


class Facts:
    """What is known about one request, worked out once and asked by every rule."""

    def __init__(self, facts: Mapping[str, Any], program: Program, at: datetime | None) -> None:
        self.raw = facts
        self.program = program
        self.at = at or facts.get("as_at")
        self.today = calendar.london_day(self.at) if self.at else None
        self.lines: list[Mapping[str, Any]] = list(facts.get("lines") or ())
        self.categories: list[str | None] = [line.get("category") for line in self.lines]
        self.missing: dict[str, tuple[str, ...]] = {}
        self.low: dict[str, int] = {}
        self.values: dict[str, Any] = {}
        self.line_values: list[dict[str, Any]] = [{} for _ in self.lines]
        self.line_missing: list[dict[str, tuple[str, ...]]] = [{} for _ in self.lines]
        self.line_low: list[dict[str, int]] = [{} for _ in self.lines]
        self._take_case()
        for index, line in enumerate(self.lines):
            self._take_line(index, line)
        self._derive_lines()
        self._derive_request()
        self._derive_people()

    # what was said --------------------------------------------------------------------------------
    def _take_case(self) -> None:
        for key, value in self.raw.items():
            if key == "own":
                self._take_own(value or {})
            elif key in OBJECTS:
                self.values[_GIVEN[key]] = value is not None
                self._put_all(self.values, _OF_OBJECT[key], _PARTS[key] if value is None else value)
            elif key in _SLOTS:
                self._put(self.values, _SLOTS[key], value)
        for name in EVENTS:
            self.values.setdefault(_GIVEN[name], False)
        if self.values["event.given"]:
            self.values.setdefault("event.stop_resources", False)
        self.values.setdefault("joint_funding", [])
        self.values.setdefault("out_of_panel_leave", False)
        for name, default in self.program.defaults.items():
            self.values.setdefault(name, default)

    def _take_own(self, own: Mapping[str, Any]) -> None:
        """Facts of the council's own, by the kinds its policy gives them."""
        declared = self.program.policy.book.facts
        for name, value in own.items():
            if value is not None and name in declared:
                plain = _MADE_PLAIN.get(declared[name].kind)
                self.values[f"own.{name}"] = plain(value) if plain else value

    def _put_all(self, values: dict[str, Any], slots: Mapping[str, _Slot], given: Mapping[str, Any]) -> None:
        for key, value in given.items():
            if key in slots:
                self._put(values, slots[key], value)

    def _put(self, values: dict[str, Any], slot: _Slot, value: Any) -> None:
        name, plain, none, day = slot
        if none is not None:
            values[none] = value is None
        if value is None:
            if name in NULL_WORDS:
                values[name] = "none"
            return
        values[name] = value if plain is None else plain(value)
        if day is not None:
            values[day] = calendar.london_day(value).toordinal()

    # lines ----------------------------------------------------------------------------------------
    def _take_line(self, index: int, line: Mapping[str, Any]) -> None:
        values = self.line_values[index]
        self._put_all(values, _OF_LINE, line)
        category = line.get("category")
        values["line.index"] = index
        if line.get("end") is not None:
            values["line.open_ended"] = False  # an open-ended line with an end is refused when the case is read
        paid = next((price for price in ("one_off", "weekly", "monthly") if line.get(price) is not None), None)
        values["line.priced"] = paid is not None
        if paid is None:
            self.line_missing[index]["line.paid"] = (f"$.lines[{index}].one_off",)
        else:
            values["line.paid"] = paid
        if category is None:
            return
        values["line.is_placement"] = category in words.PLACEMENTS
        self._court(index, line, category)
        self._end(line, values)
        if "for_line" in line:
            values["line.for_placement"] = line["for_line"] is not None
        else:
            self.line_missing[index]["line.for_placement"] = (f"$.lines[{index}].for_line",)
        if not values.get("line.extra_cost") and 0 in (line.get("one_off"), line.get("weekly"), line.get("monthly")):
            values["line.extra_cost"] = False
        self._initial(index, line)

    def _end(self, line: Mapping[str, Any], values: dict[str, Any]) -> None:
        """One tells the other: a line with an end is not open-ended, an open-ended line has none."""
        if "end" in line:
            values.setdefault("line.open_ended", line["end"] is None)
        elif values.get("line.open_ended"):
            values["line.end_none"] = True

    def _court(self, index: int, line: Mapping[str, Any], category: str) -> None:
        values = self.line_values[index]
        if category in words.COURT_BY_NATURE:
            values["line.court"] = True
        elif category not in COURT_READ:
            values["line.court"] = False
        elif "court_related" in line:
            values["line.court"] = line["court_related"]
        else:
            self.line_missing[index]["line.court"] = (f"$.lines[{index}].court_related",)

    def _initial(self, index: int, line: Mapping[str, Any]) -> None:
        if "initial" in line:
            return
        status = self.values.get("child.status")
        if status is not None and status != "looked_after":
            self.line_values[index]["line.initial"] = True
        else:
            paths = (f"$.lines[{index}].initial",)
            self.line_missing[index]["line.initial"] = paths if status else ("$.child.status", *paths)

    def _derive_lines(self) -> None:
        child = self.raw.get("child") or {}
        self.amounts = [
            money.line_total(
                line, index=index, child=child, weekly_by_months=line.get("category") in self.program.by_months
            )
            for index, line in enumerate(self.lines)
        ]
        for index, line in enumerate(self.lines):
            values = self.line_values[index]
            category = self.categories[index]
            same = [a for a, other in zip(self.amounts, self.categories, strict=True) if other == category]
            known = {"values": values, "missing": self.line_missing[index], "low": self.line_low[index]}
            _sum("line.total", [self.amounts[index]], **known)
            _sum("line.category_total", same, **known)
            annual = money.annual(line)
            if annual is not None:
                values["line.annual"] = annual
            last, path = money.last_day(line, index=index, child=child)
            if last is not None:
                values["line.last_day"] = last.toordinal()
            elif path is not None:
                self.line_missing[index]["line.last_day"] = (path,)

    # the request ----------------------------------------------------------------------------------
    def _derive_request(self) -> None:
        values = self.values
        values["request.panel_named"] = self.raw.get("panel") is not None
        values["request.joint"] = any(who in values["joint_funding"] for who in ("health", "education"))
        self._derive_days()
        if self.raw.get("lines") is None:
            for name in NAMES:
                if name.startswith("request.") and name not in values and name != "request.panel":
                    self.missing[name] = ("$.lines",)
            return
        categories = self.categories
        if None in categories:
            path = (f"$.lines[{categories.index(None)}].category",)
            for name in ("categories", "has_placement", "has_order", "needs_assessment"):
                self.missing[f"request.{name}"] = path
        else:
            values["request.categories"] = categories
            values["request.has_placement"] = any(c in words.PLACEMENTS for c in categories)
            values["request.has_order"] = any(c in words.ORDERS for c in categories)
            values["request.needs_assessment"] = any(c != "placement_move" for c in categories)
        starts = [line["start"] for line in self.lines if line.get("start") is not None]
        if starts:
            values["request.starts"] = min(starts).toordinal()
        self._derive_entry_to_care()
        self._derive_sums()

    def _derive_entry_to_care(self) -> None:
        answers: list[bool | None] = []
        paths: tuple[str, ...] = ()
        for index, line in enumerate(self.lines):
            if line.get("category") not in words.PLACEMENTS or line.get("category") in NO_ENTRY:
                continue
            answer = self.line_values[index].get("line.initial")
            answers.append(answer)
            paths += self.line_missing[index].get("line.initial", ())
        if True in answers or None not in answers:
            self.values["request.enters_care"] = True in answers
        else:
            self.missing["request.enters_care"] = paths

    def _derive_sums(self) -> None:
        known = {"values": self.values, "missing": self.missing, "low": self.low}
        costing = [a for a, line in zip(self.amounts, self.lines, strict=True) if not money.asks_no_money(line)]
        _sum("request.total", costing, **known)
        section_17 = [
            amount
            for amount, category in zip(self.amounts, self.categories, strict=True)
            if category in words.GROUPS["section_17"]
        ]
        _sum("request.section_17_total", section_17, **known)
        if not self.program.family_six_months:
            return
        months_lines = [i for i, line in enumerate(self.lines) if line.get("category") in self.program.by_months]
        amount = money.family_six_months(
            self.lines, family=self.raw.get("family"), child=self.raw.get("child"), weekly_by_months=months_lines
        )
        _sum("request.family_six_months", [amount], **known)

    def _derive_days(self) -> None:
        values = self.values
        panel = values.get("panel_starts_at_day")
        if panel is not None:
            values["panel_day"] = panel
            values["panel_day_works"] = calendar.is_working_day(date.fromordinal(panel))
        else:
            unsaid = () if "panel_starts_at" in self.raw else ("$.panel_starts_at",)
            self.missing["panel_day"] = self.missing["panel_day_works"] = unsaid
        if self.today is not None:
            values["today"] = self.today.toordinal()
        else:
            self.missing["today"] = ("$.as_at",)
        self._derive_age(panel or values.get("today"))

    def _derive_age(self, on: int | None) -> None:
        born = (self.raw.get("child") or {}).get("date_of_birth")
        if born is None:
            self.missing["child.age"] = self.missing["child.turns_18"] = ("$.child.date_of_birth",)
            return
        self.values["child.turns_18"] = calendar.birthday(born, money.ADULT_AGE).toordinal()
        if on is None:
            self.missing["child.age"] = ("$.as_at",)
            return
        day = date.fromordinal(on)
        age = max(day.year - born.year, 0)
        self.values["child.age"] = age - (1 if age and calendar.birthday(born, age) > day else 0)

    # people ---------------------------------------------------------------------------------------
    def _derive_people(self) -> None:
        signed = self.raw.get("sign_offs")
        if signed is None:
            self.missing["signed"] = ("$.sign_offs",)
        else:
            self.values["signed"] = sorted({one["role"] for one in signed if one.get("role")})
        declarations(self.raw, self.values, self.missing)
        self._derive_other_funding()

    def _derive_other_funding(self) -> None:
        others = self.raw.get("other_funding")
        if others is None:
            self.missing["other_funding_possible"] = self.missing["other_funding_without_details"] = (
                "$.other_funding",
            )
            return
        possible: list[bool | None] = [o.get("possible") for o in others]
        bare = [_bare(o.get("possible"), o.get("details_given")) for o in others]
        for name, answers, keys in (
            ("other_funding_possible", possible, ("possible",)),
            ("other_funding_without_details", bare, ("possible", "details_given")),
        ):
            if True in answers or None not in answers:
                self.values[name] = True in answers
            else:
                index = answers.index(None)
                key = next(key for key in keys if key not in others[index])
                self.missing[name] = (f"$.other_funding[{index}].{key}",)

    # why not known --------------------------------------------------------------------------------
    def paths(self, name: str, line: int | None) -> tuple[str, ...]:
        """The JSON paths of what would give a name its value; none where it is known, or known to be none."""
        if line is not None and name.startswith("line."):
            return () if name in self.line_values[line] else self._line_paths(name, line)
        if name in self.values:
            return ()
        if name in self.missing:
            return self.missing[name]
        return () if self._known_none(name) else (path_of(name),)

    def _line_paths(self, name: str, line: int) -> tuple[str, ...]:
        if name in self.line_missing[line]:
            return self.line_missing[line][name]
        key = name.removeprefix("line.").removesuffix("_none").removesuffix("_day")
        return () if key in self.lines[line] else (path_of(name, line),)

    def _known_none(self, name: str) -> bool:
        container, _, key = name.partition(".")
        if not key:
            return container in self.raw or name not in CASE
        if container == "own":
            return key in (self.raw.get("own") or {})
        if container in EVENTS and not self.values[f"{container}.given"]:
            return True
        if container not in self.raw:
            return container not in OBJECTS
        inner = self.raw[container]
        return inner is None or (key in inner and inner[key] is None)

    @cached_property
    def family_six_months(self) -> int | None:
        """The family's six months in pence; None where the policy does not add them up or a fact is missing."""
        return self.values.get("request.family_six_months")


def _sum(
    name: str,
    amounts: list[money.Amount],
    *,
    values: dict[str, Any],
    missing: dict[str, tuple[str, ...]],
    low: dict[str, int],
) -> None:
    paths = tuple(dict.fromkeys([path for amount in amounts for path in amount.missing]))
    if paths:
        missing[name] = paths
        low[name] = sum(amount.at_least for amount in amounts)
    else:
        values[name] = sum([amount.pence or 0 for amount in amounts])


def _bare(*answers: bool | None) -> bool | None:
    """Whether money is possible and its details are not given, of an answer to each; None where neither decides."""
    possible, details = answers
    if possible is False or details is True:
        return False
    return True if possible and details is False else None
