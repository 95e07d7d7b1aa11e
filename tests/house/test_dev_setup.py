"""What `./dev` does before anything runs: locks, assets, and what it says of tests that were not run."""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-setup.txt"]


@pytest.fixture(scope="module")
def dev() -> Any:
    """The file `dev` as a module."""
    loader = importlib.machinery.SourceFileLoader("dev", str(ROOT / "dev"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("dev", loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_its_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


@pytest.mark.parametrize("name", [*LOCKS, "package.json", "package-lock.json"])
def test_no_lock_names_the_place_it_was_made_from(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "index-url" not in text


def test_every_front_end_package_has_its_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 1
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)


def test_the_typeface_and_the_crest_of_gov_uk_are_taken_out(dev: Any) -> None:
    css = (
        "@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}"
        ".a{font-family:GDS Transport,arial,sans-serif;color:red}"
        '.b:before{content:"";background-image:url(/assets/images/govuk-crest.svg);width:1px}'
        ".c{mask-image:url(/assets/images/govuk-crest.svg)}"
        "/* GDS Transport is not free */.d{background:url(data:image/svg+xml,x)}"
    )
    assert dev.without_brand(css) == (
        '.a{font-family:arial,sans-serif;color:red}.b:before{content:"";width:1px}.c{}.d{background:url(data:image/svg+xml,x)}'
    )


def test_the_collected_assets_hold_nothing_that_is_not_ours_to_use(dev: Any) -> None:
    dev.front_end()
    for name in ("govuk-frontend.min.css", "govuk-frontend.min.js"):
        text = (ROOT / "static" / "vendor" / "govuk" / name).read_text()
        assert len(text) > 40_000
        for unwanted in ("GDS Transport", "@font-face", "/assets/", "sourceMappingURL"):
            assert unwanted not in text


def test_an_older_python_is_told_so(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 10))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        dev.set_up()


def test_the_demonstration_never_meets_a_database_of_the_shell(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "PRODUCTION", "SECRET_KEY", "ALLOWED_HOSTS"):
        monkeypatch.setenv(name, "of-production")
    env = dev.demo_environment(8123)
    assert "of-production" not in env.values()
    assert (env["DEMO"], env["BASE_URL"]) == ("1", "http://127.0.0.1:8123")


def test_a_demonstration_of_other_rules_is_kept_beside_the_new_one(
    dev: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dev, "VAR", tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "panel.sqlite3")) as database:
        database.execute("CREATE TABLE applications_application (id)")
        database.execute("INSERT INTO applications_application VALUES (1)")
        database.commit()
    steps: list[str] = []

    def manage(step: str, *_: str, **__: Any) -> int:
        steps.append(step)
        return int(step == "adopt_policies" and steps.count(step) == 1)

    monkeypatch.setattr(dev, "manage", manage)
    monkeypatch.setattr(dev.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout="logins"))

    assert dev.prepare_demo({}) == "logins"
    assert steps == ["migrate", "demo_seal", "adopt_policies", "migrate", "demo_seal", "adopt_policies", "demo"]
    assert (tmp_path / "panel-before.sqlite3").stat().st_size > 0
    assert dev.is_empty()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "99999"], "there is no port 99999; choose one from 1 to 65535"),
        (["--port", "0"], "there is no port 0"),
        (["--port", "²"], "usage: ./dev run"),
        (["--port", "-1"], "usage: ./dev run"),
        (["--port=9000"], "usage: ./dev run"),
        (["8000"], "usage: ./dev run"),
    ],
)
def test_a_port_there_is_not_is_refused_before_anything_is_done(
    dev: Any, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.setattr(dev, "set_up", lambda: pytest.fail("it began"))
    with pytest.raises(SystemExit) as refusal:
        dev.command_run(words)
    assert said in str(refusal.value)


def test_an_unknown_word_shows_what_there_is(dev: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["tset"]) == 2
    said = capsys.readouterr().out
    assert all(f"./dev {command}" in said for command in dev.COMMANDS)


SKIPPING = """
import pytest

def test_done():
    pass

@pytest.mark.skip(reason="there is no such machine")
def test_left_out():
    pass

@pytest.mark.xfail(reason="known", strict=True)
def test_known():
    raise ValueError
"""


def run_of(folder: Path, *, strict: bool, divided: bool) -> tuple[int, list[str]]:
    """Run a little suite of one skipped test beside ours; its exit code and the lines it printed."""
    (folder / "test_little.py").write_text(SKIPPING)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.not_run", "-p", "no:django", "-c", "/dev/null"]
    command += ["--rootdir", str(folder), *(["-n", "2"] if divided else []), str(folder)]
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "NOTHING_SKIPPED": "1" if strict else ""}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip().splitlines()


@pytest.mark.parametrize("divided", [False, True])
def test_what_was_not_run_is_named_before_the_last_line(tmp_path: Path, *, divided: bool) -> None:
    code, lines = run_of(tmp_path, strict=False, divided=divided)
    assert code == 0
    assert "Not run (1): there is no such machine" in lines
    assert re.match(r"1 passed, 1 skipped, 1 xfailed in ", lines[-1])


@pytest.mark.parametrize("divided", [False, True])
def test_where_everything_is_asked_for_a_skipped_test_fails_the_run(tmp_path: Path, *, divided: bool) -> None:
    code, lines = run_of(tmp_path, strict=True, divided=divided)
    assert code == 1
    assert re.match(r"1 passed, 1 skipped, 1 xfailed in ", lines[-1])
