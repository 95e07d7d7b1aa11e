"""The entries of a policy: one row of a council's rules each, with its clause, its meaning and what it does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from panels.policy.schema.base import (
    MOST,
    MOST_MONTHS,
    MOST_PENCE,
    Clause,
    Clock,
    Code,
    Count,
    RuleId,
    Shape,
    Slug,
    Text,
    TimerId,
)

Effect = Literal["block", "warn", "route", "inform"]
Stage = Literal["submit", "list", "decide", "award", "start", "close"]
ApprovalStage = Literal[
    "before_submission", "before_provider_contact", "before_commitment", "after_panel", "outside_panel"
]
Treatment = Literal["enforced", "computed", "routed", "recorded", "shown", "guidance"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Part = Literal[
    "actions",
    "agenda",
    "attendance",
    "audit_record",
    "booking",
    "buying_steps",
    "decision_record",
    "forecast",
    "ledger",
    "messages",
    "minutes",
    "packs",
    "permissions",
    "policy_page",
    "policy_versions",
    "request_form",
    "returning",
    "reviews",
    "run_sheet",
    "sheet",
    "withdrawing",
]
"""A part of the product that every council has and that keeps or shows what an entry asks for."""
PER_CENT = 100
Number = Annotated[int, Field(ge=0, le=MOST)] | Code
"""A whole number, or the name of a parameter that holds one."""
Months = Annotated[int, Field(ge=0, le=MOST_MONTHS)] | Code
Pence = Annotated[int, Field(ge=0, le=MOST_PENCE)] | Code


class Remit(Shape):
    """Whether a resource belongs to the panel.

    `lines` are categories or names of groups; `all` is every category. `tier`: `bar` is asked first, then `leave`
    (an officer's agreement that the request need not come), then `ordinary`, then `catch_all` for what nobody else
    took. `panels` limits an `in` to those panels: asked at another one the resource goes to the first of them.
    """

    lines: tuple[Code, ...] = Field(min_length=1)
    verdict: Literal["in", "out", "excluded", "other_panel"]
    when: Text | None = None
    tier: Literal["bar", "leave", "ordinary", "catch_all"] | None = None
    to: Slug | None = None
    panels: tuple[Slug, ...] = ()
    effect: Effect | None = None
    stage: Stage = "submit"
    says: Text | None = None

    @model_validator(mode="after")
    def _destination_goes_with_other_panel(self) -> Remit:
        if self.verdict == "other_panel" and self.to is None:
            raise ValueError("verdict other_panel needs the key 'to' with the slug of that panel")
        if self.verdict != "other_panel" and self.to is not None:
            raise ValueError("the key 'to' is read only with verdict other_panel")
        return self


class Finding(Shape):
    """Something to say about the request, or about each of `lines`.

    `in_emergency` replaces the effect for an emergency placement, whose recording nothing may stop; `bars_emergency`
    says that the finding, where it holds, closes the way outside the panel for support.
    """

    when: Text
    effect: Effect
    stage: Stage
    lines: tuple[Code, ...] = ()
    in_emergency: Effect | None = None
    bars_emergency: bool = False
    says: Text | None = None


class Checklist(Shape):
    """An item to be answered met, not met or not applicable in the evidence.

    `judged`: `always` once evidence is given, or only with a `decision`. `when` says for which requests it is asked;
    `met_when` is a fact that answers it without a tick.
    """

    part_of: RuleId | None = None
    when: Text | None = None
    judged: Literal["always", "decision"] = "always"
    stage: Stage = "decide"
    unanswered: Effect | None = "block"
    not_met: Effect | None = "warn"
    not_applicable: Effect | None = None
    met_when: Text | None = None
    label: Text | None = None
    asks: tuple[Text, ...] = ()


class ListRow(Shape):
    """The row of a whole checklist: it speaks for the items where not one of them is answered."""

    when: Text | None = None
    judged: Literal["always", "decision"] = "always"
    stage: Stage = "decide"
    effect: Effect = "block"


class Approval(Shape):
    """Somebody's agreement. Approvals with the same `subject`, role and stage are one: the first entry carries it.

    `until_given` is the effect of the finding while the agreement is not there, `in_emergency` the one for an emergency
    placement, whose start waits for nobody. `signs_before` names a role whose signature is to come after this one: it
    is pointed out where that role signed first.
    """

    role: Code
    stage: ApprovalStage
    signs_before: Code | None = None
    when: Text | None = None
    lines: tuple[Code, ...] = ()
    subject: Code | None = None
    given_by: Literal["sign_off", "event", "executive_preapproval"] = "sign_off"
    until_given: Effect = "route"
    in_emergency: Effect | None = None
    bears_on: Stage | None = None
    says: Text | None = None


class Due(Shape):
    """The formula of a timer: exactly one kind, counted from `of` (a fact, or several of which `pick` takes one)."""

    of: tuple[Text, ...] = Field(min_length=1)
    pick: Literal["first_known", "earliest", "latest"] = "first_known"
    working_days_before: Number | None = None
    working_days_after: Number | None = None
    days_after: Number | None = None
    days_before: Number | None = None
    months_after: Months | None = None
    hours_after: Number | None = None
    hours_before: Number | None = None
    weekday_after: Weekday | None = None
    weekday_before: Weekday | None = None
    weekday_of_week: Weekday | None = None
    weeks_before: Count = 0
    same_day: bool = False
    at: Clock | None = None

    @property
    def kind(self) -> str:
        """The one formula that is set."""
        return self._kinds()[0]

    def _kinds(self) -> list[str]:
        names = [
            "working_days_before",
            "working_days_after",
            "days_after",
            "days_before",
            "months_after",
            "hours_after",
            "hours_before",
            "weekday_after",
            "weekday_before",
            "weekday_of_week",
        ]
        return [n for n in names if getattr(self, n) is not None] + (["same_day"] if self.same_day else [])

    @model_validator(mode="after")
    def _exactly_one(self) -> Due:
        if len(self._kinds()) != 1:
            raise ValueError("a due time has exactly one formula, found " + (", ".join(self._kinds()) or "none"))
        if self.weeks_before and self.weekday_of_week is None:
            raise ValueError("weeks_before is read only with weekday_of_week")
        return self


class Deadline(Shape):
    """A timer.

    `kind`: `due` is unmet once past; a `window` stays open until something is asked; of an `untold` one the case
    cannot state the event. `void_after` leaves it out when it falls on a later day than that other timer, `next_after`
    when what it counts from is known to lie before that moment.
    """

    timer: TimerId
    due: Due
    met_by: Text | None = None
    kind: Literal["due", "window", "untold"] = "due"
    when: Text | None = None
    lines: tuple[Code, ...] = ()
    void_after: TimerId | None = None
    next_after: Text | None = None
    title: Text | None = None


class QuorumClause(Shape):
    """One place to be filled by `count` different people holding one of `roles`.

    With `agencies` instead of roles, seats of `count` of these agencies have somebody in the room, who may fill another
    place besides; a seat that only advises counts for none. `then` says what follows where this clause is the one not
    met; left out, what the quorum says.
    """

    code: Code
    roles: tuple[Code, ...] = ()
    agencies: tuple[Code, ...] = ()
    count: int = Field(default=1, ge=1, le=MOST)
    representatives: bool = False
    then: Literal["cannot_decide", "in_principle"] | None = None
    says: Text | None = None

    @model_validator(mode="after")
    def _roles_or_agencies(self) -> QuorumClause:
        if bool(self.roles) == bool(self.agencies):
            raise ValueError("a clause names either roles or agencies")
        if self.agencies and self.count > len(self.agencies):
            raise ValueError("more agencies are counted than are named")
        return self


class Quorum(Shape):
    """Who has to be in the room for the panel to decide, and what follows when they are not.

    `never_counts` are roles that fill no place. `then: in_principle` lets the panel decide subject to the agreement of
    `endorsed_by`, who is asked for it after the panel; a clause may say otherwise for itself, and then the panel
    decides in principle only where each clause that is not met lets it.
    """

    clauses: tuple[QuorumClause, ...] = Field(min_length=1)
    panels: tuple[Slug, ...] = ()
    effect: Effect = "block"
    stage: Stage = "decide"
    when: Text | None = None
    then: Literal["cannot_decide", "in_principle"] = "cannot_decide"
    endorsed_by: Code | None = None
    never_counts: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _endorsed_in_principle(self) -> Quorum:
        follows = {self.then, *(clause.then for clause in self.clauses)}
        if (self.endorsed_by is not None) != ("in_principle" in follows):
            raise ValueError("endorsed_by goes with then: in_principle, and then: in_principle with endorsed_by")
        return self

    def lets_decide_in_principle(self, missing: Collection[str]) -> bool:
        """Whether the panel decides in principle where the clauses of these codes are not met; never where all are."""
        short = [clause for clause in self.clauses if clause.code in missing]
        return bool(short) and all((clause.then or self.then) == "in_principle" for clause in short)


class PanelChoice(Shape):
    """The panel a request goes to when it names none; the first choice in the register whose condition holds.

    With `lines` it is chosen when the condition holds for one of those lines.
    """

    panel: Slug
    when: Text | None = None
    lines: tuple[Code, ...] = ()


class Question(Shape):
    """Something the request form or the decision sheet asks because this entry wants it.

    With `lines` it is asked only where the request has a line of one of these categories or groups; `where: dispute`
    once somebody has raised the `step` of the ladder.
    """

    code: Code
    label: Text
    kind: Literal["text", "yes_no", "date", "money", "list", "choice", "person", "number"] = "text"
    required: bool = False
    where: Literal["request", "meeting", "sheet", "after", "dispute"] = "request"
    step: Code | None = None
    choices: tuple[Text, ...] = ()
    lines: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _step_goes_with_dispute(self) -> Question:
        if (self.where == "dispute") != (self.step is not None):
            raise ValueError("where: dispute goes with the key 'step', and 'step' with where: dispute")
        return self


class Band(Shape):
    """A band of a purchase by its estimated total in pence: above `over` or from `from`, up to `up_to` or `below`."""

    requires: Literal["best_value_note", "quotations", "tender", "contract_register", "executive_preapproval"]
    over: Pence | None = None
    at_least: Pence | None = None
    up_to: Pence | None = None
    below: Pence | None = None
    count: Number | None = None


class Trigger(Shape):
    """Puts a case forward to a panel when its condition holds; with `lines`, for each such line."""

    code: Code
    when: Text
    lines: tuple[Code, ...] = ()
    panel: Slug | None = None
    says: Text | None = None


class Split(Shape):
    """Who pays which part: whole hundredths that make up a hundred, for these lines where the condition holds."""

    code: Code
    lines: tuple[Code, ...] = Field(min_length=1)
    shares: dict[Code, Count] = Field(min_length=2)
    when: Text | None = None

    @model_validator(mode="after")
    def _make_up_the_whole(self) -> Split:
        if sum(self.shares.values()) != PER_CENT:
            raise ValueError(f"shares make up 100, these make up {sum(self.shares.values())}")
        return self


class Reckoning(Shape):
    """How sums are reckoned where the text says so.

    Weekly prices count by months for `weekly_by_months`; `family_six_months` adds up the family's six months.
    """

    weekly_by_months: tuple[Code, ...] = ()
    family_six_months: bool = False


class Entry(Shape):
    """One row of the register.

    `panels` limits it to those panels; `seen` are words shown beside it; `defaults` are settings read for a fact that
    was left out; `kept_by` names the parts of the product that keep or show what a row without a part of its own asks.
    """

    id: RuleId
    clause: Clause
    topic: Text
    means: Text
    treatment: Treatment
    reading: Text | None = None
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    panels: tuple[Slug, ...] = ()
    seen: tuple[Text, ...] = ()
    remit: tuple[Remit, ...] = ()
    findings: tuple[Finding, ...] = ()
    checklist: Checklist | None = None
    list_row: ListRow | None = None
    approvals: tuple[Approval, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    quorum: Quorum | None = None
    panel_choice: tuple[PanelChoice, ...] = ()
    asks: tuple[Question, ...] = ()
    bands: tuple[Band, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    splits: tuple[Split, ...] = ()
    reckoning: Reckoning | None = None
    defaults: dict[str, bool] = Field(default_factory=dict)
    kept_by: tuple[Part, ...] = ()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Entry:
        if self.from_ and self.until and self.until < self.from_:
            raise ValueError("'until' lies before 'from'")
        return self
