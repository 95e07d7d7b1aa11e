"""Every kind of rule the language has is used by an invented council, and its rows notice when it is not."""

from __future__ import annotations

from typing import Any

import pytest

from panels.policy import load
from tests.policies.kinds import PAGE, Kind, changed, kinds, page, tagged
from tests.policies.tables import HERE, faults

KINDS = [pytest.param(kind, id=kind.code) for kind in kinds()]
IN_POLICIES = [pytest.param(kind, id=kind.code) for kind in kinds() if not kind.versions]
CHANGES = [
    pytest.param(kind, change, id=f"{kind.code}-{number}")
    for kind in kinds()
    for number, change in enumerate(kind.changes, start=1)
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_an_entry_of_an_invented_council(kind: Kind) -> None:
    policy = load(kind.council, HERE)

    assert {kind.entry, *kind.also} <= {entry.id for entry in policy.entries}
    assert [row.name for row in kind.rows if faults(row, policy)] == []


@pytest.mark.parametrize("kind", IN_POLICIES)
def test_a_kind_has_rows_of_its_entry_and_more_than_one_side(kind: Kind) -> None:
    assert {row.rule for row in kind.rows} <= {kind.entry, *kind.also}
    assert len(kind.rows) > 1
    assert kind.changes


def test_no_row_proves_what_is_no_kind() -> None:
    assert tagged() <= {kind.code for kind in kinds()}


def test_the_page_of_the_kinds_is_what_they_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize(("kind", "change"), CHANGES)
def test_a_row_notices_when_the_kind_is_changed(kind: Kind, change: dict[str, Any]) -> None:
    other = changed(load(kind.council, HERE), change)

    assert any(faults(row, other) for row in kind.rows)


@pytest.mark.parametrize("kind", IN_POLICIES)
def test_only_what_is_allowed_holds_whatever_is_changed(kind: Kind) -> None:
    policy = load(kind.council, HERE)
    others = [changed(policy, change) for change in kind.changes]

    idle = [row.name for row in kind.rows if not any(faults(row, other) for other in others)]
    assert idle == [row.name for row in kind.rows if row.data.get("allowed")]
    assert len(idle) < len(kind.rows)
