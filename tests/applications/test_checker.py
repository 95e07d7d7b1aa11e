"""Does it need panel? Questions, an answer with its clauses, and not a row more in the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from applications.forms.checker import QUESTIONS, CheckerForm, name_of, questions_of
from applications.forms.fields import draft_data
from applications.models import Application
from applications.queries.checker import ask, born_about, categories_of
from applications.services import create_child
from panels.policy import load
from panels.rules import assess, grounds_of
from panels.rules.case import read_case, vocabulary_of
from panels.services import make_meeting
from people.models import Council, User
from people.permissions import Capacity
from tests.factories.applications import House, council, person, team
from tests.rules.small_policy import entry, policy_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
URL = "/requests/needs-panel/"
THERAPY = {
    "category": "therapy",
    "pence": "600",
    "unit": "weekly",
    "start_day": "7",
    "start_month": "12",
    "start_year": "2026",
    "end_day": "7",
    "end_month": "3",
    "end_year": "2027",
    "status": "child_in_need",
    "age": "9",
}


def rows() -> dict[str, int]:
    ours = ("people", "panels", "finance", "applications", "decisions")
    return {m.__name__: m._default_manager.count() for app in ours for m in apps.get_app_config(app).get_models()}


def answer(house: House, data: dict[str, str], slug: str = "west-berkshire"):
    policy = load(slug)
    form = CheckerForm(draft_data(data), policy=policy)
    assert form.is_valid(), form.errors
    return ask(form.case(at=AT), form.answers(), policy=policy, askable=form.paths, user=house.worker, at=AT)


# what it says ---------------------------------------------------------------------------------------
def test_what_goes_to_panel_is_said_with_the_clause_it_rests_on(house: House, as_user) -> None:
    page = as_user(house.worker).post(URL, THERAPY)

    text = page.content.decode()
    assert page.status_code == 200
    assert "Yes: it goes to Accommodation and Resources Panel" in text
    assert "(WB-116)" in text
    assert load("west-berkshire").clause("WB-116") in text


@pytest.mark.parametrize(
    ("data", "verdict", "words"),
    [
        ({**THERAPY, "category": "child_minding", "end_month": "5"}, "unknown", "It cannot be said yet"),
        ({**THERAPY, "category": "child_minding", "line__part_of_wider_package": "no"}, "excluded", "does not fund"),
        ({**THERAPY, "category": "supervised_contact"}, "in", "Yes: it goes to"),
    ],
)
def test_each_verdict_is_told_in_words(house: House, as_user, data, verdict, words) -> None:
    page = as_user(house.worker).post(URL, data)

    assert page.context["answer"].assessment.remit == verdict
    assert words in page.content.decode()


def test_a_verdict_of_another_panel_names_it_and_its_rule(house: House, as_user) -> None:
    crisis = {
        **THERAPY,
        "category": "crisis_intervention",
        "child__disabled_childrens_team": "yes",
        "child__sister_panel_criteria_met": "yes",
    }

    page = as_user(house.worker).post(URL, crisis)

    assert page.context["answer"].assessment.route_to == "marp"
    assert "It goes to another panel: MARP" in page.content.decode()
    assert "(WB-115)" in page.content.decode()


def test_the_policy_picks_among_its_own_panels() -> None:
    house = House("dudley")
    placement = {**THERAPY, "category": "residential_placement", "line__provision": "independent"}

    assert answer(house, placement, "dudley").assessment.panel == "arp"
    assert answer(house, {**placement, "joint_funding": "health"}, "dudley").assessment.panel == "tripartite"


@pytest.mark.parametrize("slug", ["west-berkshire", "swindon", "wokingham", "dudley", "kent"])
def test_every_kind_of_every_council_gets_an_answer_with_its_grounds(slug: str) -> None:
    house = House(slug, area="north" if slug == "kent" else "")
    for category in categories_of(load(slug)):
        found = answer(house, {**THERAPY, "category": category}, slug)
        assert found.assessment.remit == "unknown" or found.grounds, category
        assert found.assessment.remit != "unknown" or found.open, category


@pytest.mark.parametrize("slug", ["west-berkshire", "dudley", "kent"])
def test_grounds_tell_of_a_rule_only_where_the_fate_is_known(slug: str) -> None:
    policy = load(slug)
    for category in categories_of(policy):
        case = {"council": slug, "as_at": AT.isoformat(), "lines": [{"category": category}]}
        facts = read_case(case, councils=[slug], vocabulary=lambda _c, _a: vocabulary_of(policy)).facts
        if assess(facts, policy).remit == "unknown":
            assert grounds_of(facts, policy) == ((),), category


# what it asks ---------------------------------------------------------------------------------------
def test_only_what_the_rules_want_is_asked_next(house: House) -> None:
    first = answer(house, {**THERAPY, "category": "child_minding", "end_month": "5"})
    assert "line.part_of_wider_package" in first.open

    second = answer(
        house, {**THERAPY, "category": "child_minding", "end_month": "5", "line__part_of_wider_package": "yes"}
    )
    assert "line.part_of_wider_package" in second.asked
    assert "line.part_of_wider_package" not in second.open


def test_an_answer_no_rule_asks_for_is_left_aside(house: House) -> None:
    plain = answer(house, THERAPY)
    stale = answer(house, {**THERAPY, "placement__distance_miles": "99", "line__low_level": "yes"})

    assert stale.asked == plain.asked == ()
    assert stale.assessment == plain.assessment


def test_transport_for_a_placement_of_the_same_request_goes_with_it() -> None:
    house = House("kent", area="north")
    transport = {**THERAPY, "category": "transport", "area": "north", "child__placement_breakdowns": "0"}

    assert answer(house, transport, "kent").assessment.remit == "unknown"
    assert answer(house, {**transport, "line__for_line": "yes"}, "kent").assessment.remit == "in"
    assert answer(house, {**transport, "line__for_line": "no"}, "kent").assessment.remit == "out"


def test_age_stands_for_a_date_of_birth_that_is_nobodys() -> None:
    for age in (0, 9, 17):
        born = born_about(age, on=date(2028, 2, 29))
        years = 2028 - born.year - ((born.month, born.day) > (2, 29))
        assert years == age
    assert "date_of_birth" not in QUESTIONS
    assert not {"first_name", "last_name", "case_reference"} & set(CheckerForm(policy=load("kent")).fields)


def test_a_fact_only_one_council_knows_is_asked_in_its_own_words(house: House, tmp_path) -> None:
    entries = entry("TS-02", "remit: [{lines: [all], verdict: in, when: own.crosses_water}]")
    fact = "facts: {crosses_water: {kind: yes_no, label: Does the way to it cross water?, rule: TS-02}}"
    policy = policy_of(tmp_path, entries, fact)
    for said, verdict, still_open in (
        ({}, "unknown", ("own.crosses_water",)),
        ({"own__crosses_water": "yes"}, "in", ()),
        ({"own__crosses_water": "no"}, "out", ()),
    ):
        form = CheckerForm(draft_data({**THERAPY, **said}), policy=policy)
        assert form.is_valid(), form.errors
        found = ask(form.case(at=AT), form.answers(), policy=policy, askable=form.paths, user=house.worker, at=AT)
        assert (found.assessment.remit, found.open) == (verdict, still_open)
    assert form.fields["own__crosses_water"].label == "Does the way to it cross water?"


# by when, and who -----------------------------------------------------------------------------------
def test_last_moments_are_counted_back_from_each_of_the_next_meetings(house: House) -> None:
    for day in (2, 16, 30):
        starts = datetime(2026, 12, day, 10, 0, tzinfo=UTC)
        make_meeting(
            panel=house.panel,
            starts_at=starts,
            ends_at=starts + timedelta(hours=3),
            administrator=house.administrator,
            by=None,
            at=AT,
            tells_members=False,
        )

    found = answer(house, THERAPY)

    assert [s.meeting.starts_at.day for s in found.sittings] == [2, 16, 30]
    sent = [timezone.localtime(s.moments[0].due).date() for s in found.sittings]
    assert sent == [date(2026, 11, 25), date(2026, 12, 9), date(2026, 12, 21)]  # five working days, Christmas between
    assert [s.is_too_late for s in found.sittings] == [False, False, False]


def test_a_meeting_whose_last_moment_is_over_says_so(house: House) -> None:
    starts = AT + timedelta(days=2)
    make_meeting(
        panel=house.panel,
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        administrator=house.administrator,
        by=None,
        at=AT,
        tells_members=False,
    )

    assert answer(house, THERAPY).sittings[0].is_too_late


def test_meetings_of_another_council_are_not_shown(house: House) -> None:
    other = council("swindon")
    starts = AT + timedelta(days=9)
    make_meeting(
        panel=other.panels.get(),
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        administrator=person(other, "elsewhere", role="panel_administrator", capacity=Capacity.ADMINISTRATOR),
        by=None,
        at=AT,
        tells_members=False,
    )

    assert answer(house, THERAPY).sittings == ()


def test_who_signs_and_what_it_will_need_come_with_their_rules(house: House) -> None:
    found = answer(house, THERAPY)

    assert [(a.role, a.stage, a.rule) for a in found.approvals] == [("team_manager", "before_submission", "WB-48")]
    assert found.needs
    assert not {f.rule for f in found.needs} & {"WB-48"}


# nothing is kept ------------------------------------------------------------------------------------
def test_asking_writes_nothing(house: House, as_user) -> None:
    client = as_user(house.worker)
    before = rows()

    client.get(URL)
    client.post(URL, THERAPY)
    client.post(URL, {"category": ""})

    assert rows() == before


def test_every_signed_in_worker_may_ask(house: House, as_user) -> None:
    for capacity in Capacity:
        user = person(house.council, f"any-{capacity}", capacity=capacity)
        assert as_user(user).post(URL, THERAPY).status_code == 200, capacity


def test_strangers_are_sent_to_the_door(house: House, client) -> None:
    assert client.get(URL)["Location"].startswith(reverse("people:sign_in"))


# bad input ------------------------------------------------------------------------------------------
BAD = [
    ("category", ["", "spaceship", "x" * 5000, "in_house", "\x00"]),
    ("pence", ["abc", "-1", "1e9", "£", "9" * 50, "12.345", "\u0661\u0662", "nan", "\x00"]),
    ("unit", ["daily", "x" * 300]),
    ("status", ["princess", "x" * 300]),
    ("age", ["-1", "26", "nine", "1.5", "9" * 400, "\x00"]),
    ("start_day", ["32", "x", "0", "9" * 40]),
    ("end_year", ["1", "2026", "99999", "x"]),
    ("emergency", ["fire"]),
    ("placement__distance_miles", ["-3", "far", "inf", "nan", "9" * 40]),
    ("child__legal_basis", ["royal"]),
    ("line__court_related", ["perhaps"]),
]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD for value in values])
def test_what_nobody_should_type_is_refused_beside_its_field(house: House, as_user, name: str, value: str) -> None:
    page = as_user(house.worker).post(URL, {**THERAPY, name: value})

    assert page.status_code == 422
    assert "There is a problem" in page.content.decode()
    stem = name.removesuffix("_day").removesuffix("_year")
    assert stem in page.context["form"].errors
    assert f"id_{stem}" in page.content.decode()


def test_no_answer_is_lost_while_another_is_put_right(house: House, as_user) -> None:
    answered = {"line__court_related": "yes", "placement__distance_miles": "12", "line__low_level": ""}
    page = as_user(house.worker).post(URL, {**THERAPY, **answered, "pence": "much"})

    assert page.status_code == 422
    assert [field.name for field in page.context["further"]] == ["line__court_related", "placement__distance_miles"]
    assert 'value="12"' in page.content.decode()


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ({"is_open_ended": "on"}, "is_open_ended"),
        ({"unit": ""}, "unit"),
        ({"is_unborn": "on"}, "is_unborn"),
    ],
)
def test_answers_that_exclude_each_other_are_refused(house: House, as_user, extra, field) -> None:
    page = as_user(house.worker).post(URL, {**THERAPY, **extra})

    assert page.status_code == 422
    assert field in page.context["form"].errors


@pytest.mark.parametrize("slug", ["west-berkshire", "swindon", "wokingham", "dudley", "kent"])
def test_every_question_can_be_answered_and_then_is_open_no_more(slug: str) -> None:
    house = House(slug, area="north" if slug == "kent" else "")
    form = CheckerForm(policy=load(slug))
    typed = {
        "yes_no": "yes",
        "count": "2",
        "miles": "30",
        "money": "10.00",
        "legal_basis": "section_20",
        "provision": "independent",
        "order": "sgo",
        "care_reasons": "remand",
    }
    kinds = {path: kind for path, (_, kind) in questions_of(load(slug)).items()}
    said = {name_of(path): typed.get(kinds[path], "") for path in form.paths}
    dates = {
        f"{name_of(p)}_{part}": value
        for p in form.paths
        if kinds[p] == "date"
        for part, value in (("day", "1"), ("month", "2"), ("year", "2027"))
    }
    for category in categories_of(load(slug)):
        found = answer(house, {**THERAPY, "category": category, **said, **dates}, slug)
        assert found.open == (), category
        assert found.assessment.remit != "unknown", category


# starting a request ---------------------------------------------------------------------------------
def test_a_request_is_started_with_what_was_answered(house: House, as_user) -> None:
    client = as_user(house.worker)
    data = {**THERAPY, "line__court_related": "no", "placement__distance_miles": "30", "emergency": "support"}

    asked = client.post(f"{URL}start/", data)
    assert asked.status_code == 200
    assert Application.objects.count() == 0

    done = client.post(f"{URL}start/", {**data, "child": house.child.reference})

    application = Application.objects.get()
    assert done["Location"] == f"/requests/{application.reference}/tasks/"
    line = application.lines.get()
    assert (line.category, line.unit, line.pence) == ("therapy", "weekly", 60_000)
    assert (line.start, line.end) == (date(2026, 12, 7), date(2027, 3, 7))
    assert line.facts["court_related"] is False
    assert application.facts["placement"] == {"distance_miles": 30.0}
    assert application.facts["emergency"] == {"kind": "support"}
    assert application.child.date_of_birth == date(2014, 5, 6)


def test_a_request_is_not_started_for_another_councils_child(house: House, as_user) -> None:
    there = council("swindon")
    stranger = person(there, "stranger", team=team(there))
    child = create_child(
        by=stranger,
        at=AT,
        team=stranger.team,
        case_reference="S-1",
        first_name="Sam",
        last_name="Sample",
        date_of_birth=date(2014, 5, 6),
        status="child_in_need",
    )

    page = as_user(house.worker).post(f"{URL}start/", {**THERAPY, "child": child.reference})

    assert page.status_code == 422
    assert Application.objects.count() == 0


def test_who_writes_no_requests_is_offered_none(house: House, as_user) -> None:
    client = as_user(house.head)

    assert b"Start a request with this" not in client.post(URL, THERAPY).content
    assert client.post(f"{URL}start/", THERAPY).status_code == 403


def test_a_council_without_a_policy_is_told_so(house: House, as_user) -> None:
    empty = Council.objects.create(slug="nowhere", name="Nowhere")
    User.objects.filter(pk=house.worker.pk).update(council=empty, team=None)

    assert b"No policy holds today" in as_user(User.objects.get(pk=house.worker.pk)).get(URL).content
