"""Compares a result with what a vector expects, and lists every difference in words.

Only what is stated is compared; a key the comparator does not know is a difference, so that nothing is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
BINDING = {"block", "warn", "route"}
FINDING_KEYS = {"rule", "effect", "stage", "line"}
APPROVAL_KEYS = {"role", "rule", "stage", "given"}
Result = Mapping[str, Any]
Check = Callable[[Any, Result], Iterable[str]]


def differences(expected: Mapping[str, Any], result: Result) -> list[str]:
    """Say in what a result differs from what is expected of it; empty when it does not."""
    found: list[str] = []
    for key, value in expected.items():
        check = CHECKS.get(key)
        found.extend([f"the comparator does not know {key}"] if check is None else check(value, result))
    return found


def _equal(key: str) -> Check:
    def check(value: Any, result: Result) -> Iterable[str]:
        if result[key] != value:
            yield f"{key} is {result[key]!r}, expected {value!r}"

    return check


def _matches(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    return all(key in found and found[key] == value for key, value in wanted.items())


def _findings(result: Result) -> str:
    return ", ".join(f"{f['rule']}/{f['effect']}/{f['stage']}/{f['line']}" for f in result["findings"]) or "none"


def _findings_include(wanted: list[dict[str, Any]], result: Result) -> Iterable[str]:
    for finding in wanted:
        assert finding.keys() <= FINDING_KEYS, finding
        if not any(_matches(finding, found) for found in result["findings"]):
            yield f"no finding {finding}; there are {_findings(result)}"


def _findings_any(groups: list[list[dict[str, Any]]], result: Result) -> Iterable[str]:
    for group in groups:
        if not any(_matches(finding, found) for finding in group for found in result["findings"]):
            yield f"no finding out of {group}; there are {_findings(result)}"


def _findings_exclude(rules: list[str], result: Result) -> Iterable[str]:
    for found in result["findings"]:
        if found["rule"] in rules and found["effect"] in BINDING:
            yield f"{found['rule']} must not {found['effect']}: {found['message']}"


def _approvals_include(wanted: list[dict[str, Any]], result: Result) -> Iterable[str]:
    for approval in wanted:
        assert approval.keys() <= APPROVAL_KEYS, approval
        if not any(_matches(approval, found) for found in result["approvals"]):
            yield f"no approval {approval}; there are {result['approvals']}"


def _approvals_exclude_roles(roles: list[str], result: Result) -> Iterable[str]:
    for found in result["approvals"]:
        if found["role"] in roles:
            yield f"{found['role']} must not be asked ({found['rule']})"


def _deadlines(wanted: Mapping[str, Mapping[str, Any]], result: Result) -> Iterable[str]:
    there = {deadline["timer"]: deadline for deadline in result["deadlines"]}
    for timer, facts in wanted.items():
        if timer not in there:
            yield f"no timer {timer}; there are {sorted(there)}"
            continue
        due = datetime.fromisoformat(there[timer]["due"])
        if due.utcoffset() != due.astimezone(LONDON).utcoffset():
            yield f"{timer} is due {due}, which is not London's offset"
        found = {
            "due": due.timestamp(),
            "due_date": due.astimezone(LONDON).date().isoformat(),
            "met": there[timer]["met"],
        }
        for key, value in facts.items():
            if found[key] != (datetime.fromisoformat(value).timestamp() if key == "due" else value):
                yield f"{timer} is {there[timer]}, expected {key} {value!r}"


def _deadlines_exclude(timers: list[str], result: Result) -> Iterable[str]:
    for deadline in result["deadlines"]:
        if deadline["timer"] in timers:
            yield f"{deadline['timer']} must not be there"


def _quorum(wanted: Mapping[str, Any] | None, result: Result) -> Iterable[str]:
    quorum = result["quorum"]
    if wanted is None or quorum is None:
        if wanted is not quorum:
            yield f"quorum is {quorum}, expected {wanted}"
        return
    if "met" in wanted and quorum["met"] is not wanted["met"]:
        yield f"quorum is {quorum}, expected met {wanted['met']}"
    for role in wanted.get("missing_include", ()):
        if role not in quorum["missing"]:
            yield f"quorum does not miss {role}, only {quorum['missing']}"
    for role in wanted.get("missing_exclude", ()):
        if role in quorum["missing"]:
            yield f"quorum must not miss {role}"
    assert wanted.keys() <= {"met", "missing_include", "missing_exclude"}, wanted


def _totals(wanted: Mapping[str, Any], result: Result) -> Iterable[str]:
    totals = result["totals"]
    assert wanted.keys() <= {"family_six_months", "lines"}, wanted
    if "family_six_months" in wanted and totals["family_six_months"] != wanted["family_six_months"]:
        yield f"family_six_months is {totals['family_six_months']}, expected {wanted['family_six_months']}"
    for index, line in enumerate(wanted.get("lines", ())):
        for key, value in line.items():
            if index >= len(totals["lines"]) or totals["lines"][index][key] != value:
                yield f"{key} of line {index} is not {value}: {totals['lines'][index : index + 1]}"


def _missing_include(paths: list[str], result: Result) -> Iterable[str]:
    for path in paths:
        if path not in result["missing"]:
            yield f"{path} is not among the missing {result['missing']}"


def _missing_exclude(paths: list[str], result: Result) -> Iterable[str]:
    for path in paths:
        if path in result["missing"]:
            yield f"{path} must not be missing"


def _missing_prefix(prefixes: list[str], result: Result) -> Iterable[str]:
    for prefix in prefixes:
        if not any(path.startswith(prefix) for path in result["missing"]):
            yield f"nothing missing begins with {prefix}: {result['missing']}"


def _any_of(choices: list[Mapping[str, Any]], result: Result) -> Iterable[str]:
    attempts = [differences(choice, result) for choice in choices]
    if all(attempts):
        yield f"none of {len(choices)} holds: {attempts}"


CHECKS: dict[str, Check] = {
    "remit": _equal("remit"),
    "route_to": _equal("route_to"),
    "panel": _equal("panel"),
    "can_submit": _equal("can_submit"),
    "can_record_emergency": _equal("can_record_emergency"),
    "findings_include": _findings_include,
    "findings_any": _findings_any,
    "findings_exclude": _findings_exclude,
    "approvals_include": _approvals_include,
    "approvals_exclude_roles": _approvals_exclude_roles,
    "deadlines": _deadlines,
    "deadlines_exclude": _deadlines_exclude,
    "quorum": _quorum,
    "totals": _totals,
    "missing_include": _missing_include,
    "missing_exclude": _missing_exclude,
    "missing_prefix": _missing_prefix,
    "any_of": _any_of,
}
