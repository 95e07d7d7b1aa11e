"""How a panel works, in sentences: what the policy says, with its clause; what it does not say is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from panels.models import Panel
from panels.policy import load
from panels.rules.explained import explained
from people.permissions import Capacity

INVENTED = Path(__file__).parents[1] / "policies"


def said_of(council: str, panel: str, root: Path | None = None) -> dict[str, dict[str, str]]:
    policy = load(council, root) if root else load(council)
    return {c.title: {s.about: f"{s.text} [{s.clause}]" for s in c.said} for c in explained(policy, panel)}


def test_a_seat_says_when_it_is_filled_and_who_may_stand_in() -> None:
    seats = said_of("northmoor", "resource", INVENTED)["Who sits on it"]

    assert seats["Lay member"] == "Advises, as a lay member. Nobody stands in. [Resource scheme, 13]"
    assert (
        seats["Police lead"]
        == "Comes when needed, where a case is marked “The child has been missing”. [Resource scheme, 4]"
    )
    assert seats["Health lead"] == "Sits at each meeting. Anybody may stand in. [Resource scheme, 4]"


def test_a_part_of_the_agenda_says_in_words_what_it_holds() -> None:
    agenda = said_of("kent", "arp")["What is on its agenda"]

    assert agenda["New requests"].startswith("Holds new requests and cases carried forward.")
    assert agenda["Reviews"].startswith("Holds reviews that are due and cases the policy puts forward.")


def test_what_the_text_does_not_say_is_left_out() -> None:
    chapters = said_of("eastvale", "advice", INVENTED)

    assert "When it meets" not in chapters
    assert "Who presents" not in chapters
    assert chapters["What it is for"]["Packages"] == (
        "A request is taken as a whole: it fares as the part that goes least far. [Panel scheme, 2]"
    )


def test_the_published_year_and_the_hours_are_said() -> None:
    meetings = said_of("wokingham", "arp")["When it meets"]

    assert meetings["Hours"].startswith("10:30 to 12:00.")
    assert meetings["Calendar"].startswith("The days of a year are published before it.")


@pytest.mark.django_db
def test_everybody_of_the_council_may_read_how_a_panel_works(policy, signed_in, staff) -> None:
    panel = Panel.objects.get(slug="resources")

    text = signed_in(staff[Capacity.SOCIAL_WORKER]).get(f"/panels/{panel.pk}/").content.decode()

    assert "How Resources Panel works" in text
    assert "Sits at each meeting, as the chair." in text


@pytest.mark.parametrize("council", ["west-berkshire", "swindon", "wokingham", "dudley", "kent"])
def test_each_panel_of_the_five_councils_is_explained(council: str) -> None:
    policy = load(council)
    for panel in policy.panels:
        titles = [chapter.title for chapter in explained(policy, panel.slug)]
        assert titles[:2] == ["What it is for", "Who sits on it"]
