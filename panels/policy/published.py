"""The JSON Schema of policy files, for editors that check and complete while one writes."""

from __future__ import annotations

from typing import Any, Final

from pydantic.json_schema import models_json_schema

from panels.policy import words
from panels.policy.schema import Council, Entry, OwnFact, Panel, Parameter
from panels.policy.schema.base import Shape

TITLE: Final = "A file of a council's policy"
_SECTIONS: Final[dict[str, type[Shape]]] = {
    "council": Council,
    "panels": Panel,
    "parameters": Parameter,
    "facts": OwnFact,
    "entries": Entry,
}


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of one policy file; any section may be left away, unknown ones are refused."""
    _, definitions = models_json_schema(
        [(model, "validation") for model in _SECTIONS.values()], ref_template="#/$defs/{model}"
    )
    part = {name: {"$ref": f"#/$defs/{model.__name__}"} for name, model in _SECTIONS.items()}
    names = {"type": "array", "items": {"type": "string", "examples": sorted({*words.CATEGORIES, *words.GROUPS})}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "council": part["council"],
            "panels": {"type": "array", "items": part["panels"]},
            "parameters": {"type": "object", "additionalProperties": part["parameters"]},
            "facts": {"type": "object", "additionalProperties": part["facts"]},
            "groups": {"type": "object", "additionalProperties": names},
            "entries": {"type": "array", "items": part["entries"]},
        },
        "$defs": definitions["$defs"],
    }
