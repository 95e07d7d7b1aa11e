"""What is done about messages later: send those that are owed, forget old ones. Running it twice does no harm."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from people.services.messages import forget_settled
from people.services.relay import relay


@shared_task(name="people.tasks.relay_messages", soft_time_limit=600)  # type: ignore[untyped-decorator]
def relay_messages() -> None:
    """Send the messages that are due."""
    relay(clock=timezone.now)


@shared_task(name="people.tasks.forget_messages")  # type: ignore[untyped-decorator]
def forget_messages() -> int:
    """Delete the records of deliveries that are older than ninety days; says how many."""
    return forget_settled(at=timezone.now())
