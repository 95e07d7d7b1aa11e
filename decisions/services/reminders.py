"""Reminders owed for what is due: actions and reviews. One message a thing and a day, whoever asks how often."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from decisions.models import Action, Review
from decisions.states import DecisionState
from people import services as people_services

if TYPE_CHECKING:
    from datetime import date, datetime

AHEAD = timedelta(days=3)  # an action's owner hears three days ahead
REVIEW_AHEAD = timedelta(days=28)  # a review has to be booked, so its worker hears four weeks ahead


def owe(*, at: datetime) -> int:
    """Owe one reminder for each open action due within three days and each review due within four weeks.

    Returns:
        How many messages are new. A reminder is owed once for a thing and its due day.
    """
    on = timezone.localdate(at)
    return _for_actions(on=on, at=at) + _for_reviews(on=on, at=at)


@transaction.atomic
def _for_actions(*, on: date, at: datetime) -> int:
    due = Action.objects.filter(done_at__isnull=True, due__lte=on + AHEAD).exclude(
        decision__state=DecisionState.SUPERSEDED
    )
    count = 0
    for action in due.select_related("owner", "decision__council"):
        key = f"action:{action.reference}:{action.due.isoformat()}"
        count += bool(
            people_services.owe_message(
                council=action.decision.council,
                recipient=action.owner,
                template="action_due",
                reference=action.reference,
                path=reverse("decisions:my_actions"),
                on=action.due,
                dedupe_key=key,
                by=None,
                at=at,
            )
        )
    return count


@transaction.atomic
def _for_reviews(*, on: date, at: datetime) -> int:
    due = Review.objects.filter(done_at__isnull=True, item__isnull=True, due__lte=on + REVIEW_AHEAD).exclude(
        decision__state=DecisionState.SUPERSEDED
    )
    count = 0
    for review in due.select_related("decision__council", "decision__application__worker"):
        request = review.decision.application
        count += bool(
            people_services.owe_message(
                council=review.decision.council,
                recipient=request.worker,
                template="review_due",
                reference=request.reference,
                path=reverse("applications:request", args=[request.reference]),
                on=review.due,
                dedupe_key=f"review:{review.decision.reference}:{review.due.isoformat()}",
                by=None,
                at=at,
                about=request,
            )
        )
    return count
