"""From bytes to JSON values, with the faults of the text itself: encoding, size, depth, keys given twice."""

from __future__ import annotations

import codecs
import json
from typing import Any

from .fields import CaseError, NumberTooLong, path_of, shown

#: Ten thousand large cases are some thirty megabytes; more than this is not a list of cases.
MOST_BYTES = 64 * 1024 * 1024
#: Commas and opening brackets: each begins a part that is held in memory until all are read. Ten thousand large cases
#: have half a million.
MOST_PARTS = 2_000_000
LONGEST_NUMBER = 18


class _KeyGivenTwiceError(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    taken = dict(pairs)
    if len(taken) != len(pairs):
        raise _KeyGivenTwiceError(_first_repeated(pairs))
    return taken


def _first_repeated(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    raise AssertionError("no key is repeated")


def _whole(digits: str) -> int | NumberTooLong:
    return int(digits) if len(digits) <= LONGEST_NUMBER else NumberTooLong(digits)


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole)


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, kept so that a key given twice can be found again."""


def _path_to_repeated(value: Any, keys: tuple[str | int, ...] = ()) -> str | None:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, found in value:
            if key in seen:
                return path_of(*keys, key)
            seen.add(key)
            if path := _path_to_repeated(found, (*keys, key)):
                return path
    elif isinstance(value, list):
        for index, found in enumerate(value):
            if path := _path_to_repeated(found, (*keys, index)):
                return path
    return None


def _text_of(data: bytes) -> str:
    """The text of an input that is not too large to be parsed."""
    if len(data) > MOST_BYTES:
        raise CaseError(None, f"more than {MOST_BYTES} bytes", f"JSON of at most {MOST_BYTES} bytes")
    # Counted before it is parsed: a few bytes of empty lists each would fill the memory first.
    if sum(data.count(mark) for mark in b",[{") > MOST_PARTS:
        allowed = f"JSON with at most {MOST_PARTS} lists, objects and values"
        raise CaseError(None, f"more than {MOST_PARTS} parts", allowed)
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise CaseError(None, "a byte order mark", "JSON in UTF-8 with no byte order mark")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CaseError(
            None, f"byte 0x{data[error.start]:02x} at offset {error.start}, which is not UTF-8", "JSON in UTF-8"
        ) from None


def json_of(data: bytes) -> Any:
    """Read one JSON document, which every byte of the input belongs to.

    Whole numbers too long to be one come back as `NumberTooLong`; NaN and the infinities as floats. Both are for
    the reader of the field to refuse, who knows the path.

    Raises:
        CaseError: too large, of too many parts, not UTF-8, not JSON, nested too deeply, or with a key given twice.
    """
    text = _text_of(data)
    if not text.strip():
        raise CaseError(None, "nothing", "one case (an object) or a list of cases, as JSON")
    try:
        return _decoder.decode(text)
    except _KeyGivenTwiceError as error:
        again = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=_whole).decode(text)
        raise CaseError(_path_to_repeated(again), f"the key {shown(error.key)} twice", "each key once") from None
    except json.JSONDecodeError as error:
        raise CaseError(
            None, f"text that is not JSON at line {error.lineno}, column {error.colno} ({error.msg})", "JSON"
        ) from None
    except RecursionError:
        raise CaseError(None, "lists or objects nested too deeply", "a case, or a list of cases") from None
