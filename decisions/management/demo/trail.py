"""The way of requests of long ago from their worker to the administrator's list: judged as ever, written at once."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from applications.models import SignOff
from applications.queries import STAGE, Standing, chain_of, signers
from applications.queries.facts import instant
from applications.services.sending import in_the_way
from applications.states import Step
from panels.services import policy_for

from .hours import later
from .shelf import note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from applications.models import Application
    from panels.models import PolicyVersion
    from panels.policy import Policy
    from people.models import User

    from .cast import Cast
    from .shelf import Shelf


class Trail:
    """Sends requests on their way. Messages of that time are not owed: nobody waits for them any more."""

    def __init__(self, cast: Cast, shelf: Shelf) -> None:
        self.cast = cast
        self.shelf = shelf
        self.people: dict[tuple[str, int, int], list[User]] = {}
        self.policies: dict[date, tuple[PolicyVersion, Policy]] = {}

    def sent(self, application: Application, *, at: datetime, starts: datetime) -> bool:
        """Send, sign and accept a draft; leaves on the shelf what the services would write, but for messages.

        Args:
            application: a draft, read with its parts; it is ready afterwards.
            at: when its worker sends it; each signature and the administrator's check follow in office hours.
            starts: the beginning of the meeting it is sent for.

        Returns:
            False where the council's rules do not let it through: it stays a draft.
        """
        version, policy = self._policy(timezone.localdate(at))
        standing = Standing(application, policy, at, panel_starts_at=starts)
        chain = chain_of(application, policy=policy, assessment=standing.assessment, notes=False)
        if in_the_way(standing, chain):
            return False
        moments = list(accumulate(chain, lambda moment, _step: later(moment), initial=at))
        reached = moments[-1]
        signed = [
            SignOff(
                application=application,
                role=step.role,
                stage=STAGE,
                answer=SignOff.Answer.SIGNED,
                rule=step.rule,
                given_at=moments[number],
                given_by=self._signers(application, step.role, at=at)[0],
                request_version=application.version + number,
            )
            for number, step in enumerate(chain, start=1)
        ]
        application.submitted_at = reached
        on_file = {"sign_offs": [{"role": one.role, "at": instant(one.given_at)} for one in signed]}
        verdict = Standing(application, policy, reached, panel_starts_at=starts, extra=on_file)
        is_stopped = bool(in_the_way(verdict, ()))
        application.submitted_at = None  # until it has gone all the way
        if is_stopped:
            return False
        pinned: dict[str, Any] = {
            "policy_version": version,
            "declared_at": at,
            "declared_by": application.worker,
            "findings": dict(verdict.assessment.as_json()),
        }
        self._sign(application, signed, pinned, blocks=[f.rule for f in verdict.assessment.blocks()], at=at)
        by, checked = self.cast.administrator, later(reached)
        self.shelf.step(application, Step.ACCEPT, "accepted", by=by, at=checked, with_user=None, with_role="")
        return True

    def _sign(
        self,
        application: Application,
        signed: Sequence[SignOff],
        pinned: dict[str, Any],
        *,
        blocks: Sequence[str],
        at: datetime,
    ) -> None:
        """Pass a request from its worker through its signatures to the administrator."""
        by, move, before = application.worker, Step.SEND, None
        for one in signed:
            people = self._signers(application, one.role, at=at)
            only = people[0] if len(people) == 1 else None
            self.shelf.pass_on(application, move, by=by, at=at, with_role=one.role, with_user=only, **pinned)
            if before is None:
                said = {"role": one.role, "policy": str(application.policy_version)}
                note(application, "sent", by=by, at=at, facts=said)
            else:
                _note_signature(application, before, at=at)
            by, at, move, before, pinned = one.given_by, one.given_at, Step.SIGN, one, {}
        self.shelf.add(*signed)
        reached = {"submitted_at": at, "submitted_by": by, "with_user": None, "with_role": ""}
        self.shelf.pass_on(application, Step.SUBMIT, by=by, at=at, **pinned, **reached)
        note(application, "submitted", by=by, at=at, facts={"blocks": list(blocks)})
        if signed:
            _note_signature(application, signed[-1], at=at)

    def _policy(self, on: date) -> tuple[PolicyVersion, Policy]:
        if on not in self.policies:
            self.policies[on] = policy_for(council=self.cast.council, on=on)
        return self.policies[on]

    def _signers(self, application: Application, role: str, *, at: datetime) -> list[User]:
        """Who may sign, asked once for each office and team: no office changes in this year.

        A worker of the demonstration holds no other office than theirs, so only there it matters whose request it is.
        """
        key = (role, application.team_id, application.worker_id if role == "social_worker" else 0)
        if key not in self.people:
            self.people[key] = signers(application, role=role, on=timezone.localdate(at))
        return self.people[key]


def _note_signature(application: Application, signature: SignOff, *, at: datetime) -> None:
    facts = {"role": signature.role, "covering_for": None}
    note(application, "signed", by=signature.given_by, at=at, facts=facts)
