"""What can be asked of the funds page: which year, and as at which day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet

if TYPE_CHECKING:
    from finance.models import FinancialYear


class FundsForm(forms.Form):
    """Year and day; both may be left as they are."""

    year = forms.TypedChoiceField(label="Financial year", coerce=int, required=False)
    as_at = forms.DateField(
        label="As at the end of",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Leave empty for now. A past day shows what was known then.",
    )

    def __init__(self, *args: Any, years: QuerySet[FinancialYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year.begins, year.label) for year in years]  # type: ignore[attr-defined]
