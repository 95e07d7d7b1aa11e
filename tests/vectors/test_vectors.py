"""Every vector is asked through the command and compared with what it expects."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.vectors.comparator import differences

HERE = Path(__file__).parent
COUNCILS = ("west-berkshire", "swindon", "wokingham", "dudley", "kent")
RESULT_KEYS = {
    "council", "panel", "policy", "remit", "route_to", "findings", "approvals", "deadlines", "quorum", "totals",
    "can_submit", "can_record_emergency", "missing",
}  # fmt: skip


def vectors_of(file: Path) -> list[Any]:
    """The vectors of one file, as parameters named by the council and the vector."""
    return [pytest.param(vector, id=vector["name"]) for vector in json.loads(file.read_text(encoding="utf-8"))]


VECTORS = [vector for council in COUNCILS for vector in vectors_of(HERE / f"{council}.json")]
EXTRA = [vector for file in sorted((HERE / "extra").glob("*.json")) for vector in vectors_of(file)]


def ask(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the command prints about a case."""
    file = folder / "case.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    out = StringIO()
    call_command("assess", str(file), stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


@pytest.mark.parametrize("vector", VECTORS)
def test_the_policy_says_what_the_vector_expects(vector: dict[str, Any], tmp_path: Path) -> None:
    result = ask(vector["case"], tmp_path)

    assert result.keys() == RESULT_KEYS
    assert differences(vector["expect"], result) == [], vector["why"]


@pytest.mark.parametrize("vector", EXTRA)
def test_the_policy_holds_at_further_boundaries(vector: dict[str, Any], tmp_path: Path) -> None:
    assert differences(vector["expect"], ask(vector["case"], tmp_path)) == [], vector["why"]


def test_no_two_vectors_have_one_name() -> None:
    names = [parameter.id for parameter in VECTORS + EXTRA]

    assert len(names) == len(set(names))
