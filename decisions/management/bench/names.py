"""The names of the scenarios that need real processes, known before anything is loaded or copied."""

from __future__ import annotations

ONE_BY_ONE = "sign-off to mailbox, one by one"
AT_ONCE = "sign-off to mailbox, the last of 40 at once"
FOLLOWED = "live version, 40 followers and a recorder, HTTP"
LIVE = (ONE_BY_ONE, AT_ONCE, FOLLOWED)
