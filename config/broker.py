"""The broker of the embedded default: kombu's folder of files, made safe for a reader who is quicker than the writer.

Kombu opens a message under its own name and then writes it. A worker that looks in between finds an empty file, takes
it for a broken message and ends. Here a message gets its name when all of it is written; the small tables of queues,
which are written in place, are read again.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kombu.transport import filesystem
from kombu.utils.json import dumps

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES: Final = 50
PAUSE: Final = 0.02  # a table is empty for microseconds


def half_written_again(read: Callable[[], Any]) -> Any:
    """What a reading of a table gives, tried again while somebody else is about to write it.

    Raises:
        ValueError: it is still not JSON after a second: it is broken.
    """
    for _ in range(TRIES):
        try:
            return read()
        except ValueError:
            time.sleep(PAUSE)
    return read()


class Channel(filesystem.Channel):
    """Kombu's channel over files, whose messages appear whole or not at all."""

    def _put(self, queue: str, message: Any, **_more: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.part"  # no reader's: their names end with the queue's
        unfinished.write_text(dumps(message), encoding="utf-8")  # type: ignore[no-untyped-call]
        unfinished.rename(folder / name)

    def get_table(self, exchange: str) -> Any:
        """The queues an exchange leads to."""
        return half_written_again(lambda: super(Channel, self).get_table(exchange))  # type: ignore[no-untyped-call]

    def _queue_bind(self, *args: Any) -> None:
        half_written_again(lambda: super(Channel, self)._queue_bind(*args))  # type: ignore[no-untyped-call]


class Transport(filesystem.Transport):
    """What `filesystem://` means here (`config/celery.py`)."""

    Channel = Channel
