"""What is refused, where the fault is said to be, and what is said to be allowed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from panels.rules.case import MOST_BYTES, MOST_PARTS, CaseError, Vocabulary, read_cases

NORTHSHIRE = Vocabulary(
    council="northshire",
    panels=frozenset({"arp", "care"}),
    roles=frozenset({"lead_officer"}),
    evidence=frozenset({"NO-1", "NO-2"}),
)
PLACEMENT = {"category": "ifa_foster_placement"}
TRANSPORT = {"category": "transport"}


def refusal(data: bytes) -> CaseError:
    with pytest.raises(CaseError) as refused:
        read_cases(data, councils=["northshire"], vocabulary=lambda council, as_at: NORTHSHIRE)
    return refused.value


def refusal_of(**fields: Any) -> CaseError:
    return refusal(json.dumps({"council": "northshire", **fields}).encode())


def line(**fields: Any) -> dict[str, Any]:
    return {"lines": [{"category": "nursery", **fields}]}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        # Unknown fields, at every depth.
        ({"panel_start_at": None}, "$.panel_start_at"),
        ({"child": {"dob": "2014-01-01"}}, "$.child.dob"),
        (line(price="5.00"), "$.lines[0].price"),
        ({"family": {"commitments": [{"total": "5.00"}]}}, "$.family.commitments[0].total"),
        ({"decision": {"outcome": "agreed", "notes": ""}}, "$.decision.notes"),
        ({"weird key\n": 1}, '$["weird key\\n"]'),
        # Words.
        ({"panel": "cic"}, "$.panel"),
        ({"area": "north"}, "$.area"),
        ({"child": {"status": "in_care"}}, "$.child.status"),
        ({"child": {"status": None}}, "$.child.status"),
        ({"documents": ["care_plan", "careplan"]}, "$.documents[1]"),
        ({"evidence": {"WB-83": "met"}}, "$.evidence.WB-83"),
        ({"evidence": {"NO-1": True}}, "$.evidence.NO-1"),
        ({"attendance": ["lord_mayor"]}, "$.attendance[0]"),
        ({"attendance": ["third_party_representative"]}, "$.attendance[0]"),
        ({"attendance": [{"person": "p", "role": None}]}, "$.attendance[0].role"),
        ({"attendance": [{"person": None, "role": "chair"}]}, "$.attendance[0].person"),
        ({"attendance": [None]}, "$.attendance[0]"),
        ({"emergency": {"kind": None}}, "$.emergency.kind"),
        ({"emergency": {"consulted": ["third_party"]}}, "$.emergency.consulted[0]"),
        ({"support_order": {"order": None}}, "$.support_order.order"),
        ({"event": {"kind": "late"}}, "$.event.kind"),
        ({"other_funding": [{"source": None}]}, "$.other_funding[0].source"),
        ({"decision": {"outcome": "refused"}}, "$.decision.outcome"),
        ({"decision": {"carers_told_by": None}}, "$.decision.carers_told_by"),
        ({"sign_offs": [{"role": None, "at": None}]}, "$.sign_offs[0].role"),
        # Types that are not what they look like.
        ({"complete": "true"}, "$.complete"),
        ({"complete": 1}, "$.complete"),
        ({"complete": None}, "$.complete"),
        ({"child": {"placement_breakdowns": True}}, "$.child.placement_breakdowns"),
        ({"child": {"placement_breakdowns": 2.0}}, "$.child.placement_breakdowns"),
        ({"child": {"placement_breakdowns": -1}}, "$.child.placement_breakdowns"),
        ({"child": {"placement_breakdowns": None}}, "$.child.placement_breakdowns"),
        ({"placement": {"distance_miles": "20"}}, "$.placement.distance_miles"),
        ({"placement": {"distance_miles": -0.1}}, "$.placement.distance_miles"),
        ({"placement": {"distance_miles": True}}, "$.placement.distance_miles"),
        ({"placement": {"distance_miles": None}}, "$.placement.distance_miles"),
        ({"placement": {"distance_miles": 10**400}}, "$.placement.distance_miles"),
        ({"lines": {}}, "$.lines"),
        ({"lines": None}, "$.lines"),
        ({"lines": [None]}, "$.lines[0]"),
        ({"child": []}, "$.child"),
        ({"documents": None}, "$.documents"),
        ({"evidence": []}, "$.evidence"),
        ({"stand_in": {"same_team": None}}, "$.stand_in.same_team"),
        # Money.
        (line(one_off=1000), "$.lines[0].one_off"),
        (line(one_off=1000.5), "$.lines[0].one_off"),
        (line(one_off=None), "$.lines[0].one_off"),
        (line(one_off="1000"), "$.lines[0].one_off"),
        (line(one_off="1000.0"), "$.lines[0].one_off"),
        (line(one_off="1000.000"), "$.lines[0].one_off"),
        (line(one_off="1,000.00"), "$.lines[0].one_off"),
        (line(one_off="£10.00"), "$.lines[0].one_off"),
        (line(one_off="-0.01"), "$.lines[0].one_off"),
        (line(one_off="+1.00"), "$.lines[0].one_off"),
        (line(one_off="1e3.00"), "$.lines[0].one_off"),
        (line(one_off=" 1.00"), "$.lines[0].one_off"),
        (line(one_off="1.00\n"), "$.lines[0].one_off"),
        (line(one_off=".50"), "$.lines[0].one_off"),
        (line(one_off="٣.00"), "$.lines[0].one_off"),
        (line(one_off="99999999999.00"), "$.lines[0].one_off"),
        (line(rate="-1.00"), "$.lines[0].rate"),
        ({"family": {"agreed_last_six_months": "-1.00"}}, "$.family.agreed_last_six_months"),
        ({"family": {"commitments": [{"amount": "NaN"}]}}, "$.family.commitments[0].amount"),
        # Days and instants.
        (line(start="2026-02-29"), "$.lines[0].start"),
        (line(start="2026-3-1"), "$.lines[0].start"),
        (line(start="20260301"), "$.lines[0].start"),
        (line(start="2026-W10-1"), "$.lines[0].start"),
        (line(start="2026-03-01T00:00:00Z"), "$.lines[0].start"),
        (line(start="0001-01-01"), "$.lines[0].start"),
        (line(start="9999-12-31"), "$.lines[0].start"),
        ({"as_at": None}, "$.as_at"),
        ({"as_at": "2026-03-01"}, "$.as_at"),
        ({"as_at": "2026-03-01T10:00:00"}, "$.as_at"),
        ({"as_at": "2026-03-01 10:00:00+00:00"}, "$.as_at"),
        ({"as_at": "2026-03-01T24:00:00+00:00"}, "$.as_at"),
        ({"as_at": "2026-03-01T10:00:60+00:00"}, "$.as_at"),
        ({"as_at": "2026-03-01T10:00:00+24:00"}, "$.as_at"),
        ({"as_at": 1772359200}, "$.as_at"),
        ({"meeting_change": {"told_at": "2026-03-01T10:00"}}, "$.meeting_change.told_at"),
        # What must not stand together.
        (line(one_off="1.00", weekly="1.00"), "$.lines[0]"),
        (line(weekly="0.00", monthly="0.00"), "$.lines[0]"),
        (line(start="2026-04-13", end="2026-04-12"), "$.lines[0].end"),
        (line(open_ended=True, end="2026-04-12"), "$.lines[0].end"),
        ({"family": {"commitments": [{"from": "2026-04-13", "to": "2026-04-12"}]}}, "$.family.commitments[0].to"),
        ({"lines": [{**TRANSPORT, "for_line": 1}]}, "$.lines[0].for_line"),
        ({"lines": [{**TRANSPORT, "for_line": 0}]}, "$.lines[0].for_line"),
        ({"lines": [{**PLACEMENT, "for_line": 0}]}, "$.lines[0].for_line"),
        ({"lines": [{**TRANSPORT, "for_line": -1}, PLACEMENT]}, "$.lines[0].for_line"),
        ({"lines": [{**TRANSPORT, "for_line": 1}, TRANSPORT]}, "$.lines[0].for_line"),
        # Sizes.
        ({"documents": ["care_plan"] * 501}, "$.documents"),
        ({"declarations": [{"person": "x" * 2001}]}, "$.declarations[0].person"),
        ({"declarations": [{"person": ""}]}, "$.declarations[0].person"),
        ({"declarations": [{"person": "a\0b"}]}, "$.declarations[0].person"),
        ({"declarations": [{"interest": "\ud800"}]}, "$.declarations[0].interest"),
    ],
)
def test_the_fault_is_refused_at_its_place(fields: dict[str, Any], path: str) -> None:
    assert refusal_of(**fields).path == path


@pytest.mark.parametrize(
    "fields",
    [
        line(start="2026-04-12", end="2026-04-12"),
        line(open_ended=True, end=None),
        line(open_ended=False, end="2026-04-12"),
        {"lines": [{**TRANSPORT, "for_line": 1}, PLACEMENT]},
        {"lines": [{**TRANSPORT, "for_line": 1}, {}]},
        {"placement": {"distance_miles": 0}},
        {"attendance": ["chair", "chair"]},
        {"as_at": "2026-03-01T10:00Z"},
        {"as_at": "2026-03-01T10:00:00.5-09:30"},
        {"documents": ["care_plan"] * 500},
        {"declarations": [{"person": "Zoë 🙂", "interest": None}]},
    ],
)
def test_the_neighbour_of_a_fault_is_read(fields: dict[str, Any]) -> None:
    data = json.dumps({"council": "northshire", **fields}).encode()

    assert read_cases(data, councils=["northshire"], vocabulary=lambda council, as_at: NORTHSHIRE).cases


AT = "2026-03-03T10:00:00+00:00"
SAME_AT = "2026-03-03T11:00:00+01:00"


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        ({"role": "chair", "at": AT}, {"role": "chair", "at": AT}, True),
        ({"role": "chair", "at": AT}, {"role": "chair", "at": SAME_AT}, True),
        ({"role": "chair", "at": None}, {"role": "chair", "at": None}, True),
        ({"role": "chair"}, {"role": "chair"}, True),
        ({"role": "chair", "at": AT}, {"role": "chair", "at": "2026-03-03T10:00:01+00:00"}, False),
        ({"role": "chair", "at": AT}, {"role": "finance", "at": AT}, False),
        ({"role": "chair", "at": None}, {"role": "chair"}, False),
    ],
)
def test_the_same_sign_off_twice(first: dict[str, Any], second: dict[str, Any], twice: bool) -> None:
    data = json.dumps({"council": "northshire", "sign_offs": [first, second]}).encode()
    if twice:
        assert refusal(data).path == "$.sign_offs[1]"
    else:
        assert read_cases(data, councils=["northshire"], vocabulary=lambda council, as_at: NORTHSHIRE).cases


@pytest.mark.parametrize(
    ("data", "path", "found"),
    [
        (b"", None, "nothing"),
        (b" \n", None, "nothing"),
        (b"\xef\xbb\xbf{}", None, "a byte order mark"),
        ('{"council": "kent"}'.encode("utf-16"), None, "a byte order mark"),
        (b'{"council": "ke\xffnt"}', None, "byte 0xff at offset 15, which is not UTF-8"),
        (b"{'council': 'kent'}", None, "text that is not JSON at line 1, column 2"),
        (b'{"council": "northshire",}', None, "text that is not JSON"),
        (b'{"council": "northshire"} x', None, "text that is not JSON"),
        (b'{"council": "north\0shire"}', None, "text that is not JSON"),
        (b"[" * 100_000, None, "lists or objects nested too deeply"),
        (b'{"a":' * 100_000, None, "lists or objects nested too deeply"),
        (b'"kent"', "$", '"kent"'),
        (b"null", "$", "null"),
        (b"NaN", "$", "a number that is not finite"),
        (b"1" * 5_000, "$", "a number of 5000 digits"),
        (b"[[]]", "$[0]", "a list of 0 entries"),
        (b"{}", "$.council", "nothing"),
        (b'{"council": null}', "$.council", "null"),
        (b'[{"council": "northshire"}, {"council": "NorthShire"}]', "$[1].council", '"NorthShire"'),
        (
            b'{"council": "northshire", "child": {"status": "none", "status": "none"}}',
            "$.child.status",
            'the key "status" twice',
        ),
        (b'[{"lines": [{}, {"end": 1, "end": 2}]}]', "$[0].lines[1].end", 'the key "end" twice'),
        (
            b'{"council": "northshire", "placement": {"distance_miles": 1e999}}',
            "$.placement.distance_miles",
            "a number that is not finite",
        ),
        (
            b'{"council": "northshire", "placement": {"distance_miles": -Infinity}}',
            "$.placement.distance_miles",
            "a number that is not finite",
        ),
    ],
)  # fmt: skip
def test_faults_of_the_text(data: bytes, path: str | None, found: str) -> None:
    fault = refusal(data)

    assert fault.path == path
    assert fault.found.startswith(found)


def test_more_bytes_than_any_case_has_are_not_parsed() -> None:
    assert refusal(b" " * (MOST_BYTES + 1)).found == f"more than {MOST_BYTES} bytes"


@pytest.mark.parametrize("part", [b"0,", b"[],", b"{},"])
def test_an_input_of_too_many_parts_is_refused_before_it_is_parsed(part: bytes) -> None:
    marks = len(part) - 1 or 1
    most = b"[" + part * ((MOST_PARTS - 1) // marks)

    assert refusal(most).found.startswith("text that is not JSON")
    assert refusal(most + part).found == f"more than {MOST_PARTS} parts"


def test_a_refusal_says_what_was_found_and_the_nearest_word_that_is_allowed() -> None:
    assert str(refusal_of(presenters=["team_manger"])) == (
        '$.presenters[0]: found "team_manger"; allowed: one of team_manager, assistant_team_manager, '
        "briefed_colleague, duty_worker, submitter (nearest: team_manager)"
    )


def test_a_refusal_is_short_and_printable_whatever_was_found() -> None:
    said = str(refusal_of(panel="\x1b[31m\n" + "x" * 100_000))

    assert said == f'$.panel: found "\\x1b[31m\\n{"x" * 50}..."; allowed: one of arp, care'


def test_where_the_policy_names_nothing_nothing_is_allowed() -> None:
    assert refusal_of(area="north").allowed == "nothing; the council's policy names none"
