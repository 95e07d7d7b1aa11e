"""Reminders owed for what is due, and for approvals outside the panel that lapsed. One message a thing and a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from decisions.models import Action, Decision, OutsideApproval, Review
from decisions.queries.costs import cost_wanted
from decisions.queries.expected import NOT_BEGUN, not_come
from decisions.queries.following import COMMITS
from decisions.queries.outside import agenda_office
from decisions.queries.telling import told_of_decision
from decisions.services.agenda import policy_on
from decisions.services.telling import tell_not_come
from decisions.states import DecisionState
from panels.models import Meeting
from panels.services import NoPolicyError, policy_of
from people import services as people_services

if TYPE_CHECKING:
    from datetime import date, datetime

    from people.models import User

REVIEW_READS = (
    "decision__council",
    "decision__application__worker",
    "decision__policy_version",
    "decision__item__meeting__panel",
)
AHEAD = timedelta(days=3)  # an action's owner hears three days ahead
REVIEW_AHEAD = timedelta(days=28)  # a review has to be booked, so its worker hears four weeks ahead


def owe(*, at: datetime) -> int:
    """Owe one reminder for each open action due within three days and each review due within four weeks.

    Where an approval outside the panel lapsed, its officer and whoever builds the agenda hear of it. Where papers have
    closed and expected requests have not come, whoever the policy names hears of it; where a decision that agrees
    money waits for its cost part, whoever writes it does.

    Returns:
        How many messages are new. A reminder is owed once for a thing and its due day.
    """
    on = timezone.localdate(at)
    return (
        _for_actions(on=on, at=at)
        + _for_reviews(on=on, at=at)
        + _for_lapsed(on=on, at=at)
        + _for_not_come(at=at)
        + _for_costs(on=on, at=at)
    )


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
    for review in due.select_related(*REVIEW_READS):
        request = review.decision.application
        for person in {request.worker, *_named(review, on=on)}:
            own = "" if person == request.worker else f":{person.pk}"
            count += bool(
                people_services.owe_message(
                    council=review.decision.council,
                    recipient=person,
                    template="review_due",
                    reference=request.reference,
                    path=reverse("applications:request", args=[request.reference]),
                    on=review.due,
                    dedupe_key=f"review:{review.decision.reference}:{review.due.isoformat()}{own}",
                    by=None,
                    at=at,
                    about=request,
                )
            )
    return count


def _named(review: Review, *, on: date) -> list[User]:
    """Whom a notice of the policy names for reviews that are due."""
    decision = review.decision
    policy = policy_of(decision.policy_version)
    return told_of_decision(decision, policy.notices(decision.item.meeting.panel.slug, "review_due"), on=on)


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


@transaction.atomic
def _for_not_come(*, at: datetime) -> int:
    """Look at the meetings to come of every council whose papers have closed."""
    coming = Meeting.objects.filter(starts_at__gt=at, state__in=NOT_BEGUN)
    count = 0
    for meeting in coming.select_related("panel__council").order_by("pk"):
        try:
            policy = policy_on(meeting)
        except NoPolicyError:
            continue
        if not_come(meeting, policy=policy, at=at) is not None:
            count += tell_not_come(meeting, policy=policy, at=at)
    return count


@transaction.atomic
def _for_costs(*, on: date, at: datetime) -> int:
    waiting = Decision.objects.filter(state=DecisionState.CONFIRMED, effect__in=COMMITS, cost_note__isnull=True)
    count = 0
    for decision in waiting.select_related("council", "policy_version", "item__meeting__panel").order_by("pk"):
        if cost_wanted(decision) is None:
            continue
        office = policy_of(decision.policy_version).panel(decision.item.meeting.panel.slug).offices.cost_recorded_by
        for person in people_services.holders(council=decision.council, role=office or "", on=on):
            count += bool(
                people_services.owe_message(
                    council=decision.council,
                    recipient=person,
                    template="cost_waits",
                    reference=decision.reference,
                    path=reverse("decisions:costs"),
                    dedupe_key=f"cost_waits:{decision.reference}:{person.pk}",
                    by=None,
                    at=at,
                )
            )
    return count
