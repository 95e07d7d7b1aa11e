"""Plain conditions answered without the library: comparisons of facts joined by `&&`, `||` and `!`.

Most conditions of a policy are as plain as `emergency.given && !emergency.care_need`, and asking the library costs
more than the answer. What is not plain (functions, macros, sums) stays a part that this module leaves open; where the
plain parts decide all the same, that is the answer. Each answer equals the library's, which the tests hold it to.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Values = Mapping[str, Any]
Part = Callable[[Values, Values, Values], bool | None]
"""Answers from the facts of the request, of the line, and the fixed values; None where it cannot tell."""

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
_ONE_OF = re.compile(rf"^({_NAME})\s+in\s+\[((?:\"[^\"]*\"(?:,\s*)?)+)\]$")
_RESERVED = frozenset({"true", "false", "null", "in"})


@dataclass(frozen=True, slots=True)
class Plain:
    """A condition as far as it is plain; `whole` where nothing of it is left open.

    `parts` are what it is joined of, `names` the facts of one that is not joined.
    """

    answer: Part
    whole: bool
    names: tuple[str, ...] = ()
    parts: tuple[Plain, ...] = ()

    def lacks(self, request: Values, line: Values, fixed: Values) -> tuple[str, ...]:
        """The names without a value on which the answer hangs; of a part that is decided already, none."""
        if self.parts:
            open_ones = [part for part in self.parts if part.answer(request, line, fixed) is None]
            return tuple(name for part in open_ones for name in part.lacks(request, line, fixed))
        return tuple(name for name in self.names if _fact(name)(request, line, fixed) is None)


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
    if not (_FACT.match(text) or _unwrapped(text) != text):
        return OPEN
    inner = _read(text)

    def answer(request: Values, line: Values, fixed: Values) -> bool | None:
        said = inner.answer(request, line, fixed)
        return None if said is None else not said

    return Plain(answer, inner.whole, parts=(inner,))


def _joined(parts: list[Plain], *, deciding: bool) -> Plain:
    answers = [part.answer for part in parts]

    def answer(request: Values, line: Values, fixed: Values) -> bool | None:
        known = True
        for one in answers:
            said = one(request, line, fixed)
            if said is deciding:
                return deciding
            known = known and said is not None
        return (not deciding) if known else None

    return Plain(answer, all(part.whole for part in parts), parts=tuple(parts))


def _open(_request: Values, _line: Values, _fixed: Values) -> None:
    return None


OPEN: Final = Plain(_open, whole=False)


# the smallest parts ---------------------------------------------------------------------------------
def _atom(text: str) -> Plain:
    if _FACT.match(text) and text not in _RESERVED:
        return Plain(_fact(text), whole=True, names=(text,))
    if found := _COMPARED.match(text):
        return _comparison(found)
    if found := _WITHIN.match(text):
        return _holding(found[1], found[2])
    if found := _ONE_OF.match(text):
        return _one_of(found[1], frozenset(re.findall(r'"([^"]*)"', found[2])))
    return OPEN


def _fact(name: str) -> Callable[[Values, Values, Values], Any]:
    if name.startswith("line."):
        return lambda _request, line, _fixed: line.get(name)
    if name.startswith(("param.", "group.")):
        return lambda _request, _line, fixed: fixed.get(name)
    return lambda request, _line, _fixed: request.get(name)


def _comparison(found: re.Match[str]) -> Plain:
    compares = _COMPARES[found[2]]
    left = _fact(found[1])
    if found[1] in _RESERVED or found[3] in _RESERVED:
        return OPEN
    if found[3] is None:
        value: Any = found[4] if found[4] is not None else int(found[5])

        def with_value(request: Values, line: Values, fixed: Values) -> bool | None:
            given = left(request, line, fixed)
            return None if given is None else compares(given, value)

        return Plain(with_value, whole=True, names=(found[1],))
    right = _fact(found[3])

    def with_fact(request: Values, line: Values, fixed: Values) -> bool | None:
        given, other = left(request, line, fixed), right(request, line, fixed)
        return None if given is None or other is None else compares(given, other)

    return Plain(with_fact, whole=True, names=(found[1], found[3]))


def _holding(word: str, name: str) -> Plain:
    fact = _fact(name)

    def answer(request: Values, line: Values, fixed: Values) -> bool | None:
        given = fact(request, line, fixed)
        return None if given is None else word in given

    return Plain(answer, whole=True, names=(name,))


def _one_of(name: str, words: frozenset[str]) -> Plain:
    fact = _fact(name)

    def answer(request: Values, line: Values, fixed: Values) -> bool | None:
        given = fact(request, line, fixed)
        return None if given is None else given in words

    return Plain(answer, whole=True, names=(name,))


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
