"""A fact only one council knows: asked for in its words, kept with the request, read by its rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from applications.forms import FactsForm
from applications.forms.fields import draft_data
from applications.queries import assessed, facts_of, standing_of
from applications.views.answers import fact_rows
from panels.policy import Policy
from tests.factories.applications import AT, House
from tests.rules.small_policy import entry, policy_of

pytestmark = pytest.mark.django_db
FACTS = """
facts:
  crosses_water: {kind: yes_no, label: Does the way cross water?}
  boats: {kind: count, label: How many boats?}
  harbour: {kind: word, label: Which harbour?, choices: [north, south]}
  tides: {kind: words, label: Which tides?, choices: [spring, neap]}
  fare: {kind: money, label: What is the fare?}
  sails_on: {kind: day, label: When does it sail?}
"""


@pytest.fixture
def policy(tmp_path) -> Policy:
    return policy_of(
        tmp_path, entry("TS-02", "remit: [{lines: [all], verdict: in, when: 'own.harbour == \"north\"'}]"), FACTS
    )


def test_every_kind_of_own_fact_is_asked_for_and_shaped_for_the_rules(policy: Policy) -> None:
    typed = {
        "own__crosses_water": "yes",
        "own__boats": "3",
        "own__harbour": "north",
        "own__tides": ["spring", "neap"],
        "own__fare": "12.50",
        "own__sails_on_day": "1",
        "own__sails_on_month": "12",
        "own__sails_on_year": "2026",
    }
    form = FactsForm(draft_data(typed), policy=policy, facts={})

    assert form.is_valid(), form.errors
    assert form.values()["own"] == {
        "crosses_water": True,
        "boats": 3,
        "harbour": "north",
        "tides": ["spring", "neap"],
        "fare": "12.50",
        "sails_on": "2026-12-01",
    }
    assert FactsForm(policy=policy, facts=form.values()).initial["own__harbour"] == "north"


@pytest.mark.parametrize(
    ("name", "value"), [("own__boats", "-1"), ("own__harbour", "west"), ("own__fare", "much"), ("own__tides", "ebb")]
)
def test_what_it_has_no_word_for_is_refused(policy: Policy, name: str, value: str) -> None:
    form = FactsForm(draft_data({name: [value]}), policy=policy, facts={})

    assert list(form.errors) == [name]


def test_the_rules_of_the_council_read_it_and_no_other_council_hears_of_it(policy: Policy) -> None:
    house = House()
    request = house.whole()
    house.save(request, "facts", own={"harbour": "north", "gone_since": True})
    request.refresh_from_db()
    facts = facts_of(request, at=AT, complete=True)
    elsewhere = assessed(facts, house_policy(house))

    assert assessed({**facts, "council": "testshire", "sign_offs": []}, policy).remit == "in"
    assert elsewhere == assessed({k: v for k, v in facts.items() if k != "own"}, house_policy(house))


def test_what_was_answered_is_shown_in_the_councils_words(policy: Policy) -> None:
    house = House()
    request = house.whole()
    house.save(request, "facts", own={"harbour": "north", "boats": 3, "tides": ["spring", "neap"]})
    request.refresh_from_db()
    standing = replace(standing_of(request, at=AT), policy=policy, application=request)

    assert [(row["key"], row["value"]) for row in fact_rows(standing)] == [
        ("How many boats?", "3"),
        ("Which harbour?", "North"),
        ("Which tides?", "Spring, Neap"),
    ]


def house_policy(house: House) -> Policy:
    return Policy.from_payload(house.council.policies.get().payload)
