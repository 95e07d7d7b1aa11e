"""When timers run out, whether they were met, and what missing one does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from panels.rules import assess
from tests.rules.small_policy import entry, policy_of, rules

PANEL = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


def timer(formula: str, met_by: str = "submitted_at", more: str = "") -> str:
    return entry(
        "TS-02",
        f"deadlines: [{{timer: T-01, due: {{{formula}}}, met_by: {met_by}{more}}}]\n"
        "findings: [{when: missed.t_01, effect: block, stage: list}]",
    )


@pytest.mark.parametrize(
    ("formula", "due"),
    [
        ("of: [panel_starts_at], working_days_before: 5", "2026-03-05T23:59:59+00:00"),
        ("of: [panel_starts_at], working_days_after: 2", "2026-03-16T23:59:59+00:00"),
        ("of: [panel_starts_at], days_after: 28", "2026-04-09T23:59:59+01:00"),
        ("of: [panel_starts_at], days_before: 1", "2026-03-11T23:59:59+00:00"),
        ("of: [panel_starts_at], months_after: 1", "2026-04-12T23:59:59+01:00"),
        ("of: [panel_starts_at], hours_after: 72", "2026-03-15T09:30:00+00:00"),
        ("of: [panel_starts_at], hours_before: 24", "2026-03-11T09:30:00+00:00"),
        ("of: [panel_starts_at], weekday_before: wednesday, at: '17:00'", "2026-03-11T17:00:00+00:00"),
        ("of: [panel_starts_at], weekday_before: thursday", "2026-03-05T23:59:59+00:00"),
        ("of: [panel_starts_at], weekday_after: wednesday", "2026-03-18T23:59:59+00:00"),
        ("of: [panel_starts_at], same_day: true", "2026-03-12T23:59:59+00:00"),
        ("of: [decision.review_date, panel_starts_at], same_day: true", "2026-03-12T23:59:59+00:00"),
    ],
)
def test_formulas(tmp_path: Path, formula: str, due: str) -> None:
    result = assess({"panel_starts_at": PANEL}, policy_of(tmp_path, timer(formula)), PANEL - timedelta(days=90))
    assert [(d.timer, d.as_json()["due"], d.met) for d in result.deadlines] == [("T-01", due, None)]


@pytest.mark.parametrize(
    ("submitted", "asked", "met"),
    [
        (datetime(2026, 3, 5, 23, 59, 59, 999999, tzinfo=UTC), None, True),
        (datetime(2026, 3, 6, tzinfo=UTC), None, False),
        (None, datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC), None),
        (None, datetime(2026, 3, 6, tzinfo=UTC), False),
        (None, None, None),
    ],
)
def test_a_day_lasts_to_its_end(
    tmp_path: Path, submitted: datetime | None, asked: datetime | None, *, met: bool | None
) -> None:
    policy = policy_of(tmp_path, timer("of: [panel_starts_at], working_days_before: 5"))
    result = assess({"panel_starts_at": PANEL, "submitted_at": submitted}, policy, asked)
    assert [d.met for d in result.deadlines] == [met]
    assert rules(result) == (["TS-02"] if met is False else [])


def test_without_the_day_it_counts_from_there_is_neither_lateness_nor_punctuality(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, timer("of: [panel_starts_at], working_days_before: 5"))
    result = assess({"submitted_at": PANEL}, policy, PANEL)
    assert result.deadlines == ()
    assert rules(result) == []
    assert "$.panel_starts_at" in result.missing


def test_a_window_stays_open_until_something_is_asked(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path, timer("of: [decision.decided_at], days_after: 28", "review_request.received_at", ", kind: window")
    )
    later = PANEL + timedelta(days=60)
    quiet: dict[str, Any] = {"decision": {"decided_at": PANEL}}
    assert [d.met for d in assess(quiet, policy, later).deadlines] == [None]
    asked = quiet | {"review_request": {"received_at": later}}
    assert [d.met for d in assess(asked, policy, later).deadlines] == [False]


def test_a_later_timer_is_void_and_never_missed(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry("TS-02", "deadlines: [{timer: T-04, due: {of: [panel_starts_at], days_before: 6}, met_by: submitted_at}]")
        + entry(
            "TS-03",
            """
            deadlines:
              - timer: T-05
                due: {of: [panel_starts_at], days_before: 3}
                met_by: submitted_at
                void_after: T-04
            findings: [{when: missed.t_05, effect: warn, stage: list}]
            """,
        ),
    )
    result = assess({"panel_starts_at": PANEL, "submitted_at": PANEL}, policy, PANEL)
    assert [(d.timer, d.met) for d in result.deadlines] == [("T-04", False)]
    assert rules(result) == []


def test_a_timer_of_the_same_day_is_not_void_though_its_hour_is_later(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry("TS-02", "deadlines: [{timer: T-04, due: {of: [panel_starts_at], days_before: 5, at: '17:00'}}]")
        + entry("TS-03", "deadlines: [{timer: T-05, due: {of: [panel_starts_at], days_before: 5}, void_after: T-04}]"),
    )
    assert [d.timer for d in assess({"panel_starts_at": PANEL}, policy, PANEL).deadlines] == ["T-04", "T-05"]


@pytest.mark.parametrize(
    ("decided", "timers"),
    [
        ({"decided_at": PANEL - timedelta(seconds=1)}, ["T-01"]),
        ({"decided_at": PANEL}, ["T-01"]),
        ({"decided_at": PANEL + timedelta(seconds=1)}, []),
        ({"decided_at": None}, ["T-01"]),
        ({}, ["T-01"]),
    ],
)
def test_a_panel_that_sat_before_the_decision_is_not_the_next_one(
    tmp_path: Path, decided: dict[str, Any], timers: list[str]
) -> None:
    policy = policy_of(
        tmp_path, timer("of: [panel_starts_at], same_day: true", more=", next_after: emergency.decided_at")
    )
    result = assess({"panel_starts_at": PANEL, "emergency": decided}, policy, PANEL + timedelta(days=2))
    assert [d.timer for d in result.deadlines] == timers
    assert rules(result) == (["TS-02"] if timers else [])


def test_of_several_lines_the_earliest_is_printed_and_null_falls_back(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        entry(
            "TS-02",
            """
            deadlines:
              - {timer: T-17, lines: [nrpf_support], due: {of: [line.last_review, line.start], days_after: 84}}
            """,
        ),
    )
    lines = [
        {"category": "nrpf_support", "start": date(2025, 10, 13), "last_review": date(2026, 1, 5)},
        {"category": "nrpf_support", "start": date(2026, 3, 2), "last_review": None},
        {"category": "therapy", "start": date(2020, 1, 1)},
    ]
    result = assess({"lines": lines}, policy, PANEL)
    assert [d.as_json()["due"] for d in result.deadlines] == ["2026-03-30T23:59:59+01:00"]


def test_the_earlier_of_two_moments_needs_both(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path,
        timer(
            "of: [meeting_change.old_start, meeting_change.new_start], pick: earliest, hours_before: 24",
            "meeting_change.told_at",
            ", when: meeting_change.given",
        ),
    )
    week = timedelta(days=7)
    both = assess({"meeting_change": {"old_start": PANEL + week, "new_start": PANEL}}, policy, PANEL)
    assert [d.due for d in both.deadlines] == [PANEL - timedelta(hours=24)]
    one = assess({"meeting_change": {"old_start": PANEL}}, policy, PANEL)
    assert one.deadlines == ()
    assert "$.meeting_change.new_start" in one.missing
    assert assess({}, policy, PANEL).deadlines == ()
