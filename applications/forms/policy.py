"""Forms made from a policy: the facts its rules read, its questions, its checklist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from applications.queries import Asked, Item, is_read
from panels.policy import Policy, words
from panels.rules.usage import counters
from people.forms.fields import GovDateField, PoundsField

from .fields import Draftable, PolicyChoiceField, YesNoField
from .parts import as_fact, fact_field, from_fact
from .words import labelled

# What may be asked beyond the columns: path in the interface, question, kind.
FACTS: tuple[tuple[str, str, str], ...] = (
    ("placement.distance_miles", "How many miles is the placement from home?", "miles"),
    ("placement.outside_council_area", "Is the placement outside the council’s area?", "yes_no"),
    ("placement.high_cost", "Is it a high-cost placement?", "yes_no"),
    (
        "child.sister_panel_criteria_met",
        "Does the child meet the criteria of the council’s disability panel?",
        "yes_no",
    ),
    (
        "child.placement_breakdowns",
        "How many placements in a row broke down because of the child’s needs or behaviour?",
        "count",
    ),
    ("family.agreed_last_six_months", "What has been agreed for the family in the last six months?", "money"),
    ("family.section_17_paid_before", "Was there an earlier section 17 payment?", "yes_no"),
    ("joint_funding", "Who is asked to share the cost?", "joint_funding"),
    ("care_reasons", "Why is care asked for?", "care_reasons"),
    ("emergency.kind", "Is this an emergency?", "emergency_kind"),
    ("emergency.care_need", "Has an emergency care need been identified?", "yes_no"),
    ("emergency.risk_to_life", "Is there an immediate risk to life?", "yes_no"),
    ("emergency.agreed_by", "Who agreed to it outside the panel?", "role"),
    ("emergency.decided_at", "When was that agreed?", "instant"),
    ("support_order.order", "Which order is the support around?", "order"),
    ("support_order.court_filing_date", "When does the plan go to court?", "date"),
    ("support_order.requested_by_carer", "Did the carer ask for it?", "yes_no"),
    ("support_order.overseer", "Who has oversight of this request?", "role"),
    ("support_order.manager_agreed_on", "When did the manager agree to an assessment?", "date"),
    ("support_order.carer_told_on", "When was that talked over with the carer?", "date"),
    ("means_test.sent_to_payments_on", "When was the financial assessment sent to the payments team?", "date"),
    ("means_test.result_on", "When did its result come?", "date"),
)
CHOICES: dict[str, tuple[str, ...]] = {
    "joint_funding": words.JOINT_FUNDERS,
    "care_reasons": words.CARE_REASONS,
    "order": ("sgo", "cao", "adoption"),
}
# An object is known only when this part of it is.
ANCHORS = {"emergency": "kind", "support_order": "order"}


def own_facts(policy: Policy) -> list[tuple[str, str, str]]:
    """The facts only this council knows: path in the interface, question, kind."""
    kinds = {"day": "date"}
    return [(f"own.{name}", fact.label, kinds.get(fact.kind, fact.kind)) for name, fact in policy.book.facts.items()]


def own_field(path: str, label: str, policy: Policy) -> forms.Field | None:
    """The field of a council's own fact that is chosen from words of its own; None for any other fact."""
    fact = policy.book.facts.get(path.removeprefix("own.")) if path.startswith("own.") else None
    if fact is None or not fact.choices:
        return None
    choices = labelled(fact.choices)
    if fact.kind == "word":
        return PolicyChoiceField(options=choices, label=label)
    return forms.MultipleChoiceField(choices=choices, label=label, required=False, widget=forms.CheckboxSelectMultiple)


class FactsForm(Draftable, forms.Form):
    """Circumstances a rule of this council reads, and no others."""

    def __init__(self, *args: Any, policy: Policy, facts: dict[str, Any], **kwargs: Any) -> None:
        """Make a field for each fact which the policy reads."""
        super().__init__(*args, **kwargs)
        counted = {f"own.{name}" for name in counters(policy)}  # worked out from what was agreed, never typed
        own_asked = [fact for fact in own_facts(policy) if fact[0] not in counted]
        self.asked = [*(fact for fact in FACTS if self._asks(policy, fact[0])), *own_asked]
        for path, label, kind in self.asked:
            name = path.replace(".", "__")
            self.fields[name] = own_field(path, label, policy) or self._field(kind, label, policy)
            own = policy.book.facts.get(path.removeprefix("own.")) if path.startswith("own.") else None
            if own is not None and own.rule:
                self.fields[name].help_text = f"{policy.clause(own.rule)} ({own.rule})"
            self.initial.setdefault(name, from_fact(kind, _at(facts, path)))

    @staticmethod
    def _asks(policy: Policy, path: str) -> bool:
        """Whether a fact is asked for: a rule reads it, or it opens an object of which some other part is read."""
        top, _, part = path.partition(".")
        opens = ANCHORS.get(top) == part
        return is_read(policy, path) or (
            opens and any(is_read(policy, p) for p, _, _ in FACTS if p.startswith(f"{top}."))
        )

    @staticmethod
    def _field(kind: str, label: str, policy: Policy) -> forms.Field:
        if kind in {"joint_funding", "care_reasons"}:
            return forms.MultipleChoiceField(
                choices=labelled(CHOICES[kind]), label=label, required=False, widget=forms.CheckboxSelectMultiple
            )
        if kind == "order":
            return PolicyChoiceField(options=labelled(CHOICES[kind]), label=label)
        if kind == "emergency_kind":
            options = [("placement", "Yes, an emergency placement"), ("support", "Yes, emergency support")]
            return forms.ChoiceField(
                choices=[("", "No"), *options], label=label, required=False, widget=forms.RadioSelect
            )
        if kind == "role":
            return PolicyChoiceField(
                options=[(code, policy.role_title(code)) for code in sorted(policy.role_codes)], label=label
            )
        return fact_field(kind, label)

    def values(self) -> dict[str, Any]:
        """The facts by their first key, as the interface shapes them; None takes a key away."""
        made: dict[str, Any] = {}
        for path, _, kind in self.asked:
            top, _, part = path.partition(".")
            value = as_fact(kind, self.cleaned_data.get(path.replace(".", "__")))
            if not part:
                made[top] = value or None
                continue
            made.setdefault(top, {})
            if value is not None and value != []:
                made[top][part] = value
        for top, part in ANCHORS.items():
            if top in made and part not in made[top]:
                made[top] = None
        return {top: value or None for top, value in made.items()}


def _at(facts: dict[str, Any], path: str) -> Any:
    top, _, part = path.partition(".")
    held = facts.get(top)
    return held.get(part) if part and isinstance(held, dict) else held


class QuestionsForm(Draftable, forms.Form):
    """What else the council's policy asks on its form."""

    def __init__(self, *args: Any, questions: Sequence[Asked], answers: dict[str, Any], **kwargs: Any) -> None:
        """Make a field for each question."""
        super().__init__(*args, **kwargs)
        self.questions = tuple(questions)
        for asked in self.questions:
            self.fields[asked.question.code] = question_field(asked)
            held = answers.get(asked.question.code)
            self.initial.setdefault(asked.question.code, from_fact(asked.question.kind, held))

    def values(self) -> dict[str, Any]:
        """The answers by question code; None takes an answer away."""
        made = {
            asked.question.code: as_fact(asked.question.kind, self.cleaned_data.get(asked.question.code))
            for asked in self.questions
        }
        return {code: (None if value in ("", []) else value) for code, value in made.items()}


def question_field(asked: Asked) -> forms.Field:
    """The field of a question of the policy: its words, its kind, its clause. An empty answer is a valid one."""
    question = asked.question
    shared: dict[str, Any] = {
        "label": question.label if question.required else f"{question.label} (optional)",
        "required": False,
        "help_text": f"{asked.clause} ({asked.rule})",
    }
    made: dict[str, Any] = {
        "yes_no": lambda: YesNoField(**shared),
        "date": lambda: GovDateField(**shared),
        "money": lambda: PoundsField(**shared),
        "person": lambda: forms.CharField(max_length=160, **shared),
        "number": lambda: forms.FloatField(min_value=0, max_value=1_000_000, widget=forms.TextInput, **shared),
        "choice": lambda: forms.MultipleChoiceField(
            choices=[(c, c) for c in question.choices], widget=forms.CheckboxSelectMultiple, **shared
        ),
    }
    field: forms.Field = made.get(
        question.kind, lambda: forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), **shared)
    )()
    return field


ANSWERS = [("met", "Met"), ("not_met", "Not met"), ("not_applicable", "Does not apply"), ("", "Not answered yet")]


class ChecklistForm(Draftable, forms.Form):
    """The items of the policy's checklists that this request brings, each with a note."""

    def __init__(self, *args: Any, items: Sequence[Item], facts: dict[str, Any], **kwargs: Any) -> None:
        """Make two fields for each item: the answer and its note."""
        super().__init__(*args, **kwargs)
        self.items = tuple(items)
        answers, notes = facts.get("evidence", {}), facts.get("evidence_notes", {})
        for item in self.items:
            self.fields[f"answer_{item.rule}"] = forms.ChoiceField(
                choices=ANSWERS,
                required=False,
                widget=forms.RadioSelect,
                label=item.label,
                help_text=f"{item.means} {item.clause} ({item.rule})",
            )
            self.fields[f"note_{item.rule}"] = forms.CharField(
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
                label=f"{item.label}: {', '.join(item.asks).lower() or 'note'}",
            )
            self.initial.setdefault(f"answer_{item.rule}", answers.get(item.rule, ""))
            self.initial.setdefault(f"note_{item.rule}", notes.get(item.rule, ""))
        self.facts = facts

    def values(self) -> dict[str, Any]:
        """All answers and notes, those of items this request does not bring any more included."""
        answers, notes = dict(self.facts.get("evidence", {})), dict(self.facts.get("evidence_notes", {}))
        for item in self.items:
            answers[item.rule] = self.cleaned_data.get(f"answer_{item.rule}") or None
            notes[item.rule] = self.cleaned_data.get(f"note_{item.rule}") or None
        return {
            "evidence": {rule: word for rule, word in answers.items() if word} or None,
            "evidence_notes": {rule: text for rule, text in notes.items() if text} or None,
        }
