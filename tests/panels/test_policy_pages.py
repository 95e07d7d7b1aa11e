"""The policy browser: entries found by words, topic and rule; numbers; who adopted what; what changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from panels.policy import load
from panels.policy.said import quantity
from panels.services import adopt
from people.permissions import Capacity
from tests.panels.conftest import ENTRIES

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(policy, write_policy, staff, now):
    """A second version: notice of forty-eight hours, and a rule more."""
    more = """
  - id: EX-03
    clause: {document: terms, section: Section 3}
    topic: papers
    means: Papers come a week before.
    treatment: shown
"""
    entries = ENTRIES.replace("{value: 24}", "{value: 48}, {from: 2026-06-01, value: 72}")
    entries = entries.replace("treatment: computed", "treatment: computed\n    until: 2031-03-31")
    changed = write_policy(version=2, entries=entries + more)
    return adopt(policy=changed, by=staff[Capacity.HEAD_OF_SERVICE], at=now + timedelta(days=1))


def page_of(signed_in, staff, address: str = "2/") -> str:
    return signed_in(staff[Capacity.SOCIAL_WORKER]).get(f"/panels/policy/{address}").content.decode()


def test_an_entry_shows_clause_meaning_numbers_and_reading(policy, signed_in, staff):
    text = page_of(signed_in, staff, "1/")

    assert "Terms of reference, Section 2" in text
    assert "Members hear of a change a day before." in text
    assert "Notice hours: 24 hours" in text
    assert "A day is twenty-four elapsed hours." in text


def test_entries_are_found_by_words_by_rule_and_by_topic(second, signed_in, staff):
    for query, found in (
        ("q=papers+week", {"EX-03"}),
        ("q=ex-02", {"EX-02"}),
        ("topic=remit", {"EX-01"}),
        ("", {"EX-01", "EX-02", "EX-03"}),
    ):
        text = page_of(signed_in, staff, f"2/?{query}")
        assert {rule for rule in ("EX-01", "EX-02", "EX-03") if f'id="entry-{rule}"' in text} == found


def test_a_version_says_who_adopted_it_and_what_changed(second, signed_in, staff):
    text = page_of(signed_in, staff)

    assert f"by {staff[Capacity.HEAD_OF_SERVICE]}" in text
    assert "What changed since version 1" in text
    assert "Notice hours (EX-02) changes from 24 hours to 48 hours, then 72 hours from 1 June 2026." in text
    assert "EX-02, until is added: 31 March 2031." in text
    assert "EX-03 is new" in text
    assert "What changed since" not in page_of(signed_in, staff, "1/")


def test_an_entry_tells_its_history(second, signed_in, staff):
    rows = {rule: page_of(signed_in, staff, f"2/?q={rule}") for rule in ("EX-01", "EX-02", "EX-03")}

    assert "In the policy since version" not in rows["EX-01"]
    assert "Changed in version" not in rows["EX-01"]
    assert "has been in the policy unchanged since version 1, which holds from" in rows["EX-01"]
    assert "Changed in version 2" in rows["EX-02"]
    assert "In the policy since version 1" in rows["EX-02"]
    assert "In the policy since version 2" in rows["EX-03"]


def test_a_first_version_says_of_no_entry_since_when_it_holds(policy, signed_in, staff):
    text = page_of(signed_in, staff, "1/")

    assert [words in text for words in ("In the policy since", "unchanged since", "Changed in")] == [False] * 3


def test_a_version_that_is_not_there_is_not_found(second, signed_in, staff):
    assert signed_in(staff[Capacity.SOCIAL_WORKER]).get("/panels/policy/9/").status_code == 404


def test_whom_the_policy_lets_change_it_gets_the_button_and_others_the_sentence(
    policy, write_policy, signed_in, staff, settings, now
):
    address = "/panels/policy/versions/"
    head, worker = signed_in(staff[Capacity.HEAD_OF_SERVICE]), signed_in(staff[Capacity.SOCIAL_WORKER])
    write_policy(version=2)
    assert "Adopt it" in head.get(address).content.decode()
    assert "Adopt it" not in worker.get(address).content.decode()

    written = settings.POLICY_ROOT / policy.slug / "council.yaml"
    written.write_text(
        written.read_text().replace("  version", "  settings_changed_by: panel_administrator\n  version")
    )
    adopt(policy=load(policy.slug, settings.POLICY_ROOT), by=None, at=now)
    write_policy(version=3)

    text = head.get(address).content.decode()
    assert "Adopt it" not in text
    assert "The Panel Administrator changes the rules." in text


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1, "working_days", "1 working day"),
        (24, "hours", "24 hours"),
        (0, "days", "0 days"),
        (3, "count", "3"),
        (150_050, "pence", "£1,500.50"),
        (7.5, "miles", "7.5 miles"),
    ],
)
def test_a_number_is_said_with_its_unit(value, unit, said):
    assert quantity(value, unit) == said
