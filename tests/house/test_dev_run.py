"""`./dev run`, as a newcomer types it: ready soon, open to this machine alone, gone when told to stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.house.production import ROOT, free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN = [sys.executable, str(ROOT / "dev"), "run", "--port"]


def environment(place: Path) -> dict[str, str]:
    """The shell's environment with a folder of its own for everything that is written."""
    steering = ("DATABASE_URL", "REDIS_URL", "PRODUCTION", "DEMO")
    return {**{name: value for name, value in os.environ.items() if name not in steering}, "VAR_DIR": str(place)}


def family(place: Path) -> list[int]:
    """The processes that run with that folder, whoever their parent is by now."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"VAR_DIR={place}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def command_lines(place: Path) -> dict[int, str]:
    """The command lines of those processes."""
    return {pid: Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode() for pid in family(place)}


class Running:
    """A `./dev run` and what it has printed."""

    def __init__(self, place: Path) -> None:
        self.place, self.port, self.printed = place, free_port(), place / "printed.txt"
        self.begun = time.monotonic()
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(
                [*RUN, str(self.port)], cwd=ROOT, env=environment(place), stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def said(self) -> str:
        return self.printed.read_text()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        return f"Open http://127.0.0.1:{self.port}" in self.said

    def worker(self) -> int | None:
        """The Celery worker's process id, once it is there."""
        return next((pid for pid, line in command_lines(self.place).items() if "celery" in line), None)


@contextmanager
def running(place: Path) -> Iterator[Running]:
    """A `./dev run` that is ready; whatever a test leaves of it is ended."""
    made = Running(place)
    try:
        wait_until(made.is_ready, seconds=180)
        wait_until(made.worker)
        yield made
    finally:
        for pid in family(place):
            os.kill(pid, signal.SIGKILL)
        made.process.wait(10)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for everything `./dev run` writes, shared so that the demonstration is made once."""
    return tmp_path_factory.mktemp("newcomer")


@pytest.fixture(scope="module")
def prepared(place: Path) -> Path:
    """The folder after a first start."""
    with running(place) as first:
        assert f"http://127.0.0.1:{first.port}" in first.said
    return place


def test_the_second_start_makes_nothing_again_and_shows_one_login_per_role(prepared: Path) -> None:
    with running(prepared) as second:
        assert time.monotonic() - second.begun < 20  # 5 s on a machine with nothing else to do
        assert "Preparing" not in second.said
        for council in sorted(path.name for path in (ROOT / "fixtures" / "policies").iterdir() if path.is_dir()):
            assert council in second.said.lower().replace(" ", "-"), f"no login for {council}"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_told_and_leaves_no_process(prepared: Path, how: signal.Signals) -> None:
    with running(prepared) as house:
        assert len(family(prepared)) >= 4  # itself, gunicorn and its worker, Celery
        house.process.send_signal(how)
        assert house.process.wait(20) == 0
        assert house.said.strip().endswith("Stopped.")
        wait_until(lambda: not family(prepared), seconds=5)


def test_killed_outright_it_leaves_no_process_either(prepared: Path) -> None:
    with running(prepared) as house:
        house.process.kill()
        wait_until(lambda: not family(prepared), seconds=20)


def test_it_says_which_process_ended_and_ends_with_it(prepared: Path) -> None:
    with running(prepared) as house:
        os.kill(house.worker() or 0, signal.SIGKILL)
        assert house.process.wait(20) == 1
        assert "worker ended by itself (exit code -9)" in house.said
        wait_until(lambda: not family(prepared), seconds=5)


def test_it_listens_on_this_machine_alone(prepared: Path) -> None:
    with running(prepared) as house:
        with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/healthz", timeout=10) as answer:
            assert answer.status == 200
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ours = [fields[1] for fields in listening if fields[3] == "0A" and fields[1].endswith(f":{house.port:04X}")]
        assert ours == [f"0100007F:{house.port:04X}"]


def test_twice_at_once_is_refused(prepared: Path) -> None:
    with running(prepared) as house:
        done = subprocess.run(
            [*RUN, str(free_port())], cwd=ROOT, env=environment(prepared), capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "it is running already" in done.stderr
        assert house.process.poll() is None


def test_a_taken_port_is_named_with_the_way_out(prepared: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [*RUN, str(port)], cwd=ROOT, env=environment(prepared), capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert f"--port {port + 1}" in done.stderr
