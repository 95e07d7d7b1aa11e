"""What every part of a policy file shares: strict shapes, unknown keys refused, nothing changes once read."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

SLUG = re.compile(r"^[a-z][a-z0-9-]*$")

CODE = re.compile(r"^[a-z][a-z0-9_]*$")
NUMBERED = re.compile(r"^[A-Z][A-Z0-9]*-[0-9]{2,4}$")
CLOCK = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
PATTERNS: Final = {
    SLUG.pattern: "a name of small letters, digits and hyphens, a letter first",
    CODE.pattern: "a name of small letters, digits and underscores, a letter first",
    NUMBERED.pattern: "capitals, a hyphen and two to four digits, such as AB-01",
    CLOCK.pattern: "a time of day in quotes, such as '09:30'",
}
"""The patterns of text in words."""

MOST: Final = 100_000
"""More days, hours, people or miles than any rule counts; so many days from today the calendar still knows."""
MOST_MONTHS: Final = 1_200
MOST_PENCE: Final = 999_999_999_999
"""What the sum of a case may be at most."""

Slug = Annotated[str, StringConstraints(pattern=SLUG.pattern)]
Code = Annotated[str, StringConstraints(pattern=CODE.pattern)]
RuleId = Annotated[str, StringConstraints(pattern=NUMBERED.pattern)]
TimerId = Annotated[str, StringConstraints(pattern=NUMBERED.pattern)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Count = Annotated[int, Field(ge=0, le=MOST, strict=True)]
OneOrMore = Annotated[int, Field(ge=1, le=MOST, strict=True)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60, strict=True)]
Clock = Annotated[str, StringConstraints(pattern=CLOCK.pattern)]


class Shape(BaseModel):
    """A mapping in a policy file: only the keys named here, frozen, written back under the names of the file."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, strict=False, str_strip_whitespace=True
    )


class Clause(Shape):
    """Where a rule stands: the code of a document of the council and the place in it."""

    document: Code
    section: Text


class Dated(Shape):
    """One value of a parameter and the first day on which it holds."""

    value: Annotated[
        Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True, allow_inf_nan=False)],
        Field(ge=0, le=MOST_PENCE),
    ]
    from_: date | None = Field(default=None, alias="from")
