"""The decision form: the policy's outcomes, each resource as asked for, conditions, actions, the day of the review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django import forms

from applications.forms import as_fact, question_field
from decisions.queries.money import AgreedLine
from decisions.services import Minute, NewAction, NewAnswer, NewCondition
from people.forms.fields import GovDateField, PoundsField
from people.models import User

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.forms.boundfield import BoundField

    from applications.queries import Asked
    from panels.policy.schema import Outcome

ROWS = 3  # empty rows offered for conditions and for actions; what was filled in is always shown
NAMED = ("username", "first_name", "last_name", "council", "is_active")  # what is told and shown of a colleague
COMMITS = frozenset({"agree", "part", "recommend"})


@dataclass(frozen=True, slots=True)
class LineRow:
    """The controls of one resource, with what was asked for beside them."""

    line: AgreedLine
    pence: BoundField
    start: BoundField
    end: BoundField
    left_out: BoundField


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """The controls of one condition."""

    number: int
    text: BoundField
    owner: BoundField
    due: BoundField


@dataclass(frozen=True, slots=True)
class ActionRow:
    """The controls of one action."""

    number: int
    text: BoundField
    owner: BoundField
    due: BoundField


class DecideForm(forms.Form):
    """A decision as typed; `minute` is what the service records."""

    item_version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="Outcome",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an outcome", "invalid_choice": "Choose one of the outcomes"},
    )
    reasons = forms.CharField(
        label="Reasons", max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    members_views = forms.CharField(
        label="Members’ views", max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    review_date = GovDateField(label="Review date", required=False, earliest=2000, latest=2100)
    no_review_reason = forms.CharField(label="Or why there is no review", max_length=300, required=False)

    def __init__(
        self,
        *args: Any,
        outcomes: Sequence[Outcome],
        lines: Sequence[AgreedLine],
        viewer: User,
        is_emergency: bool = False,
        questions: Sequence[Asked] = (),
        **kwargs: Any,
    ) -> None:
        """Build the controls of the policy's outcomes, of each resource asked for and of the policy's questions."""
        super().__init__(*args, **kwargs)
        self.outcomes, self.lines, self.rows = {o.code: o for o in outcomes}, list(lines), self._rows()
        self.fields["outcome"].choices = [(o.code, o.label) for o in outcomes]  # type: ignore[attr-defined]
        for line in self.lines:
            self._add_line(line)
        colleagues = {str(user.pk): user for user in User.objects.for_user(viewer).filter(is_active=True).only(*NAMED)}
        for number in range(1, self.rows + 1):
            self._add_condition(number)
            self._add_action(number, colleagues)
        self.questions = [asked for asked in questions if asked.question.code not in self.base_fields]
        for asked in self.questions:
            self.fields[f"ask_{asked.question.code}"] = question_field(asked)
        if is_emergency:
            self.fields["override"] = forms.CharField(
                label="Why it is decided although a rule stands in the way",
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def _rows(self) -> int:
        """As many rows as were filled in, and at least those offered."""
        posted = [name for name in (self.data or {}) if name.startswith(("condition_", "action_"))]
        numbers = [
            int(part)
            for name in posted
            for part in name.split("_")[1:2]
            if part.isascii() and part.isdigit() and len(part) < 3
        ]
        return min(max([ROWS, *numbers]), 20)

    def _add_line(self, line: AgreedLine) -> None:
        key = f"line_{line.line_id}"
        self.fields[f"{key}_pence"] = PoundsField(label="Price agreed", initial=line.pence, required=False)
        self.fields[f"{key}_start"] = GovDateField(label="First day", initial=line.start, required=False)
        self.fields[f"{key}_end"] = GovDateField(label="Last day", initial=line.end, required=False)
        self.fields[f"{key}_left_out"] = forms.BooleanField(label="Leave it out", required=False)

    def _add_condition(self, number: int) -> None:
        self.fields[f"condition_{number}_text"] = forms.CharField(
            label=f"Condition {number}", max_length=500, required=False
        )
        self.fields[f"condition_{number}_owner"] = forms.CharField(
            label=f"Who sees to condition {number}", max_length=160, required=False
        )
        self.fields[f"condition_{number}_due"] = GovDateField(label=f"Condition {number} met by", required=False)

    def _add_action(self, number: int, colleagues: dict[str, User]) -> None:
        self.fields[f"action_{number}_text"] = forms.CharField(label=f"Action {number}", max_length=500, required=False)
        self.fields[f"action_{number}_owner"] = forms.TypedChoiceField(
            label=f"Who does action {number}",
            choices=[("", "Choose"), *((key, str(user)) for key, user in colleagues.items())],
            coerce=colleagues.__getitem__,
            empty_value=None,
            required=False,
        )
        self.fields[f"action_{number}_due"] = GovDateField(label=f"Action {number} due", required=False)

    def line_rows(self) -> Iterator[LineRow]:
        """The controls of each resource."""
        for line in self.lines:
            key = f"line_{line.line_id}"
            yield LineRow(line, self[f"{key}_pence"], self[f"{key}_start"], self[f"{key}_end"], self[f"{key}_left_out"])

    def condition_rows(self) -> Iterator[ConditionRow]:
        """The controls of each condition."""
        for n in range(1, self.rows + 1):
            yield ConditionRow(n, self[f"condition_{n}_text"], self[f"condition_{n}_owner"], self[f"condition_{n}_due"])

    def action_rows(self) -> Iterator[ActionRow]:
        """The controls of each action."""
        for n in range(1, self.rows + 1):
            yield ActionRow(n, self[f"action_{n}_text"], self[f"action_{n}_owner"], self[f"action_{n}_due"])

    def question_fields(self) -> Iterator[BoundField]:
        """The controls of the policy's questions."""
        for asked in self.questions:
            yield self[f"ask_{asked.question.code}"]

    @property
    def has_answers(self) -> bool:
        """Whether any question was answered or has to be, so that the page shows them open."""
        return any(a.question.required for a in self.questions) or any(f.value() for f in self.question_fields())

    @property
    def has_conditions(self) -> bool:
        """Whether any condition has words, so that the page shows them open."""
        return any(self[f"condition_{n}_{part}"].value() for n in range(1, self.rows + 1) for part in ("text", "owner"))

    @property
    def has_actions(self) -> bool:
        """Whether any action was begun, so that the page shows them open."""
        return any(self[f"action_{n}_{part}"].value() for n in range(1, self.rows + 1) for part in ("text", "owner"))

    def clean(self) -> dict[str, Any]:
        """A line has a price and a first day; an action has words, somebody and a day."""
        data = super().clean() or {}
        outcome = self.outcomes.get(data.get("outcome", ""))
        if outcome and outcome.effect in COMMITS:
            for line in self.lines:
                self._clean_line(f"line_{line.line_id}", data)
        for n in range(1, self.rows + 1):
            self._clean_condition(n, data)
            self._clean_action(n, data)
        return data

    def _clean_line(self, key: str, data: dict[str, Any]) -> None:
        if data.get(f"{key}_left_out"):
            return
        for part, words in (
            ("pence", "Enter the price agreed, or leave the resource out"),
            ("start", "Enter the first day"),
        ):
            if f"{key}_{part}" in data and data[f"{key}_{part}"] is None:
                self.add_error(f"{key}_{part}", words)
        start, end = data.get(f"{key}_start"), data.get(f"{key}_end")
        if start and end and end < start:
            self.add_error(f"{key}_end", "The last day must be on or after the first day")

    def _clean_condition(self, n: int, data: dict[str, Any]) -> None:
        begun = data.get(f"condition_{n}_owner") or data.get(f"condition_{n}_due")
        if begun and data.get(f"condition_{n}_text") == "":
            self.add_error(f"condition_{n}_text", f"Say what condition {n} is")

    def _clean_action(self, n: int, data: dict[str, Any]) -> None:
        parts = {part: data.get(f"action_{n}_{part}") for part in ("text", "owner", "due")}
        if not any(parts.values()):
            return
        for part, words in (
            ("text", f"Say what is to be done as action {n}"),
            ("owner", f"Choose who does action {n}"),
            ("due", f"Enter the day action {n} is due"),
        ):
            if f"action_{n}_{part}" in data and not parts[part]:
                self.add_error(f"action_{n}_{part}", words)

    def refuse(self, field: str, words: str) -> None:
        """Put a refusal beside each control it is about; what has no control stands above the form."""
        for name in self._meant(field) or [field]:
            self.add_error(name if name in self.fields else None, words)

    def _meant(self, field: str) -> list[str]:
        """The controls a demand about all conditions or all resources finds empty."""
        data = {name: self.cleaned_data.get(name) for name in self.fields}
        _, _, part = field.partition("condition_")
        if part:
            rows = [n for n in range(1, self.rows + 1) if data[f"condition_{n}_text"]]
            return [f"condition_{n}_{part}" for n in rows if not data[f"condition_{n}_{part}"]]
        kept = [f"line_{line.line_id}" for line in self.lines] if field == "lines" else []
        return [f"{key}_end" for key in kept if not data[f"{key}_left_out"] and not data[f"{key}_end"]]

    def agreed(self) -> list[AgreedLine]:
        """The resources as agreed; none where the outcome agrees nothing."""
        data = self.cleaned_data
        outcome = self.outcomes.get(data.get("outcome", ""))
        if outcome is None or outcome.effect not in COMMITS:
            return []
        return [
            replace(
                line,
                pence=data[f"line_{line.line_id}_pence"],
                start=data[f"line_{line.line_id}_start"],
                end=data[f"line_{line.line_id}_end"],
            )
            for line in self.lines
            if not data[f"line_{line.line_id}_left_out"]
        ]

    def answers(self) -> list[NewAnswer]:
        """What was answered of the policy's questions, as asked."""
        given = [(a, as_fact(a.question.kind, self.cleaned_data.get(f"ask_{a.question.code}"))) for a in self.questions]
        return [
            NewAnswer(a.question.code, a.question.label, a.rule, value) for a, value in given if value not in (None, [])
        ]

    def minute(self) -> Minute:
        """What the service records, of a valid form."""
        data = self.cleaned_data
        numbers = range(1, self.rows + 1)
        return Minute(
            outcome=data["outcome"],
            reasons=data["reasons"].strip(),
            members_views=data["members_views"].strip(),
            lines=self.agreed(),
            conditions=[
                NewCondition(data[f"condition_{n}_text"], data[f"condition_{n}_owner"], data[f"condition_{n}_due"])
                for n in numbers
                if data[f"condition_{n}_text"]
            ],
            actions=[
                NewAction(data[f"action_{n}_text"], data[f"action_{n}_owner"], data[f"action_{n}_due"])
                for n in numbers
                if data[f"action_{n}_text"]
            ],
            review_date=data["review_date"],
            no_review_reason=data["no_review_reason"].strip(),
            override=data.get("override", "").strip(),
            answers=self.answers(),
        )


class CorrectForm(DecideForm):
    """A decision that replaces another, and why."""

    why = forms.CharField(
        label="Why is it replaced?",
        max_length=500,
        error_messages={"required": "Say why the decision is replaced"},
    )
    field_order = ("why",)
