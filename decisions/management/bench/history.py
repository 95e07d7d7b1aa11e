"""Ten years behind the demonstration: its closed meetings and decided requests, copied back in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Q

from applications.models import (
    Alternative,
    Application,
    Child,
    Document,
    OtherFunding,
    PlanAction,
    ResourceLine,
    SignOff,
    View,
)
from decisions.models import (
    Action,
    AgendaItem,
    AgendaVersion,
    Approval,
    AttendanceEvent,
    Condition,
    Decision,
    Interest,
    LiveState,
    Review,
    Sheet,
)
from decisions.states import DecisionState
from finance.models import Commitment, EndVersion, RateVersion, SplitShare, SplitVersion
from finance.rules import year_of
from panels.models import Meeting
from panels.states import MeetingState
from people.models import RoleHeld, User
from people.permissions import Capacity

from .copying import FAR, Copier, Copy, Model, catch_up_sequences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from .sizes import Size

# A commitment of another year is on that year's line of the same code.
LINE_OF_THE_YEAR = """(SELECT b.id FROM finance_budgetline b JOIN finance_financialyear y ON y.id = b.year_id
    WHERE y.council_id = finance_commitment.council_id AND y.begins = {begins}
    AND b.code = (SELECT l.code FROM finance_budgetline l WHERE l.id = finance_commitment.budget_line_id))"""
LONG_AGO = "'2016-04-01 09:00:00+00:00'"


def copy_workers(wanted: int) -> int:
    """Give every social worker colleagues until there are about so many users; how many of each there are now."""
    workers = list(User.objects.filter(roles__capacity=Capacity.SOCIAL_WORKER).distinct())
    rounds: int = max(0, (wanted - User.objects.count()) // max(1, len(workers)))
    roles = list(RoleHeld.objects.filter(user__in=workers).values_list("pk", flat=True))
    copiers = [
        Copier(User, [user.pk for user in workers], {"email": "'copy-{number}-' || email"}),
        Copier(RoleHeld, roles),
    ]
    for number in range(1, rounds + 1):
        this = Copy(number=number, days=0, minutes=0, of={User: FAR * number, RoleHeld: FAR * number})
        for copier in copiers:
            copier.copy(this)
    catch_up_sequences([User, RoleHeld])
    return rounds + 1


class History:
    """Copies what is over; what is under way stays as the demonstration has it."""

    def __init__(self, size: Size, *, on: date, workers: int) -> None:
        self.size = size
        self.on = on
        self.workers = workers
        kept = Decision.objects.filter(
            state__in=[DecisionState.SIGNED, DecisionState.ISSUED],
            application__state="decided",
            item__meeting__state=MeetingState.SIGNED,
            supersedes=None,
        )
        self.decisions = _keys(Decision, pk__in=kept)
        self.meetings = _keys(Meeting, state=MeetingState.SIGNED)
        self.requests = list(kept.values_list("application_id", flat=True))
        self.items = list(kept.values_list("item_id", flat=True))
        self.meeting_rounds = max(1, size.meetings // len(self.meetings))
        self.decision_rounds = max(1, size.decisions // len(self.decisions))
        self.rounds = max(self.decision_rounds, size.requests // len(self.requests))

    def write(self) -> None:
        """Meetings first, then what was decided in them, then requests that ended without a decision."""
        meetings, papers, decided = self._of_meetings(), self._of_requests(), self._of_decisions()
        for group in range(1, self.meeting_rounds + 1):
            this = Copy(number=group, days=self.days_of(group), minutes=group, of=dict.fromkeys(meetings, FAR * group))
            for copier in meetings.values():
                copier.copy(this)
        for number in range(1, self.rounds + 1):
            group = self.group_of(number)
            moved: dict[Model, int] = dict.fromkeys([*papers, *decided], FAR * number)
            this = Copy(number=number, days=self.days_of(group), minutes=group, of={**moved, Meeting: FAR * group})
            is_decided = number <= self.decision_rounds
            for copier in [*papers.values(), *(decided.values() if is_decided else ())]:
                copier.copy(this, begins=self.begins(number), state="decided" if is_decided else "withdrawn")
        catch_up_sequences([*meetings, *papers, *decided])

    def commitments(self) -> Iterator[tuple[int, int, Commitment]]:
        """Every copied commitment: its round, its key, its original."""
        originals = list(Commitment.objects.filter(pk__in=self._commitments()).select_related("budget_line"))
        for number in range(1, self.decision_rounds + 1):
            for original in originals:
                yield number, original.pk + FAR * number, original

    def group_of(self, number: int) -> int:
        """In which copy of the meetings a round's cases were heard."""
        return (number - 1) * self.meeting_rounds // self.rounds + 1

    def days_of(self, group: int) -> int:
        """How many days ago, spread over the years."""
        return (group - 1) * 365 * self.size.years // self.meeting_rounds

    def begins(self, number: int) -> int:
        """The financial year in which a round's money was committed."""
        earliest = year_of(self.on) - self.size.years + 1
        return max(earliest, year_of(self.on) - (2 * self.days_of(self.group_of(number)) + 365) // 730)

    def _commitments(self) -> list[int]:
        through = Decision.commitments.through
        return list(through.objects.filter(decision_id__in=self.decisions).values_list("commitment_id", flat=True))

    def _of_meetings(self) -> dict[Model, Copier]:
        past = 100
        return {
            Meeting: Copier(Meeting, self.meetings, {"number": f"number + {{number}} * {past}"}),
            AttendanceEvent: Copier(AttendanceEvent, _keys(AttendanceEvent, meeting__in=self.meetings)),
            AgendaVersion: Copier(AgendaVersion, _keys(AgendaVersion, meeting__in=self.meetings)),
            LiveState: Copier(LiveState, _keys(LiveState, meeting__in=self.meetings), {"item_id": "NULL"}),
        }

    def _of_requests(self) -> dict[Model, Copier]:
        whose = {"worker_id": f"worker_id + ({{number}} % {self.workers}) * {FAR}"}
        parts = (ResourceLine, Alternative, Document, OtherFunding, PlanAction, View, SignOff)
        history = apps.get_model("applications", "HistoricalApplication")
        versions = list(
            history.objects.filter(id__in=self.requests, history_type="+").values_list("history_id", flat=True)
        )
        kept = [part.history.model for part in (ResourceLine, Alternative, OtherFunding, PlanAction, View)]
        return {
            Child: Copier(
                Child,
                list(set(Application.objects.filter(pk__in=self.requests).values_list("child_id", flat=True))),
                {**whose, "case_reference": "case_reference || '_{number}'", "date_of_birth": "date_of_birth"},
            ),
            Application: Copier(Application, self.requests, {**whose, "state": "'{state}'"}),
            history: Copier(
                history, versions, {"id": f"id + {{number}} * {FAR}", "reference": "reference || '_{number}'"}
            ),
            **{part: Copier(part, _keys(part, application__in=self.requests)) for part in parts},
            **{
                part: Copier(
                    part,
                    _keys(part, application__in=self.requests, history_type="+"),
                    {
                        "id": f"id + {{number}} * {FAR}",
                        "history_change_reason": "replace(history_change_reason, ' version', '_{number} version')",
                    },
                )
                for part in kept
            },
        }

    def _of_decisions(self) -> dict[Model, Copier]:
        through = Decision.commitments.through
        bought = self._commitments()
        of_decision = {"decision__in": self.decisions}
        of_commitment = {"commitment__in": bought}
        source = {"source_ref": "source_ref || '_{number}'"}
        return {
            AgendaItem: Copier(
                AgendaItem, self.items, {"position": "position + {number} % 20 * 5", "carried_from_id": "NULL"}
            ),
            Interest: Copier(Interest, _keys(Interest, item__in=self.items)),
            Decision: Copier(Decision, self.decisions, {"minute_number": "minute_number || '_{number}'"}),
            Condition: Copier(Condition, _keys(Condition, **of_decision)),
            Action: Copier(Action, _keys(Action, done_at__isnull=False, **of_decision)),
            Approval: Copier(Approval, _keys(Approval, **of_decision)),
            Review: Copier(Review, _keys(Review, **of_decision), {"done_at": LONG_AGO, "item_id": "NULL"}),
            Sheet: Copier(Sheet, _keys(Sheet, **of_decision), {"state": "'sealed'"}),
            Commitment: Copier(
                Commitment,
                bought,
                {**source, "reference": "reference || '_{number}'", "budget_line_id": LINE_OF_THE_YEAR},
            ),
            RateVersion: Copier(RateVersion, _keys(RateVersion, **of_commitment), source),
            EndVersion: Copier(EndVersion, _keys(EndVersion, **of_commitment), source),
            SplitVersion: Copier(SplitVersion, _keys(SplitVersion, **of_commitment), source),
            SplitShare: Copier(SplitShare, _keys(SplitShare, split__commitment__in=bought)),
            through: Copier(through, _keys(through, **of_decision)),
        }


def _keys(model: Model, **where: object) -> list[int]:
    return list(model._default_manager.filter(Q(**where)).order_by("pk").values_list("pk", flat=True))  # noqa: SLF001
