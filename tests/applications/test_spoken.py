"""What was written, as a page says it: days and codes as words, changes question by question."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from applications.forms import ChildForm
from applications.models import Application
from applications.views.answers import asked_as, spoken
from applications.views.versions import versions
from people.templatetags.gov import version_words
from tests.factories.applications import House


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("2026-11-27", "27 November 2026"),
        (date(2026, 11, 27), "27 November 2026"),
        ("2026-11-28T17:05:00+00:00", "Saturday 28 November 2026, 5:05pm"),
        ("2026-02-31", "2026-02-31"),
        ("from 2026-11-27 on", "from 2026-11-27 on"),
        (True, "Yes"),
        (["significant_harm", "camhs"], "Significant harm, CAMHS"),
        (None, ""),
    ],
)
def test_a_stored_answer_reads_as_words(stored: Any, said: str) -> None:
    assert spoken(stored) == said


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("placement.distance_miles", "How many miles is the placement from home?"),
        ("evidence.KE-09", "Checklist, KE-09"),
        ("evidence_notes.KE-09", "Checklist, KE-09: note"),
        ("own.weeks_in_care", "Weeks in care"),
    ],
)
def test_an_answer_is_called_by_its_question(path: str, said: str) -> None:
    assert asked_as(path) == said


@pytest.mark.parametrize(("version", "said"), [("kent@2", "version 2 of the policy"), ("a policy", "a policy")])
def test_a_version_of_a_policy_is_spoken_of_by_its_number(version: str, said: str) -> None:
    assert version_words(version) == said


@pytest.mark.django_db
def test_a_state_and_an_office_stand_in_the_versions_as_words(house: House) -> None:
    request = house.whole()
    request.state = "with_manager"
    request.facts = {**request.facts, "emergency": {"agreed_by": "team_manager"}}
    request.save()

    changed = {change["field"]: change["after"] for change in versions(request)[0]["changes"]}

    assert (changed["state"], changed["Who agreed to it outside the panel?"]) == (
        "waiting for sign-off",
        "Team manager",
    )


@pytest.mark.django_db
def test_each_answer_that_changed_stands_alone_in_the_versions(house: House) -> None:
    request = house.whole()
    house.save(request, "facts", **{**request.facts, "placement": {"high_cost": True, "distance_miles": 8}})
    request = Application.objects.get(pk=request.pk)
    request.facts = {**request.facts, "placement": {"high_cost": False, "distance_miles": 8}}
    request.save()

    changed = versions(request)[0]["changes"]

    assert changed == [{"field": "Is it a high-cost placement?", "before": "Yes", "after": "No"}]


def test_a_child_has_no_status_until_one_is_chosen() -> None:
    assert next(iter(ChildForm().fields["status"].choices)) == ("", "Choose")  # type: ignore[attr-defined]
