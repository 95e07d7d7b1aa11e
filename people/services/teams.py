"""Teams: added and renamed. What a team belongs to stays: it says whose requests managers see."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from people.models import Team, User
from people.models.record import Verb
from people.services.record import record


class TeamRefusedError(Exception):
    """A team that cannot be, with the reason a page shows."""


@transaction.atomic
def add_team(
    *, name: str, service: str, by: User, at: datetime, area: str = "", is_disabled_childrens_team: bool = False
) -> Team:
    """Add a team to the council of whoever adds it.

    Raises:
        TeamRefusedError: the name is taken.
    """
    if by.council is None:
        raise TeamRefusedError("Somebody without a council has no teams.")
    _refuse_taken(name, by=by)
    try:
        with transaction.atomic():
            team = Team.objects.create(
                council=by.council,
                name=name,
                service=service,
                area=area,
                is_disabled_childrens_team=is_disabled_childrens_team,
            )
    except IntegrityError:
        raise TeamRefusedError("A team of this name is there already") from None
    _record(team, action="team.added", by=by, at=at)
    return team


@transaction.atomic
def rename_team(*, team: Team, name: str, by: User, at: datetime) -> Team:
    """Give a team another name; the same one changes nothing.

    Raises:
        TeamRefusedError: the name is taken, or the team is another council's.
    """
    team = Team.objects.select_for_update(of=("self",)).select_related("council").get(pk=team.pk)
    if team.council_id != by.council_id:
        raise TeamRefusedError("This team is not of your council.")
    if team.name == name:
        return team
    _refuse_taken(name, by=by, but=team)
    team.name = name
    try:
        with transaction.atomic():
            team.save(update_fields=["name"])
    except IntegrityError:
        raise TeamRefusedError("A team of this name is there already") from None
    _record(team, action="team.renamed", by=by, at=at)
    return team


def _refuse_taken(name: str, *, by: User, but: Team | None = None) -> None:
    there = Team.objects.for_user(by).filter(name__iexact=name)
    if there.exclude(pk=but.pk if but else 0).exists():
        raise TeamRefusedError("A team of this name is there already")


def _record(team: Team, *, action: str, by: User, at: datetime) -> None:
    record(
        council=team.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=action,
        subject="team",
        subject_ref=str(team.pk),
        facts={"name": team.name, "service": team.service, "area": team.area},
    )
