"""One case asked of one policy: answers conditions, remembers what was missing, collects findings."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from panels.policy.cel import Condition
from panels.policy.plain import Values
from panels.rules.assessment import Finding
from panels.rules.engine.facts import Facts, LineFacts
from panels.rules.engine.program import SITUATION, Program, Ready, situation_of

P = TypeVar("P")
BINDING = frozenset({"block", "warn"})
HIGH = 10**15
"""More pence than any sum: the upper end where only the lower end of a sum is known."""


class Asking:
    """The state of one assessment while it is worked out."""

    def __init__(self, program: Program, facts: Facts) -> None:
        self.program = program
        self.facts = facts
        self.findings: list[Finding] = []
        self.missing: dict[str, None] = {}
        self.lines = [LineFacts(facts, index) for index in range(len(facts.lines))]
        self._here: dict[Hashable, list[Any]] | None = None
        self._answers: dict[tuple[str, int | None], bool | None] = {}
        emergency = facts.raw.get("emergency")
        self._emergency_kind = None if emergency is None else emergency.get("kind", "")
        self.emergency_barred = False

    # names ----------------------------------------------------------------------------------------
    def tell(self, told: Mapping[str, Any], missing: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Give names their values, and others the reason why they have none; conditions asked before forget it."""
        self.facts.missing.update(missing or {})
        for values in (self.facts, *self.lines):
            values.update(told)
        self._answers.clear()
        if not told.keys().isdisjoint(SITUATION):
            self._here = None

    def send_to(self, panel: str | None) -> None:
        """Tell the panel the request goes to, or that none can be told yet."""
        self.tell({} if panel is None else {"request.panel": panel}, {"request.panel": ()} if panel is None else None)

    def about(self, line: int | None = None) -> Facts | LineFacts:
        """What is known of the request, or of a line and the request."""
        return self.facts if line is None else self.lines[line]

    def number(self, value: int | str) -> int:
        """A number of the policy: itself, or the parameter of that name on the day of the question."""
        return value if isinstance(value, int) else int(self.facts.fixed[f"param.{value}"])

    # conditions -----------------------------------------------------------------------------------
    def holds(self, when: Condition | None, line: int | None = None) -> bool | None:
        """Whether a condition holds, for a line where one is given; None notes the facts it lacks as missing."""
        if when is None:
            return True
        values = self.facts if line is None else self.lines[line]
        answer = when.plain.answer(values)
        return self._unsettled(when, line) if answer is None else answer

    def _unsettled(self, when: Condition, line: int | None) -> bool | None:
        """The answer to a condition whose plain parts do not decide it."""
        values = self.about(line)
        if when.sums or not when.plain.whole:
            key = (when.text, line)
            if key not in self._answers:
                answer = None if when.plain.whole else when.by_library(values)
                self._answers[key] = self._between(when, values) if answer is None else answer
            if self._answers[key] is not None:
                return self._answers[key]
        for name in when.plain.lacks(values) if when.plain.apart else when.names:
            self.lacks(*values.paths(name))
        return None

    def lacks(self, *paths: str) -> None:
        """Note facts the verdict would need."""
        for path in paths:
            self.missing[path] = None

    def _between(self, when: Condition, values: Facts | LineFacts) -> bool | None:
        """Decide with the least and the most a sum can be, where both give the same answer."""
        low = {name: least for name in when.sums if (least := values.least_of(name)) is not None}
        if not low:
            return None
        known = {name: values[name] for name in when.names}
        least = when.holds(Values(known | low))
        most = when.holds(Values(known | dict.fromkeys(low, HIGH)))
        return least if least == most else None

    def emergency_placement(self) -> bool:
        """Whether a child was or is placed in an emergency; one whose kind is not said may be, and is not held up."""
        if self._emergency_kind == "":
            self.lacks("$.emergency.kind")
        return self._emergency_kind in {"placement", ""}

    # lines ----------------------------------------------------------------------------------------
    def concerned(self, ready: Ready[Any]) -> list[int]:
        """The lines whose category a part of the policy names."""
        named = ready.lines or frozenset()
        return [index for index, category in enumerate(self.facts.categories) if category in named]

    def here(self, ready: Ready[Any]) -> bool:
        """Whether an entry concerns the panel the request goes to."""
        return ready.concerns(self.facts["request.panel"])

    def all_here(self, kind: Hashable, parts: list[Ready[P]]) -> list[Ready[P]]:
        """Those of the program's parts of a kind that the request's situation does not rule out."""
        if self._here is None:
            self._here = self.program.left_by(situation_of(self.facts))
        found = self._here.get(kind)
        if found is None:
            situation = Values(zip(SITUATION, situation_of(self.facts), strict=True))
            found = self._here[kind] = [ready for ready in parts if ready.could_hold(situation)]
        return found

    # findings -------------------------------------------------------------------------------------
    def find(
        self, ready: Ready[Any], effect: str, stage: str, *, line: int | None = None, says: str | None = None
    ) -> None:
        """Say something about the request or a line; what only some panels hold to binds nobody while none is known."""
        if ready.entry.panels and effect in BINDING and self.facts["request.panel"] is None:
            return
        rule = ready.entry.id
        self.findings.append(Finding(rule, self.program.clauses[rule], effect, stage, says or ready.says(), line))

    # times ----------------------------------------------------------------------------------------
    def moment(self, name: str, line: int | None = None) -> date | datetime | None:
        """The value of a fact that is a day or an instant, as a date or an aware date-time; None where it has none."""
        value = self.about(line)[name]
        return date.fromordinal(value) if isinstance(value, int) else value
