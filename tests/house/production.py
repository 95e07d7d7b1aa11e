"""What a production start needs, made for a test: a safe environment, a seal of its own, a Redis of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
POSTGRES = os.environ.get("DATABASE_URL_TEST", "postgres://postgres@127.0.0.1:5432/panel")
REDIS = os.environ.get("REDIS_URL_TEST", "redis://127.0.0.1:6379")
KEPT = ("HOME", "LANG", "TZ")


def bare_environment(folder: Path, **more: str) -> dict[str, str]:
    """An environment in which nothing of this shell's settings is left."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PATH": f"{TOOLS}:/usr/bin:/bin", "VAR_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **more}


def make_seal(folder: Path, password: str) -> dict[str, str]:
    """A seal certificate with a password of its own, as the variables that name it."""
    seal = {"SEAL_P12": str(folder / "seal.p12"), "SEAL_CA": str(folder / "ca.pem"), "SEAL_PASSWORD": password}
    finished([str(TOOLS / "python"), "manage.py", "demo_seal"], bare_environment(folder, DEMO="1", **seal))
    return seal


def finished(command: list[str], env: dict[str, str], *, fails: bool = False) -> str:
    """Run a command to its end, as a shell on the server would, and give what it said."""
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=180, check=False)
    said = done.stdout + done.stderr
    assert (done.returncode != 0) == fails, said
    return said


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(happens: object, *, seconds: float = 45) -> None:
    """Wait until a question without arguments answers yes."""
    limit = time.monotonic() + seconds
    while not happens():  # type: ignore[operator]
        assert time.monotonic() < limit, f"it did not happen within {seconds} s"
        time.sleep(0.1)


@contextmanager
def redis_server(policy: str) -> Iterator[str]:
    """A Redis of our own with a policy for a full memory, as its address."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed here")
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command += ["--maxmemory", "32mb", "--maxmemory-policy", policy]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        url = f"redis://127.0.0.1:{port}"
        try:
            wait_until(lambda: answers(url))
            yield f"{url}/0"
        finally:
            server.terminate()


def answers(url: str) -> bool:
    """Whether Redis answers here."""
    try:
        return bool(redis.Redis.from_url(url, socket_timeout=2).ping())
    except redis.RedisError:
        return False
