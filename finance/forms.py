"""What can be asked of the funds page, and what an accountant sends in: lists of what was paid, budgets, virements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet

from finance.rules.lists import MOST_PENCE
from people.forms.fields import PoundsField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finance.models import BudgetLine, FinancialYear

MOST_BYTES = 1_000_000


class FundsForm(forms.Form):
    """Year and day; both may be left as they are."""

    year = forms.TypedChoiceField(label="Financial year", coerce=int, required=False)
    as_at = forms.DateField(
        label="As at the end of",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Leave empty for now. A past day shows what was known then.",
    )

    def __init__(self, *args: Any, years: Iterable[FinancialYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year.begins, year.label) for year in years]  # type: ignore[attr-defined]


class ListForm(forms.Form):
    """A list from the finance system, as a file or pasted; `text` is the list once the form is valid."""

    source = forms.CharField(
        label="Name of this list",
        max_length=50,
        help_text="Where it comes from, such as “Payments run November 2026”. It stands beside each row of the ledger.",
        error_messages={"required": "Enter a name for this list"},
    )
    file = forms.FileField(
        label="CSV file",
        required=False,
        max_length=160,
        error_messages={
            "empty": "The file is empty",
            "max_length": "The name of the file is too long; make it shorter",
        },
    )
    rows = forms.CharField(
        label="Or paste the rows",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    text: str = ""

    def __init__(self, *args: Any, columns: str, **kwargs: Any) -> None:
        """Say beside the file which columns the list has."""
        super().__init__(*args, **kwargs)
        self.fields[
            "file"
        ].help_text = f"The first row names the columns: {columns}. {MOST_BYTES // 1_000_000} MB at most."

    def clean(self) -> dict[str, Any]:
        """Read the file where there is one, else what was pasted."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file is not None:
            self._read(file.read(MOST_BYTES + 1))
            # A browser does not send a file a second time: from here on its rows stand in the box.
            self.data = {**dict(self.data.items()), "rows": self.text}
        elif "file" not in self.errors and "rows" not in self.errors:
            self.text = cleaned.get("rows") or ""
            if not self.text.strip():
                self.add_error("file", "Choose a CSV file, or paste its rows below")
            elif len(self.text) > MOST_BYTES:
                self.add_error("rows", f"The rows are longer than {MOST_BYTES:,} characters. Send them in parts")
        return cleaned

    def _read(self, found: bytes) -> None:
        if len(found) > MOST_BYTES:
            self.add_error("file", f"The file is larger than {MOST_BYTES // 1_000_000} MB. Send it in parts")
            return
        try:
            self.text = found.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", "The file is not text. Save it as CSV (UTF-8) and choose it again")
            return
        if "\0" in self.text:
            self.add_error("file", "The file is not text. Save it as CSV (UTF-8) and choose it again")


class BudgetListForm(ListForm):
    """A list of budget figures for one year."""

    year = forms.TypedChoiceField(
        label="Financial year", coerce=int, error_messages={"invalid_choice": "Choose one of the years"}
    )
    field_order = ("year", "source", "file", "rows")

    def __init__(self, *args: Any, years: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the years that still take postings."""
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = years  # type: ignore[attr-defined]


class LineChoice(forms.ModelChoiceField["BudgetLine"]):
    """One of the budget lines, by its name and code."""

    def label_from_instance(self, obj: BudgetLine) -> str:
        """Name and code, since two lines may bear one name."""
        return f"{obj.name} ({obj.code})"


class VirementForm(forms.Form):
    """Budget moved from one line to another of the same year; `key` keeps a second press from moving it twice."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    source = LineChoice(
        label="From",
        queryset=None,
        empty_label="Choose",
        error_messages={"required": "Choose the line it is taken from", "invalid_choice": "Choose one of the lines"},
    )
    target = LineChoice(
        label="To",
        queryset=None,
        empty_label="Choose",
        error_messages={"required": "Choose the line it goes to", "invalid_choice": "Choose one of the lines"},
    )
    pence = PoundsField(
        label="Amount", least=1, most=MOST_PENCE, error_messages={"required": "Enter how much is moved"}
    )
    reason = forms.CharField(
        label="Why", max_length=200, error_messages={"required": "Enter why it is moved and who agreed to it"}
    )

    def __init__(self, *args: Any, lines: QuerySet[BudgetLine], **kwargs: Any) -> None:
        """Offer the lines of one year."""
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            self.fields[name].queryset = lines  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two lines, not one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("source") and cleaned.get("source") == cleaned.get("target"):
            self.add_error("target", "Choose another line than the one it is taken from")
        return cleaned
