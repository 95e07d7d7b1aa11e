"""One form for each group of a request's own columns. Nothing is required here: a draft may be half written."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.models import Application
from applications.queries import COLUMNS
from panels.models import Panel
from people.forms.fields import GovDateField

from .fields import Draftable, YesNoField


class RequestForm(Draftable, forms.ModelForm[Application]):
    """What the panel is asked."""

    class Meta:
        model = Application
        fields = COLUMNS["request"]
        labels = {"panel": "Which panel?", "title": "Short title"}
        help_texts = {
            "title": "What is asked for, without the child’s name: it stands on agendas and in lists.",
            "ask": "One or two sentences the panel can say yes or no to.",
            "summary": "Enough for somebody who does not know the family.",
            "is_complex": "The panel keeps a longer slot for it.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the panels of the council that fit the team's area."""
        super().__init__(*args, **kwargs)
        request = self.instance
        panels = Panel.objects.filter(council_id=request.council_id, is_active=True)
        if request.team_id and request.team.area:
            panels = panels.filter(area__in=["", request.team.area])
        field = self.fields["panel"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset, field.empty_label = panels, "Choose"


class AssessmentForm(Draftable, forms.ModelForm[Application]):
    """The assessment the request rests on."""

    assessment_date = GovDateField(
        label="When was the assessment completed?", required=False, help_text="For example, 27 3 2026."
    )

    class Meta:
        model = Application
        fields = COLUMNS["assessment"]
        labels = {"assessment_reference": "Reference of the assessment in the case system"}
        help_texts = {
            "needs_analysis": "What the child needs, against what is expected at this age.",
            "parenting_analysis": "What parents or carers can give, and what they cannot.",
            "family_analysis": "History, wider family, home, community.",
        }


class PlanForm(Draftable, forms.ModelForm[Application]):
    """What is to be reached, and how."""

    class Meta:
        model = Application
        fields = COLUMNS["plan"]
        labels = {"plan_short_term": "Plan for the next months", "plan_long_term": "Plan in the long term"}
        help_texts = {"outcomes": "What will be different for the child, and how it will be seen."}


class ViewsForm(Draftable, forms.ModelForm[Application]):
    """What the child and the parents think, in a few words; each person's own view is a row of the list."""

    class Meta:
        model = Application
        fields = COLUMNS["views"]
        help_texts = {
            "child_views": "In the child’s words where you can, and how you asked. If they are not known, say why.",
            "parent_views": "If they are not known, say why.",
        }


class FundingAnswerForm(Draftable, forms.ModelForm[Application]):
    """Whether somebody else could pay."""

    other_funding_considered = YesNoField(
        label="Could somebody else pay all or part of it?",
        help_text="Such as education, health, CAMHS, youth justice or the Adoption Support Fund.",
    )

    class Meta:
        model = Application
        fields = COLUMNS["funding"]


GROUP_FORMS: dict[str, type[Any]] = {
    "request": RequestForm,
    "assessment": AssessmentForm,
    "plan": PlanForm,
    "views": ViewsForm,
    "funding": FundingAnswerForm,
}
