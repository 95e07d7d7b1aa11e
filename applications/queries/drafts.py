"""Drafts of a policy to try out: from a folder, from files that were sent, from one number changed. None is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from panels.policy import Fault, Policy, PolicyFaults, load
from panels.policy.loading import DRAFT
from panels.policy.schema import Entry

NEVER = date(1900, 1, 1).isoformat()
DUE_UNITS = (
    "working_days_before",
    "working_days_after",
    "days_before",
    "days_after",
    "months_after",
    "hours_before",
    "hours_after",
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a policy that may be tried at another value; `unit` is that of a parameter."""

    code: str
    rule: str
    means: str
    unit: str
    value: int | float


def folder_of(slug: str, root: Path) -> Path:
    """Where a council keeps the draft of its next version."""
    return root / f"{slug}{DRAFT}"


def draft_in_folder(slug: str, root: Path) -> Policy:
    """The draft in a council's draft folder.

    Raises:
        PolicyFaults: with every fault, its file and its line.
        KeyError: there is no such folder.
    """
    return _loaded(folder_of(slug, root).name, root)


def draft_of_files(slug: str, files: Mapping[str, str]) -> Policy:
    """The policy which these files make, loaded and checked as if they stood in the council's folder.

    Raises:
        PolicyFaults: with every fault, its file and its line.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / slug
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        try:
            return _loaded(slug, Path(place))
        except KeyError:
            raise PolicyFaults([Fault(f"{slug}/council.yaml", 1, "the file council.yaml is missing")]) from None


def _loaded(name: str, root: Path) -> Policy:
    try:
        return load(name, root)
    except (ValueError, TypeError, ArithmeticError, RecursionError, AttributeError) as fault:
        # Whatever stands in a file somebody sent: a value no reader of YAML can hold is a fault of the file.
        problem = f"holds a value that cannot be read ({type(fault).__name__})"
        raise PolicyFaults([Fault(name, 1, problem)]) from None


def numbers_of(policy: Policy, *, on: date) -> tuple[Number, ...]:
    """Every number a council may want to change: its parameters, days of its timers, people of its quorum."""
    found = [*_parameters(policy, on)]
    for entry in policy.entries:
        found += [*_days(entry), *_seats(entry)]
    return tuple(sorted(found, key=lambda number: (number.rule, number.code)))


def _parameters(policy: Policy, on: date) -> Iterator[Number]:
    for name, parameter in policy.book.parameters.items():
        means = parameter.means or name.replace("_", " ").capitalize()
        yield Number(f"parameter:{name}", parameter.rule or "", means, parameter.unit, value=policy.parameter(name, on))


def _days(entry: Entry) -> Iterator[Number]:
    for index, deadline in enumerate(entry.deadlines):
        kind = deadline.due.kind
        value = getattr(deadline.due, kind)
        if kind in DUE_UNITS and isinstance(value, int):
            means = f"{deadline.title or entry.means} ({kind.replace('_', ' ')})"
            yield Number(f"due:{entry.id}:{index}:{kind}", entry.id, means, kind.rpartition("_")[0], value)


def _seats(entry: Entry) -> Iterator[Number]:
    for index, clause in enumerate(entry.quorum.clauses if entry.quorum else ()):
        means = f"Quorum: how many of {' or '.join(clause.roles).replace('_', ' ')}"
        yield Number(f"quorum:{entry.id}:{index}", entry.id, means, "count", clause.count)


def with_number(policy: Policy, code: str, value: float) -> Policy:
    """The policy with one of `numbers_of` at another value.

    Raises:
        KeyError: the code is none of them.
        PolicyFaults: no policy can have that number there.
    """
    payload = policy.payload()
    kind, _, rest = code.partition(":")
    if kind == "parameter":
        payload["parameters"][rest]["values"] = [{"value": value}]
        return _rebuilt(payload, policy, code)
    rule, _, place = rest.partition(":")
    entry = next((e for e in payload["entries"] if e["id"] == rule), None)
    if entry is None or kind not in {"due", "quorum"}:
        raise KeyError(code)
    if kind == "due":
        index, _, name = place.partition(":")
        entry["deadlines"][int(index)]["due"][name] = value
    else:
        entry["quorum"]["clauses"][int(place)]["count"] = value
    return _rebuilt(payload, policy, code)


def _rebuilt(payload: dict[str, Any], policy: Policy, code: str) -> Policy:
    try:
        return Policy.from_payload(payload)
    except ValidationError as refusal:
        why = refusal.errors()[0]["msg"].removeprefix("Value error, ")
        raise PolicyFaults([Fault(policy.version, 1, f"{code}: {why}")]) from None


def as_on(policy: Policy, day: date) -> Policy:
    """The policy as it stands on a day, whatever the day it is then asked about.

    Each number has the value of that day; an entry that holds on it always holds, another one never.
    """
    payload: dict[str, Any] = policy.payload()
    for name, parameter in payload.get("parameters", {}).items():
        parameter["values"] = [{"value": policy.parameter(name, day)}]
    for entry, written in zip(policy.entries, payload["entries"], strict=True):
        holds = (entry.from_ is None or entry.from_ <= day) and (entry.until is None or day <= entry.until)
        written.pop("from", None)
        written.pop("until", None)
        if not holds:
            written["until"] = NEVER
    return Policy.from_payload(payload)
