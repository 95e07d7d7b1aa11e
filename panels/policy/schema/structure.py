"""How a council's panels are built: who sits, when they meet, what may be decided. Read by the pages and services."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from panels.policy.schema.base import Clock, Code, Count, Minutes, OneOrMore, RuleId, Shape, Slug, Text, TimerId

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


Rank = Literal[-1, 1, 2, 3, 4, 5]


class Document(Shape):
    """A text the council published, on whose clauses the entries rest."""

    code: Code
    title: Text
    dated: date | None = None


class Role(Shape):
    """The council's own title for a role; `personal` approvals are not passed to a stand-in."""

    code: Code
    title: Text
    personal: bool = False
    also_called: tuple[Text, ...] = ()


class Area(Shape):
    """A part of the council with panels of its own."""

    code: Code
    name: Text


class UploadStep(Shape):
    """One thing to be done in the record system after a decision."""

    code: Code
    title: Text
    rule: RuleId | None = None


class RecordSystem(Shape):
    """The electronic file of the child: its name as a setting, and the steps that put a decision on it."""

    name: Text
    rule: RuleId | None = None
    steps: tuple[UploadStep, ...] = ()


class Council(Shape):
    """Who the policy belongs to and which version of it this is."""

    slug: Slug
    name: Text
    service: Text | None = None
    version: OneOrMore
    from_: date = Field(alias="from")
    documents: tuple[Document, ...] = Field(min_length=1)
    areas: tuple[Area, ...] = ()
    roles: tuple[Role, ...] = Field(min_length=1)
    record_system: RecordSystem
    settings_changed_by: Code | None = None


class Seat(Shape):
    """A place at the panel.

    `attendance`: `core` sits at each meeting, `as_needed` only when a case carries one of `flags`, `advisory` advises
    and is not counted. `count` is the number of people expected; `represented` says that a representative may come.
    """

    role: Code
    title: Text
    attendance: Literal["core", "as_needed", "advisory"] = "core"
    chairs: Literal["chair", "vice_chair"] | None = None
    flags: tuple[Code, ...] = ()
    agency: Code | None = None
    represented: bool = False
    lay: bool = False
    substitute: Literal["anybody", "named", "nobody", "unstated"] = "unstated"
    rule: RuleId | None = None

    @model_validator(mode="after")
    def _flags_belong_to_as_needed(self) -> Seat:
        if self.flags and self.attendance != "as_needed":
            raise ValueError("flags are read only with attendance: as_needed")
        return self


class Schedule(Shape):
    """When the panel meets.

    `every`: `month` with `meetings` in each, `days` with `days` between meetings, or `published` where only the
    published calendar says. `ranks` are the n-th such weekdays of the month, -1 the last; `levels` the ranks at which
    cases of one level are heard. `length` in minutes; `at_most` true where the text states an upper limit.
    """

    every: Literal["month", "days", "published", "unstated"]
    meetings: Count | None = None
    days: Count | None = None
    weekday: Weekday | None = None
    ranks: tuple[Rank, ...] = ()
    levels: dict[Code, tuple[Rank, ...]] = Field(default_factory=dict)
    starts: Clock | None = None
    ends: Clock | None = None
    length: Minutes | None = None
    at_most: bool = False
    year_published: bool = False
    year_rule: RuleId | None = None
    rule: RuleId | None = None

    @model_validator(mode="after")
    def _ranks_of_a_weekday(self) -> Schedule:
        if (self.ranks or self.levels) and (self.every != "month" or self.weekday is None):
            raise ValueError("ranks and levels are read only with every: month and a weekday")
        for level, ranks in self.levels.items():
            if not set(ranks) <= set(self.ranks):
                raise ValueError(f"level {level} is heard at ranks at which the panel does not meet")
        return self


class Slots(Shape):
    """How long a case takes: the usual slot, the complex one, other lengths to choose, emergency slots kept."""

    minutes: Minutes | None = None
    complex_minutes: Minutes | None = None
    choices: tuple[Minutes, ...] = ()
    emergency_slots: Count = 0
    emergency_minutes: Minutes | None = None
    rule: RuleId | None = None
    emergency_rule: RuleId | None = None
    reading: Text | None = None


Listed = Literal["new", "emergency", "ratification", "review", "order_support", "carried_over", "trigger"]


class Capacity(Shape):
    """How much one meeting takes, in which order cases are listed, and where those go that find no place."""

    cases: Count | None = None
    minutes: Minutes | None = None
    order: tuple[Listed, ...] = ()
    overflow: tuple[Literal["next_meeting", "extra_meeting", "outside_panel"], ...] = ("next_meeting",)
    rule: RuleId | None = None


class StandingItem(Shape):
    """An item of each agenda; a `required` one stops the agenda from being published without it."""

    code: Code
    title: Text
    required: bool = False
    position: Literal["first", "last"] = "first"
    rule: RuleId | None = None


class Section(Shape):
    """A heading of the agenda and the kinds of case that go under it."""

    code: Code
    title: Text
    holds: tuple[Listed, ...]
    rule: RuleId | None = None


class Submission(Shape):
    """Which timer closes the list of a meeting, and what becomes of a request that comes after it."""

    timer: TimerId
    rule: RuleId
    late: Literal["route", "block", "warn", "next_meeting"]
    target_timer: TimerId | None = None
    exempt: tuple[Literal["emergency"], ...] = ()


class SignOff(Shape):
    """One signature under a request before it reaches the panel, in the order of the list.

    `required` false is a note which is asked for and whose absence is only a warning.
    """

    role: Code
    rule: RuleId
    required: bool = True
    does: Text | None = None


class Outcome(Shape):
    """A word the panel may decide with, and what follows from it.

    `effect`: `agree` commits, `part` commits some, `refuse` ends the request, `defer` brings it back, `pending` waits
    with a date of the chair. The demands are `required`, `optional` or `never`.
    """

    code: Code
    label: Text
    effect: Literal["agree", "part", "refuse", "defer", "pending", "recommend"]
    reasons: Literal["required", "optional", "never"] = "optional"
    review_date: Literal["required", "or_reason", "optional", "never"] = "optional"
    end_date: Literal["required", "optional", "never"] = "optional"
    due_date: Literal["required", "optional", "never"] = "never"
    final: bool = True
    rule: RuleId | None = None
    reading: Text | None = None


class PresenterKind(Shape):
    """Who may present a case: `expected` is asked for, `accepted` is enough, `refused` may not."""

    kind: Code
    stance: Literal["expected", "accepted", "refused"]
    rule: RuleId | None = None


class Presenting(Shape):
    """Whether somebody has to present, and who may."""

    needed: bool = True
    kinds: tuple[PresenterKind, ...] = ()
    rule: RuleId | None = None


class Notice(Shape):
    """Who is told what, and by when: a timer of the policy, or hours before the meeting."""

    code: Code
    title: Text
    to: tuple[Code, ...] = Field(min_length=1)
    occasion: Literal[
        "decision",
        "meeting_change",
        "deadline_passed",
        "agenda",
        "upload",
        "deferral",
        "review_due",
        "emergency",
        "after_meeting",
        "refusal",
        "papers",
    ]
    timer: TimerId | None = None
    channel: Literal["in_product", "email", "post", "by_hand", "telephone", "unstated"] = "unstated"
    discloses: Literal["reference", "outcome", "papers", "nothing"] = "reference"
    rule: RuleId | None = None


class OutsidePanel(Shape):
    """Who may agree without the panel: by kind of emergency, with whom it is talked over, whether the panel sees it.

    What it costs is split at the day on which it ends: the panel decides on the rest alone. `days` beside `lasts:
    next_panel` is the longest it lasts: the earlier of the two ends it.
    """

    kind: Literal["placement", "high_cost_placement", "support", "any"]
    approver: Code
    consults: tuple[Code, ...] = ()
    lasts: Literal["next_panel", "days", "unstated"] = "next_panel"
    days: Count | None = None
    then: Literal["ratified", "reviewed", "heard", "nothing"] = "reviewed"
    rule: RuleId
    reading: Text | None = None

    @model_validator(mode="after")
    def _days_are_told(self) -> OutsidePanel:
        if self.lasts == "days" and self.days is None:
            raise ValueError("lasts: days is told with days")
        if self.lasts == "unstated" and self.days is not None:
            raise ValueError("days goes with lasts: days, or as the longest time with lasts: next_panel")
        return self


class ReviewPlan(Shape):
    """When what was agreed comes back to the panel.

    The first review falls `first_after_days` after the `anchor`, others every `every_days`, the last one at least
    `before_end_days` before the end.
    """

    required: bool = False
    no_review_reason: bool = False
    end_date_required: bool = False
    anchor: Literal["decision", "start"] = "decision"
    first_after_days: Count | None = None
    every_days: OneOrMore | None = None
    before_end_days: Count = 0
    rule: RuleId | None = None


class Conditions(Shape):
    """What each condition of a decision is written down with, and whether ticking it as met asks for evidence."""

    owner: Literal["required", "optional"] = "optional"
    due: Literal["required", "optional"] = "optional"
    evidence: Literal["required", "optional"] = "optional"
    rule: RuleId | None = None


class Standing(Shape):
    """The offices around a meeting: who withdraws, signs, keeps the minutes, and whether cover is foreseen."""

    withdrawal_agreed_by: Code | None = None
    withdrawal_rule: RuleId | None = None
    agenda_by: Code = "panel_administrator"
    agenda_rule: RuleId | None = None
    administrator_required: bool = False
    administrator_rule: RuleId | None = None
    sheet_signed_by: Code = "chair"
    sheet_rule: RuleId | None = None
    minutes_signed_by: Code | None = None
    minutes_rule: RuleId | None = None
    cover: Literal["equal_or_higher", "named_vice_chair", "unstated"] = "unstated"
    cost_recorded_by: Code | None = None
    cost_rule: RuleId | None = None
    declarations: Literal["standing_item", "unstated"] = "unstated"
    declarations_rule: RuleId | None = None
    rotates_chair: tuple[Code, ...] = ()
    rotates_rule: RuleId | None = None


class Dispute(Shape):
    """A step of the ladder for those who disagree: who raises it, with whom, under which timer.

    It is entered only `against` outcomes of these effects (of any, where none is named) and once the step `after` which
    it comes has ended or lapsed; it is left when its office ends it, and lapses so many days after it was opened.
    """

    code: Code
    title: Text
    raised_by: Literal["practitioner", "family", "anyone"]
    goes_to: Code | None = None
    timer: TimerId | None = None
    after: Code | None = None
    against: tuple[Literal["agree", "part", "refuse", "defer", "pending", "recommend"], ...] = ()
    lapses_after_days: Count | None = None
    enters_when: Text | None = None
    ends_when: Text | None = None
    rule: RuleId


class Panel(Shape):
    """One standing panel with everything the pages need to run it."""

    slug: Slug
    name: Text
    short_name: Text
    rule: RuleId
    purpose: Text | None = None
    per_area: bool = False
    recommends_on: tuple[Code, ...] = ()
    decided_by: Code | None = None
    decided_rule: RuleId | None = None
    whole_package: bool = False
    whole_package_rule: RuleId | None = None
    seats: tuple[Seat, ...] = Field(min_length=1)
    schedule: Schedule
    slots: Slots = Slots()
    capacity: Capacity | None = None
    standing_items: tuple[StandingItem, ...] = ()
    sections: tuple[Section, ...] = ()
    submission: Submission | None = None
    submitters: tuple[Code, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    outcomes_rule: RuleId | None = None
    presenting: Presenting = Presenting()
    notices: tuple[Notice, ...] = ()
    outside_panel: tuple[OutsidePanel, ...] = ()
    review: ReviewPlan = ReviewPlan()
    conditions: Conditions = Conditions()
    offices: Standing = Standing()
    disputes: tuple[Dispute, ...] = ()
    links: tuple[Text, ...] = ()
