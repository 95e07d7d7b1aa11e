"""Gives each process of a divided test run a Redis database of its own, before the settings are read.

Tests empty their cache; with one database for all, they would empty each other's queues too.
"""

from __future__ import annotations

import os

OWN = os.environ.get("TEST_REDIS_URLS", "").split()
if OWN:
    os.environ["REDIS_URL"] = OWN[int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % len(OWN)]
