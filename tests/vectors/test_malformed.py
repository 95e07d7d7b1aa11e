"""Input that cannot be read: exit 2, nothing on standard output, a short line that names file and place."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MALFORMED = json.loads((Path(__file__).parent / "malformed.json").read_text(encoding="utf-8"))


def run_assess(argument: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command as a user does, with no database to go to."""
    return subprocess.run(
        [sys.executable, "manage.py", "assess", argument],
        cwd=ROOT,
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
    )


def data_of(source: dict[str, Any]) -> bytes:
    """The bytes of a malformed input."""
    if "text" in source:
        return str(source["text"]).encode()
    if "object" in source:
        return json.dumps(source["object"]).encode()
    made: bytes = ast.literal_eval(source["generator"]["python"])
    return made


@pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["name"]) for vector in MALFORMED])
def test_the_fault_is_named_and_nothing_is_answered(vector: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "faulty-case.json"
    file.write_bytes(data_of(vector["input"]))

    run = run_assess(str(file))
    said = run.stderr.decode()

    assert (run.returncode, run.stdout) == (vector["expect"]["exit"], b"")
    assert str(file) in said
    assert (vector["expect"]["path"] or "") in said
    assert "Traceback" not in said
    assert len(said) < 1000


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    run = run_assess(str(tmp_path / "nowhere.json"))

    assert (run.returncode, run.stdout) == (2, b"")
    assert run.stderr.decode() == f"{tmp_path / 'nowhere.json'}: cannot be read: No such file or directory\n"


def test_standard_input_is_named(tmp_path: Path) -> None:
    run = run_assess("-", b'{"council": "atlantis"}')

    assert (run.returncode, run.stdout) == (2, b"")
    assert run.stderr.decode().startswith('standard input (-): $.council: found "atlantis"; allowed: one of ')


def test_one_case_is_one_result_and_a_list_is_a_list() -> None:
    one = run_assess("-", b'{"council": "kent"}')
    some = run_assess("-", b'[{"council": "kent"}, {"council": "dudley"}]')
    none = run_assess("-", b"[]")

    assert [run.returncode for run in (one, some, none)] == [0, 0, 0]
    assert json.loads(one.stdout)["council"] == "kent"
    assert [result["council"] for result in json.loads(some.stdout)] == ["kent", "dudley"]
    assert json.loads(some.stdout)[0] == json.loads(one.stdout)
    assert json.loads(none.stdout) == []
