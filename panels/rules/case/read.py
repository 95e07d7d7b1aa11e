"""Cases from JSON text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .fields import CaseError, Fault, instant, path_of, shown, words
from .shape import reader_for
from .text import json_of
from .words import Vocabulary

MOST_CASES = 200_000

VocabularyOf = Callable[[str, datetime | None], Vocabulary]


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about one request.

    Attributes:
        council: slug of the council whose policy answers.
        facts: the case with the keys of the interface, `council` among them. Money is whole pence (int), dates are
            `date`, date-times aware `datetime`, miles float. A key that was left out is absent: the fact is not
            known. None says that there is none.
    """

    council: str
    facts: Mapping[str, Any]


class Cases(NamedTuple):
    """The cases of one input, and whether they came as a list."""

    cases: list[Case]
    as_list: bool


def read_cases(data: bytes, *, councils: Collection[str], vocabulary: VocabularyOf) -> Cases:
    """Read one case, or a list of them, from JSON text in UTF-8.

    Args:
        data: the whole input.
        councils: slugs of the councils whose policies are installed.
        vocabulary: gives the words of a council's policy in force at an instant (None: the newest); raises
            LookupError, with a sentence, where no version was in force.

    Raises:
        CaseError: the first fault that was found, with its path.
    """
    raw = json_of(data)
    if type(raw) is dict:
        return Cases([read_case(raw, councils=councils, vocabulary=vocabulary)], as_list=False)
    if type(raw) is not list:
        raise CaseError("$", shown(raw), "one case (an object) or a list of cases")
    if len(raw) > MOST_CASES:
        raise CaseError("$", shown(raw), f"a list of at most {MOST_CASES} cases")
    return Cases(
        [
            read_case(entry, councils=councils, vocabulary=vocabulary, within=(index,))
            for index, entry in enumerate(raw)
        ],
        as_list=True,
    )


def read_case(
    raw: object, *, councils: Collection[str], vocabulary: VocabularyOf, within: tuple[int, ...] = ()
) -> Case:
    """Read one case from the values JSON gives (strings, numbers, lists, objects).

    Args:
        raw: the object.
        councils: as for `read_cases`.
        vocabulary: as for `read_cases`.
        within: the case's index in its list, for the paths of faults.

    Raises:
        CaseError: the first fault that was found, with its path.
    """
    try:
        entry, council, as_at = _address(raw, councils)
        try:
            spoken = vocabulary(council, as_at)
        except LookupError as error:
            raise CaseError(path_of(*within, "as_at"), shown(entry.get("as_at")), str(error)) from None
        return Case(council, reader_for(spoken)(entry))
    except Fault as fault:
        for index in within:
            fault.under(index)
        raise fault.as_error() from None


def _address(raw: object, councils: Collection[str]) -> tuple[dict[str, Any], str, datetime | None]:
    """What says in whose words, of which day, the rest of the case is written."""
    if type(raw) is not dict:
        raise Fault(shown(raw), "a case, which is an object")
    council = raw.get("council")
    if type(council) is not str or council not in councils:
        raise Fault(shown(council) if "council" in raw else "nothing", words(councils, council), "council")
    if "as_at" not in raw:
        return raw, council, None
    try:
        return raw, council, instant(raw["as_at"])
    except Fault as fault:
        fault.under("as_at")
        raise
