"""The questions of "Does it need panel?": what everybody is asked, and what the rules turn out to want."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone

from applications.models import Child, ResourceLine
from applications.queries.checker import born_about, categories_of
from applications.queries.facts import in_pounds
from applications.queries.reading import is_read
from panels.policy import Policy, words
from people.forms.fields import GovDateField, PoundsField

from .fields import PolicyChoiceField, YesNoField, end_not_before_start
from .parts import LINE_FACTS, as_fact, fact_field
from .policy import FACTS, own_facts, own_field
from .words import GROUP_TITLES, labelled

OLDEST = 25  # years: support to care leavers ends at 25
# What is done once a panel has agreed, or by somebody in an office: no question before there is a request.
LATER = frozenset(
    {
        "line.best_value_note",
        "line.quotations",
        "line.criteria_set_at",
        "line.first_quote_asked_at",
        "line.procurement_advice_at",
        "line.provider_contacted_at",
        "line.evaluation_recorded",
        "line.tender_completed",
        "line.executive_preapproval",
        "line.contract_register",
        "emergency.agreed_by",
        "emergency.decided_at",
        "support_order.overseer",
        "support_order.manager_agreed_on",
        "support_order.carer_told_on",
        "means_test.sent_to_payments_on",
        "means_test.result_on",
        "emergency.kind",
        "joint_funding",
    }
)
CHILD: tuple[tuple[str, str, str], ...] = (
    ("child.legal_basis", "On what legal basis is the child looked after?", "legal_basis"),
    ("child.disabled_childrens_team", "Is the child with the disabled children’s team?", "yes_no"),
    ("child.unaccompanied", "Is it an unaccompanied child seeking asylum?", "yes_no"),
    ("line.provision", "Who would provide it?", "provision"),
    ("line.for_line", "Does it belong to a placement that is asked for in the same request?", "yes_no"),
)
QUESTIONS: dict[str, tuple[str, str]] = {
    path: (text, kind)
    for path, text, kind in (*((f"line.{name}", text, kind) for name, text, kind in LINE_FACTS), *CHILD, *FACTS)
    if path not in LATER
}
OPTIONS: dict[str, list[tuple[str, Any]]] = {
    "legal_basis": list(Child.LegalBasis.choices),
    "provision": list(ResourceLine.Provision.choices),
    "order": list(labelled(("sgo", "cao", "adoption"))),
}
EMERGENCIES = [("", "No"), ("placement", "Yes, an emergency placement"), ("support", "Yes, emergency support")]


def name_of(path: str) -> str:
    """The field that asks for a fact."""
    return path.replace(".", "__")


def questions_of(policy: Policy) -> dict[str, tuple[str, str]]:
    """What may be asked under a policy, with its kind: the facts its rules read, and those only it knows."""
    own = {path: (text, kind) for path, text, kind in own_facts(policy)}
    return {path: asked for path, asked in QUESTIONS.items() if is_read(policy, path)} | own


def _question(path: str, text: str, kind: str, *, policy: Policy) -> forms.Field:
    if kind in OPTIONS:
        return PolicyChoiceField(options=OPTIONS[kind], label=text)
    chosen = own_field(path, text, policy)
    if chosen is not None:
        return chosen
    if kind == "care_reasons":
        return forms.MultipleChoiceField(
            choices=labelled(words.CARE_REASONS), label=text, required=False, widget=forms.CheckboxSelectMultiple
        )
    return YesNoField(label=text) if kind == "yes_no" else fact_field(kind, text)


class CheckerForm(forms.Form):
    """A resource, in as few words as the council's rules need. Nobody is named and nothing is kept."""

    category = forms.ChoiceField(label="What is needed?", error_messages={"required": "Choose what is needed"})
    pence = PoundsField(label="Cost", required=False)
    unit = forms.ChoiceField(
        label="The cost is for",
        choices=[("", "Choose"), *ResourceLine.Unit.choices],
        required=False,
    )
    start = GovDateField(label="First day", required=False)
    end = GovDateField(label="Last day", required=False, help_text="Both days count.")
    is_open_ended = forms.BooleanField(label="It has no known end", required=False)
    status = PolicyChoiceField(label="The child’s status", options=list(Child.Status.choices))
    age = forms.IntegerField(
        label="The child’s age in years",
        required=False,
        min_value=0,
        max_value=OLDEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3", "autocomplete": "off"}),
        help_text="No date of birth is asked for: half a year since the last birthday is assumed.",
        error_messages={
            "invalid": "Enter the age in full years, such as 12",
            "min_value": f"The age must be between 0 and {OLDEST}",
            "max_value": f"The age must be between 0 and {OLDEST}",
        },
    )
    is_unborn = forms.BooleanField(label="The child is not born yet", required=False)

    def __init__(self, *args: Any, policy: Policy, area: str = "", **kwargs: Any) -> None:
        """Offer what the policy knows, and make a field for each fact its rules read."""
        super().__init__(*args, **kwargs)
        known = categories_of(policy)
        groups = [(title, labelled(tuple(c for c in codes if c in known))) for title, codes in GROUP_TITLES]
        self.fields["category"].choices = [("", "Choose"), *((t, c) for t, c in groups if c)]  # type: ignore[attr-defined]
        if is_read(policy, "emergency.kind") or is_read(policy, "emergency"):
            self.fields["emergency"] = forms.ChoiceField(
                label="Is it an emergency?", choices=EMERGENCIES, required=False, widget=forms.RadioSelect
            )
        if is_read(policy, "joint_funding"):
            self.fields["joint_funding"] = forms.MultipleChoiceField(
                label="Who is asked to share the cost?",
                choices=labelled(words.JOINT_FUNDERS),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        if policy.area_codes:
            areas = [(a.code, a.name) for a in policy.book.council.areas]
            self.fields["area"] = PolicyChoiceField(label="Area", options=areas, initial=area)
        self.base = tuple(self.fields)
        self.questions = questions_of(policy)
        self.paths = tuple(self.questions)
        for path, (text, kind) in self.questions.items():
            self.fields[name_of(path)] = _question(path, text, kind, policy=policy)

    def clean(self) -> dict[str, Any]:
        """The days are in order, an end and "no known end" exclude each other, a cost says for what it is."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        end_not_before_start(self)
        if cleaned.get("is_open_ended") and cleaned.get("end"):
            self.add_error("is_open_ended", "Give a last day, or say that it has no known end, but not both")
        if cleaned.get("pence") is not None and not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", "Choose what the cost is for: once, a week or a month")
        if cleaned.get("is_unborn") and cleaned.get("age") is not None:
            self.add_error("is_unborn", "Give an age, or say that the child is not born yet, but not both")
        return cleaned

    def case(self, *, at: datetime) -> dict[str, Any]:
        """What everybody was asked, in the words of the rules' interface."""
        typed = self.cleaned_data
        line: dict[str, Any] = {"category": typed["category"]}
        if typed.get("pence") is not None:
            line[typed["unit"]] = in_pounds(typed["pence"])
        line |= {key: typed[key].isoformat() for key in ("start", "end") if typed.get(key)}
        if typed.get("is_open_ended"):
            line["open_ended"] = True
        child: dict[str, Any] = {"status": typed["status"]} if typed.get("status") else {}
        if typed.get("is_unborn"):
            child["date_of_birth"] = None
        elif typed.get("age") is not None:
            child["date_of_birth"] = born_about(typed["age"], on=timezone.localdate(at)).isoformat()
        made: dict[str, Any] = {"lines": [line], "child": child, "emergency": None}
        if typed.get("emergency"):
            made["emergency"] = {"kind": typed["emergency"]}
        if typed.get("joint_funding"):
            made["joint_funding"] = typed["joint_funding"]
        if typed.get("area"):
            made["area"] = typed["area"]
        return made

    def answers(self) -> dict[str, Any]:
        """The further facts that were answered, by path, in the words of the interface."""
        facts = {path: as_fact(self.questions[path][1], self.cleaned_data.get(name_of(path))) for path in self.paths}
        return {path: value for path, value in facts.items() if value is not None and value != []}

    def line(self) -> dict[str, Any]:
        """The resource as a request's row keeps it; what belongs to another row of it is not carried."""
        typed, answers = self.cleaned_data, self.answers()
        columns = {name: typed.get(name) for name in ("category", "unit", "pence", "start", "end", "is_open_ended")}
        facts = {path.removeprefix("line."): value for path, value in answers.items() if path.startswith("line.")}
        facts.pop("for_line", None)
        return {**columns, "provision": facts.pop("provision", ""), "facts": facts}

    def circumstances(self) -> dict[str, Any]:
        """The answers that belong to the whole request; what the child's own record holds is not among them."""
        made: dict[str, Any] = {key: self.cleaned_data[key] for key in ("joint_funding",) if self.cleaned_data.get(key)}
        if self.cleaned_data.get("emergency"):
            made["emergency"] = {"kind": self.cleaned_data["emergency"]}
        columns = {path for path, _, kind in CHILD if kind != "provision"}
        for path, value in self.answers().items():
            top, _, part = path.partition(".")
            if top == "line" or path in columns or (top == "emergency" and "emergency" not in made):
                continue
            if part:
                made.setdefault(top, {})[part] = value
            else:
                made[top] = value
        return made

    def first(self) -> list[BoundField]:
        """The fields everybody sees."""
        return [self[name] for name in self.base]

    def further(self, paths: tuple[str, ...]) -> list[BoundField]:
        """The fields of these facts, in this order."""
        return [self[name_of(path)] for path in paths]

    def typed(self) -> list[BoundField]:
        """Further fields with an answer or an error: no word goes while another is put right."""
        return [
            self[name_of(path)]
            for path in self.paths
            if name_of(path) in self.errors or _is_answered(self[name_of(path)].value())
        ]


def _is_answered(value: Any) -> bool:
    return any(value) if isinstance(value, list) else value not in (None, "")
