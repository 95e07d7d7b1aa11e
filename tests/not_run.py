"""Names what a run of the suite left out, and where everything is asked for makes that a failure.

`./dev test` loads this. A test that this machine cannot run skips itself with the reason; here the reasons are put
together before pytest's last line. With NOTHING_SKIPPED=1 (`--strict`, CI) a run with a skipped test fails.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SKIPPED: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember why a test did not run; an expected failure did run."""
    if report.skipped and not hasattr(report, "wasxfail"):
        SKIPPED[reason_of(report)] += 1


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember why a whole file did not run."""
    if report.skipped:
        SKIPPED[reason_of(report)] += 1


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """What the test said when it skipped itself."""
    said = report.longrepr
    return said[2].removeprefix("Skipped: ") if isinstance(said, tuple) else str(said)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Say what was not run, and fail the run for it where everything is asked for."""
    if SKIPPED and not hasattr(session.config, "workerinput"):
        terminal = session.config.pluginmanager.get_plugin("terminalreporter")
        strict = os.environ.get("NOTHING_SKIPPED") == "1"
        if terminal is not None:
            terminal.write_line("")
            for reason, count in SKIPPED.most_common():
                terminal.write_line(f"Not run ({count}): {reason}", red=strict)
        if strict and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    yield
