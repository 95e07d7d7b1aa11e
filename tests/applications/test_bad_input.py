"""Every field of every form with what nobody should type: an error beside it or a saved value, never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.forms import PART_FORMS
from applications.models import Application
from applications.queries import standing_of
from applications.views.writing import made_form
from people.forms.fields import GovDateField, GovDateWidget
from tests.factories.applications import AT, House

pytestmark = pytest.mark.django_db

GROUPS = ("child", "request", "assessment", "plan", "views", "funding", "facts", "questions", "checklist")
HOSTILE = {
    "empty": "",
    "over-long": "x" * 20_000,
    "script": "<script>alert(1)</script>",
    "formula": '=HYPERLINK("http://example.org")',
    "nul": "a\0b",
    "number": "1e999",
    "emoji": "👩‍👧 \u202e",
    "wrong": "not-a-choice",
}


WRITTEN = (
    forms.TextInput,
    forms.Textarea,
    forms.NumberInput,
    GovDateWidget,
)  # a choice that is none cannot stand there


def kept_in(page: str, value: str) -> int:
    """How many controls of a page hold a value."""
    return unescape(page).count(f'value="{value}"') + unescape(page).count(f">\n{value}</textarea>")


def names_posted(name: str, field: forms.Field, value: str) -> dict[str, str]:
    """The names under which a browser posts a field."""
    if isinstance(field, GovDateField):
        return {f"{name}_day": value, f"{name}_month": value, f"{name}_year": value}
    return {name: value}


def walked(house: House, request: Application) -> Iterator[tuple[str, Any]]:
    """The address and the form of every page that writes a request."""
    standing = standing_of(request, at=AT)
    base = f"/requests/{request.reference}"
    for code in GROUPS:
        yield (f"{base}/child/" if code == "child" else f"{base}/edit/{code}/"), made_form(standing, code)
    for part, form in PART_FORMS.items():
        model = form._meta.model
        yield (
            f"{base}/rows/{part}/add/",
            form(None, instance=model(application=request), application=request, policy=standing.policy),
        )


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_form_crashes_and_nothing_typed_is_lost(house: House, as_user, kind: str) -> None:
    value = HOSTILE[kind]
    request = house.whole(category="ifa_foster_placement")
    client = as_user(house.worker)
    for address, form in walked(house, request):
        each = [{name: field} for name, field in form.fields.items()] if kind == "nul" else [dict(form.fields)]
        for fields in each:
            posted = {"base_version": "100000"}
            for name, field in fields.items():
                posted |= names_posted(name, field, value)
            response = client.post(address, posted)
            assert response.status_code in {302, 422}, (address, list(fields))
            if response.status_code == 422:
                page = response.content.decode()
                assert "There is a problem" in page, (address, list(fields))
                assert "govuk-error-message" in page, (address, list(fields))
                assert "<script>alert" not in page, (address, list(fields))
                if value:
                    written = [field for field in fields.values() if isinstance(field.widget, WRITTEN)]
                    assert kept_in(page, value) >= len(written), (address, list(fields))


@pytest.mark.parametrize("kind", ["over-long", "nul", "number"])
def test_a_refused_text_stands_in_the_form_again_with_its_error(house: House, as_user, kind: str) -> None:
    client = as_user(house.worker)
    request = house.draft()
    response = client.post(
        f"/requests/{request.reference}/edit/assessment/",
        {"base_version": "100", "needs_analysis": "Kept words.", "assessment_reference": HOSTILE[kind] * 20},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Kept words." in page
    assert 'id="id_assessment_reference-error"' in page
    assert 'href="#id_assessment_reference"' in page


def test_an_empty_form_saves_a_draft_and_asks_nothing(house: House, as_user) -> None:
    client = as_user(house.worker)
    request = house.draft()
    for code in ("request", "assessment", "plan", "views", "funding"):
        assert client.post(f"/requests/{request.reference}/edit/{code}/", {"base_version": "1000"}).status_code == 302


@pytest.mark.parametrize(
    ("address", "posted"),
    [
        ("/requests/new/", {}),
        ("/requests/new/", {"child": "x\0"}),
        ("/requests/new/child/", {}),
        ("/requests/new/child/", {"case_reference": "x" * 500, "first_name": "\0"}),
        ("/requests/{ref}/check/", {}),
        ("/requests/{ref}/withdraw/", {}),
        ("/requests/{ref}/withdraw/", {"reasons": "a\0"}),
        ("/requests/{ref}/withdraw/", {"reasons": "x" * 20_000}),
        ("/requests/{ref}/documents/", {}),
        ("/requests/{ref}/documents/", {"kind": "nothing"}),
    ],
)
def test_other_forms_answer_with_an_error_summary(house: House, as_user, address: str, posted: dict[str, str]) -> None:
    request = house.draft()
    response = as_user(house.worker).post(address.format(ref=request.reference), posted)
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "state=nothing",
        "worker=x",
        "since_day=99&since_month=99&since_year=99999",
        "text=%00",
        "panel=9999999999999999999999",
        "page=x",
    ],
)
def test_the_filter_never_crashes(house: House, as_user, query: str) -> None:
    assert as_user(house.worker).get(f"/requests/?{query}").status_code == 200


def test_a_filter_that_cannot_be_read_finds_nothing_and_says_so(house: House, as_user) -> None:
    request, client = house.whole(), as_user(house.worker)
    assert request.reference in client.get("/requests/?state=draft").content.decode()

    page = client.get("/requests/?state=nothing").content.decode()

    assert request.reference not in page
    assert "There is a problem" in page
    assert "not applied: put right what is wrong below" in page


@pytest.mark.parametrize("version", ["", "x", "-1", "1" * 40, "\0"])
def test_an_odd_version_never_crashes(house: House, as_user, version: str) -> None:
    request = house.whole()
    response = as_user(house.worker).post(
        f"/requests/{request.reference}/edit/request/", {"base_version": version, "title": "Mine"}
    )
    assert response.status_code == 409
    assert "Mine" in response.content.decode()


def test_a_file_that_is_not_what_it_says_is_refused(house: House, as_user) -> None:
    request = house.draft()
    file = SimpleUploadedFile("plan.pdf", b"<html>not a pdf</html>", content_type="application/pdf")
    response = as_user(house.worker).post(
        f"/requests/{request.reference}/documents/", {"kind": "care_plan", "file": file}
    )
    assert response.status_code == 422
    assert "not a PDF file" in response.content.decode()
