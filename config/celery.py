"""The Celery application: a doorbell for the relay and the clock of reminders."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["filesystem"] = "config.broker:Transport"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("panel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def refuse(**_facts: Any) -> None:
    """End a worker or a scheduler whose settings are unsafe before it takes its first task."""
    from config.safety import UnsafeStartError, refuse_unsafe_start  # noqa: PLC0415 (settings import this module)

    try:
        refuse_unsafe_start()
    except UnsafeStartError as reason:
        raise SystemExit(str(reason)) from reason  # Celery only logs what else a signal raises


worker_init.connect(refuse)
beat_init.connect(refuse)
