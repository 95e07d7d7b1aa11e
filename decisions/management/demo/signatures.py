"""What follows a decision of long ago: the approvals it waited for, the chair's signature, its sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from decisions import states
from decisions.models import Approval, CostNote, Decision, Sheet
from decisions.queries.costs import agrees_money
from decisions.queries.money import lines_from_json
from decisions.services.following import count_up
from decisions.services.recording import commit_lines
from decisions.services.sheets import digest_of, for_sheets, owed, shown_of
from decisions.services.signing import may_sign_minutes, may_sign_sheet
from decisions.states import DecisionState, DecisionStep
from people.services import messages_to, new_reference, record_many

from .shelf import put_on_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decisions.services.rows import Written
    from people.models import Message, User

    from .cast import Cast
    from .room import Room
    from .shelf import Shelf


class Signatures:
    """Approves, signs and owes sheets. What a sheet shows is read once all decisions stand; its facts wait for that."""

    def __init__(self, cast: Cast, shelf: Shelf) -> None:
        self.cast = cast
        self.shelf = shelf
        self.owed: list[tuple[Sheet, dict[str, Any]]] = []  # each with what the record says of it
        self.told: list[tuple[Message, Decision]] = []

    def give(self, room: Room, decided: Sequence[Written], *, at: datetime) -> None:
        """Let the officers approve what waits for them, and the chair sign each decision and then the minutes."""
        for written in decided:
            for approval in written.waiting:
                self._approve(room, written, approval, by=self.cast.by_role[approval.role], at=at)
            self._sign(room, written.decision, at=at)
        later = at + timedelta(minutes=5)
        assert may_sign_minutes(room.meeting, by=room.chair, at=later).allowed
        room.sign_minutes(at=later)

    def _approve(self, room: Room, written: Written, approval: Approval, *, by: User, at: datetime) -> None:
        """Give an officer's approval after panel; with the last one the money is committed and the chair told."""
        decision = written.decision
        approval.answer, approval.reasons = Approval.Answer.AGREED, "Agreed."
        approval.given_at, approval.given_by = at, by
        count_up(room.live, "items", "money", "case")
        waiting = written.waiting
        if waiting:
            decision.awaits_role = waiting[0].role
        else:
            lines = lines_from_json(decision.lines)
            committed = commit_lines(decision.application, lines, f"{decision.reference}:1", by=by, at=at)
            through = Decision.commitments.through
            self.shelf.add(*(through(decision=decision, commitment=one.commitment) for one in committed))
            decision.awaits_role, decision.is_in_principle = "", False
        put_on_record(
            decision.council,
            "approval.given",
            by=by,
            at=at,
            about=("decision", decision.reference),
            facts={"role": approval.role, "rule": approval.rule},
        )
        if not waiting:
            self._tell(room, decision, by=by, at=at)

    def _tell(self, room: Room, decision: Decision, *, by: User, at: datetime) -> None:
        told = messages_to(
            [room.chair],
            council=decision.council,
            template="signature_waits",
            reference=decision.reference,
            path=decision.get_absolute_url(),
            event=f"sign:{decision.reference}",
            by=by,
            at=at,
            about=decision,
        )
        self.shelf.add(*told)
        self.told += [(message, decision) for message in told]

    def _sign(self, room: Room, decision: Decision, *, at: datetime) -> None:
        by = room.chair
        self._cost(decision, at=at)
        assert may_sign_sheet(decision, by=by, at=at).allowed
        decision.state = states.after_decision(DecisionState(decision.state), DecisionStep.SIGN)
        decision.signed_at, decision.signed_by = at, by
        sheet = Sheet(decision=decision, reference=new_reference("S"), next_try_at=at)
        self.shelf.add(sheet)
        happening = owed(sheet, decision, by=by, at=at)
        facts = dict(happening.facts)
        self.owed.append((sheet, facts))
        record_many(council=decision.council, happenings=[replace(happening, facts=facts)])
        count_up(room.live, "items", "case")
        put_on_record(
            decision.council,
            "decision.signed",
            by=by,
            at=at,
            about=("decision", decision.reference),
            facts={"minute": decision.minute_number, "version": decision.version},
        )

    def _cost(self, decision: Decision, *, at: datetime) -> None:
        """Write the cost part where the policy wants one before the signature."""
        offices = self.cast.policy.panel(decision.item.meeting.panel.slug).offices
        if offices.cost_recorded_by is None or not agrees_money(decision):
            return
        by, rule = self.cast.by_role[offices.cost_recorded_by], offices.cost_rule or ""
        words = "This year’s budget, the agreed rate."
        self.shelf.add(CostNote(decision=decision, words=words, rule=rule, confirmed_at=at, confirmed_by=by))
        put_on_record(
            decision.council,
            "cost.recorded",
            by=by,
            at=at,
            about=("decision", decision.reference),
            facts={"rule": rule},
        )

    def finish(self) -> None:
        """Read the sheets of decisions that now stand in the database, and point messages at theirs."""
        shown = {
            one.pk: one for one in for_sheets(Decision.objects.filter(pk__in=[s.decision.pk for s, _ in self.owed]))
        }
        for sheet, facts in self.owed:
            sheet.data = shown_of(shown[sheet.decision.pk])
            sheet.data_sha256 = facts["data_sha256"] = digest_of(sheet.data)
        for message, decision in self.told:
            message.about_pk = decision.pk
        self.owed.clear()
        self.told.clear()
