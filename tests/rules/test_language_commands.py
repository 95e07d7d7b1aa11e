"""The commands that make writing a policy a pleasant job."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pydantic import ValidationError

from panels.policy import installed, load
from panels.policy.comparing import differences
from panels.policy.loading import ROOT
from panels.policy.published import json_schema
from panels.policy.shapes import SECTIONS


def said(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


# new_council ----------------------------------------------------------------------------------------
def test_the_files_of_a_new_council_load_without_a_fault(tmp_path: Path) -> None:
    said("new_council", "North Wessex", "--into", str(tmp_path))

    policy = load("north-wessex", tmp_path)
    assert policy.name == "North Wessex"
    assert [entry.id for entry in policy.entries] == ["NW-01", "NW-02", "NW-03", "NW-04"]
    assert "no fault" in said("check_policy", str(tmp_path / "north-wessex"))


def test_a_name_with_an_apostrophe_and_a_prefix_of_ones_own(tmp_path: Path) -> None:
    said("new_council", "King's Vale", "--prefix", "KV1", "--into", str(tmp_path))

    policy = load("king-s-vale", tmp_path)
    assert policy.name == "King's Vale"
    assert policy.entries[0].id == "KV1-01"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Nóva Town", "nova-town"),
        ("Ynys Môn", "ynys-mon"),
        ("Straßen & Höfe", "strassen-hofe"),
        ("St. John’s (East)", "st-john-s-east"),
    ],
)
def test_accents_and_signs_of_a_name_are_left_out_of_its_folder(tmp_path: Path, name: str, slug: str) -> None:
    said("new_council", name, "--into", str(tmp_path))

    assert load(slug, tmp_path).name == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../x", "'../x' is no name of a council: it begins with a letter"),
        ("North/Wessex", "'North/Wessex' is no name of a council"),
        ("North\nWessex", "is no name of a council"),
        ("X", "The name 'X' is too short to give rules a prefix"),
        ("東京", "gives no name for a folder"),
        ("North Draft", "gives no name for a folder: 'north-draft'"),
    ],
)
def test_what_is_wrong_with_a_name_is_said(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(CommandError, match=re.escape(why)):
        said("new_council", name, "--into", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_council_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    said("new_council", "Northshire", "--into", str(tmp_path))
    file = tmp_path / "northshire" / "rules.yaml"
    file.write_text("mine", encoding="utf-8")

    with pytest.raises(CommandError, match="exists already"):
        said("new_council", "Northshire", "--into", str(tmp_path))
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("name", "prefix"), [("123", "NW"), ("!", "NW"), ("Northshire", "nw"), ("Northshire", "N")])
def test_a_name_or_prefix_that_cannot_be_is_refused(tmp_path: Path, name: str, prefix: str) -> None:
    with pytest.raises(CommandError):
        said("new_council", name, "--prefix", prefix, "--into", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


# policy_diff ----------------------------------------------------------------------------------------
def changed(tmp_path: Path, file: str, *changes: tuple[str, str]) -> Path:
    folder = tmp_path / "dudley"
    shutil.copytree(ROOT / "dudley", folder)
    text = (folder / file).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / file).write_text(text, encoding="utf-8")
    return folder


def test_what_is_equal_changes_nothing() -> None:
    assert said("policy_diff", "dudley", "dudley").strip() == "Nothing changes."


def test_a_number_that_changes_is_told_in_its_unit_with_its_rule(tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        "remit.yaml",
        ("values: [{value: 50000}]", "values: [{value: 50000}, {value: 60000, from: 2027-04-01}]"),
    )

    lines = said("policy_diff", "dudley", str(folder)).splitlines()

    assert lines == [
        "Section 17 floor (DU-15) changes from £500.00 to £500.00, then £600.00 from 1 April 2027.",
        "1 change.",
    ]


def test_entries_and_parts_of_panels_are_told_by_name(tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        "panels.yaml",
        ("      - {role: virtual_school, title: Virtual School Head, rule: DU-25}\n", ""),
        ("label: Not agreed", "label: Refused"),
    )

    lines = differences(load("dudley"), load("dudley", folder.parent))

    assert (
        "The ARP, seats: virtual school is dropped: role virtual school, title Virtual School Head, rule DU-25."
        in lines
    )
    assert "The ARP, outcomes: not agreed, label changes from Not agreed to Refused." in lines
    assert len(lines) == 3


def test_a_new_and_a_dropped_entry_are_told_with_their_meaning(tmp_path: Path) -> None:
    new = changed(tmp_path, "decision.yaml", ("- id: DU-41", "- id: DU-42"))

    lines = differences(load("dudley"), load("dudley", new.parent))

    assert any(line.startswith("DU-41 is dropped: ") for line in lines)
    assert any(line.startswith("DU-42 is new (") for line in lines)


def test_what_is_no_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no installed council"):
        said("policy_diff", "dudley", "nowhere")
    with pytest.raises(CommandError, match="no folder with a council"):
        said("policy_diff", "dudley", str(tmp_path))


# how a command ends ---------------------------------------------------------------------------------
def started(*arguments: str, **more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT.parents[1],
        stderr=subprocess.PIPE,
        # As from a terminal: what a shell starts behind itself ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 -- one thread, one call
        **more,
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("other", ["dudley", "kent"])
def test_a_command_ends_quietly_when_nobody_reads_on(other: str, unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    command = started("policy_diff", "dudley", other, stdout=writing, env=os.environ | {"PYTHONUNBUFFERED": unbuffered})
    os.close(writing)

    assert command.communicate(timeout=60)[1] == b""
    assert command.returncode == 141


def test_a_command_ends_quietly_when_it_is_interrupted(tmp_path: Path) -> None:
    fifo = tmp_path / "case.json"
    os.mkfifo(fifo)
    command = started("assess", str(fifo), stdout=subprocess.PIPE)

    writing = opened(fifo, while_runs=command)
    time.sleep(1)  # it waits for the case by then; a signal that comes while the pipe is being opened is lost on Python
    command.send_signal(signal.SIGINT)

    assert command.communicate(timeout=60) == (b"", b"")
    assert command.returncode == 130
    os.close(writing)


def opened(fifo: Path, *, while_runs: subprocess.Popen[bytes]) -> int:
    """The writing end of a pipe, once somebody reads it."""
    while while_runs.poll() is None:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the command ended before it read")


# policy_schema --------------------------------------------------------------------------------------
def test_the_published_schema_is_the_schema_of_the_loader() -> None:
    said("policy_schema", "--check")


def test_the_schema_knows_each_section_and_each_key_of_the_loader() -> None:
    schema = json_schema()

    assert set(schema["properties"]) == set(SECTIONS)
    assert schema["additionalProperties"] is False
    assert all(part.get("additionalProperties") is False for part in schema["$defs"].values())
    json.dumps(schema)


def _undefined(node: Any, defined: set[str]) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"].rsplit("/", 1)[1]} - defined if "$ref" in node else set()
        return own.union(*(_undefined(value, defined) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(_undefined(value, defined) for value in node))
    return set()


def test_the_schema_refers_to_nothing_that_is_not_there() -> None:
    schema = json_schema()

    assert _undefined(schema, set(schema["$defs"])) == set()


@pytest.mark.parametrize("council", installed())
def test_an_equal_policy_comes_back_from_its_payload(council: str) -> None:
    policy = load(council)

    assert type(policy).from_payload(json.loads(json.dumps(policy.payload()))) == policy
    with pytest.raises(ValidationError):
        type(policy).from_payload({**policy.payload(), "surplus": 1})
