"""Asking the rules about one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from applications.models import Application, Document, SignOff
from panels.models import Meeting
from panels.policy import Policy
from panels.rules import Assessment, assess
from panels.rules.case import read_case, vocabulary_of
from panels.services import policy_for, policy_of
from panels.states import MeetingState

from .facts import facts_of
from .reading import Item, checklist
from .tasks import Missing, Task, gaps_of, tasks_of

OPEN_MEETINGS = [MeetingState.PLANNED, MeetingState.PUBLISHED]


PARTS = ("lines", "alternatives", "plan_actions", "other_funding", "views", "documents", "sign_offs")


def with_parts(applications: Any, *parts: str, named: bool = True) -> Any:
    """Joined with what the rules and the request's own pages read: a query for each part, for any number of requests.

    Args:
        applications: what the caller may see.
        *parts: which parts are read; all of them where none is named.
        named: whether the people who signed and uploaded are read too, for pages that name them.
    """
    people = {
        "sign_offs": SignOff.objects.select_related("given_by", "covering_for"),  # house: of what the caller may see
        "documents": Document.objects.select_related("uploaded_by"),  # house: parts of what the caller may see
    }
    read = [Prefetch(part, people[part]) if named and part in people else part for part in parts or PARTS]
    return with_people(applications).prefetch_related(*read)


def with_people(applications: Any) -> Any:
    """Joined with the child, the people and the policy version, without any part."""
    joined = applications.select_related("council", "child", "team", "panel", "worker", "policy_version", "with_user")
    return joined.defer("policy_version__payload")


def policy_under(application: Application, *, at: datetime) -> Policy:
    """The policy a request is judged under: pinned once it was sent, the one in force while it is being written."""
    if application.policy_version is not None and not application.is_editable:
        return policy_of(application.policy_version)
    return policy_for(council=application.council, on=timezone.localdate(at))[1]


def next_meeting(application: Application, *, at: datetime) -> Meeting | None:
    """The next meeting of the panel the request goes to; None while no panel is chosen or none is planned."""
    if application.panel_id is None:
        return None
    coming = Meeting.objects.filter(panel_id=application.panel_id, starts_at__gt=at, state__in=OPEN_MEETINGS)
    return coming.order_by("starts_at").first()


def assessed(facts: dict[str, Any], policy: Policy) -> Assessment:
    """Put a case to the rules."""
    return assess(case_of(facts, policy), policy)


def case_of(facts: dict[str, Any], policy: Policy) -> Mapping[str, Any]:
    """A case as the rules read it. What this policy has no words for, typed under another version, is left out."""
    known = vocabulary_of(policy)
    fitting = dict(facts)
    if fitting.get("panel") not in known.panels:
        fitting.pop("panel", None)
    if fitting.get("area") not in known.areas:
        fitting.pop("area", None)
    if "evidence" in fitting:
        fitting["evidence"] = {code: word for code, word in fitting["evidence"].items() if code in known.evidence}
    if "own" in fitting:
        own = {name for name, _kind, _choices in known.own}
        fitting["own"] = {name: value for name, value in fitting["own"].items() if name in own}
        if not known.own:
            del fitting["own"]
    return read_case(fitting, councils=[policy.slug], vocabulary=lambda _council, _at: known).facts


@dataclass(frozen=True)
class Standing:
    """Where a request stands: what is done, what is missing, what the rules say, when the panel next sits.

    Each is worked out when it is first asked for, once: a page that shows no deadline asks for no meeting.

    Attributes:
        application: the request.
        policy: the policy it is judged under.
        at: when the question is asked.
        panel_starts_at: the start of the meeting it is judged for; None for the next meeting of its panel.
        extra: keys that go over those of the request: attendance, the decision, an event.
    """

    application: Application
    policy: Policy
    at: datetime
    panel_starts_at: datetime | None = None
    extra: dict[str, Any] | None = None

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of the request, with what each lacks."""
        return tasks_of(self.application, self.policy)

    @cached_property
    def meeting(self) -> Meeting | None:
        """The next meeting of its panel; None where another meeting was named, or none is planned."""
        return None if self.panel_starts_at else next_meeting(self.application, at=self.at)

    @cached_property
    def assessment(self) -> Assessment:
        """What the rules say, counted back from the meeting named or the next one."""
        starts_at = self.panel_starts_at or (self.meeting.starts_at if self.meeting else None)
        facts = facts_of(
            self.application,
            at=self.at,
            panel_starts_at=starts_at,
            extra=self.extra,
            complete=self.is_complete,
            policy=self.policy,
        )
        return assessed(facts, self.policy)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Every required part that is not there, in the order of the tasks."""
        return tuple(gap for task in self.tasks for gap in task.missing)

    def items(self) -> tuple[Item, ...]:
        """The checklist items this request brings, and those that were answered already.

        The rules are asked what they would say if nothing were answered and the panel were hearing the case: every
        item they then ask for belongs to the request.
        """
        nothing = facts_of(
            self.application, at=self.at, complete=True, extra={"evidence": {}, "decision": {"outcome": None}}
        )
        verdict = assessed(nothing, self.policy)
        wanted = {finding.rule for finding in verdict.findings} | set(self.application.facts.get("evidence", {}))
        return tuple(item for item in checklist(self.policy, verdict.panel) if item.rule in wanted)

    @property
    def is_complete(self) -> bool:
        """Whether nothing required is missing; asked without the tasks, it reads less."""
        return next(gaps_of(self.application, self.policy), None) is None


def standing_of(
    application: Application,
    *,
    at: datetime,
    panel_starts_at: datetime | None = None,
    extra: dict[str, Any] | None = None,
) -> Standing:
    """Say where a request stands at a moment; counted back from the next meeting where no other one is named."""
    return Standing(application, policy_under(application, at=at), at, panel_starts_at, extra)


def assessment_of(
    application: Application,
    *,
    at: datetime,
    panel_starts_at: datetime | None = None,
    extra: dict[str, Any] | None = None,
) -> Assessment:
    """What the rules say about a request at a moment, under the policy it is judged by.

    Args:
        application: the request.
        at: when the question is asked.
        panel_starts_at: the start of the meeting; left out, the next meeting of the request's panel.
        extra: keys that go over those of the request: attendance, the decision, an event.
    """
    return standing_of(application, at=at, panel_starts_at=panel_starts_at, extra=extra).assessment
