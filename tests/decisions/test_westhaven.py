"""What Westhaven's text asks in the room and afterwards: quorum by clause, evidence for conditions, its ladder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from decisions import services
from decisions.models import AgendaItem, Decision
from decisions.queries.disputes import ladder_of
from decisions.services import DecisionRefusedError, NewCondition
from panels.services import policy_of
from people.models import User
from people.permissions import Capacity
from tests.factories.decisions import STARTS, Hall

pytestmark = pytest.mark.django_db
LATER = STARTS + timedelta(hours=2)
REPORT = NewCondition("A report each month", "The provider", date(2026, 12, 1))


@pytest.fixture
def west() -> Hall:
    """Westhaven: without a chair nothing, without two partner agencies only in principle."""
    return Hall("westhaven")


@pytest.fixture
def health(west: Hall) -> User:
    return west.person("health", role="health_lead", capacity=Capacity.MEMBER)


@pytest.fixture
def schools(west: Hall) -> User:
    return west.person("schools", role="schools_lead", capacity=Capacity.MEMBER)


def ready(west: Hall, *present: User, gone: tuple[User, ...] = ()) -> AgendaItem:
    """A case that is called with chair, members and these people in the room, and those gone who left it."""
    case = west.case()
    case.facts = {**case.facts, "evidence": {"WH-12": "met"}}
    case.save(update_fields=["facts"])
    item = west.listed_and_opened(case)
    west.come(*gone, kind="left")
    west.come(*present)
    return west.called(item)


def why(west: Hall, item: AgendaItem, outcome: str = "agreed", **values: object) -> list[tuple[str, str]]:
    with pytest.raises(DecisionRefusedError) as refusal:
        west.decided(item, outcome, **values)
    return [(one.message, one.clause) for one in refusal.value.refusals]


# quorum ---------------------------------------------------------------------------------------------
def test_without_two_partner_agencies_a_panel_decides_in_principle(west: Hall) -> None:
    decision = west.decided(ready(west))

    assert [user.roles.get().role for user in west.members] == ["deputy_head", "health_lead"]
    assert (decision.quorum["met"], decision.quorum["missing"]) == (False, ["Partners"])
    assert (decision.is_in_principle, decision.awaits_role) == (True, "director")


def test_with_them_it_decides(west: Hall, schools: User) -> None:
    decision = west.decided(ready(west, schools))

    assert (decision.quorum["met"], decision.quorum["missing"]) == (True, [])


def test_without_a_chair_it_decides_nothing_whatever_the_other_clauses_allow(west: Hall) -> None:
    item = ready(west, gone=(west.chair, west.members[0]))

    (told,) = why(west, item)
    assert told[0].endswith("Missing: chair, members, partners.")
    assert told[1] == "Panel code, 2"


# conditions -----------------------------------------------------------------------------------------
def test_a_condition_names_who_sees_to_it_and_by_when(west: Hall, schools: User) -> None:
    item = ready(west, schools)

    assert why(west, item, conditions=[NewCondition("A report each month")]) == [
        ("Say who sees to each condition.", "Panel code, 8"),
        ("Give the day by which each condition is met.", "Panel code, 8"),
    ]
    (kept,) = west.decided(item, conditions=[REPORT]).conditions.all()
    assert (kept.owner, kept.due, kept.evidence) == ("The provider", date(2026, 12, 1), "")


def test_a_condition_is_met_only_with_evidence(west: Hall, schools: User) -> None:
    (condition,) = west.decided(ready(west, schools), conditions=[REPORT]).conditions.all()

    with pytest.raises(DecisionRefusedError, match="Say what shows that the condition is met") as refusal:
        services.mark_met(condition=condition, evidence=" ", by=west.administrator, at=LATER)
    assert refusal.value.refusals[0].clause == "Panel code, 8"
    met = services.mark_met(condition=condition, evidence="Report of 1 December", by=west.administrator, at=LATER)
    assert (met.met_at, met.met_by, met.evidence) == (LATER, west.administrator, "Report of 1 December")


def test_a_text_that_asks_for_no_evidence_takes_none() -> None:
    hall = Hall()
    (condition,) = hall.decided(hall.called(), conditions=[NewCondition("A report")]).conditions.all()

    assert services.mark_met(condition=condition, by=hall.administrator, at=LATER).met_at == LATER


def test_where_no_evidence_is_asked_for_the_page_takes_it_all_the_same(signed_in: Callable[[User], Client]) -> None:
    hall = Hall()
    decision = hall.decided(hall.called(), conditions=[NewCondition("A report")])
    (condition,) = decision.conditions.all()
    administrator = signed_in(hall.administrator)

    asked = administrator.get(reverse("decisions:decision", args=[decision.reference])).content.decode()
    administrator.post(
        reverse("decisions:condition_met", args=[decision.reference, condition.pk]), {"evidence": "Seen"}
    )

    assert "What shows that it is met (optional)" in asked
    condition.refresh_from_db()
    assert condition.evidence == "Seen"


def test_the_page_asks_for_the_evidence_and_says_when_it_is_missing(
    west: Hall, schools: User, signed_in: Callable[[User], Client]
) -> None:
    decision = west.decided(ready(west, schools), conditions=[REPORT])
    (condition,) = decision.conditions.all()
    tick = reverse("decisions:condition_met", args=[decision.reference, condition.pk])
    administrator = signed_in(west.administrator)

    refused = administrator.post(tick, {"evidence": ""})

    assert refused.status_code == 422
    assert f'id="condition-{condition.pk}-error"' in refused.content.decode()
    assert administrator.post(tick, {"evidence": "Report of 1 December"}).status_code == 302
    page = administrator.get(reverse("decisions:decision", args=[decision.reference])).content.decode()
    assert "Report of 1 December" in page


# disputes -------------------------------------------------------------------------------------------
def opened(decision: Decision, west: Hall, code: str, **more: object) -> object:
    values = {
        "raised_by": "practitioner",
        "words": "The need is greater.",
        "by": west.house.worker,
        "at": LATER,
        **more,
    }
    return services.raise_dispute(decision=decision, code=code, **values)  # type: ignore[arg-type]


def test_a_step_is_only_for_the_outcomes_the_policy_names(west: Hall, schools: User) -> None:
    agreed = west.decided(ready(west, schools))

    with pytest.raises(DecisionRefusedError, match="The policy has this step for other outcomes only"):
        opened(agreed, west, "mediation")
    ladder = ladder_of(agreed, policy=policy_of(agreed.policy_version), user=west.house.worker, on=LATER.date())
    assert {step.key: step.why_not for step in ladder} == dict.fromkeys(
        ("practitioner:mediation", "practitioner:director", "family:mediation"),
        "The policy has this step for other outcomes only.",
    )
    assert [step.may_open for step in ladder] == [False, False, False]


def test_a_step_that_lapsed_opens_the_next_one(west: Hall, schools: User) -> None:
    refused = west.decided(ready(west, schools), "not_agreed")
    opened(refused, west, "mediation")

    with pytest.raises(DecisionRefusedError, match="The step before has not ended"):
        opened(refused, west, "director", at=LATER + timedelta(days=14))
    assert opened(refused, west, "director", at=LATER + timedelta(days=15))
