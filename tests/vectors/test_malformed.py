"""Input that cannot be read: exit 2, nothing on standard output, a short line that names file and place."""

from __future__ import annotations

import ast
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]
MALFORMED = json.loads((Path(__file__).parent / "malformed.json").read_text(encoding="utf-8"))


def run_assess(
    argument: str, data: bytes = b"", *, within: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a user does, with no database to go to, and within the bounds that are set."""
    return subprocess.run(
        [sys.executable, "manage.py", "assess", argument],
        cwd=ROOT,
        input=data,
        capture_output=True,
        timeout=60,
        preexec_fn=within,
        check=False,
        env={**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
    )


def refusal(argument: str) -> tuple[object, str, str]:
    """The exit status, standard output and standard error of the command, run in this process."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("assess", argument, stdout=out, stderr=err)
    return left.value.code, out.getvalue(), err.getvalue()


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

    status, printed, said = refusal(str(file))

    assert (status, printed) == (vector["expect"]["exit"], "")
    assert said.startswith(f"{file}: {vector['expect']['path'] or ''}")
    assert len(said) < 1000


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(str(tmp_path / "nowhere.json")) == (
        2,
        "",
        f"{tmp_path / 'nowhere.json'}: cannot be read: No such file or directory\n",
    )


def test_a_folder_is_no_case(tmp_path: Path) -> None:
    assert refusal(str(tmp_path)) == (2, "", f"{tmp_path}: cannot be read: Is a directory\n")


def test_a_fault_on_standard_input_leaves_with_two_and_no_traceback() -> None:
    run = run_assess("-", b'[{"council": "kent"}, {"council": "atlantis"}]')

    assert (run.returncode, run.stdout) == (2, b"")
    assert run.stderr.decode().startswith('standard input (-): $[1].council: found "atlantis"; allowed: one of ')
    assert run.stderr.count(b"\n") == 1


def little_memory() -> None:
    """A gigabyte of addresses; the command takes a third of it before it reads anything."""
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"[" + b"[]," * 13_000_000 + b"[]]", id="empty lists"),
        pytest.param(b"[" + b"{}," * 13_000_000 + b"{}]", id="empty objects"),
        pytest.param(b"[" + b'{"a":[{}]},' * 480_000 + b"{}]", id="just below the bound"),
    ],
)
def test_a_bomb_of_small_parts_is_refused_in_little_memory_and_time(data: bytes) -> None:
    run = run_assess("-", data, within=little_memory)

    assert (run.returncode, run.stdout) == (2, b"")
    assert run.stderr.decode().startswith("standard input (-): ")
    assert run.stderr.count(b"\n") == 1


def test_a_list_of_cases_is_answered_with_a_list_and_no_database() -> None:
    run = run_assess("-", b'[{"council": "kent"}, {"council": "dudley"}]')

    assert (run.returncode, run.stderr) == (0, b"")
    assert [result["council"] for result in json.loads(run.stdout)] == ["kent", "dudley"]


def test_one_case_is_answered_with_one_result(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text('{"council": "kent"}', encoding="utf-8")
    out = StringIO()

    call_command("assess", str(file), stdout=out)

    assert json.loads(out.getvalue())["council"] == "kent"


def test_no_cases_are_answered_with_no_results(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text("[]", encoding="utf-8")
    out = StringIO()

    call_command("assess", str(file), stdout=out)

    assert json.loads(out.getvalue()) == []
