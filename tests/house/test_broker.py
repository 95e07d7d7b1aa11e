"""The folder that is the queue of a demonstration."""

from __future__ import annotations

from kombu import Connection

from config.celery import app


class Watched:
    """A message that looks into the queue while it is being written."""

    def __init__(self, queue):
        self.queue = queue
        self.seen = None

    def __json__(self):
        """Note what a worker would find now."""
        self.seen = [path.read_text() for path in self.queue.iterdir()]
        return "whole"


def test_a_worker_never_finds_half_a_message(tmp_path):
    queue, control = tmp_path / "queue", tmp_path / "control"
    for folder in (queue, control):
        folder.mkdir()
    folders = {"data_folder_in": str(queue), "data_folder_out": str(queue), "control_folder": str(control)}
    assert app is not None  # it says what filesystem:// means
    with Connection("filesystem://", transport_options=folders) as connection:
        channel = connection.channel()
        message = Watched(queue)

        channel._put("bells", {"said": message})

        assert message.seen == []
        assert channel._get("bells") == {"said": "whole"}
        assert [path.name for path in control.iterdir() if path.suffix == ".msg"] == []
