"""Tables of what each row of a council's rules does: facts given, what has to follow and what must not.

A table is `rows/<council>.yaml`:

    cases:                       # whole cases others begin from; `from` takes another case first
      placement: {as_at: ..., lines: [...]}
    rows:
      WK-47:
        - {case: placement, set: {documents: []}, finds: block submit}
        - {case: placement, silent: true}
      WK-27:
        - {treatment: shown, carried: [seats], holds: {panels.arp.schedule.length: 90}}

`set` and `drop` name facts by dotted paths, indexes of lines counted from nought; the next index adds one. What may
follow a case: `finds` ("effect stage", one or several), `times` (how often), `saying` (words in it), `silent` (nothing
at all), `asks_for` ("role stage"), `asks_no` (roles), `given` (of `asks_for`), `due` (day by timer), `met` (by timer),
`no_timer`, and every key of a vector's `expect`.

What `assess` does not answer is asked by name: `{ask: reviews, given: {...}, answer: [...]}`, with a `case` where the
question needs one. `asking.py` has the names; the answer is compared whole. `proves` names kinds of `kinds.yml`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from panels.policy import Policy
from panels.policy.coverage import carried
from panels.rules import assess
from panels.rules.case import Case, read_case, vocabulary_of
from tests.policies.asking import answer
from tests.vectors.comparator import CHECKS, LONDON, differences

HERE = Path(__file__).parent
ROWS = HERE / "rows"
OF_THE_ENTRY = frozenset({"treatment", "carried", "asks", "holds"})
OF_THE_ROW = frozenset({"finds", "silent", "asks_for", "asks_no", "given", "due", "met", "no_timer", "times", "saying"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: the rule it proves and what it says."""

    council: str
    rule: str
    number: int
    data: Mapping[str, Any]
    facts: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        """The rule and the number of the line, counted from one."""
        return f"{self.rule}-{self.number}"


def councils() -> list[str]:
    """The councils that have a table."""
    return sorted(file.stem for file in ROWS.glob("*.yaml"))


def invented() -> list[str]:
    """The councils nobody wrote code for, each with its own table beside its policy."""
    return sorted(file.parent.name for file in HERE.glob("*/table.yml"))


def rows_of(council: str) -> tuple[Row, ...]:
    """All lines of the table of an invented council, in its order."""
    return rows(council, HERE / council / "table.yml")


@cache
def rows(council: str, file: Path | None = None) -> tuple[Row, ...]:
    """All lines of a council's table, in its order."""
    table = _table(file or ROWS / f"{council}.yaml")
    return tuple(_rows(council, table["rows"], _cases(council, table)))


def versions_of(council: str) -> tuple[list[Mapping[str, Any]], tuple[Row, ...]]:
    """The later versions of an invented council, as changes of the first, and the lines that ask on a day."""
    table = _table(HERE / council / "table.yml")
    told = table["versions"]
    return told["later"], tuple(_rows(council, {"version": told["rows"]}, _cases(council, table)))


def _table(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = as_json(YAML(typ="safe").load(file.read_text(encoding="utf-8")))
    return read


def _cases(council: str, table: Mapping[str, Any]) -> dict[str, Any]:
    cases: dict[str, Any] = {}
    for name, case in table["cases"].items():
        cases[name] = _changed(cases[case["from"]], case) if "from" in case else {"council": council, **case}
    return cases


def _rows(council: str, table: Mapping[str, Any], cases: Mapping[str, Any]) -> Iterator[Row]:
    for rule, lines in table.items():
        for number, data in enumerate(lines, start=1):
            facts = _changed(cases[data["case"]], data) if "case" in data else None
            yield Row(council, rule, number, data, facts)


def as_json(value: Any) -> Any:
    """The same with days and moments as the text JSON would hold."""
    if isinstance(value, dict):
        return {str(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _changed(case: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = copy.deepcopy(dict(case))
    for path in change.get("drop", ()):
        *way, last = _steps(path)
        _at(facts, way).pop(last, None)
    for path, value in change.get("set", {}).items():
        *way, last = _steps(path)
        place = _at(facts, way, made=True)
        if isinstance(place, list) and last == len(place):
            place.append(None)
        place[last] = copy.deepcopy(value)
    return facts


def _steps(path: str) -> list[Any]:
    """The steps of a dotted path; from `evidence` on the rest is one code."""
    return [int(step) if step.isdigit() else step for step in path.split(".")]


def _at(facts: Any, way: list[Any], *, made: bool = False) -> Any:
    for step in way:
        if made and isinstance(facts, dict) and facts.get(step) is None:
            facts[step] = {}
        facts = facts[step]
    return facts


def faults(row: Row, policy: Policy, case: Case | None = None) -> list[str]:
    """What a policy does otherwise than the line says; empty where it does as told. `case` is the line's, if read."""
    found = list(_entry_faults(row, policy))
    if "ask" in row.data:
        found += _answer_faults(row, policy, case)
    elif row.facts is not None:
        found += _case_faults(row, assess(case or read(row.facts, policy), policy).as_json())
    return found


# the entry ------------------------------------------------------------------------------------------
def _entry_faults(row: Row, policy: Policy) -> Iterator[str]:
    entry = next((e for e in policy.entries if e.id == row.rule), None)
    if entry is None:
        yield f"there is no entry {row.rule}"
        return
    if not (entry.means and policy.clause(entry.id)):
        yield "the entry has no words or no clause"
    if row.data.get("treatment", entry.treatment) != entry.treatment:
        yield f"the treatment is {entry.treatment}, expected {row.data['treatment']}"
    kinds = carried(policy)[entry.id]
    yield from (f"no {kind}, only {kinds}" for kind in row.data.get("carried", ()) if kind not in kinds)
    asked = {question.code for question in entry.asks}
    yield from (f"{code} is not asked" for code in row.data.get("asks", ()) if code not in asked)
    for path, wanted in row.data.get("holds", {}).items():
        found = value_at(policy, path)
        if not _holds(wanted, found):
            yield f"{path} is {found!r}, expected {wanted!r}"


def value_at(policy: Policy, path: str) -> Any:
    """What a policy says at a dotted path: panels by slug, entries by id, everything else by its key."""
    value: Any = policy.payload()
    value["panels"] = {panel["slug"]: panel for panel in value["panels"]}
    value["entries"] = {entry["id"]: entry for entry in value["entries"]}
    for step in _steps(path):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _holds(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], dict):
        return isinstance(found, list) and all(any(_holds(one, other) for other in found) for one in wanted)
    return bool(wanted == found)


# questions beside assess ----------------------------------------------------------------------------
def _answer_faults(row: Row, policy: Policy, case: Case | None) -> Iterator[str]:
    asked = case or (read(row.facts, policy) if row.facts is not None else None)
    told = answer(policy, row.data["ask"], row.data.get("given", {}), asked)
    if told != row.data["answer"]:
        yield f"{row.data['ask']} is answered {told!r}, expected {row.data['answer']!r}"


# the case -------------------------------------------------------------------------------------------
def read(facts: Mapping[str, Any], policy: Policy) -> Case:
    """A case written as JSON would write it, in the words of a policy."""
    vocabulary = vocabulary_of(policy)
    return read_case(dict(facts), councils=frozenset({policy.slug}), vocabulary=lambda _c, _at: vocabulary)


def ask(facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """What a policy says about a case written as JSON would write it."""
    return assess(read(facts, policy), policy).as_json()


def _case_faults(row: Row, result: Mapping[str, Any]) -> Iterator[str]:
    told = row.data.keys() - OF_THE_ENTRY - {"case", "set", "drop", "why", "proves", "allowed"}
    assert told, f"{row.name} expects nothing"
    assert told <= OF_THE_ROW | CHECKS.keys(), f"{row.name} has words nobody knows: {told}"
    yield from differences({key: row.data[key] for key in told & CHECKS.keys()}, result)
    yield from _findings(row, result)
    yield from _approvals(row, result)
    yield from _deadlines(row, result)


def _findings(row: Row, result: Mapping[str, Any]) -> Iterator[str]:
    mine = [f"{f['effect']} {f['stage']}" for f in result["findings"] if f["rule"] == row.rule]
    wanted = row.data.get("finds", [])
    for one in [wanted] if isinstance(wanted, str) else wanted:
        if one not in mine:
            yield f"{row.rule} does not {one}; it says {mine or 'nothing'}"
    if "times" in row.data and len(mine) != row.data["times"]:
        yield f"{row.rule} says {mine}, expected {row.data['times']} findings"
    messages = [f["message"] for f in result["findings"] if f["rule"] == row.rule]
    if not any(row.data.get("saying", "") in message for message in messages) and "saying" in row.data:
        yield f"{row.rule} says {messages}, expected {row.data['saying']!r}"
    if row.data.get("silent") and mine:
        yield f"{row.rule} says {mine}, expected nothing"


def _approvals(row: Row, result: Mapping[str, Any]) -> Iterator[str]:
    mine = {f"{a['role']} {a['stage']}": a for a in result["approvals"] if a["rule"] == row.rule}
    wanted = row.data.get("asks_for")
    if wanted is not None and wanted not in mine:
        yield f"{row.rule} does not ask for {wanted}; it asks for {sorted(mine) or 'nobody'}"
    if "given" in row.data and wanted in mine and mine[wanted]["given"] is not row.data["given"]:
        yield f"{wanted} is {mine[wanted]['given']}, expected {row.data['given']}"
    for role in row.data.get("asks_no", ()):
        if any(a["role"] == role for a in mine.values()):
            yield f"{row.rule} asks for {role}"


def _deadlines(row: Row, result: Mapping[str, Any]) -> Iterator[str]:
    run = {d["timer"]: d for d in result["deadlines"]}
    for timer, day in row.data.get("due", {}).items():
        due = datetime.fromisoformat(run[timer]["due"]).astimezone(LONDON).isoformat() if timer in run else "nothing"
        if not due.startswith(str(day)):
            yield f"{timer} is due {due}, expected {day}"
    for timer, met in row.data.get("met", {}).items():
        if timer not in run or run[timer]["met"] is not met:
            yield f"{timer} is {run.get(timer)}, expected met {met}"
    yield from (f"{timer} must not run" for timer in row.data.get("no_timer", ()) if timer in run)
