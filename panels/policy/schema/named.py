"""What a policy names for its conditions: numbers a council would change, and facts only this council asks for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from panels.policy.schema.base import Code, Dated, RuleId, Shape, Text


class Parameter(Shape):
    """A number a council would change, with its unit and, where it changed, its value from each date on."""

    unit: Literal["pence", "miles", "days", "working_days", "hours", "months", "weeks", "count", "minutes"]
    values: tuple[Dated, ...] = Field(min_length=1)
    rule: RuleId | None = None
    means: Text | None = None


class Counting(Shape):
    """What is counted for a child: how many of these lines were agreed before that began in so many months."""

    lines: tuple[Code, ...] = Field(min_length=1)
    months: int = Field(ge=1, strict=True)


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
