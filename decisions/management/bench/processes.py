"""Starts the product's own processes on this machine for a scenario, and ends every one of them whatever happens."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from .measure import WrongAnswerError

TOOLS = Path(sys.executable).parent
# As docker-compose.yml starts them; the web process has the bare pages as well.
WEB = (
    "gunicorn", "decisions.management.bench.serving", "--worker-class", "gthread", "--workers", "2", "--threads", "4",
    "--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning",
)  # fmt: skip
WORKER = ("celery", "--app", "config", "worker", "--loglevel", "WARNING", "--pool", "prefork", "--concurrency", "2")
PATIENCE = 10  # seconds a process has to end by itself


def free_port() -> int:
    """A port of this machine nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process while it runs, in a group of its own that is ended with the block; its words go to a file."""
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 -- words of this file
            command,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 -- no thread has been started
        )
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(happens: Callable[[], bool], *, seconds: float, otherwise: str) -> None:
    """Ask again and again until the answer is yes.

    Raises:
        WrongAnswerError: with the reason given, when it was never yes in that time.
    """
    limit = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > limit:
            raise WrongAnswerError(f"{otherwise} within {seconds:.0f} s")
        time.sleep(0.02)


@contextmanager
def broker(place: Path) -> Iterator[str]:
    """The address of a Redis of our own, as production has; empty where none is installed: files do instead."""
    binary = shutil.which("redis-server")
    if binary is None:
        yield ""
        return
    port = free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--maxmemory-policy", "noeviction")
    with running(binary, *options, log=place / "redis.log"):
        wait_until(lambda: listens(port), seconds=10, otherwise="Redis did not answer")
        yield f"redis://127.0.0.1:{port}/0"


def listens(port: int) -> bool:
    """Whether somebody takes connections on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tool(command: tuple[str, ...], *more: str) -> tuple[str, ...]:
    """A command of this environment, by its whole path."""
    return (str(TOOLS / command[0]), *command[1:], *more)


def _die_with_parent() -> None:
    """In a new process: be told to end when its parent is gone, even if it was killed outright."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
