"""Accounts: made, changed, closed and opened again by a system administrator; passwords made for others."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from people.models import Council, RoleHeld, Team, User
from people.models.record import Verb
from people.permissions import Capacity
from people.services.messages import owe_message
from people.services.offices import APPROVING, approvers, end_offices, grant_role
from people.services.record import record
from people.services.references import SIGNS


class AccountRefusedError(Exception):
    """What may not be done to an account, with the reason a page shows and the field it belongs to, if any."""

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(reason)


def first_password() -> str:
    """Make a random password to be handed over once: sixteen signs out of twenty-nine in four groups, 77 bits."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime) -> None:
    """Give somebody the password they chose; every session made with the one before is void from now on."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    if user.council is not None:
        _record(user, action="password.changed", by=user, at=at)


@transaction.atomic
def make_account(
    *,
    council: Council,
    username: str,
    email: str,
    first_name: str,
    last_name: str,
    by: User | None,
    at: datetime,
    job_title: str = "",
    team: Team | None = None,
) -> tuple[User, str]:
    """Make an account that holds no office yet; it can do nothing until one is given.

    Returns:
        The account and its first password, which is stored nowhere and must be changed at the first sign-in.

    Raises:
        AccountRefusedError: a user name or an address that cannot be, a name that is taken, a team of another council.
    """
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as fault:
        raise AccountRefusedError(fault.messages[0], field="username") from None
    _refuse_odd_address(email)
    if User.objects.filter(username__iexact=username).exists():
        raise AccountRefusedError("This user name is taken. Choose another one.", field="username")
    if team is not None and team.council_id != council.pk:
        raise AccountRefusedError("The team is not of this council.", field="team")
    password = first_password()
    user = User(
        council=council,
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        job_title=job_title,
        team=team,
        must_change_password=True,
    )
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise AccountRefusedError("This user name is taken. Choose another one.", field="username") from None
    _tell(user, template="account_made", by=by, at=at)
    _record(user, action="account.made", by=by, at=at, facts={"team": team.pk if team else None})
    return user, password


@transaction.atomic
def make_first(
    *, council: Council, username: str, email: str, name: str, capacity: Capacity, role: str, at: datetime
) -> tuple[User, str]:
    """Make the account a council begins with: its first system administrator, or the first who may approve offices.

    Nobody can have proposed or approved these two, so whoever holds the shell makes them, once: as soon as a council
    has somebody active in the capacity, the pages and their two people are the only way.

    Args:
        council: Whose first one it is.
        username: Their user name.
        email: Where messages go.
        name: First and last name; the user name stands in where it is empty.
        capacity: What they are to the panel.
        role: The office, a role code of the policy.
        at: When, aware; the office begins on this day.

    Raises:
        AccountRefusedError: the council has one already, or the account cannot be made.
    """
    Council.objects.select_for_update(no_key=True).get(pk=council.pk)  # two shells at once have one order
    there = RoleHeld.objects.filter(user__council=council, user__is_active=True, capacity=capacity).on(_day(at))
    if there.exists():
        raise AccountRefusedError(f"{council} has a {capacity.label.lower()} already: {there[0].user.username}.")
    first, _, last = name.strip().partition(" ")
    user, password = make_account(
        council=council,
        username=username,
        email=email,
        first_name=first or username,
        last_name=last.strip(),
        by=None,
        at=at,
    )
    grant_role(user=user, role=role, capacity=capacity, since=_day(at), by=None, at=at)
    return user, password


@transaction.atomic
def change_account(
    *,
    user: User,
    email: str,
    first_name: str,
    last_name: str,
    job_title: str,
    team: Team | None,
    by: User,
    at: datetime,
) -> User:
    """Put right what an account says about somebody.

    The team says whose requests somebody sees, so it changes freely only while no office is held; after that an
    office in the new team is proposed and approved, which moves them.

    Raises:
        AccountRefusedError: one's own account, an impossible address, a team that would move an office.
    """
    user = _locked(user, by=by)
    _refuse_odd_address(email)
    if team is not None and team.council_id != user.council_id:
        raise AccountRefusedError("The team is not of this council.", field="team")
    new_team = team.pk if team else None
    if new_team != user.team_id and user.roles.not_over(_day(at)).exists():
        raise AccountRefusedError(
            "They hold an office, and the team says what it reaches. Propose the office in the new team instead.",
            field="team",
        )
    new = {"email": email, "first_name": first_name, "last_name": last_name, "job_title": job_title}
    changed = [field for field, value in new.items() if getattr(user, field) != value]
    changed += ["team"] if new_team != user.team_id else []
    for field, value in new.items():
        setattr(user, field, value)
    user.team = team
    if changed:
        user.save(update_fields=changed)
        _record(user, action="account.changed", by=by, at=at, facts={"fields": sorted(changed)})
    return user


@transaction.atomic
def close_account(*, user: User, by: User, at: datetime) -> User:
    """Close an account: nobody signs in with it, its sessions are void at once, its offices are over.

    The password goes too, so that a session of before does not come back with the account. Closing it again changes
    nothing.

    Raises:
        AccountRefusedError: one's own account, or the last one that may approve offices.
    """
    user = _locked(user, by=by)
    if not user.is_active:
        return user
    Council.objects.select_for_update(no_key=True).get(pk=user.tenant)  # two last ones are not closed at once
    if _approves(user, _day(at)) and not approvers(council=by.council, on=_day(at), but=[user]):
        raise AccountRefusedError("Nobody would be left who may approve offices. Another one must be given first.")
    user.is_active = False
    user.must_change_password = True
    user.set_unusable_password()
    user.save(update_fields=["is_active", "must_change_password", "password"])
    end_offices(user=user, by=by, at=at)
    _record(user, action="account.closed", by=by, at=at)
    return user


@transaction.atomic
def reopen_account(*, user: User, by: User, at: datetime) -> str:
    """Open a closed account again, without offices: they are proposed and approved anew. Gives its first password.

    Raises:
        AccountRefusedError: one's own account, or one that is open.
    """
    user = _locked(user, by=by)
    if user.is_active:
        raise AccountRefusedError("This account is open.")
    password = first_password()
    user.is_active, user.must_change_password = True, True
    user.set_password(password)
    user.save(update_fields=["is_active", "must_change_password", "password"])
    _tell(user, template="account_made", by=by, at=at)
    _record(user, action="account.reopened", by=by, at=at)
    return password


@transaction.atomic
def replace_password(*, user: User, by: User | None, at: datetime) -> str:
    """Make a new first password for somebody who forgot theirs; their sessions are void, and they are told.

    Who proposes offices must not be able to sign in as the one who approves them: an administrator's page cannot
    replace an approver's password, only the shell can (`by` None).

    Raises:
        AccountRefusedError: one's own account, a closed one, or an approver's.
    """
    user = _locked(user, by=by)
    if not user.is_active:
        raise AccountRefusedError("This account is closed. Open it again instead.")
    if by is not None and _approves(user, _day(at)):
        raise AccountRefusedError(
            "They approve the offices you propose, so their password is not yours to replace. "
            "Ask whoever runs the machine."
        )
    password = first_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _tell(user, template="password_given", by=by, at=at)
    _record(user, action="password.given", by=by, at=at)
    return password


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def _locked(user: User, *, by: User | None) -> User:
    if by is not None and user.pk == by.pk:
        raise AccountRefusedError("Nobody administers their own account. Another administrator has to.")
    locked: User = User.objects.select_for_update(of=("self",)).select_related("council").get(pk=user.pk)
    if locked.council is None or (by is not None and locked.council_id != by.council_id):
        raise AccountRefusedError("This account is not of your council.")
    return locked


def _approves(user: User, on: date) -> bool:
    """Whether somebody holds, or is going to hold, an office that approves offices."""
    return bool(user.roles.not_over(on).filter(capacity__in=APPROVING).exists())


def _refuse_odd_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise AccountRefusedError("Enter an e-mail address in the form name@example.org", field="email") from None


def _tell(user: User, *, template: str, by: User | None, at: datetime) -> None:
    if user.council is not None:
        owe_message(
            council=user.council,
            recipient=user,
            template=template,
            reference=f"U-{user.pk}",
            path="/",
            dedupe_key=f"{template}:{user.pk}:{at.isoformat()}",
            by=by,
            at=at,
        )


def _record(user: User, *, action: str, by: User | None, at: datetime, facts: Mapping[str, Any] | None = None) -> None:
    if user.council is not None:
        record(
            council=user.council,
            by=by,
            at=at,
            verb=Verb.COLLECTION if action == "account.made" else Verb.ALTERATION,
            action=action,
            subject="user",
            subject_ref=str(user.pk),
            facts=facts,
        )
