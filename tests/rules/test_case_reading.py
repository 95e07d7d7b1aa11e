"""What a case becomes when it is read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panels.rules.case import Case, CaseError, Vocabulary, read_cases

NORTHSHIRE = Vocabulary(
    council="northshire",
    panels=frozenset({"arp", "care"}),
    areas=frozenset({"hills"}),
    roles=frozenset({"lead_officer"}),
    evidence=frozenset({"NO-1", "NO-2"}),
)


def read(value: Any) -> list[Case]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_cases(data, councils=["northshire"], vocabulary=lambda council, as_at: NORTHSHIRE).cases


def facts(**fields: Any) -> Any:
    return read({"council": "northshire", **fields})[0].facts


def test_values_are_parsed_and_keys_kept() -> None:
    assert facts(
        panel="arp",
        area="hills",
        as_at="2026-03-29T10:00:00+01:00",
        submitted_at=None,
        child={"date_of_birth": "2012-02-29", "status": "none", "placement_breakdowns": 2, "unaccompanied": False},
        placement={"distance_miles": 20},
        lines=[{"category": "transport", "weekly": "1000.07", "start": "2026-03-16", "end": None, "for_line": None}],
        evidence={"NO-1": "not_met"},
        sign_offs=[{"role": "lead_officer", "at": "2026-03-29T09:00:00Z"}],
        attendance=["chair", {"person": "p1", "role": "lead_officer_representative"}, "third_party"],
        declarations=[{"person": "p1", "role": "parent", "declared": True, "interest": None}],
        emergency=None,
        joint_funding=[],
    ) == {
        "council": "northshire",
        "panel": "arp",
        "area": "hills",
        "as_at": datetime(2026, 3, 29, 9, tzinfo=UTC),
        "submitted_at": None,
        "child": {
            "date_of_birth": date(2012, 2, 29),
            "status": "none",
            "placement_breakdowns": 2,
            "unaccompanied": False,
        },
        "placement": {"distance_miles": 20.0},
        "lines": [
            {"category": "transport", "weekly": 100007, "start": date(2026, 3, 16), "end": None, "for_line": None}
        ],
        "evidence": {"NO-1": "not_met"},
        "sign_offs": [{"role": "lead_officer", "at": datetime(2026, 3, 29, 9, tzinfo=UTC)}],
        "attendance": ["chair", {"person": "p1", "role": "lead_officer_representative"}, "third_party"],
        "declarations": [{"person": "p1", "role": "parent", "declared": True, "interest": None}],
        "emergency": None,
        "joint_funding": [],
    }


def test_what_is_left_out_is_left_out() -> None:
    assert facts() == {"council": "northshire"}


def test_only_the_council_is_required_of_anything() -> None:
    empty = {"lines": [{}], "sign_offs": [{}], "child": {}, "emergency": {}, "declarations": [{}], "attendance": [{}]}

    assert facts(**empty) == {"council": "northshire", **empty}


def test_a_list_of_cases_is_told_from_a_case() -> None:
    data = json.dumps([{"council": "northshire"}] * 2).encode()

    both = read_cases(data, councils=["northshire"], vocabulary=lambda council, as_at: NORTHSHIRE)

    assert both == ([Case("northshire", {"council": "northshire"})] * 2, True)
    assert read([]) == []


def test_the_vocabulary_is_asked_for_the_day_of_the_question() -> None:
    asked: list[Any] = []

    def vocabulary(council: str, as_at: datetime | None) -> Vocabulary:
        asked.append((council, as_at))
        return NORTHSHIRE

    read_cases(
        b'[{"council": "northshire"}, {"council": "northshire", "as_at": "2026-01-01T00:00:00Z"}]',
        councils=["northshire"],
        vocabulary=vocabulary,
    )

    assert asked == [("northshire", None), ("northshire", datetime(2026, 1, 1, tzinfo=UTC))]


def test_a_day_without_a_policy_is_a_fault_of_the_day() -> None:
    def vocabulary(council: str, as_at: datetime | None) -> Vocabulary:
        raise LookupError("a day from 2017-01-01, when the first version began")

    with pytest.raises(CaseError) as refused:
        read_cases(
            b'[{"council": "northshire", "as_at": "2001-01-01T00:00:00Z"}]',
            councils=["northshire"],
            vocabulary=vocabulary,
        )

    assert str(refused.value) == (
        '$[0].as_at: found "2001-01-01T00:00:00Z"; allowed: a day from 2017-01-01, when the first version began'
    )


@pytest.mark.parametrize(
    "field", ["child", "family", "placement", "evidence", "emergency", "support_order", "means_test", "stand_in",
              "decision", "review_request", "dispute", "meeting_change", "event"]
)  # fmt: skip
def test_every_object_may_be_known_to_be_none(field: str) -> None:
    assert facts(**{field: None}) == {"council": "northshire", field: None}


@pytest.mark.parametrize(
    ("within", "field"),
    [
        ("child", "date_of_birth"),
        ("emergency", "agreed_by"),
        ("emergency", "decided_at"),
        ("support_order", "court_filing_date"),
        ("support_order", "overseer"),
        ("means_test", "result_on"),
        ("decision", "outcome"),
        ("decision", "review_date"),
        ("decision", "chair_timescale"),
        ("review_request", "finished_at"),
        ("dispute", "service_manager_at"),
        ("meeting_change", "told_at"),
        ("event", "agreed_by"),
    ],
)
def test_dates_instants_and_roles_may_be_known_to_be_none(within: str, field: str) -> None:
    assert facts(**{within: {field: None}})[within] == {field: None}


@given(st.integers(0, 999_999_999_999))
def test_money_is_read_to_the_penny(pence: int) -> None:
    written = f"{pence // 100}.{pence % 100:02}"

    assert facts(family={"agreed_last_six_months": written})["family"] == {"agreed_last_six_months": pence}


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_is_read_whatever_its_offset(local: datetime, minutes: int) -> None:
    sign, ahead = ("-", -minutes) if minutes < 0 else ("+", minutes)
    written = f"{local.isoformat()}{sign}{ahead // 60:02}:{ahead % 60:02}"

    at = facts(submitted_at=written)["submitted_at"]

    assert at.astimezone(UTC).replace(tzinfo=None) == local - timedelta(minutes=minutes)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["panel", "as_at", "child", "family", "lines", "placement", "evidence", "sign_offs", "attendance", "decision"]


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), json_values, max_size=4))
def test_nonsense_is_read_or_refused_and_never_anything_else(fields: dict[str, Any]) -> None:
    fault = None
    try:
        read({**fields, "council": "northshire"})
    except CaseError as refused:
        fault = refused
    if fault is not None:
        assert fault.path is None or fault.path.startswith("$")
        assert str(fault).isprintable()
        assert str(fault).isascii()
        assert len(str(fault)) < 900


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(CaseError):
        read(data)
