"""What every way of approving outside the panel shares: what is asked, what is written, who is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from applications import services as applications
from applications.models import Application
from applications.queries import with_parts
from applications.services.writing import locked
from decisions import states
from decisions.models import OutsideApproval
from decisions.models.outside import OPEN
from decisions.queries import outside as questions
from decisions.queries.telling import told_of_request
from decisions.services.errors import DecisionRefusedError, Refusal
from decisions.states import OutsideState, OutsideStep
from panels.services import policy_of
from people import services as people
from people.models.record import Verb
from people.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from decisions.queries.outside import Offer
    from people.models import User


@dataclass(frozen=True, slots=True)
class Consulted:
    """Somebody whom the policy asks to consult: in which office, who it was, and when."""

    role: str
    name: str
    at: datetime


class AlreadyApprovedError(Exception):
    """Somebody was faster: an approval stands. Nothing was written."""

    def __init__(self, approval: OutsideApproval) -> None:
        super().__init__(f"{approval.agreed_by} approved this outside the panel already.")
        self.approval = approval


def read_locked(application: Application) -> Application:
    """A request with its parts, locked until the transaction ends: of two officers one waits for the other."""
    fresh: Application = with_parts(Application.objects.filter(pk=locked(application).pk)).get()
    return fresh


def open_one_of(application: Application) -> OutsideApproval | None:
    """The approval of a request that is not settled, locked; None where there is none."""
    rows = OutsideApproval.objects.select_for_update(of=("self",)).filter(application=application, state__in=OPEN)
    return rows.select_related("agreed_by").first()


def has_ended(approval: OutsideApproval, *, at: datetime) -> bool:
    """Whether its last day is over, so that another approval may follow."""
    return approval.has_lapsed(timezone.localdate(at))


def follow(open_one: OutsideApproval | None) -> OutsideApproval | None:
    """Let an earlier approval give way to the one about to be written."""
    if open_one is not None:
        new = states.after_outside(OutsideState(open_one.state), OutsideStep.FOLLOW)
        OutsideApproval.objects.filter(pk=open_one.pk).update(state=new)
    return open_one


def require_state(application: Application, allowed: frozenset[Any]) -> None:
    """Refuse a request that has come before the panel, or is not sent yet."""
    if application.state not in allowed:
        raise DecisionRefusedError(
            [Refusal(f"The request is {application.get_state_display()}: it is not approved outside the panel now.")]
        )


def require_reason(reason: str) -> None:
    """Refuse an approval without a reason."""
    if not reason.strip():
        raise DecisionRefusedError([Refusal("Say why it cannot wait for the panel.", "reason")])


def require_past(consulted: Sequence[Consulted], *, at: datetime) -> None:
    """Refuse consultations that have not been."""
    ahead = [Refusal("The time lies ahead.", f"consulted_{c.role}_at") for c in consulted if c.at > at]
    if ahead:
        raise DecisionRefusedError(ahead)


def written(offer: Offer, *, reason: str, consulted: Sequence[Consulted], **fields: Any) -> OutsideApproval:
    """Write the row: what it rests on comes from the offer, what was decided from the caller."""
    talked = {c.role: c for c in consulted}
    return OutsideApproval.objects.create(
        council=offer.application.council,
        application=offer.application,
        kind=offer.kind,
        afterwards=offer.then,
        policy_version=offer.version,
        request_version=offer.application.version,
        reason=reason.strip(),
        consulted=[
            {
                "role": role,
                "title": offer.policy.role_title(role),
                "name": talked[role].name if role in talked else "",
                "at": talked[role].at.isoformat() if role in talked else None,
            }
            for role in (offer.route.consults if offer.route else ())
        ],
        valid_until=offer.until,
        findings=dict(offer.assessment.as_json()),
        **fields,
    )


def mark_request(approval: OutsideApproval, *, by: User, at: datetime, agreed_by: str = "") -> None:
    """Write among the facts of the request who agreed; only what is an emergency has such facts."""
    application = approval.application
    if not application.facts.get("emergency") and approval.state == OutsideState.STANDING:
        return
    role = agreed_by or approval.role
    emergency = {
        "kind": (application.facts.get("emergency") or {}).get("kind") or approval.kind,
        "decided_at": timezone.localtime(approval.agreed_at).isoformat(timespec="seconds"),
        "consulted": [c["role"] for c in approval.consulted if c["at"]],
    }
    applications.note_agreed_outside(
        application=application, emergency=emergency | ({"agreed_by": role} if role else {}), by=by, at=at
    )


def tell_standing(approval: OutsideApproval, *, by: User, at: datetime) -> None:
    """Owe the news to the worker, to whom a notice of the policy names, and to the administrator."""
    tell(
        approval,
        [approval.application.worker, *_named(approval, on=timezone.localdate(at))],
        "approved_outside",
        by=by,
        at=at,
    )
    tell_administrator(approval, by=by, at=at)


def _named(approval: OutsideApproval, *, on: date) -> list[User]:
    policy, panel = policy_of(approval.policy_version), approval.application.panel
    if panel is None or not policy.has_panel(panel.slug):
        return []
    return told_of_request(approval.application, policy.notices(panel.slug, "emergency"), on=on)


def tell_administrator(approval: OutsideApproval, *, by: User, at: datetime) -> None:
    """The agenda's builder hears that something waits for the panel, where the policy brings it there."""
    panel = approval.application.panel
    if approval.afterwards == OutsideApproval.Then.NOTHING or panel is None:
        return
    office = questions.agenda_office(approval)
    holders = people.holders(council=approval.council, role=office, on=timezone.localdate(at))
    tell(approval, holders, "ratification_due", by=by, at=at)


def tell(approval: OutsideApproval, persons: Sequence[User], template: str, *, by: User, at: datetime) -> None:
    """Owe each of several people one message about an approval."""
    for person in persons:
        people.owe_message(
            council=approval.council,
            recipient=person,
            template=template,
            reference=approval.reference,
            path=_address(approval, person),
            dedupe_key=f"{template}:{approval.reference}:{person.pk}",
            by=by,
            at=at,
            on=approval.valid_until if template == "approved_outside" else None,
            about=approval,
        )


def _address(approval: OutsideApproval, person: User) -> str:
    """Where somebody may read of an approval: who may not see the words of a case is led to the request's outline."""
    may_read = person.may(Permission.SEE_NARRATIVE)
    return approval.get_absolute_url() if may_read else approval.application.get_absolute_url()


def note(approval: OutsideApproval, action: str, *, by: User, at: datetime) -> None:
    """Put on record what was done; codes and references only."""
    people.record(
        council=approval.council,
        by=by,
        at=at,
        verb=Verb.COLLECTION,
        action=f"outside.{action}",
        subject="outside_approval",
        subject_ref=approval.reference,
        facts={
            "request": approval.application.reference,
            "version": approval.request_version,
            "agreed_by": approval.agreed_by_id,
            "role": approval.role,
            "covering_for": approval.covering_for_id,
            "until": approval.valid_until,
            "policy": str(approval.policy_version),
            "commitments": [c.reference for c in approval.commitments.all()],
        },
    )
