"""A council's versions follow each other by their days; a request that was sent keeps the one it was sent under."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from applications.models import Application
from applications.queries import policy_under
from applications.states import State
from panels.policy import Policy, load
from panels.services import adopt, policy_for
from people.models import Council
from tests.policies.kinds import changed, kinds, proves
from tests.policies.tables import HERE, Row, ask, versions_of

pytestmark = pytest.mark.django_db
COUNCIL = "northmoor"
LATER, ROWS = versions_of(COUNCIL)
LINES = [pytest.param(row, id=row.name) for row in ROWS]


def adopted(later: list[Any]) -> Council:
    """The council with its first version and these later ones, each from its own day."""
    first = load(COUNCIL, HERE)
    versions = [first] + [
        changed(first, {"set": {**one["set"], "council.version": one["number"], "council.from": one["from"]}})
        for one in later
    ]
    for version in versions:
        adopt(policy=version, by=None, at=datetime.fromisoformat("2026-01-01T09:00:00+00:00"))
    return Council.objects.get(slug=COUNCIL)


def judging(row: Row, council: Council, *, keeps: bool = True) -> Policy:
    """The policy under which the product judges the request of a line; with `keeps` false as if it were not sent."""
    asked = datetime.fromisoformat(row.data["asked"])
    request = Application(council=council, state=State.DRAFT)
    if "sent" in row.data and keeps:
        sent = datetime.fromisoformat(row.data["sent"])
        request.policy_version = policy_for(council=council, on=sent.date())[0]
        request.state = State.RETURNED if row.data.get("returned") else State.SUBMITTED
    return policy_under(request, at=asked)


def holds(row: Row, policy: Policy) -> bool:
    assert row.facts is not None
    facts = {**row.facts, "as_at": row.data["asked"]}
    return (policy.version, ask(facts, policy)["remit"]) == (row.data["policy"], row.data["remit"])


@pytest.mark.parametrize("row", LINES)
def test_a_request_is_judged_under_the_version_that_is_its_own(row: Row) -> None:
    assert holds(row, judging(row, adopted(LATER)))


@pytest.mark.parametrize(
    ("kind", "otherwise"),
    [
        ("several_versions", lambda row: judging(row, adopted([]))),
        ("several_versions", lambda row: judging(row, adopted(LATER[:1]))),
        ("requests_in_flight", lambda row: judging(row, adopted(LATER), keeps=False)),
    ],
)
def test_the_rows_notice_a_version_that_is_missing_or_not_kept(kind: str, otherwise: Callable[[Row], Policy]) -> None:
    mine = [row for row in ROWS if kind in proves(row.data)]

    assert len(mine) > 1
    assert not all(holds(row, otherwise(row)) for row in mine)


def test_every_kind_of_versions_has_its_rows() -> None:
    assert {code for row in ROWS for code in proves(row.data)} == {kind.code for kind in kinds() if kind.versions}
