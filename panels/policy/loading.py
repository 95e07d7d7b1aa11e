"""Finds and loads the policies of the councils: files in, one checked policy out, or every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from panels.policy.book import Book, Policy
from panels.policy.checks import check
from panels.policy.reading import Fault, Path_, PolicyFaults, Source, read
from panels.policy.schema import Council, Entry, OwnFact, Panel, Parameter

ROOT = Path(__file__).resolve().parents[2] / "fixtures" / "policies"
DRAFT = "-draft"
"""How the folder of a council's next version ends: it can be rehearsed and is no council of its own."""
SECTIONS: dict[str, TypeAdapter[Any]] = {
    "council": TypeAdapter(Council),
    "panels": TypeAdapter(Panel),
    "parameters": TypeAdapter(Parameter),
    "groups": TypeAdapter(tuple[str, ...]),
    "facts": TypeAdapter(OwnFact),
    "entries": TypeAdapter(Entry),
}
Place = tuple[Source, Path_]


@dataclass(slots=True)
class Draft:
    """What was read so far: the parts of the book, where each stands, and the faults."""

    council: list[Any] = field(default_factory=list)
    panels: list[Any] = field(default_factory=list)
    entries: list[Any] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    places: dict[Path_, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: Path_, problem: str, **more: str) -> None:
        """Note a fault at a path of the book, such as `("entries", "WB-08", "findings", 0, "when")`."""
        source, local = self.places.get(path[:2], (None, ()))
        if source is None:
            self.faults.append(Fault("policy", 1, problem, **more))
        else:
            self.faults.append(Fault(source.file, source.line((*local, *path[2:])), problem, **more))


def installed(root: Path | None = None) -> list[str]:
    """The slugs of the councils that have a folder with policy files, in alphabetical order; drafts apart."""
    return [name for name in _folders(root or ROOT) if not name.endswith(DRAFT)]


def _folders(base: Path) -> list[str]:
    if not base.is_dir():
        return []
    return sorted(folder.name for folder in base.iterdir() if (folder / "council.yaml").is_file())


def load(slug: str, root: Path | None = None) -> Policy:
    """Load a council's policy from its folder; raises `PolicyFaults` with all that is wrong, `KeyError` for no folder.

    A slug with `-draft` behind it loads the council's draft. A policy that was loaded before is answered from memory
    while its files are unchanged.
    """
    folder = (root or ROOT) / slug
    if slug not in _folders(root or ROOT):
        raise KeyError(slug)
    stamp = tuple((str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in _files(folder))
    return _load(slug.removesuffix(DRAFT), folder, stamp)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"), key=lambda f: (f.name != "council.yaml", f.name != "panels.yaml", f.name))


@lru_cache(maxsize=32)
def _load(slug: str, folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> Policy:
    draft = Draft()
    for file in _files(folder):
        source, faults = read(file, f"{folder.name}/{file.name}")
        draft.faults.extend(faults)
        if source is not None:
            _take_file(draft, source)
    book = _bind(draft, slug)
    if book is None or draft.faults:
        raise PolicyFaults(draft.faults)
    check(book, draft)
    if draft.faults:
        raise PolicyFaults(draft.faults)
    return Policy(book)


def _take_file(draft: Draft, source: Source) -> None:
    if source.is_unread(()):
        return
    if not isinstance(source.data, Mapping):
        draft.faults.append(Fault(source.file, 1, "a policy file is a mapping", allowed=", ".join(SECTIONS)))
        return
    for section, content in source.data.items():
        if section not in SECTIONS:
            draft.faults.append(
                Fault(
                    source.file,
                    source.line((section,)),
                    "unknown section",
                    found=section,
                    allowed=", ".join(SECTIONS),
                    nearest=_near(section, SECTIONS),
                )
            )
        elif source.is_unread((section,)):
            continue
        elif section == "council":
            _take(draft, source, (section, 0), item=content, local=(section,))
        elif section in {"panels", "entries"}:
            _take_list(draft, source, section, content=content)
        else:
            _take_map(draft, source, section, content=content)


def _take_list(draft: Draft, source: Source, section: str, *, content: Any) -> None:
    if not isinstance(content, list):
        draft.faults.append(Fault(source.file, source.line((section,)), f"{section} is a list"))
        return
    name = "id" if section == "entries" else "slug"
    for index, item in enumerate(content):
        named = item.get(name) if isinstance(item, dict) else None
        key = named if isinstance(named, str) else index
        if (section, key) in draft.places:
            draft.faults.append(
                Fault(source.file, source.line((section, index)), f"{name} is used twice", found=str(key))
            )
            continue
        _take(draft, source, (section, key), item=item, local=(section, index))


def _take_map(draft: Draft, source: Source, section: str, *, content: Any) -> None:
    if not isinstance(content, dict):
        draft.faults.append(Fault(source.file, source.line((section,)), f"{section} is a mapping of names"))
        return
    for key, item in content.items():
        if (section, key) in draft.places:
            draft.faults.append(Fault(source.file, source.line((section, key)), "name is used twice", found=key))
            continue
        _take(draft, source, (section, key), item=item, local=(section, key))


def _take(draft: Draft, source: Source, path: tuple[str, Any], *, item: Any, local: Path_) -> None:
    section = path[0]
    draft.places[path] = (source, local)
    try:
        model = SECTIONS[section].validate_python(item)
    except ValidationError as error:
        draft.faults.extend(
            _shape_fault(source, local, error=one)
            for one in error.errors()
            if not source.is_unread((*local, *one["loc"]))
        )
        return
    target = getattr(draft, section)
    if isinstance(target, dict):
        target[str(path[1])] = model
    else:
        target.append(model)


def _shape_fault(source: Source, local: Path_, *, error: Any) -> Fault:
    section = str(local[0])
    path = (*local, *error["loc"])
    kind = error["type"]
    name = str(error["loc"][-1]) if error["loc"] else section
    if kind == "extra_forbidden":
        allowed = _keys_at(section, error["loc"][:-1])
        return Fault(
            source.file,
            source.line(path),
            "unknown key",
            found=name,
            allowed=", ".join(allowed),
            nearest=_near(name, allowed),
        )
    if kind == "missing":
        return Fault(source.file, source.line(path), f"the key {name} is missing")
    if kind == "literal_error":
        allowed = [w.strip(" '") for w in str(error["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        return Fault(
            source.file,
            source.line(path),
            f"{name} has a wrong value",
            found=repr(error["input"]),
            allowed=", ".join(allowed),
            nearest=_near(str(error["input"]), allowed),
        )
    return Fault(source.file, source.line(path), f"{name}: {error['msg']}", found=_short(error["input"]))


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
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _near(word: str, allowed: Any) -> str:
    return next(iter(get_close_matches(word, list(allowed), n=1, cutoff=0.6)), "")


def _bind(draft: Draft, slug: str) -> Book | None:
    if len(draft.council) != 1:
        if not draft.faults:
            draft.faults.append(Fault(f"{slug}/council.yaml", 1, "exactly one section 'council' is needed"))
        return None
    if draft.council[0].slug != slug:
        draft.fault(("council", 0, "slug"), "the slug is not the name of the folder", found=draft.council[0].slug)
    if not draft.panels or not draft.entries:
        if not draft.faults:
            draft.faults.append(Fault(f"{slug}/council.yaml", 1, "a policy needs at least one panel and one entry"))
        return None
    return Book(
        council=draft.council[0],
        panels=tuple(draft.panels),
        parameters=draft.parameters,
        groups=draft.groups,
        facts=draft.facts,
        entries=tuple(sorted(draft.entries, key=_in_order)),
    )


def _in_order(entry: Entry) -> tuple[str, int]:
    prefix, number = entry.id.rsplit("-", 1)
    return prefix, int(number)
