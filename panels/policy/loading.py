"""Finds and loads the policies of the councils: files in, one checked policy out, or every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from panels.policy.book import Book, Policy
from panels.policy.checks import check
from panels.policy.reading import Fault, Path_, PolicyFaults, Source, read
from panels.policy.schema import Entry
from panels.policy.schema.base import CODE, PATTERNS
from panels.policy.shapes import SECTIONS, near, shape_faults

ROOT = Path(__file__).resolve().parents[2] / "fixtures" / "policies"
DRAFT = "-draft"
"""How the folder of a council's next version ends: it can be rehearsed and is no council of its own."""
EARLIER = "earlier"
"""The folder in a council's own that holds a folder for each version which another one followed."""
Place = tuple[Source, Path_]


@dataclass(slots=True)
class Draft:
    """What was read so far: the parts of the book, where each stands, and the faults.

    `parts` holds each part as its file has it, whatever its shape: names are looked for there, so that a fault of shape
    hides no fault of another kind. `incomplete` where a file or section could not be read at all: what is named
    elsewhere may stand in it.
    """

    council: list[Any] = field(default_factory=list)
    panels: list[Any] = field(default_factory=list)
    entries: list[Any] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    parts: dict[tuple[str, Any], Any] = field(default_factory=dict)
    places: dict[Path_, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    misshapen: set[tuple[str, Path_]] = field(default_factory=set)
    incomplete: bool = False

    def fault(self, path: Path_, problem: str, **more: str) -> None:
        """Note a fault at a path of the book, such as `("entries", "WB-08", "findings", 0, "when")`.

        What has a fault of its shape has no other.
        """
        source, local = self.places[path[:2]]
        if (source.file, (*local, *path[2:])) not in self.misshapen:
            self.faults.append(Fault(source.file, source.line((*local, *path[2:])), problem, **more))

    def of(self, section: str) -> dict[Any, Any]:
        """The parts of a section as their files have them, by id, slug or name."""
        return {key: part for (where, key), part in self.parts.items() if where == section}


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
    if slug not in _folders(root or ROOT):
        raise KeyError(slug)
    return _loaded(slug.removesuffix(DRAFT), (root or ROOT) / slug)


def versions(slug: str, root: Path | None = None) -> tuple[Policy, ...]:
    """Every version in a council's folder, in the order in which they take effect; raises as `load` does."""
    earlier = (root or ROOT) / slug / EARLIER
    found = [load(slug, root), *(_loaded(slug, earlier / name) for name in _folders(earlier))]
    return tuple(sorted(found, key=lambda policy: policy.starts_on))


def on_day(found: Sequence[Policy], day: date) -> Policy:
    """Of several versions the one that holds on a day: the last that took effect; before the first, the first."""
    return [policy for policy in found if policy.starts_on <= day or policy is found[0]][-1]


def _loaded(slug: str, folder: Path) -> Policy:
    return _load(slug, folder, tuple((str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in _files(folder)))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"), key=lambda f: (f.name != "council.yaml", f.name != "panels.yaml", f.name))


@lru_cache(maxsize=32)
def _load(slug: str, folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> Policy:
    draft = Draft()
    for file in _files(folder):
        source, faults = read(file, f"{folder.name}/{file.name}")
        draft.faults.extend(faults)
        if source is None or source.is_unread(()):
            draft.incomplete = True
        else:
            _take_file(draft, source)
    _whole(draft, slug)
    check(draft)
    if draft.faults:
        raise PolicyFaults(draft.faults)
    return Policy(_bind(draft))


def _take_file(draft: Draft, source: Source) -> None:
    if not isinstance(source.data, Mapping):
        draft.faults.append(Fault(source.file, 1, "a policy file is a mapping", allowed=", ".join(SECTIONS)))
        draft.incomplete = True
        return
    for name, content in source.data.items():
        section = name if name in SECTIONS else near(name, SECTIONS)
        if section != name:
            line = source.line((name,))
            allowed = ", ".join(SECTIONS)
            draft.faults.append(
                Fault(source.file, line, "unknown section", found=name, allowed=allowed, nearest=section)
            )
        if section:
            _take_section(draft, source, (section, name), content=content)


def _take_section(draft: Draft, source: Source, names: tuple[str, str], *, content: Any) -> None:
    """Take a section under its name and the one it has in the file, which may be misspelt."""
    section, name = names
    if source.is_unread((name,)):
        draft.incomplete = True
    elif section == "council":
        _take(draft, source, (section, _key(draft, section, 0, source=source)), item=content, local=(name,))
    elif section in {"panels", "entries"}:
        _take_list(draft, source, names, content=content)
    else:
        _take_map(draft, source, names, content=content)


def _take_list(draft: Draft, source: Source, names: tuple[str, str], *, content: Any) -> None:
    section, name = names
    if not isinstance(content, list):
        draft.faults.append(Fault(source.file, source.line((name,)), f"{name} is a list"))
        draft.incomplete = True
        return
    called = "id" if section == "entries" else "slug"
    for index, item in enumerate(content):
        key = item.get(called) if isinstance(item, dict) else None
        if isinstance(key, str) and (section, key) in draft.parts:
            line = source.line((name, index))
            draft.faults.append(Fault(source.file, line, f"{called} is used twice", found=key))
        own = _key(draft, section, key if isinstance(key, str) else index, source=source)
        _take(draft, source, (section, own), item=item, local=(name, index))


def _take_map(draft: Draft, source: Source, names: tuple[str, str], *, content: Any) -> None:
    section, name = names
    if not isinstance(content, dict):
        draft.faults.append(Fault(source.file, source.line((name,)), f"{name} is a mapping of names"))
        draft.incomplete = True
        return
    for key, item in content.items():
        line = source.line((name, key))
        if (section, key) in draft.parts:
            draft.faults.append(Fault(source.file, line, "name is used twice", found=key))
        if not CODE.fullmatch(key):
            draft.faults.append(
                Fault(source.file, line, "the name has a wrong value", found=key, allowed=PATTERNS[CODE.pattern])
            )
        _take(draft, source, (section, _key(draft, section, key, source=source)), item=item, local=(name, key))


def _key(draft: Draft, section: str, key: str | int, *, source: Source) -> str | int:
    """The key of a part; one that has no name, or that of another, gets a key of its own and is judged all the same."""
    if isinstance(key, str) and (section, key) not in draft.parts:
        return key
    return f"{source.file}, {len(draft.parts)}"


def _take(draft: Draft, source: Source, path: tuple[str, Any], *, item: Any, local: Path_) -> None:
    section = path[0]
    draft.places[path] = (source, local)
    draft.parts[path] = item
    try:
        model = SECTIONS[section].validate_python(item)
    except ValidationError as error:
        for where, fault in shape_faults(source, local, section=section, item=item, error=error):
            draft.misshapen.add((source.file, where))
            draft.faults.append(fault)
        return
    target = getattr(draft, section)
    if isinstance(target, dict):
        target[str(path[1])] = model
    else:
        target.append(model)


def _whole(draft: Draft, slug: str) -> None:
    """Note what a policy lacks as a whole; of a file that cannot be read nobody knows what it holds."""
    councils, first = draft.of("council"), f"{slug}/council.yaml"
    if len(councils) > 1 or not (councils or draft.incomplete):
        draft.faults.append(Fault(first, 1, "exactly one section 'council' is needed"))
    for key, council in councils.items():
        named = council.get("slug") if isinstance(council, dict) else None
        if isinstance(named, str) and named != slug:
            draft.fault(("council", key, "slug"), "the slug is not the name of the folder", found=named, allowed=slug)
    if not draft.incomplete and not (draft.of("panels") and draft.of("entries")):
        draft.faults.append(Fault(first, 1, "a policy needs at least one panel and one entry"))


def _bind(draft: Draft) -> Book:
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
