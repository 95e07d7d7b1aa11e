"""A policy of a few lines for tests: an invented council with just the entries a test is about."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from panels.policy import Policy, load

COUNCIL = """
council:
  slug: testshire
  name: Testshire
  version: 1
  from: 2020-01-01
  documents: [{code: terms, title: Terms of reference}]
  roles: [{code: head_of_service, title: Head of Service}]
  record_system: {name: File}
panels:
  - slug: one
    name: First panel
    short_name: One
    rule: TS-01
    seats: [{role: chair, title: Chair, chairs: chair}]
    schedule: {every: published}
    outcomes: [{code: agreed, label: Agreed, effect: agree}]
  - slug: two
    name: Second panel
    short_name: Two
    rule: TS-01
    seats: [{role: chair, title: Chair, chairs: chair}]
    schedule: {every: published}
    outcomes: [{code: agreed, label: Agreed, effect: agree}]
"""
FIRST = """
  - id: TS-01
    clause: {document: terms, section: '1'}
    topic: remit
    means: What the panel is for.
    treatment: shown
"""


def write(root: Path, entries: str, more: str = "") -> Path:
    """Write the files of the invented council; `entries` are list items of the section, `more` other sections."""
    folder = root / "testshire"
    folder.mkdir(exist_ok=True)
    (folder / "council.yaml").write_text(COUNCIL, encoding="utf-8")
    body = FIRST + "".join(f"  {line}\n" if line else "\n" for line in dedent(entries).strip("\n").splitlines())
    (folder / "rules.yaml").write_text(dedent(more) + "\nentries:" + body, encoding="utf-8")
    return root


def policy_of(root: Path, entries: str, more: str = "") -> Policy:
    """Load the invented council with these entries."""
    return load("testshire", write(root, entries, more))


def entry(rule: str, body: str) -> str:
    """One entry with the keys every entry has, and `body` below them."""
    head = f"- id: {rule}\n  clause: {{document: terms, section: '2'}}\n  topic: x\n  means: It says so.\n"
    rest = "".join(f"  {line}\n" for line in dedent(body).strip("\n").splitlines())
    return head + "  treatment: enforced\n" + rest


def rules(found: Any, effect: str | None = None) -> list[str]:
    """The rules of the findings, of one effect if given."""
    return [f.rule for f in found.findings if effect is None or f.effect == effect]
