"""A council's colour: always readable, never anything but a colour."""

from __future__ import annotations

import re

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from config.brand import NEUTRAL, brand, contrast_with_white, readable, stylesheet
from people.models import Council


@given(colour=st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_white_text_is_readable_on_every_council_colour(colour: str) -> None:
    assert contrast_with_white(readable(colour)) >= 4.5


@given(colour=st.text())
def test_nothing_but_colours_is_written_into_the_stylesheet(colour: str) -> None:
    assert re.fullmatch(r":root\{(--[a-z-]+:#[0-9a-f]{6};)+\}\n", stylesheet(colour))


def test_a_dark_colour_stays_as_the_council_chose_it() -> None:
    assert readable("#00594C") == "#00594c"
    assert readable("red;}body{display:none") == NEUTRAL


def test_contrast_is_reckoned_as_the_guidelines_do() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert round(contrast_with_white("#767676"), 2) == 4.54


@pytest.mark.django_db
def test_the_stylesheet_is_served_without_signing_in(council: Council) -> None:
    council.colour = "#00594c"
    council.save()

    answer = brand(RequestFactory().get("/"), slug="exampleshire")

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "--house-colour:#00594c;" in answer.content.decode()
    assert brand.login_required is False
