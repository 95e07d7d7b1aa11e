"""The calendar: days the schedule proposes, departures with their clause, notice to members, bad input."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine

from panels.models import Meeting, Panel
from panels.rules.schedule import Sitting, departures, proposed_days
from panels.services import MeetingRefusedError, adopt, cancel_meeting, make_meeting, move_meeting, next_meetings
from panels.services.calendar import late_notice
from panels.states import MeetingState
from people.models import Message, RecordEntry
from people.permissions import Capacity
from tests.conftest import LONDON
from tests.factories.panels import MeetingFactory, SeatHolderFactory
from tests.panels.conftest import TWICE_A_MONTH


def at(day, clock="09:30"):
    hour, minute = clock.split(":")
    return datetime(2026, *day, int(hour), int(minute), tzinfo=LONDON)


def sitting(day, clock="09:30", minutes=180):
    return Sitting(at(day, clock), at(day, clock) + timedelta(minutes=minutes))


@pytest.fixture
def members(panel, staff):
    people = [staff[Capacity.CHAIR], staff[Capacity.MEMBER]]
    for person in people:
        SeatHolderFactory(panel=panel, user=person, seat="head_of_service")
    return people


@pytest.fixture
def administrator(staff):
    return staff[Capacity.ADMINISTRATOR]


@pytest.fixture
def meeting(panel, members):
    return MeetingFactory(panel=panel, starts_at=at((3, 12)), ends_at=at((3, 12), "12:30"), chair=members[0])


class TestProposedDays:
    def test_a_weekly_panel_goes_on_from_its_latest_meeting(self, write_policy):
        rules = write_policy().panel("resources")

        days = proposed_days(rules, after=date(2026, 3, 9), held=[sitting((3, 5))], most=3)

        assert days == [date(2026, 3, 12), date(2026, 3, 19), date(2026, 3, 26)]

    def test_a_panel_that_never_met_begins_on_its_weekday(self, write_policy):
        rules = write_policy().panel("resources")

        assert proposed_days(rules, after=date(2026, 3, 9), held=[], most=1) == [date(2026, 3, 12)]

    def test_a_bank_holiday_gives_way_to_the_next_working_day(self, write_policy):
        rules = write_policy(schedule="{every: days, days: 7, weekday: friday}").panel("resources")

        assert proposed_days(rules, after=date(2026, 3, 27), held=[], most=1) == [date(2026, 4, 7)]

    def test_twice_a_month_is_the_first_and_third_such_day_still_free(self, write_policy):
        rules = write_policy(schedule=TWICE_A_MONTH).panel("resources")

        days = proposed_days(rules, after=date(2026, 3, 9), held=[sitting((3, 19))], most=3)

        assert days == [date(2026, 4, 2), date(2026, 4, 16), date(2026, 5, 7)]

    def test_without_a_weekday_the_one_of_the_latest_meeting_counts(self, write_policy):
        rules = write_policy(schedule="{every: month, meetings: 1}").panel("resources")

        assert proposed_days(rules, after=date(2026, 3, 12), held=[sitting((3, 11))], most=1) == [date(2026, 4, 8)]

    @pytest.mark.parametrize("schedule", ["{every: unstated}", "{every: published}", "{every: month, meetings: 1}"])
    def test_where_the_text_gives_no_rhythm_nothing_is_proposed(self, write_policy, schedule):
        assert proposed_days(write_policy(schedule=schedule).panel("resources"), after=date(2026, 3, 9), held=[]) == []


class TestDepartures:
    @pytest.mark.parametrize(
        ("chosen", "said"),
        [
            (sitting((3, 12)), []),
            (sitting((3, 12), "10:00"), ["The panel starts at 09:30; this starts at 10:00."]),
            (sitting((3, 12), minutes=181), ["A meeting lasts 180 minutes; this lasts 181."]),
            (
                sitting((3, 13)),
                [
                    "The panel meets on a Thursday; this is a Friday.",
                    "The panel meets every 7 days; this is 8 days after the meeting before.",
                ],
            ),
        ],
    )
    def test_each_departure_is_a_warning_with_its_clause(self, write_policy, chosen, said):
        policy = write_policy()

        found = departures(policy, policy.panel("resources"), chosen=chosen, held=[sitting((3, 5))])

        assert [finding.message for finding in found] == said
        assert {(f.effect, f.rule, f.clause) for f in found} <= {("warn", "EX-02", "Terms of reference, Section 2")}

    def test_a_third_meeting_in_a_month_of_two_is_a_departure(self, write_policy):
        policy = write_policy(schedule=TWICE_A_MONTH)
        held = [sitting((3, 5)), sitting((3, 19))]

        found = departures(policy, policy.panel("resources"), chosen=sitting((3, 26), minutes=60), held=held)

        assert [f.message for f in found] == [
            "The panel meets 2 times a month; with this it would meet 3 times in March."
        ]

    def test_silence_is_silence(self, write_policy):
        policy = write_policy(schedule="{every: unstated}")

        assert departures(policy, policy.panel("resources"), chosen=sitting((3, 13), "14:00", 500), held=[]) == []

    def test_a_day_without_work_is_named_and_stops_nothing(self, write_policy):
        policy = write_policy(schedule="{every: unstated}")

        [finding] = departures(policy, policy.panel("resources"), chosen=sitting((4, 3)), held=[])

        assert (finding.effect, finding.message) == ("inform", "This day is no working day.")


def test_a_meeting_is_planned_told_and_on_record(panel, members, administrator, now):
    meeting = make_meeting(
        panel=panel,
        starts_at=at((3, 12)),
        ends_at=at((3, 12), "12:30"),
        administrator=administrator,
        by=administrator,
        at=now,
    )

    assert (meeting.state, meeting.reference[:2], len(meeting.reference)) == (MeetingState.PLANNED, "M-", 10)
    told = Message.objects.filter(template="meeting_planned", on=date(2026, 3, 12), about_pk=meeting.pk)
    assert {message.recipient for message in told} == {*members, administrator}
    assert {message.path for message in told} == {f"/panels/meetings/{meeting.reference}/"}
    assert RecordEntry.objects.get(action="meeting.planned").subject_ref == meeting.reference


def test_references_tell_nothing_and_differ(panel, administrator, now):
    made = {
        make_meeting(
            panel=panel,
            starts_at=at((4, day)),
            ends_at=at((4, day), "11:00"),
            by=administrator,
            at=now,
            tells_members=False,
        ).reference
        for day in range(1, 21)
    }

    assert len(made) == 20
    assert sorted(made) != [f"M-{n}" for n in range(20)]


@pytest.mark.parametrize("ends", [at((3, 12)), at((3, 12), "09:00"), at((3, 13), "09:00")])
def test_odd_times_are_refused(panel, administrator, now, ends):
    with pytest.raises(MeetingRefusedError):
        make_meeting(panel=panel, starts_at=at((3, 12)), ends_at=ends, by=administrator, at=now)


def test_a_panel_sits_once_at_a_time(meeting, panel, administrator, now):
    with pytest.raises(MeetingRefusedError, match="already"):
        make_meeting(panel=panel, starts_at=meeting.starts_at, ends_at=meeting.ends_at, by=administrator, at=now)


def test_members_hear_of_a_move_once_for_each(meeting, members, administrator, now):
    for day in (19, 26):
        meeting.refresh_from_db()
        move_meeting(
            meeting=meeting,
            starts_at=at((3, day)),
            ends_at=at((3, day), "12:00"),
            reason="room",
            by=administrator,
            at=now,
            expected_version=meeting.version,
        )

    assert Message.objects.filter(template="meeting_changed").count() == 2 * len(members)
    assert RecordEntry.objects.filter(action="meeting.moved").count() == 2


def test_a_stale_change_changes_nothing(meeting, administrator, now):
    with pytest.raises(MeetingRefusedError, match="meanwhile"):
        cancel_meeting(meeting=meeting, reason="x", expected_version=meeting.version + 1, by=administrator, at=now)


def test_what_has_begun_is_neither_moved_nor_cancelled(meeting, administrator, now):
    Meeting.objects.update(state=MeetingState.IN_SESSION)

    with pytest.raises(MeetingRefusedError, match="in session"):
        cancel_meeting(meeting=meeting, reason="x", expected_version=0, by=administrator, at=now)
    with pytest.raises(MeetingRefusedError, match="in session"):
        move_meeting(
            meeting=meeting,
            starts_at=at((3, 19)),
            ends_at=at((3, 19), "12:00"),
            reason="x",
            expected_version=0,
            by=administrator,
            at=now,
        )


@pytest.mark.parametrize(
    ("told_at", "new_start", "is_late"),
    [
        (at((3, 11), "09:30"), None, False),
        (at((3, 11), "09:31"), None, True),
        (at((3, 10), "12:00"), at((3, 11), "11:00"), True),
        (at((3, 10), "12:00"), at((3, 19)), False),
    ],
)
def test_late_notice_is_warned_of_with_its_clause(meeting, told_at, new_start, is_late):
    found = late_notice(meeting, new_start=new_start, at=told_at)

    assert [(f.effect, f.rule, f.clause) for f in found] == [
        ("warn", "EX-02", "Terms of reference, Section 2")
    ] * is_late


def test_the_next_meetings_are_those_that_can_still_take_a_case(meeting, panel):
    later = MeetingFactory(panel=panel, starts_at=at((3, 19)))
    MeetingFactory(panel=panel, starts_at=at((3, 26)), state=MeetingState.CANCELLED)
    MeetingFactory(starts_at=at((3, 17)))

    assert list(next_meetings(panel=panel, after=at((3, 9)))) == [meeting, later]
    assert list(next_meetings(panel=panel, after=at((3, 12)))) == [later]


GOOD = {
    "day_day": "12",
    "day_month": "3",
    "day_year": "2026",
    "starts": "9:30",
    "length": "180",
    "place": "Room 1",
    "chair": "",
    "administrator": "",
    "reason": "",
}


@pytest.fixture
def browser(signed_in, administrator, now):
    with time_machine.travel(now, tick=False):
        yield signed_in(administrator)


def test_the_page_proposes_and_plans(browser, panel):
    page = browser.get(f"/panels/{panel.pk}/meetings/new/").content.decode()
    assert "Thursday 12 March 2026" in page
    assert 'value="09:30"' in page

    response = browser.post(f"/panels/{panel.pk}/meetings/new/", GOOD)

    meeting = Meeting.objects.get()
    assert response["Location"] == f"/panels/meetings/{meeting.reference}/"
    assert (meeting.starts_at, meeting.ends_at) == (at((3, 12)), at((3, 12), "12:30"))


def test_the_page_asks_why_before_it_departs_from_the_schedule(browser, panel):
    departing = GOOD | {"day_day": "13"}

    refused = browser.post(f"/panels/{panel.pk}/meetings/new/", departing)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "The panel meets on a Thursday; this is a Friday." in page
    assert "Terms of reference, Section 2" in page
    assert "Say why the meeting departs from the schedule" in page
    assert 'value="13"' in page
    assert Meeting.objects.count() == 0

    browser.post(f"/panels/{panel.pk}/meetings/new/", departing | {"reason": "The room is taken"})
    assert Meeting.objects.get().reason == "The room is taken"


BAD = [
    "",
    "x" * 5000,
    "\x00",
    "<script>alert(1)</script>",
    "=1+1",
    "-1",
    "1e999",
    "99999999999999999999",
    "\u202e",
    "12",
]


@pytest.mark.parametrize("field", list(GOOD))
@pytest.mark.parametrize("value", BAD)
def test_bad_input_to_a_new_meeting_is_answered_and_nothing_is_lost(browser, panel, field, value):
    response = browser.post(f"/panels/{panel.pk}/meetings/new/", GOOD | {field: value})

    page = response.content.decode()
    assert response.status_code in {302, 422}
    assert "<script>alert" not in page
    if response.status_code == 422:
        assert "There is a problem" in page
        assert "govuk-error-message" in page
        assert field == "place" or "Room 1" in page


@pytest.mark.parametrize("step", ["move", "cancel"])
@pytest.mark.parametrize("field", ["reason", "version", "day_day", "starts", "length"])
@pytest.mark.parametrize("value", BAD)
def test_bad_input_to_a_change_is_answered(browser, meeting, step, field, value):
    good = GOOD | {"reason": "Room", "version": str(meeting.version)}

    response = browser.post(f"/panels/meetings/{meeting.reference}/{step}/", good | {field: value})

    assert response.status_code in {302, 409, 422}
    assert "<script>alert" not in response.content.decode()


def test_moving_and_cancelling_by_page(browser, meeting):
    address = f"/panels/meetings/{meeting.reference}/"
    moved = browser.post(f"{address}move/", GOOD | {"day_day": "19", "reason": "Room", "version": "0"})
    stale = browser.post(f"{address}cancel/", {"reason": "Room", "version": "0"})
    cancelled = browser.post(f"{address}cancel/", {"reason": "Room", "version": "1"})

    assert [moved.status_code, stale.status_code, cancelled.status_code] == [302, 409, 302]
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.state) == (at((3, 19)), MeetingState.CANCELLED)


@pytest.mark.parametrize(
    "query",
    [
        "?page=x",
        "?page=-1",
        "?panel=x",
        "?state=%00",
        "?since_day=99",
        "?until_year=0001&until_month=1&until_day=1",
        "?panel=99999999999999999999",
    ],
)
def test_odd_questions_to_the_calendar_are_answered(browser, meeting, query):
    assert browser.get(f"/panels/meetings/{query}").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_calendar_costs_the_same_for_one_and_for_three(browser, panel, rows, django_assert_num_queries):
    for week in range(rows):
        MeetingFactory(panel=panel, starts_at=at((4, 2)) + timedelta(weeks=week))
    browser.get("/panels/meetings/")

    with django_assert_num_queries(6):
        assert browser.get("/panels/meetings/").content.decode().count("<tr") == rows + 1


def test_members_see_the_meetings_of_their_own_panels_alone(signed_in, meeting, staff, council):
    elsewhere = MeetingFactory(panel=Panel.objects.create(council=council, slug="other", name="Other"))
    client = signed_in(staff[Capacity.MEMBER])

    assert client.get(f"/panels/meetings/{meeting.reference}/").status_code == 200
    assert client.get(f"/panels/meetings/{elsewhere.reference}/").status_code == 404


def test_the_policy_page_finds_entries_by_word_and_names_the_clause(signed_in, staff, policy):
    client = signed_in(staff[Capacity.SOCIAL_WORKER])

    assert client.get("/panels/policy/").status_code == 302
    page = client.get("/panels/policy/1/?q=day+before").content.decode()

    assert "EX-02" in page
    assert "EX-01" not in page
    assert "Terms of reference, Section 2" in page
    assert "Notice hours: 24 hours" in page
    assert "A day is twenty-four elapsed hours." in page


def test_a_head_of_service_adopts_what_waits(signed_in, staff, policy, write_policy, council):
    client = signed_in(staff[Capacity.HEAD_OF_SERVICE])
    write_policy(version=2)
    assert "Version 2 is in the council’s files" in client.get("/panels/policy/versions/").content.decode()

    client.post("/panels/policy/versions/adopt/")

    assert council.policies.get(number=2).adopted_by == staff[Capacity.HEAD_OF_SERVICE]
    client.post("/panels/policy/versions/adopt/")
    assert council.policies.count() == 2


@pytest.mark.parametrize("capacity", [c for c in Capacity if c is not Capacity.HEAD_OF_SERVICE])
def test_nobody_else_adopts_where_the_text_names_nobody(signed_in, staff, policy, write_policy, council, capacity):
    client = signed_in(staff[capacity])
    write_policy(version=2)

    answer = client.post("/panels/policy/versions/adopt/", follow=True)

    assert council.policies.count() == 1
    if answer.status_code == 200:
        assert "The head of service adopts the council" in answer.content.decode()
        assert "Adopt it" not in answer.content.decode()


def cover_form(staff, **more):
    return {
        "absent": staff[Capacity.TEAM_MANAGER].pk,
        "role": "team_manager",
        "covering": staff[Capacity.SERVICE_MANAGER].pk,
        "since_day": "9",
        "since_month": "3",
        "since_year": "2026",
        "until_day": "13",
        "until_month": "3",
        "until_year": "2026",
        "reason": "leave",
    } | more


@pytest.mark.parametrize(("rule", "arranged"), [("equal_or_higher", 1), ("unstated", 0), ("named_vice_chair", 0)])
def test_cover_is_arranged_only_where_the_policy_foresees_it(
    signed_in, staff, council, write_policy, now, rule, arranged
):
    adopt(policy=write_policy(cover=rule), by=None, at=now)
    manager = staff[Capacity.TEAM_MANAGER]

    with time_machine.travel(now, tick=False):
        signed_in(manager).post("/panels/cover/", cover_form(staff))

    assert manager.covered_by.count() == arranged


def test_a_vice_chair_named_by_the_policy_covers_for_the_chair_and_nobody_else_does(
    signed_in, staff, council, write_policy, now
):
    adopt(policy=write_policy(cover="named_vice_chair"), by=None, at=now)
    head = staff[Capacity.HEAD_OF_SERVICE]
    form = cover_form(staff, absent=head.pk, role="head_of_service")

    with time_machine.travel(now, tick=False):
        client = signed_in(head)
        refused = client.post("/panels/cover/", form | {"covering": staff[Capacity.TEAM_MANAGER].pk})
        taken = client.post("/panels/cover/", form)

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert head.covered_by.get().covering == staff[Capacity.SERVICE_MANAGER]


def test_nobody_arranges_cover_for_somebody_else_but_a_head_of_service(signed_in, staff, policy, now):
    with time_machine.travel(now, tick=False):
        assert signed_in(staff[Capacity.CHAIR]).post("/panels/cover/", cover_form(staff)).status_code == 422
        assert signed_in(staff[Capacity.HEAD_OF_SERVICE]).post("/panels/cover/", cover_form(staff)).status_code == 302


@pytest.mark.parametrize("field", ["absent", "role", "covering", "since_day", "until_year", "reason"])
@pytest.mark.parametrize("value", [v for v in BAD if v != "12"])
def test_bad_input_to_cover_is_answered(signed_in, staff, policy, now, field, value):
    with time_machine.travel(now, tick=False):
        response = signed_in(staff[Capacity.HEAD_OF_SERVICE]).post(
            "/panels/cover/", cover_form(staff, **{field: value})
        )

    assert response.status_code in {302, 422}
    assert response.status_code == 422 or field == "reason"
    assert "<script>alert" not in response.content.decode()


def test_seats_are_given_and_left(browser, panel, staff):
    form = {
        "seat": "service_manager",
        "user": staff[Capacity.MEMBER].pk,
        "since_day": "1",
        "since_month": "3",
        "since_year": "2026",
    }
    for wrong in (
        {"seat": "x"},
        {"user": "\x00"},
        {"since_day": "45"},
        {"until_day": "1", "until_month": "1", "until_year": "2026"},
    ):
        assert browser.post(f"/panels/{panel.pk}/seats/give/", form | wrong).status_code == 422

    assert browser.post(f"/panels/{panel.pk}/seats/give/", form).status_code == 302
    assert browser.post(f"/panels/{panel.pk}/seats/give/", form).status_code == 422
    holder = panel.seat_holders.get()
    assert browser.post(f"/panels/seats/{holder.pk}/leave/").status_code == 302
    holder.refresh_from_db()
    assert holder.until == date(2026, 3, 8)
    assert RecordEntry.objects.filter(action__startswith="seat.").count() == 2
