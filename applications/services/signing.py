"""Signatures and returns. Requester, signers and chair are different people; the order is the policy's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from applications.models import Application, SignOff
from applications.queries import STAGE, acting_for, chain_of, has_signed, standing_of
from applications.states import State
from applications.states import Step as Move
from people.models import User
from people.permissions import Permission
from people.services.cover import Acting
from people.templatetags.gov import clock

from .authority import in_office
from .errors import NotAllowedError, RefusedError, StaleError
from .sending import in_the_way, pass_to, reach_administrator
from .writing import locked_with_parts, note, require_council, take_step, tell


def _require_seen(application: Application, seen_version: int | None) -> None:
    if seen_version is not None and seen_version != application.version:
        by, at = application.changed_by, timezone.localtime(application.changed_at)
        raise StaleError(
            f"{by} changed this request at {clock(at)} on {at.day} {at:%B}. Read it again before you answer."
        )


def _require_waiting(application: Application) -> None:
    if application.state != State.WITH_MANAGER:
        last = application.sign_offs.order_by("given_at").last()
        told = f" {last.given_by} {last.get_answer_display()} it." if last else ""
        raise NotAllowedError(
            f"This request no longer waits for a signature: it is {application.get_state_display()}.{told}"
        )


def may_sign(application: Application, *, user: User, at: datetime) -> Acting:
    """Say in whose right somebody may sign a request now.

    Raises:
        NotAllowedError: it is their own request, they signed it before, or the office is not theirs.
    """
    _require_waiting(application)
    if user.pk in {application.worker_id, application.declared_by_id, application.created_by_id}:
        raise NotAllowedError("Nobody signs a request of their own. A colleague in this office, or their cover, can.")
    if has_signed(application, user=user):
        raise NotAllowedError("You have signed this request in another office. Each step needs another person.")
    acting = acting_for(application, user=user, role=application.with_role, on=timezone.localdate(at))
    if acting is None:
        office = application.with_role.replace("_", " ")
        raise NotAllowedError(
            f"This request waits for the {office}; you neither hold nor cover that office for its team."
        )
    return in_office(application, acting, act="approve", at=at)


@transaction.atomic
def sign(*, application: Application, by: User, at: datetime, seen_version: int | None = None) -> Application:
    """Sign a request in the office it waits for; the last signature lets it reach the administrator.

    Args:
        application: the request.
        by: who signs, holding or covering the office.
        at: when.
        seen_version: the version the signer read; another one is refused, so that nobody signs what they did not see.

    Raises:
        NotAllowedError: not theirs to sign, or it no longer waits.
        StaleError: it changed since it was read.
        RefusedError: with the last signature the rules still block it.
    """
    fresh = locked_with_parts(application)
    require_council(fresh.council_id, by)
    acting = may_sign(fresh, user=by, at=at)
    _require_seen(fresh, seen_version)
    before = standing_of(fresh, at=at)
    chain = chain_of(fresh, policy=before.policy, assessment=before.assessment)
    step = next((s for s in chain if s.role == fresh.with_role), None)
    fresh.sign_offs.create(
        role=fresh.with_role,
        stage=STAGE,
        answer=SignOff.Answer.SIGNED,
        rule=step.rule if step else "",
        given_at=at,
        given_by=by,
        covering_for=acting.covering_for,
        request_version=fresh.version,
    )
    facts = {"role": fresh.with_role, "covering_for": acting.covering_for.pk if acting.covering_for else None}
    prefetch_related_objects([fresh], "sign_offs")  # the others stand as they were read under the lock
    fresh = _next(fresh, by=by, at=at)
    note(fresh, "signed", by=by, at=at, facts=facts)
    return fresh


def _next(application: Application, *, by: User, at: datetime) -> Application:
    standing = standing_of(application, at=at)
    chain = chain_of(application, policy=standing.policy, assessment=standing.assessment)
    due = next((step for step in chain if not step.given and step.needed), None)
    if due is not None:
        return pass_to(application, due, Move.SIGN, by=by, at=at)
    blocks = in_the_way(standing, ())
    if blocks:
        raise RefusedError(blocks)
    return reach_administrator(application, by=by, at=at)


@transaction.atomic
def return_to_worker(
    *, application: Application, reasons: str, by: User, at: datetime, seen_version: int | None = None
) -> Application:
    """Give a request back to its worker with reasons; it can be written again, and signatures so far no longer count.

    While it waits for a signature, whoever may sign may return it; afterwards the administrator may.

    Raises:
        NotAllowedError: not theirs to return, or without reasons.
        IllegalStepError: it cannot be returned from its state.
        StaleError: it changed since it was read.
    """
    if not reasons.strip():
        raise NotAllowedError("Give the reasons, so that the worker knows what to do.")
    fresh = locked_with_parts(application)
    require_council(fresh.council_id, by)
    acting, role = _returning(fresh, by=by, at=at)
    _require_seen(fresh, seen_version)
    version = fresh.version
    fresh.sign_offs.filter(answer=SignOff.Answer.SIGNED, void_at__isnull=True).update(void_at=at, void_by=by)
    fresh = take_step(
        fresh,
        Move.RETURN,
        by=by,
        at=at,
        with_user=fresh.worker,
        with_role="",
        submitted_at=None,
        submitted_by=None,
        declared_at=None,
        declared_by=None,
    )
    SignOff.objects.create(
        application=fresh,
        role=role,
        stage=STAGE,
        answer=SignOff.Answer.RETURNED,
        reasons=reasons.strip(),
        given_at=at,
        given_by=by,
        covering_for=acting.covering_for if acting else None,
        request_version=version,
    )
    tell(fresh, [fresh.worker], "request_returned", by=by, at=at)
    note(fresh, "returned", by=by, at=at, facts={"role": role})
    return fresh


def _returning(application: Application, *, by: User, at: datetime) -> tuple[Acting | None, str]:
    if application.state == State.WITH_MANAGER:
        return may_sign(application, user=by, at=at), application.with_role
    if not by.may(Permission.BUILD_AGENDA):
        raise NotAllowedError("Only the panel administrator returns a request that has been submitted.")
    return None, "panel_administrator"
