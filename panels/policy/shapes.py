"""The shape of each part of a policy file, and what is said, in plain words, of a part that does not have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from panels.policy.reading import Fault, Path_, Source
from panels.policy.schema import Council, Entry, OwnFact, Panel, Parameter
from panels.policy.schema.base import PATTERNS

SECTIONS: Final[dict[str, TypeAdapter[Any]]] = {
    "council": TypeAdapter(Council),
    "panels": TypeAdapter(Panel),
    "parameters": TypeAdapter(Parameter),
    "groups": TypeAdapter(tuple[str, ...]),
    "facts": TypeAdapter(OwnFact),
    "entries": TypeAdapter(Entry),
}
A_WHOLE, A_NUMBER, A_TRUTH, A_DAY, A_LIST, A_MAPPING, A_TEXT = (
    "a whole number",
    "a number",
    "true or false",
    "a day that exists, such as 2026-01-31",
    "a list",
    "a mapping of keys to values",
    "text; put it in quotes where it looks like a number or a day",
)
WANTED: Final = {
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), A_WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), A_NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), A_TRUTH),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), A_DAY),
    **dict.fromkeys(("tuple_type", "list_type"), A_LIST),
    **dict.fromkeys(("dict_type", "model_type"), A_MAPPING),
    "string_type": A_TEXT,
    "string_too_short": "some text",
}
"""What is allowed where pydantic has this to say."""


def shape_faults(
    source: Source, local: Path_, *, section: str, item: Any, error: ValidationError
) -> Iterator[tuple[Path_, Fault]]:
    """Each fault of the shape of an item that stands at `local` of the file, with the path of the part it is about."""
    found = [one for one in error.errors() if not source.is_unread((*local, *_within(item, one["loc"])))]
    misspelt = {
        (one["loc"][:-1], near(str(one["loc"][-1]), _keys_at(section, one["loc"][:-1]))) for one in _extra(found)
    }
    told: set[Path_] = set()
    for one in found:
        inside = _within(item, one["loc"])
        path = (*local, *inside)
        if one["type"] == "missing":
            # A key that was misspelt is told once, as the key it is near to.
            if (one["loc"][:-1], str(one["loc"][-1])) not in misspelt:
                yield path, Fault(source.file, source.line(path), f"the key {one['loc'][-1]} is missing")
        elif one["type"] == "too_short" and one["input"]:
            continue  # the list is only short of the items that have faults of their own
        elif path not in told:
            # Of a value that may be one of several kinds each kind complains: they are told as one.
            told.add(path)
            kinds = [other for other in found if _within(item, other["loc"]) == inside and other["type"] != "missing"]
            yield path, _fault(source, path, section, kinds=kinds)


def _extra(found: Iterable[Any]) -> list[Any]:
    return [one for one in found if one["type"] == "extra_forbidden"]


def _within(item: Any, loc: tuple[Any, ...]) -> Path_:
    """The part of a path that stands in the item; what pydantic adds to name one kind of several does not."""
    for index, part in enumerate(loc):
        if (isinstance(item, Mapping) and part in item) or (
            isinstance(item, list) and isinstance(part, int) and part < len(item)
        ):
            item = item[part]
        else:
            return loc[:index]
    return loc


def _fault(source: Source, path: Path_, section: str, *, kinds: list[Any]) -> Fault:
    first, line = kinds[0], source.line(path)
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if first["type"] == "extra_forbidden":
        allowed = _keys_at(section, first["loc"][:-1])
        return Fault(
            source.file, line, "unknown key", found=name, allowed=", ".join(allowed), nearest=near(name, allowed)
        )
    if first["type"] == "literal_error":
        expected = str(first["ctx"]["expected"]).replace(" or ", ", ").split(",")
        allowed = [word.strip(" '") for word in expected]
        return Fault(
            source.file,
            line,
            f"{name} has a wrong value",
            found=_short(first["input"]),
            allowed=", ".join(allowed),
            nearest=near(str(first["input"]), allowed),
        )
    if first["type"] == "value_error":
        return Fault(source.file, line, f"{name}: {first['ctx']['error']}")
    wanted = dict.fromkeys(_wanted(one) for one in kinds)
    allowed = ["a name" if one == A_TEXT and len(wanted) > 1 else one for one in wanted]
    return Fault(
        source.file, line, f"{name} has a wrong value", found=_short(first["input"]), allowed=" or ".join(allowed)
    )


def _wanted(one: Any) -> str:
    kind, more = one["type"], one.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return PATTERNS[more["pattern"]]
    if kind == "too_short":
        return f"a list of at least {more['min_length']}"
    if kind == "greater_than_equal":
        return f"{more['ge']} or more"
    if kind == "less_than_equal":
        return f"{more['le']} or less"
    return WANTED.get(kind, str(one["msg"]))


def _keys_at(section: str, loc: tuple[Any, ...]) -> list[str]:
    schema = SECTIONS[section].json_schema(by_alias=True)
    node: Any = schema
    for part in loc:
        node = _resolve(node, schema)
        node = node.get("properties", {}).get(part) if isinstance(part, str) else node.get("items", node)
        if node is None:
            return []
    return sorted(_resolve(node, schema).get("properties", {}))


def _resolve(node: Any, schema: Any) -> Any:
    for branch in node.get("anyOf", []):
        if "$ref" in branch or "properties" in branch or "items" in branch:
            node = branch
            break
    ref = node.get("$ref") or next((a["$ref"] for a in node.get("allOf", []) if "$ref" in a), None)
    return schema["$defs"][ref.rsplit("/", 1)[1]] if ref else node


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def near(word: str, allowed: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The allowed word that is most like this one, or nothing where none is like it."""
    return next(iter(get_close_matches(word, list(allowed), n=1, cutoff=cutoff)), "")
