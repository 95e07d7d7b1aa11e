"""What a policy names for its conditions: numbers a council would change, and facts only this council asks for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from panels.policy.schema.base import MOST, MOST_MONTHS, MOST_PENCE, Code, Dated, RuleId, Shape, Text


def most_of(unit: str) -> int:
    """The largest number that has a meaning in a unit of parameters or of timers."""
    return {"pence": MOST_PENCE, "months": MOST_MONTHS}.get(unit, MOST)


class Parameter(Shape):
    """A number a council would change, with its unit and, where it changed, its value from each date on."""

    unit: Literal["pence", "miles", "days", "working_days", "hours", "months", "weeks", "count", "minutes"]
    values: tuple[Dated, ...] = Field(min_length=1)
    rule: RuleId | None = None
    means: Text | None = None

    @model_validator(mode="after")
    def _whole_and_within_bounds(self) -> Parameter:
        most = most_of(self.unit)
        for dated in self.values:
            if self.unit != "miles" and not isinstance(dated.value, int):
                raise ValueError(f"{self.unit} are whole numbers, found {dated.value}")
            if dated.value > most:
                raise ValueError(f"{self.unit} are at most {most}, found {dated.value}")
        return self


class Counting(Shape):
    """What is counted for a child: how many of these lines were agreed before that began in so many months."""

    lines: tuple[Code, ...] = Field(min_length=1)
    months: int = Field(ge=1, le=MOST_MONTHS, strict=True)


class OwnFact(Shape):
    """A fact only this council asks for, read in conditions as `own.name` and given in a case under `own`.

    One that `counts` is worked out from what was agreed for the child, and nobody types it into a request.
    """

    kind: Literal["yes_no", "word", "words", "count", "money", "day"]
    label: Text
    choices: tuple[Code, ...] = ()
    counts: Counting | None = None
    rule: RuleId | None = None

    @model_validator(mode="after")
    def _only_a_count_is_counted(self) -> OwnFact:
        if self.counts is not None and self.kind != "count":
            raise ValueError("counts goes with kind: count")
        return self

    @model_validator(mode="after")
    def _choices_are_for_words(self) -> OwnFact:
        if bool(self.choices) != (self.kind in {"word", "words"}):
            raise ValueError("choices are needed for word and words, and read for nothing else")
        return self
