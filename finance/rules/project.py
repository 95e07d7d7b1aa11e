"""What if: the money after each agenda item, for any set of choices. Writes nothing, asks nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from .cost import half_up
from .standing import Level, Thresholds, level_of

AS_REQUESTED, RECOMMENDED, NONE, HALF = "as_requested", "recommended", "none", "half"


class Preset(StrEnum):
    """Choices made for the whole agenda at once."""

    ALL = "all"
    RECOMMENDED = "recommended"
    NONE = "none"
    STATUTORY = "statutory"


@dataclass(frozen=True, slots=True)
class Effect:
    """What agreeing to something does, in pence; negative gives money back.

    Attributes:
        this_year: the council's own cost this financial year, on known dates.
        next_year: the same for the next.
        annualised: the council's own weekly cost over a whole year, end dates ignored.
        partner_agreed: partners' cost this year that is agreed.
        partner_not_agreed: partners' cost this year that is not; the council's exposure if they refuse.
    """

    this_year: int = 0
    next_year: int = 0
    annualised: int = 0
    partner_agreed: int = 0
    partner_not_agreed: int = 0

    def __add__(self, other: Effect) -> Effect:
        """Add two effects, figure by figure."""
        return Effect(*(mine + theirs for mine, theirs in zip(self.figures, other.figures, strict=True)))

    @property
    def figures(self) -> tuple[int, int, int, int, int]:
        """The five figures, in order of their names above."""
        return (self.this_year, self.next_year, self.annualised, self.partner_agreed, self.partner_not_agreed)

    @property
    def half(self) -> Effect:
        """Half of it, each figure rounded half up."""
        return Effect(*(half_up(Fraction(figure, 2)) for figure in self.figures))


@dataclass(frozen=True, slots=True)
class AgendaSlot:
    """One case on an agenda and what each possible choice would do.

    Attributes:
        key: the slot's identity in the query string.
        line: code of the budget line.
        options: choice -> effect; `none` and `half` need not be given.
        statutory: chosen by the preset "only statutory".
    """

    key: str
    line: str
    options: Mapping[str, Effect]
    label: str = ""
    statutory: bool = False


@dataclass(frozen=True, slots=True)
class LineBaseline:
    """A budget line as it stands before the agenda, in pence."""

    budget: int
    available: int
    next_year_budget: int = 0
    next_year_available: int = 0


@dataclass(frozen=True, slots=True)
class ProjectedRow:
    """One case with its effect and what is left of its line, and of all lines, after it."""

    slot: AgendaSlot
    choice: str
    effect: Effect
    line_available: int
    total_available: int
    level: Level


@dataclass(frozen=True, slots=True)
class Projection:
    """The whole agenda: rows in agenda order, then each line's end position and the total."""

    rows: tuple[ProjectedRow, ...]
    line_totals: Mapping[str, Effect]
    line_available: Mapping[str, int]
    next_year_available: Mapping[str, int]
    total: Effect
    total_available: int
    levels: Mapping[str, Level] = field(default_factory=dict)


def effect_of(slot: AgendaSlot, choice: str) -> Effect:
    """Return what a choice does; a choice the slot does not offer counts as `none`."""
    if choice == NONE:
        return Effect()
    if choice in slot.options:
        return slot.options[choice]
    if choice == HALF and AS_REQUESTED in slot.options:
        return slot.options[AS_REQUESTED].half
    return Effect()


def project(
    baseline: Mapping[str, LineBaseline],
    slots: Sequence[AgendaSlot],
    choices: Mapping[str, str],
    *,
    thresholds: Thresholds = Thresholds(),  # noqa: B008 - frozen
) -> Projection:
    """Work out availability after each agenda item, in agenda order.

    Args:
        baseline: line code -> where it stands; a line not named starts with nothing.
        slots: in agenda order. Their order changes the running figures, never the end.
        choices: slot key -> choice; a slot not named counts as requested.
        thresholds: when the council wants to be warned.
    """
    empty = LineBaseline(0, 0)
    lines = dict.fromkeys([*baseline, *(slot.line for slot in slots)])
    left = {line: baseline.get(line, empty).available for line in lines}
    left_next = {line: baseline.get(line, empty).next_year_available for line in lines}
    totals = dict.fromkeys(lines, Effect())
    rows = []
    for slot in slots:
        choice = choices.get(slot.key, AS_REQUESTED)
        effect = effect_of(slot, choice)
        left[slot.line] -= effect.this_year
        left_next[slot.line] -= effect.next_year
        totals[slot.line] += effect
        budget = baseline.get(slot.line, empty).budget
        level = level_of(budget=budget, available=left[slot.line], thresholds=thresholds)
        rows.append(ProjectedRow(slot, choice, effect, left[slot.line], sum(left.values()), level))
    levels = {
        line: level_of(budget=baseline.get(line, empty).budget, available=left[line], thresholds=thresholds)
        for line in lines
    }
    total = sum(totals.values(), Effect())
    return Projection(tuple(rows), totals, left, left_next, total, sum(left.values()), levels)


def preset_choices(slots: Sequence[AgendaSlot], preset: Preset) -> dict[str, str]:
    """Fill in a choice for every slot from a preset."""
    match preset:
        case Preset.ALL:
            return {slot.key: AS_REQUESTED for slot in slots}
        case Preset.RECOMMENDED:
            return {slot.key: RECOMMENDED if RECOMMENDED in slot.options else AS_REQUESTED for slot in slots}
        case Preset.STATUTORY:
            return {slot.key: AS_REQUESTED if slot.statutory else NONE for slot in slots}
        case _:
            return {slot.key: NONE for slot in slots}


def read_choices(text: str) -> dict[str, str]:
    """Read the query string's form, `14:as_requested,15:none`; what is not of that form is left out."""
    pairs = (part.split(":", 1) for part in text.split(",") if ":" in part)
    return {key.strip(): choice.strip() for key, choice in pairs if key.strip() and choice.strip()}


def write_choices(choices: Mapping[str, str]) -> str:
    """Write choices so that `read_choices` reads the same back, and the page can be linked."""
    return ",".join(f"{key}:{choice}" for key, choice in choices.items())
