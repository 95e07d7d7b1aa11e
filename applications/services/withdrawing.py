"""Withdrawing a request, with the agreement the policy asks for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from applications.models import Application, SignOff
from applications.queries import acting_for, policy_under, signers
from applications.queries.facts import WITHDRAWAL
from applications.states import FINAL, State, after
from applications.states import Step as Move
from people.models import User
from people.services import holders
from people.services.cover import Acting

from .authority import in_office
from .errors import NotAllowedError
from .writing import change, locked, note, require_council, take_step, tell


def office_that_agrees(application: Application, *, at: datetime) -> tuple[str, str]:
    """The office whose agreement a withdrawal needs and the clause's id; empty where the policy names none.

    What was never sent is its worker's own and needs nobody.
    """
    if application.state == State.DRAFT or application.panel is None:
        return "", ""
    policy = policy_under(application, at=at)
    if not policy.has_panel(application.panel.slug):
        return "", ""
    offices = policy.panel(application.panel.slug).offices
    return offices.withdrawal_agreed_by or "", offices.withdrawal_rule or ""


@transaction.atomic
def withdraw(*, application: Application, reasons: str, by: User, at: datetime) -> Application:
    """Withdraw a request, or ask for the agreement the policy wants; until it is given the request stays as it is.

    Raises:
        NotAllowedError: without reasons, asked already, or not one's own.
        IllegalStepError: it is being heard, decided or withdrawn already.
    """
    if not reasons.strip():
        raise NotAllowedError("Say why the request is withdrawn.")
    fresh = locked(application)
    require_council(fresh.council_id, by)
    after(State(fresh.state), Move.WITHDRAW)
    office, _rule = office_that_agrees(fresh, at=at)
    if not office:
        return _withdrawn(fresh, reasons=reasons, by=by, at=at)
    if fresh.withdrawal_asked_at:
        raise NotAllowedError("The withdrawal was asked for already and waits for agreement.")
    fresh = change(
        fresh,
        by=by,
        at=at,
        why="withdrawal asked for",
        withdrawal_reasons=reasons.strip(),
        withdrawal_asked_at=at,
        withdrawal_asked_by=by,
    )
    tell(fresh, signers(fresh, role=office, on=timezone.localdate(at)), "approval_waits", by=by, at=at)
    note(fresh, "withdrawal_asked", by=by, at=at, facts={"role": office})
    return fresh


def _withdrawn(application: Application, *, reasons: str, by: User, at: datetime) -> Application:
    reached = application.submitted_at is not None
    fresh = take_step(
        application,
        Move.WITHDRAW,
        by=by,
        at=at,
        withdrawal_reasons=reasons.strip(),
        with_user=None,
        with_role="",
        is_published=False,
    )
    administrators = (
        holders(council=fresh.council, role="panel_administrator", on=timezone.localdate(at)) if reached else []
    )
    people = {person.pk: person for person in [fresh.worker, *administrators] if person.pk != by.pk}
    tell(fresh, list(people.values()), "request_withdrawn", by=by, at=at)
    note(fresh, "withdrawn", by=by, at=at)
    return fresh


def may_agree(application: Application, *, user: User, at: datetime) -> Acting:
    """Say in whose right somebody may agree to a withdrawal.

    Raises:
        NotAllowedError: none was asked for, they asked themselves, or the office is not theirs.
    """
    if not application.withdrawal_asked_at or State(application.state) in FINAL:
        raise NotAllowedError("No withdrawal waits for agreement.")
    if user.pk == application.withdrawal_asked_by_id:
        raise NotAllowedError("Nobody agrees to a withdrawal they asked for.")
    office, _rule = office_that_agrees(application, at=at)
    acting = acting_for(application, user=user, role=office, on=timezone.localdate(at)) if office else None
    if acting is None:
        raise NotAllowedError("You neither hold nor cover the office that agrees to a withdrawal.")
    return in_office(application, acting, act="agree_withdrawal", at=at)


@transaction.atomic
def agree_withdrawal(*, application: Application, by: User, at: datetime) -> Application:
    """Agree to a withdrawal that was asked for: the request is withdrawn, and who agreed stays with it.

    Raises:
        NotAllowedError: not theirs to agree to.
        IllegalStepError: it is being heard or decided by now.
    """
    fresh = locked(application)
    require_council(fresh.council_id, by)
    acting = may_agree(fresh, user=by, at=at)
    office, rule = office_that_agrees(fresh, at=at)
    SignOff.objects.create(
        application=fresh,
        role=office,
        stage=WITHDRAWAL,
        answer=SignOff.Answer.SIGNED,
        rule=rule,
        given_at=at,
        given_by=by,
        covering_for=acting.covering_for,
        request_version=fresh.version,
    )
    return _withdrawn(fresh, reasons=fresh.withdrawal_reasons, by=by, at=at)


@transaction.atomic
def refuse_withdrawal(*, application: Application, reasons: str, by: User, at: datetime) -> Application:
    """Refuse a withdrawal that was asked for: the request goes on as if nothing had been asked.

    Raises:
        NotAllowedError: not theirs to refuse, or without reasons.
    """
    if not reasons.strip():
        raise NotAllowedError("Give the reasons.")
    fresh = locked(application)
    require_council(fresh.council_id, by)
    acting = may_agree(fresh, user=by, at=at)
    office, rule = office_that_agrees(fresh, at=at)
    SignOff.objects.create(
        application=fresh,
        role=office,
        stage=WITHDRAWAL,
        answer=SignOff.Answer.RETURNED,
        reasons=reasons.strip(),
        rule=rule,
        given_at=at,
        given_by=by,
        covering_for=acting.covering_for,
        request_version=fresh.version,
    )
    fresh = change(
        fresh,
        by=by,
        at=at,
        why="withdrawal refused",
        withdrawal_reasons="",
        withdrawal_asked_at=None,
        withdrawal_asked_by=None,
    )
    tell(fresh, [fresh.worker], "request_returned", by=by, at=at)
    note(fresh, "withdrawal_refused", by=by, at=at, facts={"role": office})
    return fresh
