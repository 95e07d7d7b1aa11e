"""Every word of the policy language is read by somebody: a field that only its loader knows does nothing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings
from mypy.build import build
from mypy.modulefinder import BuildSource
from mypy.nodes import MemberExpr
from mypy.options import Options
from mypy.types import Instance, UnionType, get_proper_type

from panels.policy import schema

ROOT = Path(settings.BASE_DIR)
APPS = ("people", "panels", "finance", "applications", "decisions", "config")
LANGUAGE = "panels/policy/"
RULES = "panels/rules/"
ASKED = (RULES, "panels/policy/book.py", "panels/policy/schema/")
"""What reads for others: a word read here is read where somebody outside asks for the function that reads it."""
EXPLAINED = "panels/rules/explained.py"  # shows what the policy says: reading here does what only a word to show asks
TO_SHOW = """
    Council.service Document.dated Outcome.final Outcome.reading Panel.links Panel.outcomes_rule
    Panel.presenting Panel.purpose Panel.short_name Panel.whole_package_rule PresenterKind.kind PresenterKind.rule
    PresenterKind.stance Presenting.kinds Presenting.needed Presenting.rule RecordSystem.name RecordSystem.rule
    Role.also_called Schedule.ends Schedule.year_published Schedule.year_rule Seat.lay Section.rule SignOff.does
    Slots.choices Slots.reading Slots.rule Submission.target_timer
"""
"""Words that ask for nothing but to be shown."""
ENTRIES_PAGE = "panels/policy.html"  # the one template that is handed entries as they are
WORDS = {(name, field) for name in schema.__all__ for field in getattr(schema, name).model_fields}
Span = tuple[int, int, int | None, int | None, str]

NOT_READ_YET = """
    Section.code
    Split.code
    StandingItem.code
"""
"""Words that nobody read on 28 November 2026; the list only grows shorter, and a word that is read has to leave it."""


def sources() -> list[Path]:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


class Reading(ast.NodeVisitor):
    """Where attributes are read and names are used in one file, by the function or method they stand in."""

    def __init__(self) -> None:
        self.definition = ""
        self.read: dict[Span, str] = {}
        self.by_name: dict[str, set[str]] = defaultdict(set)
        self.used: dict[str, set[str]] = defaultdict(set)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._within(node, node.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        is_special = node.name.startswith("__")  # a class in use has all of these in use
        self._within(node, self.definition if is_special else node.name)

    def _within(self, node: ast.AST, name: str) -> None:
        outer, self.definition = self.definition, name
        self.generic_visit(node)
        self.definition = outer

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.read[node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, node.attr] = self.definition
        self.used[self.definition].add(node.attr)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self.used[self.definition].add(node.id)

    def visit_Call(self, node: ast.Call) -> None:
        match node:
            case ast.Call(func=ast.Name("getattr"), args=[_, ast.Constant(str(name)), *_]):
                self.by_name[name].add(self.definition)
        self.generic_visit(node)


def reading_of(path: Path) -> Reading:
    reading = Reading()
    reading.visit(ast.parse(path.read_text()))
    return reading


def in_use(readings: dict[str, Reading]) -> set[str]:
    """The definitions of rules and language which something outside them asks for, and what those ask for in turn."""
    inside = [reading for name, reading in readings.items() if name.startswith(ASKED)]
    wanted = {
        used
        for name, reading in readings.items()
        if not name.startswith((RULES, LANGUAGE))
        for names in reading.used.values()
        for used in names
    }
    while True:
        more = {
            used
            for reading in inside
            for definition, names in reading.used.items()
            if definition in wanted or not definition
            for used in names
        } - wanted
        if not more:
            return wanted
        wanted |= more


def typed_reads() -> set[tuple[str, Span]]:
    """Which field of which class of the schema is read at which place, as the type checker sees it."""
    options = Options()
    options.export_types = options.preserve_asts = options.ignore_missing_imports = options.check_untyped_defs = True
    options.incremental = False
    options.python_executable = None  # the project's own types are enough: no library is looked into
    options.no_site_packages = True
    options.cache_dir = "/dev/null"
    built = build([BuildSource(str(path), module_of(path)) for path in sources()], options)
    found = set()
    for node in built.types:
        if not isinstance(node, MemberExpr) or node.expr not in built.types:
            continue
        kind = get_proper_type(built.types[node.expr])
        for one in map(get_proper_type, kind.items) if isinstance(kind, UnionType) else (kind,):
            if isinstance(one, Instance) and one.type.fullname.startswith("panels.policy.schema"):
                span = (node.line, node.column, node.end_line, node.end_column, node.name)
                found.add((one.type.name, span))
    return found


@pytest.fixture(scope="module")
def read_by_somebody() -> set[tuple[str, str]]:
    readings = {str(path.relative_to(ROOT)): reading_of(path) for path in sources()}
    live = in_use(readings)

    def counts(name: str, definition: str) -> bool:
        return not definition or definition in live if name.startswith(ASKED) else not name.startswith(LANGUAGE)

    places = {
        span for name, r in readings.items() if name != EXPLAINED for span, d in r.read.items() if counts(name, d)
    }
    asked_by_name = {
        word for name, r in readings.items() for word, ds in r.by_name.items() for d in ds if counts(name, d)
    }
    reads = typed_reads()
    shown = {(kind, span[-1]) for kind, span in reads if span in readings[EXPLAINED].read}
    page = (ROOT / "templates" / ENTRIES_PAGE).read_text()
    return (
        {(kind, span[-1]) for kind, span in reads if span in places}
        | {(kind, field) for kind, field in shown if f"{kind}.{field}" in TO_SHOW.split()}
        | {(kind, field) for kind, field in WORDS if field in asked_by_name}
        | {("Entry", field) for field in re.findall(r"\bentry\.([a-z_]+)", page)}
    )


def test_every_word_of_the_policy_language_is_read_outside_it(read_by_somebody: set[tuple[str, str]]) -> None:
    unread = {f"{kind}.{field}" for kind, field in WORDS - read_by_somebody}

    assert sorted(unread) == sorted(NOT_READ_YET.split())
