"""What the panel makes of an approval outside it: on the agenda by itself, agreed for the rest, or ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from applications import services as applications
from applications.models import Application
from applications.states import State
from decisions import services
from decisions.documents.drawing import sheet_html
from decisions.models import AgendaItem, Decision, OutsideApproval
from decisions.queries import agenda as agenda_questions
from decisions.queries.outside import paid, to_decide, unsettled
from decisions.services import DecisionRefusedError, NotOnTheTableError, reminders
from decisions.services.outside import answer_telephone
from decisions.states import DecisionState, OutsideState
from finance.models import Commitment, Funder, LedgerEntry
from panels.models import Meeting
from people.models import Message, User
from people.permissions import Capacity
from people.services import arrange_cover
from tests.factories.decisions import PASSWORD, STARTS, changed
from tests.factories.outside import ENDS_ON, NIGHT, PLACEMENT, STARTS_ON, SUPPORT, Night

pytestmark = pytest.mark.django_db
LATER = STARTS + timedelta(minutes=20)
REVIEW = {"review_date": date(2026, 12, 1), "no_review_reason": ""}


@pytest.fixture
def night() -> Night:
    return Night()


def heard(night: Night, approval: OutsideApproval, *, meeting: Meeting | None = None) -> AgendaItem:
    """The approved request called in a meeting, listed as the administrator finds it proposed."""
    night.meeting = meeting or night.meeting
    item = services.put_on_agenda(
        meeting=night.meeting, application=approval.application, by=night.administrator, at=night.meeting.starts_at
    )
    services.publish_agenda(meeting=night.meeting, by=night.administrator, at=night.meeting.starts_at)
    services.open_meeting(meeting=night.meeting, by=night.administrator, at=night.meeting.starts_at)
    night.come(night.chair, *night.members, at=night.meeting.starts_at)
    return night.called(AgendaItem.objects.get(pk=item.pk), at=night.meeting.starts_at)


def decided(night: Night, item: AgendaItem, outcome: str = "agreed", **said: Any) -> Decision:
    lines = to_decide(item.application) if outcome.startswith(("agree", "trial")) else []
    minute = night.minute(item, outcome, **{"lines": lines, "override": "It was met already.", **said})
    return services.record(
        item=item,
        minute=minute,
        item_version=item.version,
        by=night.chair,
        at=night.meeting.starts_at + timedelta(minutes=20),
    )


def posted(*commitments: Commitment) -> int:
    return sum(LedgerEntry.objects.filter(commitment__in=commitments).values_list("pence", flat=True))


def settled(approval: OutsideApproval) -> OutsideApproval:
    approval.refresh_from_db()
    return approval


# the agenda -----------------------------------------------------------------------------------------
def proposed(night: Night, meeting: Meeting | None = None) -> list[tuple[str, str, str]]:
    meeting = meeting or night.meeting
    policy = services.agenda.policy_on(meeting)
    found = agenda_questions.proposals(meeting, policy=policy, user=night.administrator)
    return [(p.application.reference, p.origin, p.clause) for p in found]


def test_it_proposes_itself_to_the_next_agenda_with_reason_and_clause_unsigned_as_it_is(night: Night) -> None:
    approval = night.approved()

    [(reference, origin, clause)] = proposed(night)

    assert (reference, origin) == (approval.application.reference, "ratify")
    assert clause.endswith(", Emergency")
    item = services.put_on_agenda(
        meeting=night.meeting, application=approval.application, by=night.administrator, at=NIGHT
    )
    assert (item.origin, item.clause) == ("ratify", "WB-67")
    assert item.reason == "approved outside the panel until 20 October 2026; to be ratified"
    assert Application.objects.get().state == State.LISTED


def test_an_emergency_nobody_approved_is_urgent_and_waits_for_its_signatures(night: Night) -> None:
    request = night.emergency()

    assert proposed(night) == []
    Application.objects.filter(pk=request.pk).update(state=State.READY)
    assert proposed(night) == [(request.reference, "urgent", "")]


def test_what_is_still_being_written_is_not_listed(night: Night) -> None:
    approval = night.told(night.emergency(sends=False))

    assert proposed(night) == []
    with pytest.raises(services.AgendaRefusedError, match="only a ready request is listed"):
        services.put_on_agenda(
            meeting=night.meeting, application=approval.application, by=night.administrator, at=NIGHT
        )


def test_late_papers_do_not_keep_it_from_the_next_panel() -> None:
    night = Night("northmoor", panel="resource")
    approval = night.approved(by=night.director)

    item = services.put_on_agenda(
        meeting=night.meeting, application=approval.application, by=night.administrator, at=STARTS - timedelta(hours=1)
    )

    assert item.origin == "ratify"


# the decision ---------------------------------------------------------------------------------------
def test_ratified_the_rest_is_committed_from_the_day_after(night: Night) -> None:
    approval = night.approved()

    decision = decided(night, heard(night, approval))

    first, rest = Commitment.objects.order_by("pk")
    assert (settled(approval).state, approval.decision) == (OutsideState.RATIFIED, decision)
    assert list(decision.commitments.all()) == [rest]
    assert (rest.start, rest.expected_end) == (date(2026, 10, 21), ENDS_ON)
    assert (posted(first), posted(rest)) == (14 * 14_300, 70 * 14_300)
    assert Message.objects.filter(template="outside_seen", recipient=night.head).count() == 1


def test_the_sheet_of_the_panels_decision_says_what_was_approved_before(night: Night) -> None:
    approval = night.approved()
    decision = decided(night, heard(night, approval))

    signed = services.sign(decision=night.costed(decision), password=PASSWORD, by=night.chair, at=LATER)

    [said] = signed.sheet.data["outside"]
    assert (said["by"], said["until"], said["pence"], said["rule"]) == (str(night.head), "2026-10-20", 200_200, "WB-67")
    printed = sheet_html(signed.sheet.data, data_sha256="0" * 64, reference="S-1")
    assert "until 20 October 2026: £2,002.00 committed" in printed


def test_not_ratified_the_money_ends_with_the_last_day(night: Night) -> None:
    approval = night.approved()

    decided(night, heard(night, approval), "not_agreed")

    commitment = Commitment.objects.get()
    assert settled(approval).state == OutsideState.NOT_RATIFIED
    assert (commitment.expected_end, posted(commitment)) == (date(2026, 10, 20), 200_200)


def test_put_off_it_stays_to_be_seen_and_comes_back(night: Night) -> None:
    approval = night.approved()
    item = heard(night, approval)

    decided(night, item, "deferred")

    assert settled(approval).state == OutsideState.STANDING
    later = night.plan(STARTS + timedelta(days=14))
    assert proposed(night, later)[0][1] == "ratify"


def test_days_paid_for_outside_are_not_agreed_a_second_time(night: Night) -> None:
    approval = night.approved()
    item = heard(night, approval)
    [line] = to_decide(item.application)

    with pytest.raises(DecisionRefusedError, match="is paid until 20 October 2026"):
        decided(night, item, lines=[changed(line, start=STARTS_ON)])

    assert Commitment.objects.count() == 1


def test_a_corrected_decision_says_the_other(night: Night) -> None:
    approval = night.approved()
    old = decided(night, heard(night, approval))
    item = AgendaItem.objects.select_related("application").get(pk=old.item_id)

    new = services.correct(
        decision=old,
        minute=night.minute(item, "not_agreed", lines=[]),
        why="It was not agreed.",
        expected_version=1,
        by=night.chair,
        at=LATER,
    )

    assert (settled(approval).state, approval.decision) == (OutsideState.NOT_RATIFIED, new)
    assert posted(*approval.commitments.all()) == 200_200
    assert Decision.objects.get(pk=old.pk).state == DecisionState.SUPERSEDED


def test_one_that_was_not_confirmed_yet_is_decided_as_a_whole(night: Night) -> None:
    approval = night.told()

    decided(night, heard(night, approval))

    assert settled(approval).state == OutsideState.RATIFIED
    assert posted(Commitment.objects.get()) == 12 * 100_100


def test_money_committed_while_the_panel_decides_is_not_committed_twice(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = night.told()
    item = heard(night, approval)
    marked = applications.mark_decided

    def meanwhile(**said: Any) -> Application:
        answer_telephone(approval=approval, agrees=True, words="", password=PASSWORD, by=night.head, at=STARTS)
        return marked(**said)

    monkeypatch.setattr(applications, "mark_decided", meanwhile)
    with pytest.raises(NotOnTheTableError, match="approved outside the panel since"):
        decided(night, item)

    assert (Decision.objects.count(), Commitment.objects.count()) == (0, 0)


# two councils, two ways ------------------------------------------------------------------------------
def test_wokinghams_approval_is_reviewed_and_its_consultation_kept() -> None:
    night = Night("wokingham")
    request = night.emergency()
    approval = night.approved(
        request, by=night.service_manager, consulted=[night.talked("assistant_director", "Ira Example")]
    )
    unasked = night.approved(night.emergency(), by=night.service_manager)

    assert (approval.rule, approval.afterwards) == ("WK-37", "reviewed")
    assert [(c["role"], c["name"]) for c in approval.consulted] == [("assistant_director", "Ira Example")]
    said = {f["rule"] for f in approval.findings["findings"] if f["effect"] == "warn"}
    warned = {f["rule"] for f in unasked.findings["findings"] if f["effect"] == "warn"}
    assert warned - said == {"WK-37"}


def test_kents_is_heard_by_the_panel_of_its_area() -> None:
    night = Night("kent", area="north", panel="arp")
    assistant_director = night.officer("areas", "assistant_director")
    approval = night.approved(by=assistant_director)

    assert (approval.role, approval.rule, approval.afterwards) == ("assistant_director", "KE-99", "heard")


def test_swindons_director_may_decide_as_an_exception_where_another_is_named() -> None:
    night = Night("swindon")
    director = night.officer("dcsw", "director_childrens_social_work")

    approval = night.approved(night.emergency(SUPPORT), by=director)

    assert (approval.role, approval.rule) == ("director_childrens_social_work", "SW-40")


def test_a_council_that_names_nobody_gives_nobody_leave() -> None:
    night = Night("dudley")

    with pytest.raises(DecisionRefusedError) as refusal:
        night.approved()

    assert [r.message for r in refusal.value.refusals] == ["Nobody is asked to approve this, so nobody can."]


# the invented council: ten days, the cost is split, the panel ratifies --------------------------------
def test_northmoors_leave_of_ten_days_is_committed_and_ratified_to_the_penny() -> None:
    night = Night("northmoor", panel="resource")
    # £1,234.57 a week: 17,636.714… pence a day, so that each part is rounded for itself
    request = night.emergency(pence=123_457)
    approval = night.approved(request, by=night.director, consulted=[night.talked("head_of_service")])

    assert (approval.valid_until, approval.rule) == (date(2026, 10, 16), "NM-12")
    # 7 to 16 October: 10 days × 123,457 ÷ 7 = 176,367.14…
    assert (approval.pence, posted(*approval.commitments.all())) == (176_367, 176_367)

    decision = decided(night, heard(night, approval), **REVIEW)

    # 17 October to 29 December: 74 days × 123,457 ÷ 7 = 1,305,116.857…
    assert (decision.lines[0]["start"], decision.lines[0]["days"]) == ("2026-10-17", 74)
    services_posted = posted(*decision.commitments.all()) or decision.money["this_year_pence"]
    assert services_posted == 1_305_117
    assert settled(approval).state == OutsideState.RATIFIED


def test_northmoors_support_is_never_ratified_and_is_committed_as_a_whole() -> None:
    night = Night("northmoor", panel="resource")
    request = night.emergency(SUPPORT)
    approval = night.approved(request, by=night.head)

    assert (approval.afterwards, approval.valid_until) == ("nothing", None)
    assert approval.pence == 12 * 100_100
    shares = approval.commitments.get().splits.get().shares.values_list("funder__code", "value")
    assert dict(shares) == {"health": 33, Funder.OWN: 67}  # as with a decision of the panel
    assert to_decide(Application.objects.get(pk=request.pk)) == []
    assert proposed(night) == []
    assert unsettled(night.administrator, on=ENDS_ON).count == 0


# what is owed ---------------------------------------------------------------------------------------
def test_the_sums_of_what_no_panel_has_seen_and_of_what_lapsed(night: Night) -> None:
    night.approved()
    night.approved(night.emergency(SUPPORT, pence=70_000), by=night.service_manager)
    withdrawn = night.approved(night.emergency())
    Application.objects.filter(pk=withdrawn.application_id).update(state=State.WITHDRAWN)

    before = unsettled(night.administrator, on=date(2026, 10, 20))
    after = unsettled(night.administrator, on=date(2026, 10, 21))

    assert (before.count, before.pence, before.lapsed, before.lapsed_pence) == (2, 340_200, 0, 0)
    assert (after.count, after.pence, after.lapsed, after.lapsed_pence) == (2, 340_200, 2, 340_200)


def test_officer_and_administrator_hear_once_that_it_lapsed(night: Night) -> None:
    night.approved()

    owed = [reminders.owe(at=STARTS + timedelta(days=days)) for days in (0, 1, 2)]

    assert owed == [0, 2, 0]
    told = Message.objects.filter(template="outside_lapsed").values_list("recipient__username", "on")
    assert set(told) == {("head", date(2026, 10, 20)), ("admin", date(2026, 10, 20))}


def test_a_one_off_is_bought_as_a_whole_and_left_out_of_the_rest(night: Night) -> None:
    request = night.emergency(SUPPORT, unit="one_off", pence=45_000, end=None)

    approval = night.approved(request, by=night.service_manager)

    fresh = Application.objects.get(pk=request.pk)
    assert (approval.pence, to_decide(fresh), list(paid(fresh).values())) == (45_000, [], [None])


def test_what_begins_after_the_last_day_is_left_for_the_panel(night: Night) -> None:
    request = night.emergency(start=date(2026, 10, 21))

    approval = night.approved(request)

    assert (approval.lines, approval.pence, Commitment.objects.count()) == ([], 0, 0)
    assert [line.start for line in to_decide(Application.objects.get(pk=request.pk))] == [date(2026, 10, 21)]


def test_without_a_planned_meeting_it_has_no_last_day(night: Night) -> None:
    Meeting.objects.all().delete()

    approval = night.approved(night.emergency(PLACEMENT))

    assert (approval.valid_until, approval.pence) == (None, 12 * 100_100)


def covered(night: Night, *, absent: User, role: str) -> User:
    deputy = night.officer("deputy", "assistant_director")
    days = {"since": NIGHT.date(), "until": NIGHT.date()}
    said = {"reason": "leave", "by": absent, "at": NIGHT, "needs_rank": False}
    arrange_cover(absent=absent, covering=deputy, role=role, **days, **said)
    return deputy


def test_cover_counts_and_is_kept(night: Night) -> None:
    deputy = covered(night, absent=night.service_manager, role="service_manager")

    approval = night.approved(night.emergency(SUPPORT), by=deputy)

    assert (approval.agreed_by, approval.covering_for) == (deputy, night.service_manager)


def test_an_office_the_policy_ties_to_its_holder_is_not_covered(night: Night) -> None:
    deputy = covered(night, absent=night.head, role="head_of_service")

    with pytest.raises(DecisionRefusedError, match="in person; a stand-in cannot"):
        night.approved(by=deputy)


def test_an_office_for_another_service_does_not_reach_the_request(night: Night) -> None:
    other = night.person("other", role="service_manager", capacity=Capacity.SERVICE_MANAGER)
    other.roles.update(service="Disabled Children")

    with pytest.raises(DecisionRefusedError):
        night.approved(night.emergency(SUPPORT), by=other)
