"""What a decision of the panel does to what was approved outside it; called inside the deciding transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decisions import states
from decisions.models import OutsideApproval
from decisions.models.outside import OPEN
from decisions.queries import outside as questions
from decisions.services.errors import NotOnTheTableError, Refusal
from decisions.states import OutsideState, OutsideStep
from people import services as people
from people.models.record import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from applications.models import Application
    from decisions.models import Decision
    from decisions.queries.money import AgreedLine
    from people.models import User

AGREES = frozenset({"agree", "part", "recommend"})
PUTS_OFF = frozenset({"defer", "pending"})
SETTLED = (OutsideState.RATIFIED, OutsideState.NOT_RATIFIED)


def settle_outside(*, decision: Decision, by: User, at: datetime, is_locked: bool = False) -> None:
    """Say on an approval outside the panel what the panel decided, and tell the officer; a case put off stays open.

    Its money stays as it is: what is agreed for the rest is committed by the decision, what is not agreed ends with
    the approval's last day. A corrected decision says it anew. With `is_locked` its approvals were read while the
    request was locked in this transaction: where there was none, there is none.

    Raises:
        NotOnTheTableError: an officer approved it while the decision was being recorded, so that its money is not
            what the chair saw.
    """
    if decision.effect in PUTS_OFF or (is_locked and not decision.application.outside_approvals.all()):
        return
    step = OutsideStep.RATIFY if decision.effect in AGREES else OutsideStep.REFUSE
    rows = OutsideApproval.objects.select_for_update(of=("self",)).filter(application=decision.application)
    approval = rows.filter(state__in=[*OPEN, *SETTLED]).select_related("agreed_by").first()
    if approval is None:
        return
    seen = {one.pk: one.pence for one in decision.application.outside_approvals.all()}
    if approval.pence != seen.get(approval.pk, 0):
        raise NotOnTheTableError("It was approved outside the panel since you opened this page. Read it again.")
    new = states.after_outside(OutsideState(approval.state), step)
    OutsideApproval.objects.filter(pk=approval.pk).update(state=new, settled_at=at, settled_by=by, decision=decision)
    people.owe_message(
        council=decision.council,
        recipient=approval.agreed_by,
        template="outside_seen",
        reference=approval.reference,
        path=approval.get_absolute_url(),
        dedupe_key=f"outside_seen:{approval.reference}:{decision.reference}",
        by=by,
        at=at,
        about=approval,
    )
    people.record(
        council=decision.council,
        by=by,
        at=at,
        verb=Verb.ALTERATION,
        action=f"outside.{new}",
        subject="outside_approval",
        subject_ref=approval.reference,
        facts={"decision": decision.reference, "minute": decision.minute_number, "outcome": decision.outcome},
    )


def paid_already(application: Application, lines: Sequence[AgreedLine]) -> list[Refusal]:
    """Refuse days of a resource that were paid for outside the panel: nothing is committed twice."""
    paid = questions.paid(application)
    refusals = []
    for line in lines:
        if line.line_id not in paid:
            continue
        until = paid[line.line_id]
        if until is None:
            refusals.append(Refusal(f"{line.label} was bought as agreed outside the panel. Leave it out.", "lines"))
        elif line.start <= until:
            said = f"{until.day} {until:%B %Y}"
            refusals.append(
                Refusal(f"{line.label} is paid until {said} as agreed outside the panel: begin the day after.", "lines")
            )
    return refusals
