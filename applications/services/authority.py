"""What the rules say to somebody who acts in an office that reaches a request."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.utils import timezone

from applications.models import Application
from applications.queries import policy_under
from panels.policy import Policy
from panels.rules import Approval, Leave, Person, may_act
from panels.services.authority import roles_covered, roles_held
from people.models import User
from people.services.cover import Acting

from .errors import NotAllowedError


def in_office(
    application: Application, acting: Acting, *, act: Literal["approve", "agree_withdrawal"], at: datetime
) -> Acting:
    """Ask the rules whether an office may be exercised as it is here: held, or in a colleague's place.

    Raises:
        NotAllowedError: with the sentence of the rules and its clause.
    """
    policy = policy_under(application, at=at)
    if application.panel is None or not policy.has_panel(application.panel.slug):
        return acting
    offices = frozenset({acting.role})
    person = Person(covered=offices) if acting.covering_for else Person(roles=offices)
    rule = next((s.rule for s in policy.panel(application.panel.slug).sign_offs if s.role == acting.role), "")
    asked = [Approval(acting.role, "before_submission", rule, given=False)]
    answer = may_act(policy, panel=application.panel.slug, act=act, person=person, approvals=asked)
    if not answer.allowed:
        raise NotAllowedError(_said(answer))
    return acting


def require_submitter(application: Application, *, policy: Policy, by: User, at: datetime) -> None:
    """Let only those send a request whom the policy lets submit one.

    Raises:
        NotAllowedError: with the sentence of the rules and its clause.
    """
    if application.panel is None or not policy.has_panel(application.panel.slug):
        return
    day, slug = timezone.localdate(at), application.panel.slug
    held = may_act(policy, panel=slug, act="submit", person=Person(roles=roles_held(by, on=day)))
    if held.allowed:
        return
    covered = may_act(policy, panel=slug, act="submit", person=Person(covered=roles_covered(by, on=day)))
    if not covered.allowed:
        raise NotAllowedError(_said(covered))


def _said(answer: Leave) -> str:
    return f"{answer.sentence} ({answer.clause})" if answer.clause else answer.sentence
