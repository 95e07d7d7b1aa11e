"""The live pages stay cheap, and what follows a decision after panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from decisions import services
from decisions.models import AgendaItem, Approval, Decision
from decisions.queries.clauses import clauses_of
from decisions.rules import Arrival, counting, pace_of, people_in, timer_of
from decisions.services import AlreadyDecidedError, DecisionRefusedError
from decisions.services.sheets import sheet_data
from finance.models import Commitment
from panels.models import Meeting, SeatHolder
from panels.services import policy_of
from people.models import Message, User
from people.permissions import Capacity
from people.templatetags.gov import medium_date
from tests.factories.decisions import PASSWORD, STARTS, Hall

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
LATER = STARTS + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        yield


def count(browser: Client, page: str, **headers: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(page, headers=headers).status_code in {200, 304}
    return len(queries)


def test_a_run_sheet_of_thirty_costs_the_queries_of_one(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()
    browser = signed_in(hall.chair)
    browser.post(reverse("decisions:item_interest", args=[item.reference]), {"answer": "none"})
    page = reverse("decisions:run_item", args=[hall.meeting.reference, item.reference])
    one = count(browser, page)

    for _ in range(29):
        services.put_on_agenda(
            meeting=hall.meeting, application=hall.case(), reason="Urgent", by=hall.administrator, at=STARTS
        )

    assert count(browser, page) == one


def test_following_costs_one_row_besides_who_asks(hall: Hall, signed_in: Browser) -> None:
    hall.called()
    browser = signed_in(hall.members[0])
    page = reverse("decisions:live_version", args=[hall.meeting.reference])
    browser.get(page)

    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(page)

    about = [q["sql"] for q in queries if "decisions_livestate" in q["sql"]]
    assert answer.status_code == 200
    assert len(about) == 1
    assert len(queries) == 3  # the session, the person with council and offices, the row


class Vice(Hall):
    """A meeting which somebody else than the head of service leads, about a placement."""

    def __init__(self) -> None:
        super().__init__()
        lead = self.person("vice", role="service_manager_looked_after", capacity=Capacity.CHAIR)
        self.seat(lead, "service_manager_looked_after")
        services.name_chair(meeting=self.meeting, chair=lead, by=self.administrator, at=STARTS)
        self.chair = lead
        self.meeting.refresh_from_db()

    def placed(self) -> Decision:
        self.listed(self.case(category="ifa_foster_placement"))
        services.publish_agenda(meeting=self.meeting, by=self.administrator, at=STARTS)
        services.open_meeting(meeting=self.meeting, by=self.administrator, at=STARTS)
        self.come(self.chair)
        return self.decided(self.called(AgendaItem.objects.get(kind="case")))


@pytest.fixture
def vice(db: None) -> Vice:
    return Vice()


def test_a_decision_that_waits_for_an_officer_commits_nothing_until_then(vice: Vice) -> None:
    decision = vice.placed()
    approval = decision.approvals.get(role="head_of_service")

    assert (decision.awaits_role, decision.is_in_principle) == ("head_of_service", True)
    assert Commitment.objects.count() == 0
    assert Message.objects.filter(template="approval_waits", recipient=vice.house.head).count() == 1
    with pytest.raises(DecisionRefusedError, match="waits for an approval"):
        services.sign(decision=decision, password=PASSWORD, by=vice.chair, at=LATER)

    services.answer_approval(approval=approval, agrees=True, reasons="", by=vice.house.head, at=LATER)

    decision.refresh_from_db()
    assert (decision.awaits_role, decision.is_in_principle) == ("", False)
    said = [c["what"] for c in clauses_of(decision, policy=policy_of(decision.policy_version))]
    assert any(w.startswith(f"Approved after panel by {vice.house.head} (") and "20 October 2026" in w for w in said)
    assert sum(e.pence for e in Commitment.objects.get().entries.all()) == 780_000
    with pytest.raises(AlreadyDecidedError):
        services.answer_approval(approval=approval, agrees=False, reasons="No.", by=vice.house.head, at=LATER)


def test_what_an_officer_has_agreed_to_since_is_not_said_as_if_it_still_waited(vice: Vice, signed_in: Browser) -> None:
    decision = vice.placed()
    approval = decision.approvals.get(role="head_of_service")
    address = reverse("decisions:decision", args=[decision.reference])

    def said() -> list[str]:
        page = signed_in(vice.chair).get(address)
        assert "said when the panel decided, 20 October 2026" in page.content.decode()
        return [f["message"] for f in page.context["findings"] if f["rule"] == approval.rule]

    [before] = said()
    assert "has not agreed" in before
    services.answer_approval(approval=approval, agrees=True, reasons="", by=vice.house.head, at=LATER)

    whole = f"{before.rstrip('.')}. Since agreed by {vice.house.head}, 20 October 2026."
    assert said() == [whole]
    printed = [f["message"] for f in sheet_data(decision)["findings"] if f["rule"] == approval.rule]
    assert whole in printed


def test_a_decision_an_officer_did_not_agree_to_is_not_signed_but_replaced(vice: Vice, signed_in: Browser) -> None:
    decision = vice.placed()
    vice.chair.set_password(PASSWORD)
    vice.chair.save()
    services.answer_approval(
        approval=decision.approvals.get(role="head_of_service"),
        agrees=False,
        reasons="Too dear for too long.",
        by=vice.house.head,
        at=LATER,
    )

    with pytest.raises(DecisionRefusedError, match=r"did not agree: Too dear for too long\.") as refusal:
        services.sign(decision=decision, password=PASSWORD, by=vice.chair, at=LATER)
    page = signed_in(vice.chair).get(reverse("decisions:decision", args=[decision.reference])).content.decode()
    new = services.correct(
        decision=decision,
        minute=vice.minute(decision.item, "not_agreed"),
        why="The head of service did not agree.",
        expected_version=1,
        by=vice.chair,
        at=LATER,
    )
    services.sign(decision=new, password=PASSWORD, by=vice.chair, at=LATER)

    new.refresh_from_db()
    assert str(vice.house.head) in str(refusal.value)
    assert "Sign this decision" not in page
    assert "Replace by a new version" in page
    assert (new.state, Commitment.objects.count()) == ("signed", 0)


def test_only_the_named_office_approves_and_no_needs_reasons(vice: Vice) -> None:
    approval = vice.placed().approvals.get(role="head_of_service")

    for by, reasons in ((vice.chair, "x"), (vice.house.manager, "x"), (vice.house.head, " ")):
        with pytest.raises(DecisionRefusedError):
            services.answer_approval(approval=approval, agrees=False, reasons=reasons, by=by, at=LATER)

    assert Approval.objects.get(pk=approval.pk).answer == "waiting"


def test_the_officer_answers_on_a_page_that_shows_the_clause(vice: Vice, signed_in: Browser) -> None:
    decision = vice.placed()
    browser = signed_in(vice.house.head)
    page = reverse("decisions:approve", args=[decision.reference, "head_of_service"])

    waiting = browser.get(reverse("decisions:approvals")).content.decode()
    shown = browser.get(page).content.decode()
    bare = browser.post(page, {"agrees": "no"})
    browser.post(page, {"agrees": "yes"})

    assert decision.minute_number in waiting
    assert "Threshold" in shown
    assert bare.status_code == 422
    assert Commitment.objects.count() == 1
    assert signed_in(vice.house.service_manager).get(page).status_code == 404


def test_a_chair_who_holds_that_office_approves_by_deciding(hall: Hall) -> None:
    hall.listed(hall.case(category="ifa_foster_placement"))
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=STARTS)
    services.open_meeting(meeting=hall.meeting, by=hall.administrator, at=STARTS)

    decision = hall.decided(hall.called(AgendaItem.objects.get(kind="case")))

    approval = decision.approvals.get(role="head_of_service")
    assert (approval.answer, approval.given_by) == ("agreed", hall.chair)
    assert Commitment.objects.count() == 1


def test_somebody_without_a_chairs_seat_leads_only_with_a_reason(hall: Hall) -> None:
    with pytest.raises(services.MeetingRefusedError):
        services.name_chair(meeting=hall.meeting, chair=hall.house.head, by=hall.administrator, at=STARTS)

    services.name_chair(
        meeting=hall.meeting, chair=hall.house.head, reason="Both are ill.", by=hall.administrator, at=STARTS
    )

    hall.meeting.refresh_from_db()
    assert hall.meeting.chair == hall.house.head


def test_a_case_carried_forward_is_a_new_item_that_points_back(hall: Hall) -> None:
    item = hall.opened()[0]
    other = hall.plan(STARTS + timedelta(days=14))

    new = services.carry_forward(item=item, reason="Out of time.", to=other, by=hall.administrator, at=LATER)

    item.refresh_from_db()
    assert new is not None
    assert (item.state, item.reason) == ("not_reached", "Out of time.")
    assert (new.carried_from, new.meeting, new.origin) == (item, other, "carried")


def test_the_run_sheet_says_on_which_agenda_a_case_stood_first(hall: Hall, signed_in: Browser) -> None:
    item = hall.opened()[0]
    other = hall.plan(STARTS + timedelta(days=14))
    new = services.carry_forward(item=item, reason="Out of time.", to=other, by=hall.administrator, at=LATER)
    assert new is not None
    browser = signed_in(hall.administrator)

    pages = [browser.get(reverse("decisions:run_item", args=[i.meeting.reference, i.reference])) for i in (item, new)]

    said = "first on the agenda of"
    assert said not in pages[0].content.decode()
    assert f"{said} {medium_date(STARTS)}" in pages[1].content.decode()


@pytest.mark.parametrize("is_named", [True, False])
def test_a_chair_is_asked_for_where_nobody_leads(hall: Hall, signed_in: Browser, *, is_named: bool) -> None:
    item = hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=STARTS)
    Meeting.objects.update(chair=hall.chair if is_named else None)

    page = signed_in(hall.administrator).get(
        reverse("decisions:run_item", args=[hall.meeting.reference, item.reference])
    )

    assert ("Name the chair" in page.content.decode()) != is_named
    assert (f">{hall.chair}</option>" in page.content.decode()) != is_named


def test_numbers_of_meetings_follow_one_another_in_a_panel(hall: Hall) -> None:
    hall.opened()
    second = hall.plan(STARTS + timedelta(days=14))
    hall.listed(hall.case(), meeting=second)
    services.publish_agenda(meeting=second, by=hall.administrator, at=STARTS)

    services.open_meeting(meeting=second, by=hall.administrator, at=STARTS + timedelta(days=14))

    second.refresh_from_db()
    assert second.number == 2


def test_an_action_is_done_by_whom_it_was_given_to(hall: Hall, signed_in: Browser) -> None:
    hall.decided(actions=[services.NewAction("Visit", hall.members[0], date(2026, 11, 3))])
    mine, others = signed_in(hall.members[0]), signed_in(hall.members[1])
    action = Decision.objects.get().actions.get()
    page = reverse("decisions:action_done", args=[action.reference])

    assert others.post(page).status_code == 404
    assert mine.post(page).status_code == 302
    action.refresh_from_db()
    assert action.done_by == hall.members[0]


def arrival(person: str, kind: str, minutes: int) -> Arrival:
    return Arrival(person, person, "", "member", kind, STARTS + timedelta(minutes=minutes), user=int(person))


def test_the_room_is_what_the_notes_up_to_a_moment_say() -> None:
    notes = [arrival("1", "came", 0), arrival("2", "came", 0), arrival("1", "left", 10), arrival("1", "came", 20)]

    def here(minutes: int) -> list[str]:
        people = people_in(notes, at=STARTS + timedelta(minutes=minutes))
        return [p.name for p in counting(people, withdrew=frozenset())]

    assert (here(5), here(10), here(20)) == (["1", "2"], ["2"], ["1", "2"])
    assert counting(people_in(notes, at=STARTS), withdrew=frozenset({"1"}))[0].name == "2"


@pytest.mark.parametrize(
    ("minutes", "level", "words"),
    [
        (0, "good", "0 of 10 min used, 10 min left"),
        (6, "good", "6 of 10 min used, 4 min left"),
        (7, "near", "7 of 10 min used, 3 min left"),
        (10, "over", "time is up"),
        (13, "over", "3 min over"),
    ],
)
def test_a_timer_warns_at_seven_tenths_and_at_the_whole(minutes: int, level: str, words: str) -> None:
    timer = timer_of(called_at=STARTS, planned=10, now=STARTS + timedelta(minutes=minutes))

    assert timer is not None
    assert (timer.level, timer.words) == (level, words)


def test_a_late_meeting_says_what_it_will_not_reach() -> None:
    pace = pace_of(
        now=STARTS + timedelta(minutes=42),
        ends=STARTS + timedelta(minutes=60),
        planned=STARTS + timedelta(minutes=30),
        waiting=[("7", 10), ("8", 10), ("9", 10)],
    )

    assert pace.words == "Running 12 min late. At this pace 2 items will not be reached: 8, 9."


def test_everybody_expected_is_noted_with_one_press_but_for_those_noted_before(hall: Hall, signed_in: Browser) -> None:
    hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=STARTS)
    page = reverse("decisions:attendance", args=[hall.meeting.reference])
    browser = signed_in(hall.administrator)
    away = hall.members[0]
    hall.come(away, kind="apologies")

    assert "Everybody expected came" in browser.get(page).content.decode()
    for _ in range(2):
        assert browser.post(page, {"everybody": "1"}).status_code == 302

    noted = [(event.user, event.kind) for event in hall.meeting.attendance.order_by("pk")]
    expected = {holder.user for holder in SeatHolder.objects.filter(panel=hall.panel)} - {away}
    assert noted[0] == (away, "apologies")
    assert sorted(noted[1:], key=str) == sorted(((user, "came") for user in expected), key=str)
    assert "Everybody expected came" not in browser.get(page).content.decode()


def test_nobody_comes_to_a_meeting_that_is_only_planned(hall: Hall, signed_in: Browser) -> None:
    page = reverse("decisions:attendance", args=[hall.meeting.reference])

    answer = signed_in(hall.administrator).post(page, {"everybody": "1"}, follow=True)

    assert "attendance is noted from its agenda to its end" in answer.content.decode()
    assert not hall.meeting.attendance.exists()
