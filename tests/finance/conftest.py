"""What every finance test may ask for."""

from __future__ import annotations

from tests.conftest_append_only import unlock_append_only

__all__ = ["unlock_append_only"]
