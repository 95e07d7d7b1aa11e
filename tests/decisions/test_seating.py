"""Who may sit at the table: representatives, stand-ins, and seats that a case calls for."""

from __future__ import annotations

from pathlib import Path

import pytest

from applications.models import Application
from decisions import services
from decisions.models import AttendanceEvent
from decisions.queries.live import seats_of
from decisions.services import MeetingRefusedError
from decisions.services.agenda import policy_on
from panels.policy import PolicyFaults, load
from tests.factories.applications import INVENTED
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def south() -> Hall:
    """Southmere: nobody stands in for the schools lead, a named person for the health lead, who may send somebody."""
    hall = Hall("southmere")
    hall.opened()
    return hall


def come(hall: Hall, **values: object) -> AttendanceEvent:
    fields = {"meeting": hall.meeting, "kind": "came", "by": hall.administrator, "at": STARTS, **values}
    return services.note_attendance(**fields)  # type: ignore[arg-type]


def test_nobody_stands_in_for_a_seat_that_says_so(south: Hall) -> None:
    with pytest.raises(MeetingRefusedError, match=r"Nobody stands in for the Schools lead\. \(Panel manual, 2\)"):
        come(south, user=south.house.manager, role="schools_lead", substitute_for="schools_lead")


def test_a_guest_without_a_name_does_not_stand_in_where_a_named_person_does(south: Hall) -> None:
    with pytest.raises(MeetingRefusedError, match="A named person stands in for the Health lead"):
        come(south, guest="A nurse", role="health_lead", substitute_for="health_lead")

    there = come(south, user=south.house.manager, role="health_lead", substitute_for="health_lead")
    assert there.substitute_for == "health_lead"


def test_a_representative_comes_only_for_a_seat_that_may_send_one(south: Hall) -> None:
    assert come(south, guest="For health", role="health_lead_representative").role == "health_lead_representative"

    with pytest.raises(MeetingRefusedError, match="no such role"):
        come(south, guest="For schools", role="schools_lead_representative")


@pytest.mark.parametrize(("missing", "expected"), [(True, True), (False, False), (None, False)])
def test_a_seat_is_called_for_by_the_flag_of_a_case(south: Hall, missing: bool | None, expected: bool) -> None:
    Application.objects.update(facts={"own": {"missing_child": missing}} if missing is not None else {})

    seats = seats_of(south.meeting, policy=policy_on(south.meeting), people=[])

    assert {row.seat: row.is_expected for row in seats}["police_lead"] is expected


def test_a_flag_that_is_no_fact_of_the_council_is_a_fault(tmp_path: Path) -> None:
    folder = tmp_path / "southmere"
    folder.mkdir()
    text = (INVENTED / "southmere" / "council.yaml").read_text()
    (folder / "council.yaml").write_text(text.replace("flags: [missing_child]", "flags: [missing_chid]"))

    with pytest.raises(PolicyFaults) as refusal:
        load("southmere", tmp_path)

    assert "missing_chid" in str(refusal.value)
    assert "missing_child" in str(refusal.value)
