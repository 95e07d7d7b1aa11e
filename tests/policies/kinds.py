"""The kinds of rule the language has, read from `kinds.yml`, and a policy changed in one place of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML

from panels.policy import Policy, load
from tests.policies.tables import HERE, Row, as_json, invented, rows_of, value_at

DEPTH: Final = {"entries": 3, "panels": 3, "parameters": 2, "facts": 2, "council": 2}
"""How many steps of a path lead to a part that reads as a whole."""
KEYED = {"panels": "slug", "entries": "id"}
"""The lists of a policy that a path reads by a key of their members."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rule: what it is, the invented council and the entries that use it, and what is changed."""

    code: str
    says: str
    council: str
    entry: str
    also: tuple[str, ...] = ()
    changes: tuple[Mapping[str, Any], ...] = ()
    versions: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """The lines of the council's table that prove it."""
        return tuple(row for row in rows_of(self.council) if self.code in proves(row.data))


def proves(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes of the kinds a line says it proves."""
    told = row.get("proves", ())
    return (told,) if isinstance(told, str) else tuple(told)


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind, in the order of the file."""
    read = as_json(YAML(typ="safe").load((HERE / "kinds.yml").read_text(encoding="utf-8")))
    return tuple(
        Kind(code, **{key: tuple(value) if isinstance(value, list) else value for key, value in said.items()})
        for code, said in read["kinds"].items()
    )


def tagged() -> set[str]:
    """Every code that a line of a table says it proves."""
    return {code for council in invented() for row in rows_of(council) for code in proves(row.data)}


def changed(policy: Policy, change: Mapping[str, Any]) -> Policy:
    """A policy with parts dropped or said otherwise; the policy itself stays as it is.

    Raises:
        KeyError: something is dropped that is not there.
        pydantic.ValidationError: what is left is no policy.
    """
    payload = _by_key(policy.payload())
    for path in change.get("drop", ()):
        *way, last = _steps(path)
        _member(payload, way).pop(last)
    for path, value in change.get("set", {}).items():
        *way, last = _steps(path)
        node = _member(payload, way)
        node[last] = value
    return Policy.from_payload(_as_lists(payload))


# the page -------------------------------------------------------------------------------------------
PAGE: Final = HERE.parents[1] / "docs" / "policy-kinds.md"
HEAD: Final = """# Every kind of rule, by example

Written from `tests/policies/kinds.yml`:
`python manage.py shell -c "from tests.policies import kinds; kinds.write_page()"`. Each kind is used by an invented
council under `tests/policies/`, and the named rows of its `table.yml` prove it: they fail when the part shown is taken
out or says something else. [policy-guide.md](policy-guide.md) says what each key means.
"""


def page() -> str:
    """The kinds as a page: what each is, where it is used, what it looks like, which rows prove it."""
    return HEAD + "".join(_chapter(kind) for kind in kinds())


def write_page() -> None:
    """Write the page into the documentation."""
    PAGE.write_text(page(), encoding="utf-8")


def _chapter(kind: Kind) -> str:
    policy = load(kind.council, HERE)
    rows = ", ".join(row.name for row in kind.rows) or "the rows of `versions`"
    told = "".join(f"{_snippet(policy, path)}" for path in _parts(kind))
    shown = f"\n```yaml\n{told}```\n" if told else ""
    return f"\n## {kind.says}\n\n`{kind.code}`: {kind.council}, {kind.entry}. Rows: {rows}.\n{shown}"


def _parts(kind: Kind) -> tuple[str, ...]:
    """The parts of the policy that its changes touch, each once."""
    if kind.versions:
        return ("council.version", "council.from")
    paths = [path for change in kind.changes for path in (*change.get("drop", ()), *change.get("set", {}))]
    return tuple(dict.fromkeys(_whole(path) for path in paths))


def _whole(path: str) -> str:
    steps = path.split(".")
    depth = DEPTH[steps[0]]
    return ".".join(steps[: depth + 1] if len(steps) > depth and steps[depth].isdigit() else steps[:depth])


def _snippet(policy: Policy, path: str) -> str:
    found = value_at(policy, path)
    if found is None:
        return ""
    *_, name = [step for step in path.split(".") if not step.isdigit()]
    found = [found] if path[-1].isdigit() else found
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.width, yaml.sort_base_mapping_type_on_output = True, 4000, False
    text = StringIO()
    yaml.dump(found, text)
    return f"{name}: {text.getvalue().replace('...', '').strip()}\n"


# a policy changed -----------------------------------------------------------------------------------
def _steps(path: str) -> list[Any]:
    return [int(step) if step.isdigit() else step for step in path.split(".")]


def _member(node: Any, way: Sequence[Any]) -> Any:
    for step in way:
        # What a policy leaves unsaid is not in its payload; a change may say it.
        node = node.setdefault(step, {}) if isinstance(node, dict) else node[step]
    return node


def _by_key(payload: dict[str, Any]) -> dict[str, Any]:
    keyed = {part: {one[key]: one for one in payload[part]} for part, key in KEYED.items()}
    return {**payload, **keyed}


def _as_lists(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, **{part: list(payload[part].values()) for part in KEYED}}
