"""Who may do what, and by which sentence."""

from __future__ import annotations

import pytest

from panels.policy import load
from panels.rules import Approval, Person, may_act, standing

WB, SW, DU = load("west-berkshire"), load("swindon"), load("dudley")
HEAD = Approval("head_of_service", "after_panel", "WB-91", given=False)
EMERGENCY = Approval("service_manager", "outside_panel", "WB-66", given=False)


def holding(*roles: str, **more: object) -> Person:
    return Person(roles=frozenset(roles), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("act", ["sign_off", "approve", "approve_outside", "agree_withdrawal", "decide", "sign_sheet"])
def test_nobody_judges_their_own_request(act: str) -> None:
    roles = ("team_manager", "service_manager", "head_of_service")
    person = holding(*roles, chairs=True)
    own = holding(*roles, chairs=True, own_request=True)
    ask = {"panel": "ar", "act": act, "approvals": [HEAD, EMERGENCY]}

    assert may_act(WB, person=person, **ask).allowed  # type: ignore[arg-type]
    refused = may_act(WB, person=own, **ask)  # type: ignore[arg-type]
    assert (refused.allowed, refused.sentence) == (False, "Nobody approves their own request.")


def test_signatures_are_given_in_their_order_and_once() -> None:
    first = may_act(SW, panel="care", act="sign_off", person=holding("service_manager"))
    assert (first.allowed, first.rule) == (False, "SW-111")
    assert first.sentence == "The Team Manager signs first."

    assert may_act(SW, panel="care", act="sign_off", person=holding("team_manager")).allowed
    then = may_act(SW, panel="care", act="sign_off", person=holding("service_manager"), signed=["team_manager"])
    assert (then.allowed, then.role, then.rule) == (True, "service_manager", "SW-43")
    done = ["team_manager", "service_manager"]
    assert not may_act(SW, panel="care", act="sign_off", person=holding("service_manager"), signed=done).allowed


def test_a_stranger_is_told_who_signs() -> None:
    answer = may_act(SW, panel="care", act="sign_off", person=holding("accountant"))

    assert (answer.allowed, answer.sentence) == (False, "The Team Manager signs.")
    assert answer.clause is not None


def test_where_nobody_is_asked_nobody_approves() -> None:
    answer = may_act(WB, panel="ar", act="approve", person=holding("head_of_service"))

    assert (answer.allowed, answer.sentence) == (False, "Nobody is asked to approve this, so nobody can.")


def test_an_empty_list_is_never_all_given() -> None:
    given = Approval("head_of_service", "after_panel", "WB-91", given=True)
    unknown = Approval("head_of_service", "after_panel", "WB-91", given=None)

    assert standing([]) == "nobody_asked"
    assert standing([given], "outside_panel") == "nobody_asked"
    assert standing([given]) == "all_given"
    assert standing([given, HEAD]) == "waiting"
    assert standing([unknown]) == "waiting"


def test_only_the_role_that_is_asked_approves_and_once() -> None:
    assert may_act(WB, panel="ar", act="approve", person=holding("head_of_service"), approvals=[HEAD]).rule == "WB-91"
    other = may_act(WB, panel="ar", act="approve", person=holding("service_manager"), approvals=[HEAD])
    assert (other.allowed, other.sentence) == (
        False,
        "To be approved by: Head of Service, Children and Family Services.",
    )
    given = Approval("head_of_service", "after_panel", "WB-91", given=True)
    assert not may_act(WB, panel="ar", act="approve", person=holding("head_of_service"), approvals=[given]).allowed


def test_an_approval_inside_the_panel_is_no_leave_outside_it() -> None:
    ask = {"panel": "ar", "act": "approve_outside", "person": holding("head_of_service")}

    assert not may_act(WB, approvals=[HEAD], **ask).allowed  # type: ignore[arg-type]


def test_a_personal_approval_is_not_given_by_a_stand_in_and_others_are() -> None:
    deputy = Person(covered=frozenset({"head_of_service", "service_manager"}))

    refused = may_act(WB, panel="ar", act="approve", person=deputy, approvals=[HEAD])
    assert not refused.allowed
    assert refused.sentence.endswith("approves this in person; a stand-in cannot.")
    assert may_act(WB, panel="ar", act="approve_outside", person=deputy, approvals=[EMERGENCY]).allowed


def test_who_has_an_interest_keeps_out_where_the_text_says_so() -> None:
    member = holding("placements_lead", has_interest=True)

    answer = may_act(DU, panel="arp", act="take_part", person=member)
    assert (answer.allowed, answer.rule) == (False, "DU-33")
    assert may_act(DU, panel="arp", act="take_part", person=holding("placements_lead")).allowed
    assert may_act(WB, panel="ar", act="take_part", person=holding("accountant", has_interest=True)).allowed


def test_the_chair_of_the_meeting_decides_and_signs() -> None:
    for act in ("decide", "sign_sheet"):
        assert may_act(WB, panel="ar", act=act, person=holding("service_manager", chairs=True)).allowed  # type: ignore[arg-type]
        assert not may_act(WB, panel="ar", act=act, person=holding("head_of_service")).allowed  # type: ignore[arg-type]


def test_where_the_text_is_silent_it_says_so() -> None:
    assert may_act(WB, panel="ar", act="sign_minutes", person=holding("x", chairs=True)).sentence == (
        "The council's text names nobody for the minutes, so the chair of the meeting signs them."
    )
    assert not may_act(WB, panel="ar", act="sign_minutes", person=holding("head_of_service")).allowed
    assert may_act(DU, panel="arp", act="change_policy", person=holding("head_of_service")).allowed
    assert may_act(SW, panel="care", act="sign_minutes", person=holding("x", chairs=True)).rule == "SW-71"
    assert not may_act(DU, panel="arp", act="agree_withdrawal", person=holding("service_manager")).allowed


def test_offices_and_members_are_told_apart_from_others() -> None:
    assert may_act(WB, panel="ar", act="build_agenda", person=holding("panel_administrator")).rule == "WB-44"
    assert not may_act(WB, panel="ar", act="build_agenda", person=holding("accountant")).allowed
    assert may_act(WB, panel="ar", act="record_cost", person=holding("accountant")).rule == "WB-21"
    assert not may_act(WB, panel="ar", act="take_part", person=holding("social_worker")).allowed
    assert may_act(WB, panel="ar", act="submit", person=holding("social_worker")).allowed
    assert not may_act(WB, panel="ar", act="submit", person=holding("accountant")).allowed
    assert may_act(WB, panel="ar", act="change_policy", person=holding("leadership_team")).allowed
    assert not may_act(WB, panel="ar", act="change_policy", person=holding("head_of_service")).allowed
