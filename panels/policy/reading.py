"""Reads YAML 1.2 files with the line of every key and value, and refuses a key written twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a policy: where it stands, what was found, what is allowed, the nearest right word."""

    file: str
    line: int
    problem: str
    found: str = ""
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}: {self.problem}"]
        parts += [f"found {self.found}"] if self.found else []
        parts += [f"allowed: {self.allowed}"] if self.allowed else []
        parts += [f"did you mean {self.nearest}?"] if self.nearest else []
        return "; ".join(parts)


class PolicyFaults(Exception):  # noqa: N818 - it is the list of faults
    """A policy that cannot be used, with every fault that was found in it."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda f: (f.file, f.line, f.problem)))
        super().__init__("\n".join(str(f) for f in self.faults))


@dataclass(slots=True)
class Source:
    """The plain content of one file and the line on which each of its parts begins."""

    file: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """The line of the part at `path`, or of the nearest part around it that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


class _Words(RoundTripConstructor):
    """Leaves a date the text it is, so that the schema refuses a day that does not exist, with its line."""


_Words.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_yaml_str)


def read(file: Path, name: str) -> tuple[Source | None, list[Fault]]:
    """Read one file; the answer is its content, or the fault that stopped the reading."""
    yaml = YAML(typ="rt")
    yaml.Constructor = _Words
    yaml.version = (1, 2)
    yaml.allow_duplicate_keys = False
    try:
        tree = yaml.load(file.read_text(encoding="utf-8"))
    except DuplicateKeyError as error:
        return None, [Fault(name, _mark(error), "a key is written twice", found=_duplicate(error))]
    except MarkedYAMLError as error:
        return None, [Fault(name, _mark(error), f"cannot be read as YAML: {error.problem}")]
    except UnicodeDecodeError:
        return None, [Fault(name, 1, "is not UTF-8 text")]
    source = Source(name, None)
    source.lines[()] = 1
    source.data = _plain(tree, (), source.lines)
    return source, []


def _mark(error: MarkedYAMLError) -> int:
    return error.problem_mark.line + 1 if error.problem_mark else 1


def _duplicate(error: DuplicateKeyError) -> str:
    return str(error.problem).split('"')[1] if '"' in str(error.problem) else str(error.problem)


def _plain(node: Any, path: Path_, lines: dict[Path_, int]) -> Any:
    if isinstance(node, CommentedMap):
        return _plain_mapping(node, path, lines)
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*path, index)] = node.lc.item(index)[0] + 1
        return [_plain(value, (*path, index), lines) for index, value in enumerate(node)]
    return _plain_scalar(node)


def _plain_mapping(node: Any, path: Path_, lines: dict[Path_, int]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in node.items():
        lines[(*path, str(key))] = node.lc.key(key)[0] + 1
        out[str(key)] = _plain(value, (*path, str(key)), lines)
    return out


def _plain_scalar(node: Any) -> Any:
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node
