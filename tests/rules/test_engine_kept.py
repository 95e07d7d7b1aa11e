"""What is kept between two questions never grows without end, and never passes from one version to another."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import panels.policy
import panels.rules
from panels.rules import assess
from tests.rules.small_policy import entry, policy_of


def memories() -> dict[str, Any]:
    found = {}
    for package in (panels.policy, panels.rules):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, thing in vars(importlib.import_module(module.name)).items():
                if hasattr(thing, "cache_info"):
                    found[f"{module.name}.{name}"] = thing
    return found


def test_each_memory_of_the_rules_has_an_end() -> None:
    sizes = {name: memory.cache_info().maxsize for name, memory in memories().items()}

    assert len(sizes) > 5
    assert [name for name, size in sizes.items() if size is None or size > 5_000] == []


def test_two_versions_asked_in_turns_each_give_their_own_answer(tmp_path: Path) -> None:
    floors = {}
    for name, floor in (("before", "100"), ("after", "300")):
        root = tmp_path / name
        root.mkdir()
        floors[name] = policy_of(
            root,
            entry("TS-02", "findings: [{when: request.total > param.floor, effect: warn, stage: submit}]"),
            f"parameters: {{floor: {{unit: pence, values: [{{value: {floor}}}]}}}}",
        )
    case = {"lines": [{"category": "therapy", "one_off": 200}]}
    found = [
        (name, [finding.rule for finding in assess(case, policy).findings if finding.effect == "warn"])
        for _ in range(2)
        for name, policy in floors.items()
    ]

    assert found == [("before", ["TS-02"]), ("after", []), ("before", ["TS-02"]), ("after", [])]
