"""Giving an office takes two: a system administrator proposes it, somebody who approves offices gives or refuses it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from people.models import RoleHeld, RoleProposal, Team, User
from people.models.proposal import ProposalState
from people.models.record import Verb
from people.permissions import Capacity, Permission
from people.services.messages import owe_message
from people.services.offices import OfficeRefusedError, approvers, grant_role
from people.services.record import record
from people.services.references import new_reference

IN_A_TEAM = frozenset({Capacity.SOCIAL_WORKER, Capacity.TEAM_MANAGER})
"""What is over the requests of one team; the office names it, and its holder works there."""


@transaction.atomic
def propose_office(
    *,
    user: User,
    role: str,
    capacity: Capacity,
    since: date,
    by: User,
    at: datetime,
    until: date | None = None,
    team: Team | None = None,
    service: str = "",
    area: str = "",
) -> RoleProposal:
    """Propose that somebody hold an office from one day to another, both included. It gives no right yet.

    Those who may approve it, but for the proposer and the person themselves, are told.

    Raises:
        OfficeRefusedError: with a sentence for the page and, where there is one, the field it belongs to.
    """
    council = user.council
    if council is None or user.council_id != by.council_id:
        raise OfficeRefusedError("An office goes to somebody of the same council.")
    if user.pk == by.pk:
        raise OfficeRefusedError("Nobody changes their own offices. Another administrator has to.")
    today = timezone.localdate(at)
    user = User.objects.select_for_update(of=("self",)).select_related("council").get(pk=user.pk)
    _refuse_what_never_holds(user, capacity=capacity, since=since, until=until, team=team, service=service, today=today)
    same = RoleHeld.objects.filter(user=user, role=role, capacity=capacity, team=team, service=service, area=area)
    if same.filter(until__isnull=True).exists():
        raise OfficeRefusedError("They hold this office already.", field="role")
    others = approvers(council=council, on=today, but=[user, by])
    if not others:
        raise OfficeRefusedError("There is nobody else in the council who could approve it.")
    try:
        with transaction.atomic():
            proposal = RoleProposal.objects.create(
                reference=new_reference("O"),
                user=user,
                role=role,
                capacity=capacity,
                team=team,
                service=service,
                area=area,
                since=since,
                until=until,
                proposed_at=at,
                proposed_by=by,
            )
    except IntegrityError:
        raise OfficeRefusedError("This office is proposed for them already and waits.", field="role") from None
    for person in others:
        _tell(proposal, recipient=person, template="office_proposed", by=by, at=at)
    _record(proposal, action="role.proposed", by=by, at=at)
    return proposal


def _refuse_what_never_holds(
    user: User,
    *,
    capacity: Capacity,
    since: date,
    until: date | None,
    team: Team | None,
    service: str,
    today: date,
) -> None:
    if not user.is_active:
        raise OfficeRefusedError("This account is closed.")
    if since < today:
        raise OfficeRefusedError("The first day must be today or later", field="since")
    if until is not None and until < since:
        raise OfficeRefusedError("The last day must be the first day or later", field="until")
    if team is not None and team.council_id != user.council_id:
        raise OfficeRefusedError("The team is not of this council.", field="team")
    if capacity in IN_A_TEAM and team is None:
        raise OfficeRefusedError("Choose the team: it says whose requests they see", field="team")
    if capacity == Capacity.SERVICE_MANAGER and not service:
        raise OfficeRefusedError("Choose the service: it says whose requests they see", field="service")


@transaction.atomic
def approve_office(*, proposal: RoleProposal, by: User, at: datetime) -> RoleHeld:
    """Give a proposed office, from its first day or from today, whichever is later; the team moves with it.

    Raises:
        OfficeRefusedError: who answers may not, or proposed it, or is to hold it; it was answered; it would be over;
            the account was closed meanwhile.
    """
    proposal = _locked(proposal, by=by)
    user = proposal.user
    since = max(proposal.since, timezone.localdate(at))
    if not user.is_active:
        raise OfficeRefusedError("This account was closed meanwhile. Refuse the office.")
    if proposal.until is not None and proposal.until < since:
        raise OfficeRefusedError("It would be over already. Refuse the office.")
    if proposal.capacity in IN_A_TEAM and user.team_id != proposal.team_id:
        user.team = proposal.team
        user.save(update_fields=["team"])
    _answer(proposal, state=ProposalState.APPROVED, reason="", by=by, at=at)
    for person in (user, proposal.proposed_by):
        _tell(proposal, recipient=person, template="office_given", by=by, at=at, on=since)
    held = grant_role(
        user=user,
        role=proposal.role,
        capacity=Capacity(proposal.capacity),
        since=since,
        until=proposal.until,
        team=proposal.team,
        service=proposal.service,
        area=proposal.area,
        by=by,
        at=at,
    )
    _record(proposal, action="role.approved", by=by, at=at)
    return held


@transaction.atomic
def refuse_office(*, proposal: RoleProposal, reason: str, by: User, at: datetime) -> RoleProposal:
    """Refuse a proposed office with the reason; who proposed it is told.

    Raises:
        OfficeRefusedError: as for approving, or no reason.
    """
    if not reason.strip():
        raise OfficeRefusedError("Say why it is refused", field="reason")
    proposal = _locked(proposal, by=by)
    _answer(proposal, state=ProposalState.REFUSED, reason=reason.strip(), by=by, at=at)
    _tell(proposal, recipient=proposal.proposed_by, template="office_refused", by=by, at=at)
    _record(proposal, action="role.refused", by=by, at=at)
    return proposal


def _locked(proposal: RoleProposal, *, by: User) -> RoleProposal:
    rows = RoleProposal.objects.select_for_update(of=("self",))
    locked = rows.select_related("user__council", "team", "proposed_by").get(pk=proposal.pk)
    if locked.user.council_id != by.council_id or not by.may(Permission.ADOPT_POLICY):
        raise OfficeRefusedError("You may not approve offices.")
    if by.pk in {locked.proposed_by_id, locked.user_id}:
        raise OfficeRefusedError("An office is approved by somebody who neither proposed it nor is to hold it.")
    if locked.state != ProposalState.WAITING:
        raise OfficeRefusedError(f"It was {locked.state} already.")
    return locked


def _answer(proposal: RoleProposal, *, state: ProposalState, reason: str, by: User, at: datetime) -> None:
    proposal.state, proposal.reason, proposal.decided_at, proposal.decided_by = state, reason, at, by
    proposal.save(update_fields=["state", "reason", "decided_at", "decided_by"])


def _tell(
    proposal: RoleProposal, *, recipient: User, template: str, by: User, at: datetime, on: date | None = None
) -> None:
    council = proposal.user.council
    if council is None:
        raise OfficeRefusedError("An office goes to somebody of the same council.")
    path = f"/panels/offices/{proposal.reference}/" if template == "office_proposed" else "/"
    owe_message(
        council=council,
        recipient=recipient,
        template=template,
        reference=proposal.reference,
        path=path,
        dedupe_key=f"{template}:{proposal.pk}:{recipient.pk}",
        by=by,
        at=at,
        on=on or (proposal.since if template == "office_proposed" else None),
        about=proposal,
    )


def _record(proposal: RoleProposal, *, action: str, by: User, at: datetime) -> None:
    council = proposal.user.council
    if council is None:
        raise OfficeRefusedError("An office goes to somebody of the same council.")
    record(
        council=council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=action,
        subject="user",
        subject_ref=str(proposal.user_id),
        facts={
            "proposal": proposal.reference,
            "role": proposal.role,
            "capacity": proposal.capacity,
            "team": proposal.team_id,
            "service": proposal.service,
            "area": proposal.area,
            "since": proposal.since,
            "until": proposal.until,
        },
    )
