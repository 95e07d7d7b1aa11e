#!/usr/bin/env python3
"""Django's command line."""

from __future__ import annotations

import os
import select
import sys

from django.core.management import execute_from_command_line

INTERRUPTED, NOT_READ = 130, 141  # as a shell counts the signals that end a program


def main() -> None:
    """Run a command; end quietly when it is interrupted, or when nobody reads the rest, as `head` does not."""
    try:
        try:
            execute_from_command_line(sys.argv)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        if not _is_read_no_more(sys.stdout.fileno()):
            raise  # some other connection broke
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left of the output goes nowhere
        sys.exit(NOT_READ)


def _is_read_no_more(pipe: int) -> bool:
    poll = select.poll()
    poll.register(pipe, 0)  # errors alone
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
