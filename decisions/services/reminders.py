"""Reminders owed for what is due, and for approvals outside the panel that lapsed. One message a thing and a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from decisions.models import Action, OutsideApproval, Review
from decisions.queries.outside import agenda_office
from decisions.states import DecisionState
from people import services as people_services

if TYPE_CHECKING:
    from datetime import date, datetime

AHEAD = timedelta(days=3)  # an action's owner hears three days ahead
REVIEW_AHEAD = timedelta(days=28)  # a review has to be booked, so its worker hears four weeks ahead


def owe(*, at: datetime) -> int:
    """Owe one reminder for each open action due within three days and each review due within four weeks.

    Where an approval outside the panel lapsed, its officer and whoever builds the agenda hear of it.

    Returns:
        How many messages are new. A reminder is owed once for a thing and its due day.
    """
    on = timezone.localdate(at)
    return _for_actions(on=on, at=at) + _for_reviews(on=on, at=at) + _for_lapsed(on=on, at=at)


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


@transaction.atomic
def _for_lapsed(*, on: date, at: datetime) -> int:
    lapsed = OutsideApproval.objects.unsettled().filter(valid_until__lt=on)
    count = 0
    for approval in lapsed.select_related("council", "agreed_by", "policy_version", "application__panel"):
        builders = people_services.holders(council=approval.council, role=agenda_office(approval), on=on)
        for person in {approval.agreed_by, *builders}:
            count += bool(
                people_services.owe_message(
                    council=approval.council,
                    recipient=person,
                    template="outside_lapsed",
                    reference=approval.reference,
                    path=approval.get_absolute_url(),
                    on=approval.valid_until,
                    dedupe_key=f"outside_lapsed:{approval.reference}:{person.pk}",
                    by=None,
                    at=at,
                    about=approval,
                )
            )
    return count
