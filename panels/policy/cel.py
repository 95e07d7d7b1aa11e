"""Conditions of policies: the Common Expression Language, compiled and type-checked, with "not known" as an answer.

This is the only module that knows the library. A name that has no value makes an answer unknown unless the rest of
the condition decides: `a || b` is true when one side is, `a && b` is false when one side is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from cel_expr_python import cel

from panels.policy.facts import NAMES, SUMS, Kind
from panels.policy.plain import Plain, Values, plain

_TYPES: Final[dict[Kind, Any]] = {
    "word": cel.Type.STRING,
    "words": cel.Type.List(cel.Type.STRING),
    "yes_no": cel.Type.BOOL,
    "count": cel.Type.INT,
    "money": cel.Type.INT,
    "miles": cel.Type.DOUBLE,
    "day": cel.Type.INT,
    "instant": cel.Type.TIMESTAMP,
    "answers": cel.Type.Map(cel.Type.STRING, cel.Type.STRING),
}
_UNITS: Final[dict[str, Any]] = {"miles": cel.Type.DOUBLE}
_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME = re.compile(r"(?<![\w.])[a-z_][\w]*(?:\.[a-z_][\w]*)*")
_UNKNOWN = re.compile(r"undeclared reference to '([^']+)'")
_NOISE = re.compile(r" \(in container ''\)| \[INVALID_ARGUMENT\]| expecting \{.*\}")
_ERROR = cel.Type.ERROR


class ConditionError(Exception):
    """A condition that does not parse, uses a name that does not exist, or compares what cannot be compared.

    Attributes:
        unknown: the names that do not exist.
        others: what else is wrong, each with its column.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.unknown = list(dict.fromkeys(name for one in problems for name in _UNKNOWN.findall(one)))
        self.others = [one for one in problems if not _UNKNOWN.search(one)]


@dataclass(frozen=True, slots=True)
class Condition:
    """One compiled condition, the names of facts it uses, sums among them, and what the library is not needed for."""

    text: str
    names: tuple[str, ...]
    sums: tuple[str, ...]
    plain: Plain
    _environment: Any
    _program: Any

    def holds(self, values: Values) -> bool | None:
        """True or false, or None where a fact it needs is not known."""
        answer = self.plain.answer(values)
        return self.by_library(values) if answer is None and not self.plain.whole else answer

    def by_library(self, values: Values) -> bool | None:
        """What the library says, whatever could be said without it."""
        known = {name: value for name in self.names if (value := values[name]) is not None}
        answer = self._program.eval(self._environment.Activation(known))
        return None if answer.type() == _ERROR else bool(answer.value())


class Language:
    """What conditions of one policy may say: the language's facts and the policy's parameters, groups and timers."""

    def __init__(
        self,
        parameters: Mapping[str, str],
        groups: Mapping[str, tuple[str, ...]],
        timers: tuple[str, ...],
        *,
        own: Mapping[str, Kind] | None = None,
    ) -> None:
        """Declare the names.

        Args:
            parameters: name and unit of each parameter, read in conditions as `param.name`.
            groups: categories of each group, read as `group.name`.
            timers: timer ids, read as `missed.t_01`.
            own: name and kind of each fact of the council's own, read as `own.name`.
        """
        variables: dict[str, Any] = {name: _TYPES[kind] for name, kind in NAMES.items()}
        variables |= {f"param.{name}": _UNITS.get(unit, cel.Type.INT) for name, unit in parameters.items()}
        variables |= {f"group.{name}": _TYPES["words"] for name in groups}
        variables |= {missed(timer): cel.Type.BOOL for timer in timers}
        variables |= {f"own.{name}": _TYPES[kind] for name, kind in (own or {}).items()}
        self.names = frozenset(variables)
        self._env = cel.NewEnv(variables=variables, functions=[_PLUS_MONTHS])
        self._made: dict[str, Condition] = {}

    def compile(self, text: str) -> Condition:
        """Compile a condition that answers yes or no; raises `ConditionError` with what is wrong and where."""
        if text not in self._made:
            try:
                program = self._env.compile(text)
            except RuntimeError as error:
                raise ConditionError(*_explain(str(error))) from None
            if program.return_type() != cel.Type.BOOL:
                raise ConditionError("a condition answers yes or no, this one is a " + str(program.return_type()))
            names = self.used(text)
            sums = tuple(name for name in names if name in SUMS)
            self._made[text] = Condition(text, names, sums, plain(text), self._env, program)
        return self._made[text]

    def used(self, text: str) -> tuple[str, ...]:
        """The declared names in a condition, in the order in which they stand."""
        found = (self._declared(name) for name in _NAME.findall(_STRING.sub("''", text)))
        return tuple(dict.fromkeys(name for name in found if name))

    def _declared(self, name: str) -> str:
        """The name as far as it is declared: of `area.startsWith` the fact is `area`."""
        while name and name not in self.names:
            name = name.rpartition(".")[0]
        return name


@lru_cache(maxsize=4096)
def missed(timer: str) -> str:
    """The name under which a condition asks whether a timer was missed: `missed.t_01` for T-01."""
    return "missed." + timer.lower().replace("-", "_")


def _explain(message: str) -> list[str]:
    lines = [line for line in message.splitlines() if "ERROR" in line] or message.splitlines()
    # Where the grammar is lost once, what follows is said of that one place over and over.
    lines = [line for line in lines if "Syntax error" in line][:1] or lines
    return [re.sub(r".*?<input>:-?\d+:(-?\d+):", r"column \1:", _NOISE.sub("", line)) for line in lines]


def _plus_months(day: int, months: int) -> int:
    begun = date.fromordinal(day)
    year, month = divmod(begun.year * 12 + begun.month - 1 + months, 12)
    for last in (begun.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(last, begun.day)).toordinal()
        except ValueError:
            continue
    raise ValueError(day)


_PLUS_MONTHS: Final = cel.FunctionDecl(
    "plus_months",
    [
        cel.Overload(
            "plus_months_int_int",
            return_type=cel.Type.INT,
            parameters=[cel.Type.INT, cel.Type.INT],
            impl=_plus_months,
        )
    ],
)
