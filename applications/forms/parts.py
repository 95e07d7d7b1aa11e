"""One form for each row of a request's lists."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.models import Alternative, Application, OtherFunding, PlanAction, ResourceLine, View
from applications.queries import is_read
from panels.policy import Policy, words
from panels.policy.said import label
from people.forms.fields import GovDateField, PoundsField

from .fields import Draftable, InstantField, YesNoField, end_not_before_start
from .words import grouped_categories, labelled

# Facts of a line beyond its columns, in the words of the rules' interface, as a page asks for them.
LINE_FACTS: tuple[tuple[str, str, str], ...] = (
    ("part_of_wider_package", "Is it part of a wider package of support?", "yes_no"),
    ("high_level_family_support_package", "Is it part of a high-level family support package?", "yes_no"),
    ("low_level", "Has the team manager classed it as low-level?", "yes_no"),
    ("court_related", "Is it needed for court or pre-proceedings?", "yes_no"),
    ("initial", "Is it the child’s first placement in care?", "yes_no"),
    ("extra_cost", "Does the in-house placement cost more than the standard?", "yes_no"),
    ("within_service_contract", "Is the contact covered by the existing contract?", "yes_no"),
    ("rate", "Rate of the assessment", "money"),
    ("national_rate", "National rate for the same unit", "money"),
    ("rate_exception", "Has an exception to the rate been agreed?", "yes_no"),
    ("last_review", "When was it last reviewed?", "date"),
    ("regulation_24", "Is it a temporary approval of a connected person (regulation 24)?", "yes_no"),
    ("alternatives_ruled_out", "Is there evidence that other options do not meet the need?", "yes_no"),
    ("in_house_available", "Is an in-house service available?", "yes_no"),
    ("camhs_insufficient", "Is what CAMHS can offer not enough?", "yes_no"),
    ("direct_work_insufficient", "Is direct work by the team not enough?", "yes_no"),
    ("best_value_note", "Is there a note on best value?", "yes_no"),
    ("quotations", "How many written quotations are held?", "count"),
    ("criteria_set_at", "When were the award criteria set?", "instant"),
    ("first_quote_asked_at", "When was the first quotation asked for?", "instant"),
    ("procurement_advice_at", "When was procurement advice taken?", "instant"),
    ("provider_contacted_at", "When was a provider first contacted?", "instant"),
    ("evaluation_recorded", "Is the evaluation on record?", "yes_no"),
    ("tender_completed", "Was a tender completed?", "yes_no"),
    ("executive_preapproval", "Has the Executive approved it beforehand?", "yes_no"),
    ("contract_register", "Is the contract on the register?", "yes_no"),
)


def fact_field(kind: str, question: str) -> forms.Field:
    """The field that asks for a fact of a kind; none is required."""
    made: dict[str, Any] = {
        "yes_no": lambda: YesNoField(label=question, unknown=True),
        "money": lambda: PoundsField(label=question, required=False),
        "date": lambda: GovDateField(label=question, required=False),
        "instant": lambda: InstantField(label=question, required=False),
        "count": lambda: forms.IntegerField(label=question, required=False, min_value=0, max_value=10_000),
        "miles": lambda: forms.FloatField(label=question, required=False, min_value=0, max_value=25_000),
    }
    field: forms.Field = made[kind]()
    if kind in {"count", "miles"}:
        field.widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-5"})
    return field


def as_fact(kind: str, value: Any) -> Any:
    """A cleaned value as the interface writes it; None where nothing was answered."""
    if value is None or value == "":
        return None
    if kind == "money":
        return f"{value // 100}.{value % 100:02d}"
    if kind in {"date", "instant"}:
        return value.isoformat()
    return value


def from_fact(kind: str, value: Any) -> Any:
    """A stored fact as a field shows it."""
    if kind == "money" and isinstance(value, str):
        return int(value.replace(".", ""))
    return value


class PlacementField(forms.ModelChoiceField[ResourceLine]):
    """A choice of one of the request's placements."""

    def label_from_instance(self, obj: Any) -> str:
        """What the placement is, and with whom."""
        return ", ".join(filter(None, [label(obj.category), obj.provider]))


class LineForm(Draftable, forms.ModelForm[ResourceLine]):
    """One resource with its cost and its days; both days count."""

    pence = PoundsField(label="Cost", required=False)
    start = GovDateField(label="First day", required=False, help_text="For example, 27 3 2026. The day counts.")
    end = GovDateField(label="Last day", required=False, help_text="The day counts.")

    class Meta:
        model = ResourceLine
        fields = [
            "category",
            "description",
            "provider",
            "provision",
            "unit",
            "pence",
            "start",
            "end",
            "is_open_ended",
            "for_line",
        ]
        labels = {
            "category": "What is asked for?",
            "description": "Description",
            "provider": "Provider",
            "provision": "Who provides it?",
            "unit": "The cost is for",
            "is_open_ended": "It has no known end",
            "for_line": "It belongs to this placement",
        }

    def __init__(self, *args: Any, application: Application, policy: Policy, **kwargs: Any) -> None:
        """Offer what the council's policy takes in, and ask only for facts its rules read."""
        super().__init__(*args, **kwargs)
        for name, options in (("provision", ResourceLine.Provision), ("unit", ResourceLine.Unit)):
            self.fields[name] = forms.ChoiceField(
                choices=[("", "Choose"), *options.choices], required=False, label=self.fields[name].label
            )
        panel = application.panel.slug if application.panel and policy.has_panel(application.panel.slug) else None
        groups = grouped_categories(policy.categories(panel) or words.CATEGORIES, self.instance.category)
        self.fields["category"] = forms.ChoiceField(
            choices=[("", "Choose"), *groups],
            label="What is asked for?",
            error_messages={"required": "Choose what is asked for"},
        )
        placements = application.lines.filter(category__in=words.PLACEMENTS).exclude(pk=self.instance.pk)
        self.fields["for_line"] = PlacementField(
            placements, required=False, empty_label="None", label="It belongs to this placement"
        )
        if not placements:
            del self.fields["for_line"]
        self.asked = [fact for fact in LINE_FACTS if is_read(policy, f"line.{fact[0]}")]
        for name, question, kind in self.asked:
            self.fields[f"fact_{name}"] = fact_field(kind, question)
            self.initial.setdefault(f"fact_{name}", from_fact(kind, self.instance.facts.get(name)))

    def clean(self) -> dict[str, Any]:
        """The days are in order, an end and "no known end" exclude each other, and a cost says for what it is."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        end_not_before_start(self)
        if cleaned.get("is_open_ended") and cleaned.get("end"):
            self.add_error("is_open_ended", "Give a last day, or say that it has no known end, but not both")
        if cleaned.get("pence") is not None and not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", "Choose what the cost is for: once, a week or a month")
        return cleaned

    def values(self) -> dict[str, Any]:
        """The columns of the row, facts gathered under `facts`."""
        columns = {name: self.cleaned_data[name] for name in self._meta.fields or [] if name in self.cleaned_data}
        facts = {name: as_fact(kind, self.cleaned_data.get(f"fact_{name}")) for name, _, kind in self.asked}
        kept = {name: value for name, value in self.instance.facts.items() if name not in facts}
        return {**columns, "facts": {**kept, **{name: value for name, value in facts.items() if value is not None}}}


class RowForm(Draftable):
    """What the plain rows share: the values are the columns."""

    def values(self) -> dict[str, Any]:
        """The columns of the row."""
        return dict(self.cleaned_data)


class AlternativeForm(RowForm, forms.ModelForm[Alternative]):
    """Another way that was tried or considered."""

    pence = PoundsField(label="What it would cost", required=False)

    class Meta:
        model = Alternative
        fields = ["option", "provider", "pence", "outcome"]
        labels = {"option": "What was tried or considered?", "outcome": "Why does it not do?"}

    def __init__(self, *args: Any, application: Application, policy: Policy, **kwargs: Any) -> None:
        """Every row form is made with its request and policy; this one needs neither."""
        del application, policy
        super().__init__(*args, **kwargs)


class ActionForm(RowForm, forms.ModelForm[PlanAction]):
    """A step of the plan."""

    due = GovDateField(label="By when", required=False)
    review = GovDateField(label="When it is looked at again", required=False)

    class Meta:
        model = PlanAction
        fields = ["action", "service", "owner", "due", "review"]
        labels = {"action": "What will be done?", "service": "Service", "owner": "Who is responsible?"}

    def __init__(self, *args: Any, application: Application, policy: Policy, **kwargs: Any) -> None:
        """Every row form is made with its request and policy; this one needs neither."""
        del application, policy
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """A review comes with a date in the calendar's order or none."""
        return super().clean() or self.cleaned_data


class OtherFundingForm(RowForm, forms.ModelForm[OtherFunding]):
    """One other source of money."""

    is_possible = YesNoField(label="Could it pay?", required=True, error_messages={"required": "Choose yes or no"})
    pence = PoundsField(label="Sum asked for", required=False)

    class Meta:
        model = OtherFunding
        fields = ["source", "is_possible", "details", "pence"]
        labels = {"details": "What was asked, of whom, and what was the answer?"}

    def __init__(self, *args: Any, application: Application, policy: Policy, **kwargs: Any) -> None:
        """Offer the sources that are not in the list yet."""
        del policy
        super().__init__(*args, **kwargs)
        self.request = application
        self.fields["source"] = forms.ChoiceField(
            choices=[("", "Choose"), *labelled((*words.FUNDING_SOURCES, "other"))],
            label="Who could pay?",
            error_messages={"required": "Choose who could pay"},
        )

    def clean(self) -> dict[str, Any]:
        """Each source stands once in a request."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        taken = self.request.other_funding.filter(source=cleaned.get("source", "")).exclude(pk=self.instance.pk)
        if cleaned.get("source") and taken.exists():
            self.add_error("source", "This source is in the list already; change that entry")
        return cleaned


class ViewForm(RowForm, forms.ModelForm[View]):
    """What one person thinks."""

    has_parental_responsibility = YesNoField(
        label="Do they have parental responsibility?", required=True, error_messages={"required": "Choose yes or no"}
    )

    class Meta:
        model = View
        fields = ["person", "relation", "has_parental_responsibility", "view", "why_not_known"]
        labels = {
            "person": "Who?",
            "relation": "Relation to the child",
            "view": "What do they think?",
            "why_not_known": "If that is not known, why?",
        }

    def __init__(self, *args: Any, application: Application, policy: Policy, **kwargs: Any) -> None:
        """Every row form is made with its request and policy; this one needs neither."""
        del application, policy
        super().__init__(*args, **kwargs)


PART_FORMS: dict[str, type[Any]] = {
    "lines": LineForm,
    "alternatives": AlternativeForm,
    "actions": ActionForm,
    "funding": OtherFundingForm,
    "views": ViewForm,
}
