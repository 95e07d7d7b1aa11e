"""The demonstration: something of every kind for every council, chains that hold, at few questions."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, Child, ResourceLine, SignOff, View
from applications.states import State
from decisions import services
from decisions.management.bench.measure import counted
from decisions.management.demo.cast import Casting, load_budgets
from decisions.management.demo.hours import before, in_hours, is_open, later
from decisions.management.demo.sitting import Sitting
from decisions.management.demo.story import Story
from decisions.models import (
    Action,
    AgendaItem,
    AgendaVersion,
    Approval,
    AttendanceEvent,
    Condition,
    CostNote,
    Decision,
    Duty,
    Interest,
    LiveState,
    OutsideApproval,
    Review,
    Sheet,
)
from decisions.queries.costs import cost_wanted
from decisions.services.vouching import forged_decisions
from finance.models import Commitment, Kind, LedgerEntry
from finance.services import verify_ledger
from panels.models import Meeting, PolicyVersion
from panels.policy.comparing import differences as differences_of
from panels.services import policy_for, policy_of
from people.models import Council, Message, RecordEntry, User
from people.services import put_down_together, references, verify_record
from tests.factories.people import PASSWORD

QUESTIONS = 1_900  # of a council; the most are asked by the one with the longest chain of signatures
TABLES = (
    Application,
    Application.history.model,
    SignOff,
    Meeting,
    LiveState,
    AgendaItem,
    AgendaVersion,
    AttendanceEvent,
    Interest,
    Decision,
    Decision.commitments.through,
    Condition,
    Action,
    Approval,
    Review,
    Duty,
    CostNote,
    Sheet,
    Commitment,
    LedgerEntry,
    Message,
    RecordEntry,
)
# Made of keys, or of everything before: they are held by the chains' own checks.
LEFT_OUT = {"hash", "prev_hash", "idempotency_key"}
# Of requests of long ago nobody waits for these any more, so they are not owed.
UNTOLD = ("request_waits", "request_submitted", "request_accepted", "request_listed", "meeting_closed")


class Year:
    """A council of the demonstration with a few meetings that are long over and a draft for each."""

    BACK = (300, 272, 216)  # days ago; the first case comes back to the last meeting
    TURNS = (1, 4, 6)  # agreed, put off, refused

    def __init__(self, slug):
        call_command("adopt_policies", slug, verbosity=0)
        council = Council.objects.get(slug=slug)
        now = timezone.now()
        on = timezone.localdate(now)
        policy = policy_for(council=council, on=on)[1]
        began = now - timedelta(days=400)
        cast = Casting(council, policy, on=on, at=began, password=make_password(PASSWORD), shift=0).make()
        year = on.year if on.month >= 4 else on.year - 1
        load_budgets(cast, year=year - 1, at=began)
        self.council, self.cast = council, cast
        self.story = Story(cast, now=now, shift=0)
        days = [self.story._first_day(cast.panels[0], on - timedelta(days=back)) for back in self.BACK]
        self.meetings = [self.story._meeting(cast.panels[0], day) for day in days]
        self.drafts = self.story.drafts.write([(m.panel, m.starts_at - timedelta(days=24)) for m in self.meetings])

    def one_by_one(self):
        """Held through the services, each word by itself."""
        for meeting, draft in zip(self.meetings, self.drafts, strict=True):
            assert self.story._sent(draft, to=State.READY, at=meeting.starts_at - timedelta(days=20))
        for meeting, draft, turn in zip(self.meetings, self.drafts, self.TURNS, strict=True):
            Sitting(self.cast, meeting).hold([draft], turn=turn)
            self._sign(meeting, at=in_hours(meeting.ends_at + timedelta(hours=2)))

    def _sign(self, meeting, *, at):
        chair = meeting.chair
        for decision in Decision.objects.filter(item__meeting=meeting):
            for approval in decision.approvals.filter(answer="waiting"):
                officer = self.cast.by_role[approval.role]
                services.answer_approval(approval=approval, agrees=True, reasons="Agreed.", by=officer, at=at)
            if cost_wanted(decision):
                office = self.cast.policy.panel(meeting.panel.slug).offices.cost_recorded_by
                words = "This year’s budget, the agreed rate."
                services.record_cost(decision=decision, words=words, by=self.cast.by_role[office], at=at)
            services.sign(decision=decision, password=PASSWORD, by=chair, at=at)
        services.sign_minutes(meeting=meeting, password=PASSWORD, by=chair, at=at + timedelta(minutes=5))

    def at_once(self):
        """Held in memory and written table by table."""
        past, trail = self.story.past, self.story.trail
        with put_down_together():
            for meeting, draft in zip(self.meetings, self.drafts, strict=True):
                assert trail.sent(draft, at=meeting.starts_at - timedelta(days=20), starts=meeting.starts_at)
            past.signed(self.drafts)
            for number, (meeting, draft) in enumerate(zip(self.meetings, self.drafts, strict=True), start=1):
                past.hold(meeting, [draft], number=number, turn=self.TURNS[number - 1])
            past.write()

    def written_by(self, deed, monkeypatch):
        """The rows that stand after a deed, by table; the deed is taken back."""
        monkeypatch.setattr(references, "secrets", random.Random(1))  # noqa: S311 -- the same references for both
        with transaction.atomic():
            deed()
            found = {model: rows_of(model) for model in TABLES}
            holds = verify_record(council=self.council) is None and verify_ledger(self.council).holds
            transaction.set_rollback(True)
        assert holds
        return found


def counted_from_nought(name, value):
    """A value, but the key of a condition in the facts of the record as it would be in an empty table."""
    if name == "facts" and "condition" in value:
        return {**value, "condition": ranks(Condition)[value["condition"]]}
    return value


def rows_of(model):
    """What a table says, its keys and those of the tables beside it counted from nought."""
    rows = model.objects.exclude(template__in=UNTOLD) if model is Message else model.objects.all()
    beside = {
        one.attname: ranks(one.related_model)
        for one in model._meta.concrete_fields
        if one.is_relation and one.related_model is not None
    }
    return [
        {
            name: beside[name].get(value) if name in beside else counted_from_nought(name, value)
            for name, value in row.items()
            if name not in LEFT_OUT | {model._meta.pk.attname, "about_pk"}
        }
        for row in rows.order_by("pk").values()
    ]


def differences(found, expected):
    """Which value of which row of which table is another one."""
    return [
        f"{model.__name__} {number} {name}: {row[name]!r}, not {other[name]!r}"
        for model in TABLES
        for number, (row, other) in enumerate(zip(found[model], expected[model], strict=True))
        for name in row
        if row[name] != other[name]
    ]


def ranks(model):
    return {pk: number for number, pk in enumerate(model.objects.order_by("pk").values_list("pk", flat=True))}


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["dudley", "kent", "swindon", "west-berkshire", "wokingham"])
def test_meetings_of_long_ago_are_the_rows_the_services_write(slug, settings, tmp_path, monkeypatch):
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    year = Year(slug)

    expected = year.written_by(year.one_by_one, monkeypatch)
    found = year.written_by(year.at_once, monkeypatch)

    assert [len(expected[model]) for model in (Decision, Sheet)] == [3, 3]
    assert {model: len(rows) for model, rows in found.items()} == {model: len(expected[model]) for model in TABLES}
    assert differences(found, expected) == []


@pytest.mark.django_db
def test_every_council_has_something_of_every_kind_at_few_questions(settings, tmp_path):
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    call_command("adopt_policies", "kent", "west-berkshire", verbosity=0)

    with counted() as asked:
        call_command("demo", verbosity=0)

    assert len(asked) <= 2 * QUESTIONS
    today = timezone.localdate()
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
        conditions = Condition.objects.filter(decision__in=decisions)
        assert not conditions.filter(Q(owner="") | Q(due=None)).exists()
        meetings = Meeting.objects.filter(panel__council=council)
        assert set(meetings.values_list("state", flat=True)) == {"planned", "published", "closed", "signed"}
        assert set(decisions.values_list("state", flat=True)) == {"confirmed", "signed"}
        there = {
            "cases": AgendaItem.objects.filter(meeting__in=meetings, kind="case").count() >= 16,
            "attendance": AttendanceEvent.objects.filter(meeting__in=meetings).count() >= 12 * 5,
            "interests": Interest.objects.filter(item__meeting__in=meetings).count() >= 12 * 2,
            "open actions": Action.objects.filter(decision__in=decisions, done_at=None).exists(),
            "done actions": Action.objects.filter(decision__in=decisions, done_at__isnull=False).exists(),
            "reviews to come": Review.objects.filter(decision__in=decisions, due__gt=today).exists(),
            "reviews done": Review.objects.filter(decision__in=decisions, done_at__isnull=False).count() >= 4,
            "reviews overdue": Review.objects.filter(decision__in=decisions, due__lt=today, done_at=None).exists(),
            "conditions met": conditions.filter(met_by__isnull=False).exclude(evidence="").count() >= 6,
            "conditions to be met": conditions.filter(met_at=None, due__gt=today).exists(),
            "money": Commitment.objects.filter(council=council).exists(),
            "payments": LedgerEntry.objects.filter(council=council, kind=Kind.ACTUAL).exists(),
            "versions": Application.history.filter(council=council).count() > of_council.count(),
            "versions of every resource": not ResourceLine.objects.filter(application__council=council)
            .exclude(pk__in=ResourceLine.history.filter(history_change_reason__endswith=" version 1").values("id"))
            .exists(),
            "versions of every child": Child.history.filter(council=council).count() == 24,
        }
        assert [name for name, is_there in there.items() if not is_there] == []
        assert set(Message.objects.filter(council=council).values_list("template", flat=True)) >= {
            "agenda_published",
            "action_given",
            "request_accepted",
            "request_submitted",
        }
        planned = of_council.exclude(facts__has_key="emergency")  # which may come on a Sunday
        given = [
            *SignOff.objects.filter(application__in=planned).values_list("given_at", flat=True),
            *Approval.objects.filter(decision__council=council, given_at__isnull=False).values_list(
                "given_at", flat=True
            ),
            *planned.filter(submitted_at__isnull=False).values_list("submitted_at", flat=True),
        ]
        assert [at for at in given if not is_open(at)] == []
        outside = OutsideApproval.objects.filter(council=council).values_list("agreed_at", flat=True)
        assert {timezone.localtime(at).hour for at in outside} == {12, 15, 16}
        now, later = PolicyVersion.objects.filter(council=council).order_by("number")
        assert later.effective_from > meetings.latest("starts_at").starts_at.date()
        assert len(differences_of(policy_of(now), policy_of(later))) == 1
        assert verify_ledger(council).holds
        assert verify_record(council=council) is None
        assert forged_decisions(council) == []
    assert View.objects.filter(person=F("relation")).count() == 0


@pytest.mark.django_db
def test_an_invented_council_shows_shares_and_what_is_counted(settings, tmp_path, signed_in):
    """Its text names two areas and no administrator, shares therapy with health and counts stays of respite."""
    settings.DEMO, settings.MEDIA_ROOT, settings.POLICY_ROOT = True, tmp_path, tmp_path
    text = (settings.BASE_DIR / "tests/policies/northmoor/council.yaml").read_text()
    (tmp_path / "northmoor").mkdir()
    (tmp_path / "northmoor" / "council.yaml").write_text(text.replace("  from: 2026-01-01", "  from: 2020-01-01"))
    call_command("adopt_policies", verbosity=0)
    call_command("demo", verbosity=0)
    shared = next(d for d in Decision.objects.order_by("pk") for line in d.lines if line.get("shares"))
    administrator = signed_in(User.objects.get(username="northmoor-panel-administrator"))

    decision = administrator.get(reverse("decisions:decision", args=[shared.reference])).content.decode()
    request = administrator.get(reverse("applications:request", args=[shared.application.reference])).content.decode()

    assert "Paid by Health 33 per cent, Social care 67 per cent" in decision
    assert "Health is not a known funder; its share is held against the council’s line." in shared.money["warnings"]
    assert "Respite stays agreed for the child in the twelve months before" in request


@pytest.mark.parametrize(
    ("said", "next_hour", "hour_before", "hour_later"),
    [
        ("2026-03-12 09:00", "2026-03-12 09:00", "2026-03-12 09:00", "2026-03-12 10:00"),
        ("2026-03-12 16:30", "2026-03-12 16:30", "2026-03-12 16:30", "2026-03-13 09:30"),
        ("2026-03-13 17:00", "2026-03-16 09:00", "2026-03-13 16:00", "2026-03-16 09:00"),  # a Friday
        ("2026-03-15 01:20", "2026-03-16 09:20", "2026-03-13 16:20", "2026-03-16 09:20"),  # a Sunday
        ("2026-03-28 12:00", "2026-03-30 09:00", "2026-03-27 16:00", "2026-03-30 09:00"),  # clocks go forward
    ],
)
def test_the_office_is_open_from_nine_to_five_on_weekdays(said, next_hour, hour_before, hour_later):
    at = datetime.fromisoformat(said).replace(tzinfo=timezone.get_default_timezone())

    found = [f"{one:%Y-%m-%d %H:%M}" for one in (in_hours(at), before(at), later(at))]

    assert found == [next_hour, hour_before, hour_later]


@pytest.mark.django_db
def test_a_second_demonstration_changes_nothing(settings, tmp_path):
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    call_command("adopt_policies", "dudley", verbosity=0)
    call_command("demo", verbosity=0)
    before = [list(model.objects.values()) for model in (Application, Decision, RecordEntry)]

    call_command("demo", verbosity=0)

    assert [list(model.objects.values()) for model in (Application, Decision, RecordEntry)] == before
