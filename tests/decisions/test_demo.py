"""The demonstration: something of every kind for every council, chains that hold, at few questions."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from applications.models import Application
from decisions import services
from decisions.management.bench.measure import counted
from decisions.management.demo import past
from decisions.models import Action, AgendaItem, AttendanceEvent, Decision, Interest, Review
from finance.models import Commitment, Kind, LedgerEntry
from finance.services import verify_ledger
from panels.models import Meeting, SeatHolder
from people.models import Council, Message, RecordEntry
from people.services import verify_record
from tests.factories.decisions import STARTS

QUESTIONS = 4_500  # of a council; the most are asked by the one with the longest chain of signatures


def rows_of(model, start):
    """What the rows of a table say, from a key on, but for their keys."""
    left_out = {"id", "seq", "prev_hash", "hash"}
    rows = model.objects.filter(pk__gt=start).order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in left_out} for row in rows]


def written_by(deed, *models):
    """The rows a deed writes, by table."""
    before = {model: max(model.objects.values_list("pk", flat=True), default=0) for model in models}
    deed()
    written = {model: rows_of(model, start) for model, start in before.items()}
    Interest.objects.all().delete()  # one of a person on a case; the others stay beside those of the next deed
    return written


def test_attendance_of_long_ago_is_the_rows_the_service_writes(hall):
    services.put_on_agenda(meeting=hall.meeting, application=hall.case(), by=hall.administrator, at=STARTS)
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=STARTS)
    seats = list(SeatHolder.objects.filter(panel=hall.panel).select_related("user").order_by("pk"))
    came = [(holder, "apologies" if number == 1 else "came") for number, holder in enumerate(seats)]

    def one_by_one():
        for holder, kind in came:
            services.note_attendance(
                meeting=hall.meeting, kind=kind, role=holder.seat, user=holder.user, by=hall.administrator, at=STARTS
            )

    def at_once():
        past.note_attendance(meeting=hall.meeting, came=came, by=hall.administrator, at=STARTS)

    tables = (AttendanceEvent, RecordEntry)
    assert len(came) == 3
    assert written_by(at_once, *tables) == written_by(one_by_one, *tables)
    assert verify_record(council=hall.council) is None


def test_having_no_interest_long_ago_is_the_rows_the_service_writes(hall):
    [item] = hall.opened()
    people = [hall.chair, *hall.members]

    def one_by_one():
        for person in people:
            services.declare_interest(item=item, user=person, nature="", withdraws=False, by=person, at=STARTS)

    def at_once():
        past.declare_none(item=item, people=people, at=STARTS)

    tables = (Interest, RecordEntry)
    assert written_by(at_once, *tables) == written_by(one_by_one, *tables)
    assert verify_record(council=hall.council) is None


@pytest.mark.django_db
def test_every_council_has_something_of_every_kind_at_few_questions(settings, tmp_path):
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    call_command("adopt_policies", "kent", "west-berkshire", verbosity=0)

    with counted() as asked:
        call_command("demo", verbosity=0)

    assert len(asked) <= 2 * QUESTIONS
    for council in Council.objects.all():
        of_council = Application.objects.filter(council=council)
        assert set(of_council.values_list("state", flat=True)) >= {
            "draft",
            "submitted",
            "ready",
            "listed",
            "decided",
            "deferred",
            "withdrawn",
        }
        if council.slug == "kent":  # West Berkshire's text asks for no signature before the panel
            assert set(of_council.values_list("state", flat=True)) >= {"with_manager", "returned"}
        decisions = Decision.objects.filter(council=council)
        meetings = Meeting.objects.filter(panel__council=council)
        assert set(meetings.values_list("state", flat=True)) == {"planned", "published", "closed", "signed"}
        assert set(decisions.values_list("state", flat=True)) == {"confirmed", "signed"}
        there = {
            "cases": AgendaItem.objects.filter(meeting__in=meetings, kind="case").count() >= 16,
            "attendance": AttendanceEvent.objects.filter(meeting__in=meetings).count() >= 12 * 5,
            "interests": Interest.objects.filter(item__meeting__in=meetings).count() >= 12 * 2,
            "open actions": Action.objects.filter(decision__in=decisions, done_at=None).exists(),
            "done actions": Action.objects.filter(decision__in=decisions, done_at__isnull=False).exists(),
            "reviews": Review.objects.filter(decision__in=decisions).exists(),
            "money": Commitment.objects.filter(council=council).exists(),
            "payments": LedgerEntry.objects.filter(council=council, kind=Kind.ACTUAL).exists(),
            "versions": Application.history.filter(council=council).count() > of_council.count(),
        }
        assert [name for name, is_there in there.items() if not is_there] == []
        assert set(Message.objects.filter(council=council).values_list("template", flat=True)) >= {
            "agenda_published",
            "action_given",
            "request_accepted",
            "request_submitted",
        }
        assert verify_ledger(council).holds
        assert verify_record(council=council) is None


@pytest.mark.django_db
def test_a_second_demonstration_changes_nothing(settings, tmp_path):
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    call_command("adopt_policies", "dudley", verbosity=0)
    call_command("demo", verbosity=0)
    before = [list(model.objects.values()) for model in (Application, Decision, RecordEntry)]

    call_command("demo", verbosity=0)

    assert [list(model.objects.values()) for model in (Application, Decision, RecordEntry)] == before
