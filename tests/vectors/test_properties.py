"""What holds for every case, tried on cases made by bending the vectors."""

from __future__ import annotations

import copy
import json
import os
import random
from collections import Counter
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from panels.policy import load
from panels.policy import words as w
from panels.rules import assess
from panels.rules.case import read_case, vocabulary_of

HERE = Path(__file__).parent
VECTORS: dict[str, dict[str, Any]] = {
    f"{file.parent.name}-{file.stem}-{vector['name']}": vector["case"]
    for folder in (HERE, HERE / "extra")
    for file in sorted(folder.glob("*.json"))
    if file.name != "malformed.json"
    for vector in json.loads(file.read_text(encoding="utf-8"))
}
SEEDS = list(VECTORS.values())
COUNCILS = ("west-berkshire", "swindon", "wokingham", "dudley", "kent")
REMITS = {"in", "out", "excluded", "other_panel", "unknown"}
EFFECTS = {"block", "warn", "route", "inform"}
STAGES = {"submit", "list", "decide", "award", "start", "close"}
APPROVAL_STAGES = {"before_submission", "before_provider_contact", "before_commitment", "after_panel", "outside_panel"}
BINDING = {"block", "warn"}
# Left out, these are read as something: a default, an event that did not happen, the panel the policy picks.
READ_AS_SOMETHING = {
    "council", "panel", "as_at", "joint_funding", "out_of_panel_leave", "commitments", "last_review", "initial",
    "stop_resources", "for_line", "event", "emergency", "decision", "review_request", "dispute", "meeting_change",
    "means_test", "support_order", "stand_in", "outcome", "kind", "order", "high_cost", "lines", "category",
    # An event that is left out has not happened, so its timer is missed once the time is up.
    "submitted_at", "told_at", "received_at", "finished_at", "escalated_at", "result_on",
}  # fmt: skip
# An answer taken out of a list or map says something else; only the whole of it can be unknown.
WHOLE = {"evidence", "sign_offs", "attendance", "documents", "presenters", "declarations", "care_reasons",
         "funding_sources_considered", "other_funding"}  # fmt: skip


# A failing case is a vector with one thing changed: there is nothing to shrink.
# Six properties drawn at random: the long profile tries more than a hundred thousand cases.
EXAMPLES = {"long": 20_000}.get(os.environ.get("HYPOTHESIS_PROFILE", ""), 60)
brief = settings(deadline=None, max_examples=EXAMPLES, phases=[Phase.explicit, Phase.reuse, Phase.generate])
policy_of = cache(load)


def ask(case: dict[str, Any]) -> dict[str, Any]:
    read = read_case(case, councils=COUNCILS, vocabulary=lambda council, as_at: vocabulary_of(policy_of(council)))
    result: dict[str, Any] = json.loads(json.dumps(assess(read, policy_of(read.council)).as_json()))
    return result


def facts_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of the facts that can be taken out so that nothing is known of them."""
    found: list[tuple[Any, ...]] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            here = (*path, key)
            if key not in READ_AS_SOMETHING:
                found.append(here)
            if key not in WHOLE and isinstance(inner, dict | list):
                found.extend(facts_of(inner, here))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found.extend(facts_of(inner, (*path, index)))
    return found


def without(case: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    bent = copy.deepcopy(case)
    inner: Any = bent
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return bent


def binding(result: dict[str, Any]) -> set[tuple[Any, ...]]:
    return {(f["rule"], f["effect"], f["line"]) for f in result["findings"] if f["effect"] in BINDING}


def unanswered(result: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Items of the checklist without an answer: asked for, they block, also where a fact had answered them."""
    items = {f["rule"] for f in result["findings"] if f["message"].endswith("(not answered)")}
    return {found for found in binding(result) if found[0] in items}


seeds = st.sampled_from(SEEDS)


@pytest.mark.parametrize("case", SEEDS, ids=VECTORS.keys())
def test_a_fact_taken_out_gives_no_verdict_of_its_own(case: dict[str, Any]) -> None:
    whole = ask(case)
    for path in facts_of(case):
        bent = ask(without(case, path))

        assert bent["remit"] in {whole["remit"], "unknown"}, path
        assert binding(bent) - unanswered(bent) <= binding(whole), path
        assert bent["can_record_emergency"] in {whole["can_record_emergency"], True}, path
        for index, line in enumerate(bent["totals"]["lines"]):
            assert line["total"] in {None, whole["totals"]["lines"][index]["total"]}, path


@brief
@given(seeds, st.data())
def test_two_facts_taken_out_give_no_verdict_of_their_own(case: dict[str, Any], data: st.DataObject) -> None:
    facts = facts_of(case)
    assume(len(facts) > 1)
    one = without(case, data.draw(st.sampled_from(facts)))
    left = facts_of(one)
    assume(left)
    whole, bent = ask(case), ask(without(one, data.draw(st.sampled_from(left))))

    assert bent["remit"] in {whole["remit"], "unknown"}
    assert binding(bent) - unanswered(bent) <= binding(whole)
    assert bent["can_record_emergency"] in {whole["can_record_emergency"], True}


@brief
@given(seeds, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_verdict(case: dict[str, Any], shuffle: random.Random) -> None:
    lines = [*case.get("lines", []), {"category": "general_resource", "one_off": "700.00", "start": "2026-03-16"}]
    order = list(range(len(lines)))
    shuffle.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    moved = [copy.deepcopy(lines[old]) for old in order]
    for line in moved:
        if line.get("for_line") is not None:
            line["for_line"] = place[line["for_line"]]

    one, other = ask({**case, "lines": lines}), ask({**case, "lines": moved})

    assert [one["totals"]["lines"][old] for old in order] == other["totals"]["lines"]
    for key in ("remit", "panel", "can_submit", "deadlines", "quorum"):
        assert one[key] == other[key], key
    assert one["totals"]["family_six_months"] == other["totals"]["family_six_months"]
    assert Counter((f["rule"], f["effect"], f["stage"], place.get(f["line"])) for f in one["findings"]) == Counter(
        (f["rule"], f["effect"], f["stage"], f["line"]) for f in other["findings"]
    )


def with_offset(value: Any, hours: int) -> Any:
    """The same case with every instant written in another offset."""
    if isinstance(value, dict):
        return {key: with_offset(inner, hours) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_offset(inner, hours) for inner in value]
    if isinstance(value, str) and "T" in value and value[:4].isdigit():
        return datetime.fromisoformat(value).astimezone(timezone(timedelta(hours=hours))).isoformat()
    return value


@brief
@given(seeds, st.integers(-12, 14))
def test_an_instant_is_the_same_in_every_offset(case: dict[str, Any], hours: int) -> None:
    assert ask(with_offset(case, hours)) == ask(case)


@brief
@given(seeds, st.randoms(use_true_random=False))
def test_the_order_of_the_keys_changes_nothing(case: dict[str, Any], shuffle: random.Random) -> None:
    def stirred(value: Any) -> Any:
        if isinstance(value, dict):
            keys = list(value)
            shuffle.shuffle(keys)
            return {key: stirred(value[key]) for key in keys}
        return [stirred(inner) for inner in value] if isinstance(value, list) else value

    result, again = ask(case), ask(stirred(case))

    assert sorted(again.pop("missing")) == sorted(result.pop("missing"))
    assert again == result


# Facts that no text of the council turns on.
IRRELEVANT: dict[str, list[dict[str, Any]]] = {
    "west-berkshire": [{"family": {"agreed_last_six_months": "999999.00", "section_17_paid_before": True}}],
    "swindon": [{"family": {"agreed_last_six_months": "999999.00", "section_17_paid_before": True}}],
    "wokingham": [{"care_reasons": ["offending"]}, {"stand_in": {"same_team": False}}],
    "dudley": [
        {"dispute": {"service_manager_at": None, "escalated_at": "2026-03-05T11:00:00+00:00"}},
        {"means_test": {"sent_to_payments_on": "2026-01-01", "result_on": None}},
        {"review_request": {"received_at": "2027-01-01T00:00:00+00:00", "written": False, "reasons_given": False}},
        {"stand_in": {"fully_briefed": False}},
    ],
    "kent": [{"stand_in": {"same_team": False}}, {"dispute": {"escalated_at": "2027-01-01T00:00:00+00:00"}}],
}


@brief
@given(seeds, st.data())
def test_a_fact_of_no_concern_changes_no_verdict(case: dict[str, Any], data: st.DataObject) -> None:
    added = data.draw(st.sampled_from(IRRELEVANT[case["council"]]))
    bent = {**case, **{key: {**(case.get(key) or {}), **value} if isinstance(value, dict) else value
                       for key, value in added.items()}}  # fmt: skip

    one, other = ask(case), ask(bent)

    for key in ("remit", "route_to", "panel", "findings", "approvals", "deadlines", "quorum", "can_submit"):
        assert one[key] == other[key], key


def maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def codes(*known: str) -> st.SearchStrategy[str]:
    return st.sampled_from(known)


days = st.dates(datetime(2024, 1, 1).date(), datetime(2028, 12, 31).date()).map(lambda day: day.isoformat())  # noqa: DTZ001
none_or_day = st.none() | days
instants = st.builds(
    lambda at: at.replace(microsecond=0).isoformat() + "+00:00",
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)),  # noqa: DTZ001
)
none_or_instant = st.none() | instants
truths = st.booleans()
moneys = st.integers(0, 99_999_999).map(lambda pence: f"{pence // 100}.{pence % 100:02}")
roles = codes(*w.ROLES)
lines = st.builds(
    lambda line, price, length: {
        **line, **price, **({"end": max(line["start"], length)} if length and line.get("start") else {}),
    },
    maybe(
        category=codes(*w.CATEGORIES), start=days, provision=codes(*w.PROVISIONS), quotations=st.integers(0, 5),
        rate=moneys, national_rate=moneys, last_review=none_or_day, criteria_set_at=none_or_instant,
        first_quote_asked_at=none_or_instant, procurement_advice_at=none_or_instant,
        provider_contacted_at=none_or_instant,
        **dict.fromkeys(
            ("part_of_wider_package", "high_level_family_support_package", "low_level", "court_related", "initial",
             "extra_cost", "within_service_contract", "rate_exception", "regulation_24", "alternatives_ruled_out",
             "in_house_available", "camhs_insufficient", "direct_work_insufficient", "best_value_note",
             "evaluation_recorded", "tender_completed", "executive_preapproval", "contract_register"),
            truths,
        ),
    ),
    st.one_of(st.just({}), maybe(one_off=moneys), maybe(weekly=moneys), maybe(monthly=moneys)),
    st.none() | days,
)  # fmt: skip
any_case = maybe(
    as_at=instants,
    submitted_at=none_or_instant,
    panel_starts_at=none_or_instant,
    child=st.none() | maybe(
        date_of_birth=none_or_day, status=codes(*w.CHILD_STATUSES), legal_basis=codes(*w.LEGAL_BASES),
        placement_breakdowns=st.integers(0, 4), disabled_childrens_team=truths, sister_panel_criteria_met=truths,
        unaccompanied=truths,
    ),
    family=st.none() | maybe(
        agreed_last_six_months=moneys, section_17_paid_before=truths,
        commitments=st.lists(
            maybe(amount=moneys).flatmap(
                lambda c: st.tuples(days, days).map(lambda ends: {**c, "from": min(ends), "to": max(ends)})
            ),
            max_size=3,
        ),
    ),
    lines=st.lists(lines, max_size=4),
    placement=st.none() | maybe(
        distance_miles=st.floats(0, 100), outside_council_area=truths, high_cost=truths
    ),
    documents=st.lists(codes(*w.DOCUMENTS), max_size=4),
    funding_sources_considered=st.lists(codes(*w.FUNDING_SOURCES), max_size=4),
    complete=truths,
    out_of_panel_leave=truths,
    sign_offs=st.lists(maybe(role=roles, at=instants), max_size=4, unique_by=lambda s: (s.get("role"), s.get("at"))),
    joint_funding=st.lists(codes(*w.JOINT_FUNDERS), max_size=3),
    other_funding=st.lists(
        maybe(source=codes(*w.FUNDING_SOURCES), possible=truths, details_given=truths), max_size=2
    ),
    care_reasons=st.lists(codes(*w.CARE_REASONS), max_size=3),
    emergency=st.none() | maybe(
        kind=codes("placement", "support"), care_need=truths, agreed_by=st.none() | roles,
        consulted=st.lists(roles, max_size=2), decided_at=none_or_instant, risk_to_life=truths,
    ),
    support_order=st.none() | maybe(
        order=codes("sgo", "cao", "adoption"), court_filing_date=none_or_day, requested_by_carer=truths,
        overseer=st.none() | roles, manager_agreed_on=none_or_day, carer_told_on=none_or_day,
    ),
    means_test=st.none() | maybe(sent_to_payments_on=none_or_day, result_on=none_or_day),
    presenters=st.lists(codes(*w.PRESENTERS), max_size=3),
    stand_in=st.none() | maybe(
        **dict.fromkeys(("cannot_attend", "cannot_defer", "fully_briefed", "same_team"), truths)
    ),
    attendance=st.lists(
        roles | codes("third_party", "parent", "finance_representative") | maybe(person=codes("p", "q"), role=roles),
        max_size=6,
    ),
    declarations=st.lists(
        maybe(person=codes("p", "q"), role=roles, declared=truths, interest=st.none() | codes("a cousin")), max_size=3
    ),
    decision=st.none() | maybe(
        decided_at=none_or_instant, outcome=st.none() | codes(*w.OUTCOMES), on_day=truths, review_date=none_or_day,
        chair_timescale=none_or_day, reasons_given=truths, carers_told_by=codes("post", "by_hand"),
    ),
    review_request=st.none() | maybe(
        received_at=none_or_instant, written=truths, reasons_given=truths, finished_at=none_or_instant
    ),
    dispute=st.none() | maybe(service_manager_at=none_or_instant, escalated_at=none_or_instant),
    meeting_change=st.none() | maybe(
        old_start=none_or_instant, new_start=none_or_instant, told_at=none_or_instant
    ),
    event=st.none() | maybe(
        kind=codes("no_show", "withdrawal"), stop_resources=truths, risk=truths, agreed_by=st.none() | roles
    ),
)  # fmt: skip


@brief
@given(st.sampled_from(COUNCILS), any_case, st.data())
def test_every_case_that_can_be_read_is_answered(council: str, case: dict[str, Any], data: st.DataObject) -> None:
    evidence = sorted(policy_of(council).evidence_codes)
    if evidence and data.draw(truths):
        case["evidence"] = data.draw(st.dictionaries(st.sampled_from(evidence), codes(*w.ANSWERS), max_size=6))

    result = ask({**case, "council": council})

    assert result["remit"] in REMITS
    assert (result["route_to"] is None) == (result["remit"] != "other_panel")
    assert len(result["totals"]["lines"]) == len(case.get("lines", []))
    assert all(f["effect"] in EFFECTS and f["stage"] in STAGES and f["clause"] for f in result["findings"])
    assert all(a["stage"] in APPROVAL_STAGES and a["given"] in {True, False, None} for a in result["approvals"])
    assert len({d["timer"] for d in result["deadlines"]}) == len(result["deadlines"])
    assert len(set(result["missing"])) == len(result["missing"])
    assert all(path.startswith("$.") for path in result["missing"])
    if (case.get("emergency") or {}).get("kind") == "placement":
        assert result["can_record_emergency"] is True
    submission_blocks = [f for f in result["findings"] if f["effect"] == "block" and f["stage"] in {"submit", "list"}]
    assert result["can_submit"] == (not submission_blocks)


@brief
@given(st.sampled_from(COUNCILS), any_case)
def test_what_is_missing_is_really_not_there(council: str, case: dict[str, Any]) -> None:
    for path in ask({**case, "council": council})["missing"]:
        inner: Any = case
        steps = path.removeprefix("$.").replace("[", ".").replace("]", "").split(".")
        for step in steps[:-1]:
            inner = inner[int(step)] if isinstance(inner, list) else (inner or {}).get(step)
            if inner is None:
                break
        if isinstance(inner, dict) and path != "$.lines" and steps[0] != "evidence":
            assert inner.get(steps[-1]) is None, path
