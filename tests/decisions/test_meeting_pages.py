"""The pages of the panel's work, from the agenda to the signed minutes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from decisions import services
from decisions.models import AgendaItem, AgendaVersion, Decision, Interest, LiveState, MinuteDraft
from decisions.states import DecisionState, ItemState
from panels.models import Meeting
from people.models import Message, User
from people.permissions import Capacity
from tests.factories.decisions import PASSWORD, STARTS, Hall

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        yield


def url(name: str, *args: object) -> str:
    return reverse(f"decisions:{name}", args=args)


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())  # type: ignore[attr-defined]


def as_typed(hall: Hall, item: AgendaItem, **changes: str) -> dict[str, str]:
    line = item.application.lines.get()
    return {
        "item_version": str(item.version),
        "outcome": "agreed",
        "reasons": "It meets the need.",
        "review_date_day": "15",
        "review_date_month": "1",
        "review_date_year": "2027",
        f"line_{line.pk}_pence": "600.00",
        f"line_{line.pk}_start": "2026-11-02",
        f"line_{line.pk}_end": "2027-01-31",
        **changes,
    }


def declared(hall: Hall, browser: Client, item: AgendaItem) -> None:
    browser.post(url("item_interest", item.reference), {"answer": "none"})


def test_the_administrator_builds_orders_and_publishes_an_agenda(hall: Hall, signed_in: Browser) -> None:
    browser = signed_in(hall.administrator)
    meeting = hall.meeting
    first, second = hall.case(), hall.case()
    assert "has not been begun" in words(browser.get(url("agenda", meeting.reference)))

    browser.post(url("agenda_begin", meeting.reference))
    for application in (first, second):
        assert application.reference in words(browser.get(url("agenda_proposals", meeting.reference)))
        browser.post(url("agenda_put", meeting.reference, application.reference))
    item = AgendaItem.objects.get(application=second)
    browser.post(
        url("agenda_change", meeting.reference), {"move": f"{item.reference}:place", f"position-{item.reference}": "1"}
    )
    browser.post(
        url("agenda_change", meeting.reference), {"minutes": item.reference, f"minutes-{item.reference}": "0:25"}
    )
    published = browser.post(url("agenda_publish", meeting.reference), follow=True)

    item.refresh_from_db()
    assert (item.position, item.minutes, item.starts_at) == (1, 25, STARTS)
    assert "Version 1" in words(published)
    assert AgendaVersion.objects.get().snapshot["items"][0]["request"]["reference"] == second.reference
    assert Message.objects.filter(template="agenda_published").count() == 4  # chair, two members, administrator


def test_a_bad_number_of_minutes_is_said_and_changes_nothing(hall: Hall, signed_in: Browser) -> None:
    item = hall.listed()

    page = signed_in(hall.administrator).post(
        url("agenda_change", hall.meeting.reference),
        {"minutes": item.reference, f"minutes-{item.reference}": "<script>"},
        follow=True,
    )

    assert "is not a length of time" in words(page)
    assert "<script>”" not in page.content.decode()
    assert AgendaItem.objects.get(pk=item.pk).minutes == item.minutes


def test_who_has_no_such_permission_is_refused_before_anything_is_looked_up(hall: Hall, signed_in: Browser) -> None:
    item = hall.opened()[0]
    worker, administrator = signed_in(hall.house.worker), signed_in(hall.administrator)

    assert worker.get(url("agenda", hall.meeting.reference)).status_code == 403
    assert worker.post(url("item_decide", item.reference)).status_code == 403
    assert administrator.post(url("item_decide", item.reference)).status_code == 403
    assert Client().get(url("run", hall.meeting.reference)).status_code == 302


def test_another_council_finds_nothing(hall: Hall, signed_in: Browser, other_staff: dict[Capacity, User]) -> None:
    decision = hall.decided()
    meeting, item = hall.meeting, decision.item
    looked = [
        url("agenda", meeting.reference),
        url("agenda_version", meeting.reference, 1),
        url("run", meeting.reference),
        url("run_item", meeting.reference, item.reference),
        url("run_safe", meeting.reference),
        url("minutes", meeting.reference),
        url("live_version", meeting.reference),
        url("decision", decision.reference),
    ]
    for capacity in (Capacity.CHAIR, Capacity.AUDITOR):
        browser = signed_in(other_staff[capacity])
        assert [browser.get(page).status_code for page in looked] == [404] * len(looked)
    administrator = signed_in(other_staff[Capacity.ADMINISTRATOR])
    assert administrator.post(url("agenda_publish", meeting.reference)).status_code == 404
    assert administrator.post(url("item_step", item.reference, "call")).status_code == 404
    assert signed_in(other_staff[Capacity.CHAIR]).post(url("item_decide", item.reference)).status_code == 404


def test_a_member_of_another_panel_finds_nothing(hall: Hall, signed_in: Browser) -> None:
    decision = hall.decided()
    stranger = hall.person("stranger", role="accountant", capacity=Capacity.MEMBER)

    browser = signed_in(stranger)

    assert browser.get(url("run", hall.meeting.reference)).status_code == 404
    assert browser.get(url("decision", decision.reference)).status_code == 404


def test_looking_opens_nothing(hall: Hall, signed_in: Browser) -> None:
    hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=STARTS)

    signed_in(hall.chair).get(url("run", hall.meeting.reference), follow=True)

    assert Meeting.objects.get().state == "published"
    assert LiveState.objects.get().item is None


def test_a_members_papers_open_after_the_question_about_interests(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()
    browser = signed_in(hall.members[0])
    page = url("run_item", hall.meeting.reference, item.reference)
    child = str(item.application.child)

    before = words(browser.get(page))
    browser.post(url("item_interest", item.reference), {"answer": "none"})
    after = words(browser.get(page))

    assert child not in before
    assert "Do you know this child, family or provider?" in before
    assert child in after


def test_who_withdraws_no_longer_sees_that_case_and_sees_the_next(hall: Hall, signed_in: Browser) -> None:
    first, second = hall.opened(cases=2)
    browser = signed_in(hall.members[0])
    browser.post(url("item_interest", first.reference), {"answer": "withdraws", "nature": "A neighbour"})
    declared(hall, browser, second)

    gone = words(browser.get(url("run_item", hall.meeting.reference, first.reference)))
    there = words(browser.get(url("run_item", hall.meeting.reference, second.reference)))
    version = words(browser.get(url("agenda_version", hall.meeting.reference, 1)))

    assert "You withdrew from this case" in gone
    assert "A summary." not in gone
    assert "A summary." in there
    assert version.count("A summary.") == 1
    assert Interest.objects.get(item=first).withdraws


def test_the_chair_sees_what_confirming_does_and_then_it_is_done(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()
    browser = signed_in(hall.chair)
    declared(hall, browser, item)
    typed = as_typed(hall, item)

    shown = browser.post(url("item_decide", item.reference), typed)
    assert Decision.objects.count() == 0
    done = browser.post(url("item_decide", item.reference), {**typed, "confirm": "1"}, follow=True)

    assert 'Commits <strong class="house-money">£7,800.00</strong> this year' in words(shown)
    decision = Decision.objects.get()
    assert decision.money["this_year_pence"] == 780_000
    assert f"Minute {decision.minute_number} is recorded" in words(done)


def test_weeks_are_told_only_of_what_is_paid_by_the_week(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()
    browser = signed_in(hall.chair)
    declared(hall, browser, item)

    weekly = words(browser.post(url("item_decide", item.reference), as_typed(hall, item)))
    item.application.lines.update(unit="one_off")
    once = words(browser.post(url("item_decide", item.reference), as_typed(hall, item)))

    assert "weeks this year" in weekly
    assert "weeks this year" not in once
    assert "next year" in once


def test_a_double_press_gives_the_one_decision(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()
    browser = signed_in(hall.chair)
    typed = {**as_typed(hall, item), "confirm": "1"}

    answers = [browser.post(url("item_decide", item.reference), typed).status_code for _ in range(3)]

    assert answers == [302, 302, 302]
    assert Decision.objects.count() == 1


def test_the_slower_chair_is_told_who_was_faster_and_keeps_every_word(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()
    typed = as_typed(hall, item, outcome="not_agreed", reasons="A long thought about why not.")
    slow = signed_in(hall.chair)
    hall.decided(item)

    answer = slow.post(url("item_decide", item.reference), {**typed, "confirm": "1"})

    assert answer.status_code == 409
    assert f"{hall.chair} has decided this case" in words(answer)
    assert "A long thought about why not." in words(answer)
    assert MinuteDraft.objects.get().fields["reasons"] == "A long thought about why not."
    assert Decision.objects.count() == 1


def test_a_refused_form_loses_nothing_and_says_what_is_wrong_beside_the_field(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()
    browser = signed_in(hall.chair)
    declared(hall, browser, item)
    line = item.application.lines.get()

    answer = browser.post(
        url("item_decide", item.reference),
        as_typed(
            hall,
            item,
            reasons="Kept words",
            **{f"line_{line.pk}_pence": "=1+1", "review_date_day": "31", "review_date_month": "2"},
        ),
    )

    assert answer.status_code == 422
    assert "is not a sum of money" in words(answer)
    assert "Kept words" in words(answer)
    assert 'value="=1+1"' in words(answer)


def test_a_draft_is_kept_valid_or_not_and_comes_back(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()
    browser = signed_in(hall.chair)
    declared(hall, browser, item)

    saved = browser.post(url("item_draft", item.reference), {"reasons": "Half a sent", "review_date_day": "99"})
    page = words(browser.get(url("run_item", hall.meeting.reference, item.reference)))

    assert saved.json()["saved"] == "10:05"
    assert "Half a sent" in page
    assert Decision.objects.count() == 0


def test_the_shared_screen_names_nobody(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()

    page = words(signed_in(hall.administrator).get(url("run_safe", hall.meeting.reference)))

    assert item.application.reference in page
    for secret in ("Robin", "Sample", "A summary.", "Support at home"):
        assert secret not in page


def test_screens_follow_by_a_small_number(hall: Hall, signed_in: Browser) -> None:
    item = hall.called()
    browser = signed_in(hall.members[0])
    address = url("live_version", hall.meeting.reference)

    first = browser.get(address)
    same = browser.get(address, headers={"If-None-Match": first["ETag"]})
    services.declare_interest(
        item=item, user=hall.members[0], nature="", withdraws=False, by=hall.members[0], at=STARTS
    )
    changed = browser.get(address, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, same.status_code, changed.status_code) == (200, 304, 200)
    assert changed.json()["attendance"] > first.json()["attendance"]
    assert changed.json().get("money") == first.json().get("money")  # nobody has to fetch that part again


def test_a_screen_follows_a_meeting_nobody_has_touched(hall: Hall, signed_in: Browser) -> None:
    browser = signed_in(hall.members[0])

    untouched = browser.get(url("live_version", hall.meeting.reference))
    Meeting.objects.update(state="cancelled")

    assert (untouched.status_code, set(untouched.json().values())) == (200, {0})
    assert browser.get(url("live_version", hall.meeting.reference)).status_code == 286
    assert browser.get(url("live_version", "M-NOWHERE")).status_code == 404
    stranger = hall.person("stranger", role="member", capacity=Capacity.MEMBER)
    assert signed_in(stranger).get(url("live_version", hall.meeting.reference)).status_code == 404


def test_closing_is_refused_while_a_case_has_no_outcome(hall: Hall, signed_in: Browser) -> None:
    first, second = hall.opened(cases=2)
    browser = signed_in(hall.administrator)
    hall.decided(hall.called(first))

    refused = browser.post(url("meeting_step", hall.meeting.reference, "close"), follow=True)
    browser.post(url("item_carry", second.reference), {"reason": "Out of time"})
    browser.post(url("meeting_step", hall.meeting.reference, "close"))

    assert "without an outcome" in words(refused)
    assert Meeting.objects.get().state == "closed"
    assert AgendaItem.objects.get(pk=second.pk).state == ItemState.NOT_REACHED


def test_the_chair_signs_decision_and_minutes_with_the_password(hall: Hall, signed_in: Browser) -> None:
    decision = hall.costed(hall.decided())
    browser = signed_in(hall.chair)
    services.close_meeting(meeting=hall.meeting, by=hall.administrator, at=STARTS)

    wrong = browser.post(url("decision_sign", decision.reference), {"password": "not it"})
    early = browser.post(url("minutes", hall.meeting.reference), {"password": PASSWORD})
    browser.post(url("decision_sign", decision.reference), {"password": PASSWORD})
    browser.post(url("minutes", hall.meeting.reference), {"password": PASSWORD})

    decision.refresh_from_db()
    assert "That is not your password" in words(wrong)
    assert "still unsigned" in words(early)
    assert (decision.state, decision.signed_by) == (DecisionState.SIGNED, hall.chair)
    assert decision.sheet.state == "owed"
    assert Meeting.objects.get().state == "signed"


def test_every_page_draws_for_everybody_who_may_see_it(hall: Hall, signed_in: Browser) -> None:
    decision = hall.decided()
    meeting, item = hall.meeting, decision.item
    pages = [
        url("meetings"),
        url("agenda", meeting.reference),
        url("agenda_version", meeting.reference, 1),
        url("run_item", meeting.reference, item.reference),
        url("run_safe", meeting.reference),
        url("minutes", meeting.reference),
        url("decision", decision.reference),
        url("my_actions"),
        url("reviews"),
        *(
            url("run_part", meeting.reference, item.reference, name)
            for name in ("items", "case", "attendance", "money")
        ),
    ]
    for user in (hall.chair, hall.members[0], hall.administrator):
        browser = signed_in(user)
        assert [browser.get(page).status_code for page in pages] == [200] * len(pages)
    assert signed_in(hall.chair).get(url("decision_correct", decision.reference)).status_code == 200
    assert signed_in(hall.administrator).get(url("attendance", meeting.reference)).status_code == 200
    assert signed_in(hall.house.head).get(url("approvals")).status_code == 200
