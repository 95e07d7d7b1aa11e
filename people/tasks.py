"""The doorbell of the relay: finds messages that are owed. Running it twice does no harm."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from people.services.relay import relay


@shared_task(name="people.tasks.relay_messages", soft_time_limit=600)  # type: ignore[untyped-decorator]
def relay_messages() -> None:
    """Send the messages that are due."""
    relay(clock=timezone.now)
