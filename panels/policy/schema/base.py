"""What every part of a policy file shares: strict shapes, unknown keys refused, nothing changes once read."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

SLUG = re.compile(r"^[a-z][a-z0-9-]*$")

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*-[0-9]{2,4}$")]
TimerId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*-[0-9]{2,4}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60, strict=True)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


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

    value: int | float | str
    from_: date | None = Field(default=None, alias="from")
