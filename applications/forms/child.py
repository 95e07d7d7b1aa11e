"""Choosing a child, and the minimal record of one."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.models import Child
from people.forms.fields import GovDateField

from .fields import Draftable


class ChildField(forms.ModelChoiceField[Child]):
    """A choice of a child by name and case reference."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and case reference: brothers may share the one, never the other."""
        return f"{obj} ({obj.case_reference})"


class ChooseChildForm(forms.Form):
    """One of the children somebody may ask for."""

    child = ChildField(
        Child.objects.none(),
        label="Which child is it for?",
        empty_label="Choose",
        to_field_name="reference",
        error_messages={"required": "Choose a child, or add one below"},
    )

    def __init__(self, *args: Any, children: Any, **kwargs: Any) -> None:
        """Offer the children the person may see."""
        super().__init__(*args, **kwargs)
        field = self.fields["child"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = children


class ChildForm(Draftable, forms.ModelForm[Child]):
    """What the panel needs to know; the file itself stays in the case system."""

    date_of_birth = GovDateField(
        label="Date of birth", required=False, help_text="For example, 27 3 2014. Leave it empty for an unborn child."
    )
    due_date = GovDateField(label="Due date, for an unborn child", required=False)

    class Meta:
        model = Child
        fields = [
            "case_reference",
            "family_reference",
            "first_name",
            "last_name",
            "date_of_birth",
            "due_date",
            "status",
            "legal_basis",
            "is_disabled",
            "is_unaccompanied",
        ]
        labels = {
            "case_reference": "Reference in the case system",
            "family_reference": "Family reference",
            "status": "Status",
            "legal_basis": "Legal basis",
            "is_disabled": "Disabled child",
            "is_unaccompanied": "Unaccompanied asylum-seeking child",
        }
        help_texts = {"family_reference": "Brothers and sisters share it."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the status as every other choice is asked for."""
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", "Choose"), *Child.Status.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A child is born or due; a looked-after child has a legal basis; a case reference stands once in a council."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("date_of_birth") and not cleaned.get("due_date"):
            self.add_error("date_of_birth", "Enter the date of birth, or the due date of an unborn child")
        looked_after = cleaned.get("status") == Child.Status.LOOKED_AFTER
        if looked_after and cleaned.get("legal_basis") == Child.LegalBasis.NONE:
            self.add_error("legal_basis", "Choose the legal basis on which the child is looked after")
        return cleaned

    def taken_in(self, council_id: int) -> bool:
        """Say beside the field that another child of the council has this case reference, if one has."""
        others = Child.objects.filter(council_id=council_id, case_reference=self.cleaned_data.get("case_reference"))
        if others.exclude(pk=self.instance.pk).exists():
            self.add_error(
                "case_reference", "A child with this reference is on record already; choose them from the list"
            )
            return True
        return False
