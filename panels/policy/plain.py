"""Plain conditions answered without the library: comparisons of facts joined by `&&`, `||` and `!`.

Most conditions of a policy are as plain as `emergency.given && !emergency.care_need`, and asking the library costs
a hundred times the answer. Functions that policies often use are plain too: whether a list holds all of some words or
one of them, or nothing else, how many words it has, what a key of a map says, a sum of two numbers, and what London's
clock shows. What is not plain (other functions and macros) stays a part that this module leaves open; where the plain
parts decide all the same, that is the answer. Each answer equals the library's, which the tests hold it to.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

Part = Callable[["Values"], bool | None]
"""Answers from the values of names; None where it cannot tell."""

_NAME = r"[a-z_]\w*(?:\.[a-z_]\w*)*"
_COMPARES: Final = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_FACT = re.compile(rf"^{_NAME}$")
_COMPARED = re.compile(rf"^({_NAME})\s*(==|!=|<=|>=|<|>)\s*(?:({_NAME})|\"([^\"]*)\"|(\d+))$")
_WITHIN = re.compile(rf"^\"([^\"]*)\"\s+in\s+({_NAME})$")
_WORDS = r"\[((?:\"[^\"]*\"(?:,\s*)?)+)\]"
_ONE_OF = re.compile(rf"^({_NAME})\s+in\s+{_WORDS}$")
_EACH = re.compile(rf"^{_WORDS}\.(all|exists)\(([a-z]), ([a-z]) in ({_NAME})\)$")
_EACH_SAYS = re.compile(rf"^{_WORDS}\.(all|exists)\(([a-z]), \3 in ({_NAME}) && \4\[\3\]\s*(==|!=)\s*\"([^\"]*)\"\)$")
_SAYS = re.compile(rf"^({_NAME})\[\"([^\"]*)\"\]\s*(==|!=)\s*\"([^\"]*)\"$")
_ONLY = re.compile(rf"^({_NAME})\.(all|exists)\(([a-z]), \3 (?:in {_WORDS}|== \"([^\"]*)\")\)$")
_SUM = re.compile(rf"^({_NAME})\s*(==|!=|<=|>=|<|>)\s*({_NAME})\s*\+\s*(?:({_NAME})|(\d+))$")
_SIZE = re.compile(rf"^size\(({_NAME})\)\s*(==|!=|<=|>=|<|>)\s*(\d+)$")
_CLOCK = re.compile(rf"^({_NAME})\.(\w+)\(\"Europe/London\"\)\s*(==|!=|<=|>=|<|>)\s*(\d+)$")
_LONDON: Final = ZoneInfo("Europe/London")
_SHOWN: Final[dict[str, Callable[[datetime], int]]] = {
    "getDayOfWeek": lambda there: there.isoweekday() % 7,
    "getHours": lambda there: there.hour,
    "getMinutes": lambda there: there.minute,
}
_RESERVED = frozenset({"true", "false", "null", "in"})


class Values(dict[str, Any]):
    """Values by name, as conditions ask for them: `values[name]` is None for a name that has none."""

    __slots__ = ()

    def __missing__(self, name: str) -> Any:
        return None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self[name] is not None

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, or the default for one that has none."""
        value = self[name]
        return default if value is None else value


@dataclass(frozen=True, slots=True)
class Plain:
    """A condition as far as it is plain; `whole` where nothing of it is left open.

    `parts` are what it is joined of, `names` the facts all of which it hangs on. `apart` where what it lacks is told
    part by part; of a condition with a sum or with what a key says, it is whatever is not known of the whole.
    """

    answer: Part
    whole: bool
    apart: bool
    names: tuple[str, ...] = ()
    parts: tuple[Plain, ...] = ()

    def lacks(self, values: Values) -> tuple[str, ...]:
        """The names without a value on which the answer hangs; of a part that is decided already, none."""
        if self.names:
            return tuple([name for name in self.names if values[name] is None])
        open_ones = [part for part in self.parts if not part.parts or part.answer(values) is None]
        return tuple([name for part in open_ones for name in part.lacks(values)])


def plain(text: str) -> Plain:
    """Read a condition that compiles; what is not plain is left open."""
    return OPEN if "?" in text else _read(" ".join(text.split()))


def _read(text: str) -> Plain:
    text = _unwrapped(text.strip())
    for sign, deciding in (("||", True), ("&&", False)):
        parts = _split(text, sign)
        if len(parts) > 1:
            return _joined([_read(part) for part in parts], deciding=deciding)
    if text.startswith("!"):
        return _negated(text[1:].strip())
    return _atom(text)


def _negated(text: str) -> Plain:
    if not (_FACT.match(text) or _EACH.match(text) or _unwrapped(text) != text):
        return OPEN
    inner = _read(text)
    inside = inner.answer

    def answer(values: Values) -> bool | None:
        said = inside(values)
        return None if said is None else not said

    def is_not(values: Values) -> bool | None:
        said = values[text]
        return None if said is None else not said

    return Plain(is_not if _FACT.match(text) else answer, inner.whole, inner.apart, inner.names, parts=(inner,))


def _joined(parts: list[Plain], *, deciding: bool) -> Plain:
    answers = [part.answer for part in parts]

    def answer(values: Values) -> bool | None:
        known = True
        for one in answers:
            said = one(values)
            if said is deciding:
                return deciding
            known = known and said is not None
        return (not deciding) if known else None

    whole, apart = all(part.whole for part in parts), all(part.apart for part in parts)
    # A part that is one question, asked straight or negated, hangs on all its names.
    single = all(len(part.parts) <= 1 and not any(inner.parts for inner in part.parts) for part in parts)
    names = tuple(dict.fromkeys(name for part in parts for name in part.names)) if single else ()
    return Plain(answer, whole, apart, names, parts=tuple(parts))


def _open(_values: Values) -> None:
    return None


OPEN: Final = Plain(_open, whole=False, apart=False)


# the smallest parts ---------------------------------------------------------------------------------
def _atom(text: str) -> Plain:
    if _FACT.match(text) and text not in _RESERVED:
        return _about(text, None)
    if found := _COMPARED.match(text):
        return _comparison(found)
    if found := _WITHIN.match(text):
        word = found[1]
        return _about(found[2], lambda words: word in words)
    if found := _ONE_OF.match(text):
        return _about(found[1], frozenset(_words(found[2])).__contains__)
    return _function(text)


def _function(text: str) -> Plain:
    if (found := _EACH.match(text)) and found[3] == found[4]:
        asked = _words(found[1])
        some = all if found[2] == "all" else any
        return _about(found[5], lambda words: some(word in words for word in asked))
    if found := _SIZE.match(text):
        compares, size = _COMPARES[found[2]], int(found[3])
        return _about(found[1], lambda words: compares(len(words), size))
    if (found := _CLOCK.match(text)) and found[2] in _SHOWN:
        shows, equals, number = _SHOWN[found[2]], _COMPARES[found[3]], int(found[4])
        return _about(found[1], lambda instant: equals(shows(instant.astimezone(_LONDON)), number))
    return _inside(text)


def _inside(text: str) -> Plain:
    """What is asked of the keys of a map, of each word of a list, or of a sum."""
    if found := _SAYS.match(text):
        key, says, word = found[2], _COMPARES[found[3]], found[4]
        return _about(found[1], lambda told: says(told[key], word) if key in told else None, apart=False)
    if found := _EACH_SAYS.match(text):
        asked, each_says, expected = _words(found[1]), _COMPARES[found[5]], found[6]
        some = all if found[2] == "all" else any
        return _about(
            found[4], lambda told: some(key in told and each_says(told[key], expected) for key in asked), apart=False
        )
    if found := _ONLY.match(text):
        known = frozenset(_words(found[4]) if found[4] else [found[5]])
        every = all if found[2] == "all" else any
        return _about(found[1], lambda words: every(word in known for word in words), apart=False)
    if found := _SUM.match(text):
        return _sum(found)
    return OPEN


def _sum(found: re.Match[str]) -> Plain:
    name, first, second, number = found[1], found[3], found[4], found[5]
    names = (name, first) if second is None else (name, first, second)
    if not _RESERVED.isdisjoint(names):
        return OPEN
    compares, fixed = _COMPARES[found[2]], None if number is None else int(number)

    def answer(values: Values) -> bool | None:
        given, one, other = values[name], values[first], values[second] if fixed is None else fixed
        return None if given is None or one is None or other is None else compares(given, one + other)

    return Plain(answer, whole=True, apart=False, names=names)


def _about(name: str, says: Callable[[Any], bool | None] | None, *, apart: bool = True) -> Plain:
    """What is said of the value of one name; the value itself where nothing is."""

    def itself(values: Values) -> bool | None:
        return values[name]  # type: ignore[no-any-return]

    def answer(values: Values) -> bool | None:
        given = values[name]
        return None if given is None else says(given)  # type: ignore[misc]

    return Plain(answer if says else itself, whole=True, apart=apart, names=(name,))


def _words(listed: str) -> list[str]:
    return re.findall(r'"([^"]*)"', listed)


def _comparison(found: re.Match[str]) -> Plain:
    compares = _COMPARES[found[2]]
    name, other_name = found[1], found[3]
    if name in _RESERVED or other_name in _RESERVED:
        return OPEN
    if other_name is None:
        value: Any = found[4] if found[4] is not None else int(found[5])

        def with_value(values: Values) -> bool | None:
            given = values[name]
            return None if given is None else compares(given, value)

        return Plain(with_value, whole=True, apart=True, names=(name,))

    def with_fact(values: Values) -> bool | None:
        given, other = values[name], values[other_name]
        return None if given is None or other is None else compares(given, other)

    return Plain(with_fact, whole=True, apart=True, names=(name, other_name))


# the text -------------------------------------------------------------------------------------------
def _split(text: str, sign: str) -> list[str]:
    """The parts between the signs that stand in no brackets and no quotes."""
    parts, begun = [], 0
    for place in _outside(text):
        if text.startswith(sign, place):
            parts.append(text[begun:place])
            begun = place + len(sign)
    return [*parts, text[begun:]]


def _unwrapped(text: str) -> str:
    """The text without brackets that go round the whole of it."""
    while text.startswith("(") and text.endswith(")") and list(_outside(text))[:2] in ([0], [0, len(text)]):
        text = text[1:-1].strip()
    return text


def _outside(text: str) -> list[int]:
    """The places that stand in no brackets and no quotes; an opening bracket itself does, a closing one does not."""
    places, depth, quote = [], 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
            continue
        if depth == 0 and sign not in ")]":
            places.append(place)
        if sign in "\"'":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
    return places
