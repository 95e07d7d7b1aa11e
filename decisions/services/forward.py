"""Cases that the policy puts forward by itself: looked for once a day, so that no page asks the rules of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from applications.models import Application
from applications.queries import case_of, facts_of, with_parts
from decisions.models import Decision, Review
from decisions.queries.following import COMMITS
from decisions.states import DecisionState
from panels.rules import put_forward
from panels.services import NoPolicyError, policy_for
from people import services as people
from people.models import Council
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from panels.policy import Policy


def put_all_forward(*, at: datetime) -> int:
    """Put forward what the triggers of each council's policy hold for; says how many are new.

    A council whose policy has no trigger costs one query. Running it twice changes nothing: a trigger puts a decision
    forward once.
    """
    made = 0
    for council in Council.objects.order_by("pk"):
        try:
            policy = policy_for(council=council, on=timezone.localdate(at))[1]
        except NoPolicyError:
            continue
        if any(entry.triggers for entry in policy.entries):
            made += sum(_put_forward(decision, policy, at=at) for decision in _standing(council))
    return made


def _standing(council: Council) -> list[Decision]:
    """The newest decision of each request of a council that agrees something and stands."""
    rows = Decision.objects.filter(council=council, effect__in=COMMITS).exclude(state=DecisionState.SUPERSEDED)
    newest = {decision.application_id: decision for decision in rows.order_by("recorded_at")}
    return list(newest.values())


@transaction.atomic
def _put_forward(decision: Decision, policy: Policy, *, at: datetime) -> int:
    application = with_parts(Application.objects.filter(pk=decision.application_id)).get()
    facts = facts_of(application, at=at, policy=policy)
    place = {line.pk: number for number, line in enumerate(application.lines.all())}
    for agreed in decision.lines:  # the days as agreed, where the panel changed them
        facts["lines"][place[agreed["line_id"]]] |= {"start": agreed["start"], "end": agreed["end"]}
    found = put_forward(case_of(facts, policy), policy, at)
    made = 0
    for one in {one.code: one for one in found}.values():
        panel = one.panel if one.panel and one.panel != decision.item.meeting.panel.slug else ""
        review, is_new = Review.objects.get_or_create(
            decision=decision,
            code=one.code,
            defaults={"due": timezone.localdate(at), "rule": one.rule, "reason": one.message[:300], "panel": panel},
        )
        if is_new:
            made += 1
            people.record(
                council=decision.council,
                by=None,
                at=at,
                verb=Verb.COLLECTION,
                action="case.put_forward",
                subject="decision",
                subject_ref=decision.reference,
                facts={"trigger": review.code, "rule": review.rule},
            )
    return made
