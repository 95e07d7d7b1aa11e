"""Form fields of the house: dates in three boxes, pounds to whole pence, durations to whole minutes.

Each takes whatever was typed and gives either a value or one error in plain English that says what was found and
what is allowed. What was typed is shown again as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

LONGEST = 60  # more than any date, sum or duration needs; what is longer is not even looked at
MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
MOST_PENCE = 99_999_999_999  # £999,999,999.99: more than a panel can commit, less than the column holds
DIGITS = re.compile(r"[0-9]{1,4}")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
SUM = re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<pence>[0-9]{1,2}))?|\.(?P<only>[0-9]{1,2})")
CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
WORDED = re.compile(
    r"(?:(?P<hours>[0-9]{1,3})\s*(?:h|hr|hrs|hour|hours))?\s*(?:(?P<minutes>[0-9]{1,4})\s*(?:m|min|mins|minute|minutes)?)?"
)


def shown(text: str) -> str:
    """What was found, fit to stand in a sentence: control characters left out, cut after thirty."""
    clean = "".join(character if character.isprintable() else " " for character in text[: LONGEST * 2]).strip()
    return f"“{clean[:30]}…”" if len(clean) > 30 else f"“{clean}”"


class GovDateWidget(forms.MultiWidget):
    """Day, month and year in three boxes, as the design system asks. Posted as name_day, name_month, name_year."""

    template_name = "govuk/widgets/date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Make the three boxes."""
        super().__init__(dict.fromkeys(("day", "month", "year"), forms.TextInput), attrs)

    def decompress(self, value: object) -> list[Any]:
        """Split a date, or a date written "2026-03-12", over the boxes; anything else goes into none of them."""
        if isinstance(value, date):
            return [value.day, value.month, value.year]
        match = ISO_DATE.fullmatch(value) if isinstance(value, str) else None
        if match:
            return [int(match[3]), int(match[2]), int(match[1])]
        return [None, None, None]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The three texts as typed; one "2026-03-12" under the bare name is taken as well."""
        match = ISO_DATE.fullmatch(str(data.get(name, "")))
        if match:
            return [match[3], match[2], match[1]]
        return super().value_from_datadict(data, files, name)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether the date was not asked for on the page that was sent."""
        return name not in data and super().value_omitted_from_data(data, files, name)


class GovDateField(forms.Field):
    """A date; gives a `date`, or None where it may be left out and was.

    Args:
        earliest: the first year taken.
        latest: the last year taken.
    """

    widget = GovDateWidget

    def __init__(self, *, earliest: int = 1900, latest: int = 2199, **kwargs: Any) -> None:
        """Make the field; years outside `earliest` to `latest`, both included, are refused."""
        super().__init__(**kwargs)
        self.earliest, self.latest = earliest, latest

    def to_python(self, value: Any) -> date | None:
        """Turn day, month and year into a date. A month may be a number or a name.

        Raises:
            ValidationError: one error naming what is missing, or what was found and what is allowed.
        """
        if isinstance(value, date):
            return value
        parts = value if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else [value]
        texts = ["" if part is None else str(part).strip() for part in parts]
        if not any(texts):
            return None
        if len(texts) != 3:
            raise ValidationError("Enter a day, a month and a year, such as 27 3 2026", code="invalid")
        missing = [name for name, text in zip(("day", "month", "year"), texts, strict=True) if not text]
        if missing:
            raise ValidationError(f"The date must include a {' and a '.join(missing)}", code="incomplete")
        return self._made(*texts)

    def _made(self, day: str, month: str, year: str) -> date:
        number = _month(month)
        if not DIGITS.fullmatch(day) or number is None or not DIGITS.fullmatch(year):
            found = shown(f"{day[:LONGEST]} {month[:LONGEST]} {year[:LONGEST]}")
            raise ValidationError(
                f"{found} is not a date. Use numbers, such as 27 3 2026; the month may be a name", code="invalid"
            )
        if not self.earliest <= int(year) <= self.latest:
            raise ValidationError(
                f"The year is {int(year)}. It must be between {self.earliest} and {self.latest}, with four figures",
                code="year",
            )
        try:
            return date(int(year), number, int(day))
        except ValueError:
            raise ValidationError(
                f"There is no {shown(f'{day} {month} {year}')}. Check the day and the month", code="invalid"
            ) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another date was typed than the page had."""
        try:
            return bool(self.to_python(data) != (initial or None))
        except ValidationError:
            return True


def _month(text: str) -> int | None:
    if DIGITS.fullmatch(text):
        return int(text)
    named = [number for number, name in enumerate(MONTHS, 1) if len(text) >= 3 and name.startswith(text.lower())]
    return named[0] if named else None


class PoundsField(forms.Field):
    """A sum of money; gives whole pence as an `int`. Takes "£1,234.50", "1234.5" and "1234".

    Args:
        least: the smallest sum taken, in pence.
        most: the largest sum taken, in pence.
    """

    prefix = "£"

    def __init__(self, *, least: int = 0, most: int = MOST_PENCE, **kwargs: Any) -> None:
        """Make the field; sums outside `least` to `most` pence, both included, are refused."""
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.widget.attrs.setdefault("class", "govuk-input--width-10")
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        """Show whole pence as pounds; leave what was typed as it is."""
        if isinstance(value, bool) or not isinstance(value, int):
            return value
        return _in_pounds(value)

    def to_python(self, value: Any) -> int | None:
        """Turn a sum as typed into whole pence.

        Raises:
            ValidationError: one error saying what was found and what is allowed.
        """
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        sign, bare = _unsigned(text)
        match = SUM.fullmatch(bare) if len(text) <= LONGEST and bare.isascii() else None
        if not match:
            raise ValidationError(
                f"{shown(text)} is not a sum of money. Use pounds and pence, such as 1,234.50", code="invalid"
            )
        whole = int((match["whole"] or "0").replace(",", ""))
        pence = sign * (whole * 100 + int((match["pence"] or match["only"] or "0").ljust(2, "0")))
        if not self.least <= pence <= self.most:
            raise ValidationError(
                f"{shown(text)} is not allowed. The sum must be between £{_in_pounds(self.least)} "
                f"and £{_in_pounds(self.most)}",
                code="range",
            )
        return pence

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another sum was typed than the page had; "1,200" is the same as 120000 pence."""
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


def _unsigned(text: str) -> tuple[int, str]:
    is_negative = text[:1] in {"-", "−"}
    bare = text[1:].strip() if is_negative else text
    return (-1 if is_negative else 1), bare.removeprefix("£").strip()


def _in_pounds(pence: int) -> str:
    whole, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}{whole:,}.{rest:02d}"


class MinutesField(forms.Field):
    """A length of time; gives whole minutes as an `int`. Takes "15", "15m", "0:15", "1h 20m".

    Args:
        least: the shortest time taken, in minutes.
        most: the longest time taken, in minutes.
    """

    suffix = "minutes"

    def __init__(self, *, least: int = 1, most: int = 480, **kwargs: Any) -> None:
        """Make the field; times outside `least` to `most` minutes, both included, are refused."""
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.widget.attrs.setdefault("class", "govuk-input--width-4")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> int | None:
        """Turn a length of time as typed into whole minutes.

        Raises:
            ValidationError: one error saying what was found and what is allowed.
        """
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        minutes = _minutes(text.lower()) if len(text) <= LONGEST and text.isascii() else None
        if minutes is None:
            raise ValidationError(
                f"{shown(text)} is not a length of time. Use minutes, such as 15, 15m or 0:15", code="invalid"
            )
        if not self.least <= minutes <= self.most:
            raise ValidationError(
                f"{shown(text)} is not allowed. The time must be between {self.least} and {self.most} minutes",
                code="range",
            )
        return minutes

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another length was typed than the page had; "0:15" is the same as 15."""
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


def _minutes(text: str) -> int | None:
    on_a_clock = CLOCK.fullmatch(text)
    if on_a_clock:
        return int(on_a_clock[1]) * 60 + int(on_a_clock[2]) if int(on_a_clock[2]) < 60 else None
    worded = WORDED.fullmatch(text)
    if not worded or (worded["hours"] is None and worded["minutes"] is None):
        return None
    return int(worded["hours"] or 0) * 60 + int(worded["minutes"] or 0)
