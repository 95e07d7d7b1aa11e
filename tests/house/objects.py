"""For each address with arguments: how to make one thing of a council it leads to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from panels.models import Panel, PolicyVersion
from panels.policy import installed, load
from people.models import Council, Cover, KeptForm, Message, RoleHeld, RoleProposal, User
from people.models.message import MessageState
from people.permissions import Capacity
from tests.factories.panels import MeetingFactory, PanelFactory, SeatHolderFactory

AT = datetime(2026, 3, 9, 10, tzinfo=UTC)


def kwargs_for(name: str, *, council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    """Arguments of an address that lead to a thing of this council; `_owner` where only one person may see it."""
    makers = {
        "people:send_on": _kept,
        "people:account": _account,
        "people:change_account": _account,
        "people:close_account": _account,
        "people:reopen_account": _account,
        "people:new_password": _account,
        "panels:give_office": _account,
        "panels:end_office": _office,
        "panels:proposal": _proposal,
        "panels:rename_team": _team,
        "people:send_again": _message,
        "panels:panel": _panel,
        "panels:seats": _panel,
        "panels:give_seat": _panel,
        "panels:new_meeting": _panel,
        "panels:leave_seat": _seat,
        "panels:end_cover": _cover,
        "panels:meeting": _meeting,
        "panels:move_meeting": _meeting,
        "panels:cancel_meeting": _meeting,
        "panels:policy_version": _policy,
    }
    if name not in makers:
        raise AssertionError(f"Say in tests/house/objects.py how to make a thing for {name}.")
    return makers[name](council, staff)


def _kept(_council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    owner = staff[Capacity.SOCIAL_WORKER]
    kept = KeptForm.objects.create(user=owner, path="/password/", fields={"a": ["b"]}, kept=AT)
    return {"pk": kept.pk, "_owner": owner}


def _message(council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    message = Message.objects.create(
        council=council,
        recipient=staff[Capacity.CHAIR],
        template="agenda_published",
        reference="M-1",
        path="/x/",
        dedupe_key="x",
        owed_at=AT,
        next_try_at=AT,
        state=MessageState.FAILED,
    )
    return {"pk": message.pk}


def _panel(council: Council, _staff: dict[Capacity, User]) -> dict[str, Any]:
    _policy(council, _staff)
    slug = load(installed()[0]).panels[0].slug
    return {"pk": PanelFactory(council=council, slug=slug).pk}


def _seat(council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    return {"pk": SeatHolderFactory(panel=PanelFactory(council=council), user=staff[Capacity.MEMBER]).pk}


def _cover(_council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    absent, covering = staff[Capacity.TEAM_MANAGER], staff[Capacity.SERVICE_MANAGER]
    cover = Cover.objects.create(
        absent=absent,
        covering=covering,
        role="team_manager",
        since=date(2026, 3, 1),
        until=date(2026, 3, 31),
        reason="leave",
        arranged_at=AT,
        arranged_by=absent,
    )
    return {"pk": cover.pk, "_owner": absent}


def _meeting(council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    panel = Panel.objects.get(pk=_panel(council, staff)["pk"])
    return {"reference": MeetingFactory(panel=panel).reference}


def _policy(council: Council, _staff: dict[Capacity, User]) -> dict[str, Any]:
    policy = load(installed()[0])
    version, _ = PolicyVersion.objects.get_or_create(
        council=council,
        number=1,
        defaults={
            "payload": policy.payload(),
            "digest": policy.digest,
            "effective_from": date(2015, 1, 1),
            "adopted_at": AT,
        },
    )
    return {"number": version.number}


def _account(_council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    return {"pk": staff[Capacity.SOCIAL_WORKER].pk}


def _office(_council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    return {"pk": RoleHeld.objects.get(user=staff[Capacity.AUDITOR]).pk}


def _proposal(_council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    proposal = RoleProposal.objects.create(
        reference="O-2345ABCD",
        user=staff[Capacity.SOCIAL_WORKER],
        role="auditor",
        capacity=Capacity.AUDITOR,
        since=date(2026, 3, 9),
        proposed_at=AT,
        proposed_by=staff[Capacity.SYSTEM_ADMINISTRATOR],
    )
    return {"reference": proposal.reference}


def _team(_council: Council, staff: dict[Capacity, User]) -> dict[str, Any]:
    return {"pk": staff[Capacity.SOCIAL_WORKER].team_id}
