"""What the guide to the language teaches is true: its worked example is a policy, and it names every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from panels.policy import load
from panels.policy.schema import Capacity, Deadline, Due, Entry, Panel, Quorum, QuorumClause, Remit, Schedule, Seat
from panels.policy.shapes import SECTIONS

GUIDE = (Path(__file__).parents[2] / "docs" / "policy-guide.md").read_text(encoding="utf-8")
SCAFFOLD = """
council:
  slug: northmoor
  name: Northmoor
  version: 1
  from: 2026-01-01
  documents: [{code: scheme, title: Scheme}]
  record_system: {name: File}
  roles:
    - {code: director, title: Director}
    - {code: commissioner, title: Commissioner}
    - {code: health_lead, title: Health lead}
    - {code: schools_lead, title: Schools lead}
    - {code: police_lead, title: Police lead}
panels:
  - slug: resource
    name: Resource Panel
    short_name: Resource
    rule: NM-01
    seats:
      - {role: health_lead, title: Health lead, agency: health}
      - {role: schools_lead, title: Schools lead, agency: education}
      - {role: police_lead, title: Police lead, agency: police}
    schedule: {every: published}
    outcomes: [{code: agreed, label: Agreed, effect: agree}]
"""


def test_the_worked_example_of_the_guide_loads(tmp_path: Path) -> None:
    blocks: list[str] = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
    (example,) = [block for block in blocks if "facts:" in block and "NM-05" in block and "entries:" in block]
    folder = tmp_path / "northmoor"
    folder.mkdir()
    (folder / "council.yaml").write_text(SCAFFOLD, encoding="utf-8")
    (folder / "rules.yaml").write_text(example, encoding="utf-8")

    policy = load("northmoor", tmp_path)

    assert [entry.id for entry in policy.entries] == ["NM-01", "NM-02", "NM-03", "NM-04", "NM-05"]


@pytest.mark.parametrize("model", [Entry, Panel, Due, Deadline, Quorum, QuorumClause, Remit, Schedule, Seat, Capacity])
def test_the_guide_names_every_key(model: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    rules = {key for key in keys if key.endswith("_rule") or key == "rule"}

    assert {key for key in keys - rules if f"{key}" not in GUIDE} == set()


def test_the_guide_names_every_section() -> None:
    assert {section for section in SECTIONS if f"`{section}`" not in GUIDE} == set()
