"""Reads YAML 1.2 files with the line of every key and value; what a policy has no use for is a fault with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

Path_ = tuple[str | int, ...]
TAG = "tag:yaml.org,2002:"
MOST_PARTS = 200_000
"""Values, lists and mappings of one file with every alias unfolded; the largest of today has 3,000."""
LONGEST_SHOWN = 60
SCALARS = frozenset({"!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp"})


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
        self.faults = tuple(sorted(set(faults), key=lambda f: (f.file, f.line, f.problem, f.found)))
        super().__init__("\n".join(str(f) for f in self.faults))


@dataclass(slots=True)
class Source:
    """The plain content of one file and the line on which each of its parts begins."""

    file: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)
    unread: set[Path_] = field(default_factory=set)
    """Parts in whose place stands nothing, as they are faults already."""

    def line(self, path: Path_) -> int:
        """The line of the part at `path`, or of the nearest part around it that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    def is_unread(self, path: Path_) -> bool:
        """Whether the part at `path`, or one around it, could not be read."""
        return any(path[:end] in self.unread for end in range(len(path) + 1))


class _Words(SafeConstructor):
    """Leaves a date the text it is, so that the schema refuses a day that does not exist, with its line."""


_Words.add_constructor(f"{TAG}timestamp", SafeConstructor.construct_yaml_str)


def read(file: Path, name: str) -> tuple[Source | None, list[Fault]]:
    """Read one file: its content as far as it can be read, and every fault found on the way.

    There is no content where the file is no YAML at all.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Words
    yaml.version = (1, 2)
    text = ""
    try:
        text = file.read_text(encoding="utf-8")
        tree = yaml.compose(text)
    except UnicodeDecodeError:
        return None, [Fault(name, 1, "is not UTF-8 text")]
    except OSError as error:
        return None, [Fault(name, 1, f"cannot be read: {error.strerror}")]
    except RecursionError:
        return None, [Fault(name, 1, "is nested too deeply")]
    except YAMLError as error:
        return None, [_no_yaml(name, text, error)]
    return _Reader(name, yaml.constructor).read(tree)


def _no_yaml(name: str, text: str, error: YAMLError) -> Fault:
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Fault(name, line, "cannot be read as YAML: a character that no text holds", found=_sign(text, error))
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    why = error.problem or error.context if isinstance(error, MarkedYAMLError) else str(error)
    return Fault(name, mark.line + 1 if mark else 1, f"cannot be read as YAML: {why}")


def _sign(text: str, error: ReaderError) -> str:
    return f"U+{ord(text[error.position]):04X}" if error.position < len(text) else ""


class _Reader:
    """Turns the nodes of one file into plain data."""

    def __init__(self, name: str, constructor: SafeConstructor) -> None:
        self.constructor = constructor
        self.source = Source(name, None, {(): 1})
        self.faults: list[Fault] = []
        self.around: list[Node] = []
        self.parts = 0

    def read(self, tree: Node | None) -> tuple[Source | None, list[Fault]]:
        try:
            self.source.data = None if tree is None else self._value(tree, ())
        except _TooLargeError:
            return None, [Fault(self.source.file, 1, f"holds more than {MOST_PARTS} parts, its aliases unfolded")]
        return self.source, self.faults

    def _value(self, node: Node, path: Path_) -> Any:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise _TooLargeError
        if any(node is one for one in self.around):
            return self._refuse(node, path, "a part holds itself", found=f"*{node.anchor}")
        self.around.append(node)
        try:
            return self._content(node, path)
        finally:
            self.around.pop()

    def _content(self, node: Node, path: Path_) -> Any:
        tag = _tag(node)
        if isinstance(node, MappingNode) and tag == "!!map":
            return self._mapping(node, path)
        if isinstance(node, SequenceNode) and tag == "!!seq":
            for index, item in enumerate(node.value):
                self.source.lines[(*path, index)] = item.start_mark.line + 1
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, ScalarNode) and tag in SCALARS:
            try:
                return self.constructor.construct_object(node)
            except (YAMLError, ValueError, ArithmeticError, LookupError):
                return self._refuse(node, path, "a value that cannot be read", found=node.value)
        return self._refuse(node, path, "a policy has no tags", found=tag, allowed="the value without its tag")

    def _mapping(self, node: MappingNode, path: Path_) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in node.value:
            name, line = key.value, key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self._fault(line, "a key is a word", found="a list or a mapping")
            elif _tag(key) == "!!merge":
                self._fault(line, "keys are not merged; write them out", found="<<")
            elif _tag(key) not in SCALARS:
                self._fault(line, "a policy has no tags", found=_tag(key), allowed="the key without its tag")
            elif name in out:
                self._fault(line, "a key is written twice", found=name)
            else:
                self.source.lines[(*path, name)] = line
                out[name] = self._value(value, (*path, name))
        return out

    def _refuse(self, node: Node, path: Path_, problem: str, *, found: str, allowed: str = "") -> None:
        self.source.unread.add(path)
        self._fault(node.start_mark.line + 1, problem, found=found, allowed=allowed)

    def _fault(self, line: int, problem: str, *, found: str, allowed: str = "") -> None:
        short = found if len(found) <= LONGEST_SHOWN else found[: LONGEST_SHOWN - 3] + "..."
        self.faults.append(Fault(self.source.file, line, problem, found=short, allowed=allowed))


def _tag(node: Node) -> str:
    return str(node.tag).replace(TAG, "!!")


class _TooLargeError(Exception):
    """The file unfolds beyond all measure."""
