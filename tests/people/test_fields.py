"""Dates, sums and durations as people type them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from people.forms.fields import MOST_PENCE, GovDateField, GovDateWidget, MinutesField, PoundsField


class Everything(forms.Form):
    on = GovDateField(label="Start date", required=False)
    weekly = PoundsField(label="Weekly cost", required=False)
    minutes = MinutesField(label="Minutes", required=False)


ANYTHING = st.text() | st.text(alphabet="0123456789.,:£-\u2212 hm/\x00", max_size=80) | st.just("9" * 5000)


def error_of(field: forms.Field, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    (message,) = caught.value.messages
    return message


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("£1,234.50", 123450),
        ("1234.5", 123450),
        ("1234", 123400),
        ("0", 0),
        (".5", 50),
        (" £ 12 ", 1200),
        ("1,000,000", 100000000),
        ("999999999.99", MOST_PENCE),
    ],
)
def test_a_sum_becomes_whole_pence(typed: str, pence: int) -> None:
    assert PoundsField().clean(typed) == pence


@pytest.mark.parametrize(
    "typed", ["about 4,000", "1,23", "12,34.50", "1.234", "1e5", "£", "٣", "1 234", "12.", "--1", "\x00"]
)
def test_what_is_no_sum_is_refused_with_what_was_found(typed: str) -> None:
    message = error_of(PoundsField(), typed)

    assert message.endswith("is not a sum of money. Use pounds and pence, such as 1,234.50")


def test_a_sum_outside_the_limits_names_them() -> None:
    field = PoundsField(least=100, most=500000)

    assert error_of(field, "5,000.01") == "“5,000.01” is not allowed. The sum must be between £1.00 and £5,000.00"
    assert error_of(field, "-2") == "“-2” is not allowed. The sum must be between £1.00 and £5,000.00"
    assert field.clean("5,000.00") == 500000
    assert field.clean("1") == 100


def test_a_deficit_is_taken_where_it_is_allowed() -> None:
    assert PoundsField(least=-1000).clean("-£10.00") == -1000


def test_pence_are_shown_as_pounds_and_what_was_typed_as_it_was() -> None:
    assert 'value="1,234.50"' in str(Everything(initial={"weekly": 123450})["weekly"])
    assert 'value="1234.5O"' in str(Everything({"weekly": "1234.5O"})["weekly"])


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("15", 15),
        ("15m", 15),
        ("0:15", 15),
        ("1h", 60),
        ("1h 20m", 80),
        ("1:05", 65),
        ("20 minutes", 20),
        ("1 HOUR", 60),
    ],
)
def test_a_length_of_time_becomes_minutes(typed: str, minutes: int) -> None:
    assert MinutesField().clean(typed) == minutes


@pytest.mark.parametrize("typed", ["0:75", "soon", "1.5", "-5", "m", ":15", "15mm"])
def test_what_is_no_length_of_time_is_refused(typed: str) -> None:
    assert error_of(MinutesField(), typed) == (
        f"“{typed}” is not a length of time. Use minutes, such as 15, 15m or 0:15"
    )


def test_a_length_of_time_outside_the_limits_names_them() -> None:
    assert error_of(MinutesField(), "0") == "“0” is not allowed. The time must be between 1 and 480 minutes"
    assert error_of(MinutesField(), "481") == "“481” is not allowed. The time must be between 1 and 480 minutes"


@pytest.mark.parametrize("month", ["3", "03", "mar", "March", "MARCH"])
def test_three_boxes_become_a_date(month: str) -> None:
    assert GovDateField().clean(["27", month, "2026"]) == date(2026, 3, 27)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (["27", "3", ""], "The date must include a year"),
        (["", "3", ""], "The date must include a day and a year"),
        (["31", "2", "2026"], "There is no “31 2 2026”. Check the day and the month"),
        (["0", "2", "2026"], "There is no “0 2 2026”. Check the day and the month"),
        (["1", "13", "2026"], "There is no “1 13 2026”. Check the day and the month"),
        (["1", "2", "26"], "The year is 26. It must be between 1900 and 2199, with four figures"),
        (
            ["1", "Marvember", "2026"],
            "“1 Marvember 2026” is not a date. Use numbers, such as 27 3 2026; the month may be a name",
        ),
        (["1", "2"], "Enter a day, a month and a year, such as 27 3 2026"),
    ],
)
def test_what_is_no_date_says_why(parts: list[str], message: str) -> None:
    assert error_of(GovDateField(), parts) == message


def test_dates_are_put_back_into_their_boxes() -> None:
    assert GovDateWidget().decompress(date(2026, 3, 27)) == [27, 3, 2026]
    assert GovDateWidget().decompress("2026-03-27") == [27, 3, 2026]
    assert GovDateWidget().decompress("yesterday") == [None, None, None]


def test_one_written_date_is_taken_under_the_bare_name() -> None:
    form = Everything({"on": "2026-03-27"})

    assert form.is_valid()
    assert form.cleaned_data["on"] == date(2026, 3, 27)


def test_what_may_be_left_out_and_was_is_nothing() -> None:
    form = Everything({})

    assert form.is_valid()
    assert form.cleaned_data == {"on": None, "weekly": None, "minutes": None}


def test_the_same_thing_written_otherwise_has_not_changed() -> None:
    initial = {"on": date(2026, 3, 27), "weekly": 120000, "minutes": 15}
    data = {"on_day": "27", "on_month": "mar", "on_year": "2026", "weekly": "1,200", "minutes": "0:15"}

    assert Everything(data, initial=initial).changed_data == []
    assert Everything(data | {"weekly": "1,200.01"}, initial=initial).changed_data == ["weekly"]


@given(weekly=ANYTHING, minutes=ANYTHING, day=ANYTHING, month=ANYTHING, year=ANYTHING)
def test_any_text_gives_a_value_or_one_plain_error_and_is_shown_again(
    weekly: str, minutes: str, day: str, month: str, year: str
) -> None:
    data = {"weekly": weekly, "minutes": minutes, "on_day": day, "on_month": month, "on_year": year}

    form = Everything(data)
    form.is_valid()

    for name in form.fields:
        errors = form.errors.get(name, [])
        assert len(errors) <= 1
        assert all(error.isprintable() and len(error) < 200 for error in errors)
        if not errors:
            assert isinstance(form.cleaned_data[name], (int, date, type(None)))
    assert all(f'value="{escape(text)}"' in str(form["weekly"]) for text in [weekly] if text)
    assert all(f'value="{escape(text)}"' in str(form["on"]) for text in (day, month, year) if text)


@given(pence=st.integers(min_value=0, max_value=MOST_PENCE))
def test_every_sum_that_is_shown_is_read_back_to_the_penny(pence: int) -> None:
    field = PoundsField()

    assert field.clean(field.prepare_value(pence)) == pence


@pytest.mark.parametrize("value", [["a"], {"a": 1}, b"12", object(), True])
def test_a_wrong_type_is_an_error_and_no_crash(value: Any) -> None:
    for field in (PoundsField(), MinutesField(), GovDateField()):
        with pytest.raises(ValidationError):
            field.clean(value)
