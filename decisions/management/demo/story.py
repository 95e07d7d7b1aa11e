"""A lived-in year of one demonstration council: children, requests in every state, meetings, decisions.

Everything that a rule, the ledger or the record has a say in goes through the services, at the instant it would
have happened; only the words of a request are written straight into its row.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from applications import services as requests
from applications.models import (
    Alternative,
    Application,
    Child,
    Document,
    OtherFunding,
    PlanAction,
    ResourceLine,
    SignOff,
    View,
)
from applications.queries import assessment_of, is_read, own_questions, signers, with_parts
from applications.states import State
from panels import services as panels
from panels.models import Meeting, Panel
from panels.policy import words
from people.models.record import Verb
from people.services import new_reference, put_down_together, record_many
from people.services.record import Happening

from .cast import Cast, source
from .nights import Nights
from .sitting import Sitting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from people.models import User

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LEAFLET = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
# What a careful worker answers, in the words of the rules' interface.
FACTS: dict[str, Any] = {
    "family": {"agreed_last_six_months": "0.00", "section_17_paid_before": False},
    "placement": {"distance_miles": 8, "outside_council_area": False, "high_cost": False},
    "child": {"sister_panel_criteria_met": False, "placement_breakdowns": 0},
    "care_reasons": ["significant_harm"],
    "joint_funding": ["social_care"],
}
LINE_FACTS: dict[str, Any] = {
    "part_of_wider_package": True,
    "court_related": False,
    "within_service_contract": False,
    "alternatives_ruled_out": True,
    "in_house_available": False,
    "camhs_insufficient": True,
    "direct_work_insufficient": True,
    "best_value_note": True,
    "quotations": 3,
    "evaluation_recorded": True,
    "initial": True,
}


class Story:
    """Tells one council's year. `now` is the present; everything else is counted from it."""

    def __init__(self, cast: Cast, *, now: datetime, shift: int) -> None:
        self.cast = cast
        self.now = now
        self.shift = shift
        self.names = source()
        self.told = 0
        self.children: list[Child] = []
        self.leaflet = default_storage.save(f"documents/{new_reference('D')}.pdf", ContentFile(LEAFLET))

    def tell(self) -> None:
        """Children, a year of past meetings with their decisions, the coming meetings, and what is on its way."""
        self._children()
        main = self.cast.panels[0]
        past, nights = self._past(main, 12), Nights(self.cast, main, now=self.now, write=self._written, send=self._sent)
        urgent = nights.before_the_last_meeting(past[-1].starts_at)
        for number, meeting in enumerate(past):
            also = urgent if number == 11 else []
            self._held(meeting, cases=1 + number // 11, signs=number < 11, is_recent=number >= 10, also=also)
        for panel in self.cast.panels[1:3]:
            for meeting in self._past(panel, 1):
                self._held(meeting, cases=1, signs=True, is_recent=False)
        coming = {panel.pk: self._coming(panel, 4 if panel == main else 2) for panel in self.cast.panels}
        self._on_the_way(main, coming[main.pk])
        nights.of_today()

    # meetings -----------------------------------------------------------------------------------------------------
    def _first_day(self, panel: Panel, near: date) -> date:
        wanted = self.cast.policy.panel(panel.slug).schedule.weekday or "wednesday"
        return near + timedelta(days=(WEEKDAYS.index(wanted) - near.weekday()) % 7)

    def _meeting(self, panel: Panel, day: date) -> Meeting:
        schedule = self.cast.policy.panel(panel.slug).schedule
        starts = datetime.combine(day, time.fromisoformat(schedule.starts or "10:00"), tzinfo=LONDON)
        return panels.make_meeting(
            panel=panel,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=schedule.length or 120),
            place="Committee room 2",
            chair=self.cast.chairs.get(panel.pk),
            administrator=self.cast.administrator,
            by=self.cast.administrator,
            at=min(starts - timedelta(days=40), self.now - timedelta(days=1)),
            tells_members=False,
        )

    def _past(self, panel: Panel, count: int) -> list[Meeting]:
        today = self.now.astimezone(LONDON).date()
        days = [self._first_day(panel, today - timedelta(days=28 * back + 9)) for back in range(count, 0, -1)]
        return [self._meeting(panel, day) for day in days]

    def _coming(self, panel: Panel, count: int) -> list[Meeting]:
        today = self.now.astimezone(LONDON).date()
        apart = self.cast.policy.panel(panel.slug).schedule.days or 14
        first = self._first_day(panel, today + timedelta(days=8))
        return [self._meeting(panel, first + timedelta(days=apart * ahead)) for ahead in range(count)]

    def _held(
        self, meeting: Meeting, *, cases: int, signs: bool, is_recent: bool, also: Sequence[Application] = ()
    ) -> None:
        ready = []
        send = self._sent if is_recent else self._was_sent
        for _ in range(cases):
            application = self._written(meeting.panel, at=meeting.starts_at - timedelta(days=24))
            if send(application, to=State.READY, at=meeting.starts_at - timedelta(days=20)):
                ready.append(application)
        ready.extend(also)
        Sitting(self.cast, meeting, is_recent=is_recent).hold(ready, signs=signs, turn=self.told)

    # requests -----------------------------------------------------------------------------------------------------
    def _children(self) -> None:
        firsts, lasts = self.names["child_first_names"], self.names["child_last_names"]
        made = []
        for number in range(24):
            team = self.cast.teams[number % len(self.cast.teams)]
            workers = [worker for worker in self.cast.workers if worker.team_id == team.pk]
            worker = workers[(number // len(self.cast.teams)) % len(workers)]
            born = self.now.date() - timedelta(days=365 * (3 + number % 13) + 17 * number)
            made.append(
                Child(
                    council=self.cast.council,
                    reference=new_reference("K"),
                    case_reference=f"CS-{self.shift + 1}{4100 + number * 7}",
                    family_reference=f"F-{self.shift + 1}{200 + number // 2}",
                    first_name=firsts[(number + self.shift * 3) % len(firsts)],
                    last_name=lasts[(number // 2 + self.shift) % len(lasts)],
                    date_of_birth=born,
                    status=(Child.Status.CHILD_IN_NEED, Child.Status.CHILD_PROTECTION)[number % 2],
                    team=team,
                    worker=worker,
                    created_at=self.now - timedelta(days=380),
                    created_by=worker,
                )
            )
        self.children = Child.objects.bulk_create(made)

    def _written(self, panel: Panel, *, at: datetime) -> Application:
        """A request with every part filled in, as a draft."""
        number = self.told
        self.told += 1
        areas = [child for child in self.children if not panel.area or child.team.area == panel.area]
        child = areas[number % len(areas)]
        case = self.names["cases"][(number + self.shift) % len(self.names["cases"])]
        policy = self.cast.policy
        application = Application(
            council=self.cast.council,
            reference=new_reference("R"),
            panel=panel,
            child=child,
            worker=child.worker,
            team=child.team,
            with_user=child.worker,
            title=case["title"],
            ask=case["ask"],
            summary=case["summary"],
            assessment_date=(at - timedelta(days=20)).date(),
            assessment_reference=f"A-{4000 + number}",
            needs_analysis="Safety, learning and close relationships are what matters most this year.",
            parenting_analysis="The parents see what has to change and cannot yet do it without help.",
            family_analysis="Grandparents live near, are in touch every week and cannot offer a home.",
            outcomes="Safe at home or in a placement that lasts; in school every day; seeing brothers and sisters.",
            plan_short_term="Support starts in the first week; the worker visits weekly; the school is told.",
            plan_long_term="Step down within the year, with a named person who stays.",
            child_views="Wants to stay at the same school and to see the dog.",
            parent_views="Mother agrees. Father was asked twice and did not answer.",
            other_funding_considered=True,
            created_at=at,
            created_by=child.worker,
            changed_at=at,
            changed_by=child.worker,
            facts={**FACTS, "evidence": dict.fromkeys(sorted(policy.evidence_codes), "met")},
        )
        application.save()
        self._parts(application, case, at=at)
        # Which questions the policy asks hangs on the resources, so they are answered last.
        application.answers = {
            a.question.code: _answer(a.question.kind, a.question.choices, on=at.date())
            for a in own_questions(application, policy)
        }
        application.save(update_fields=["answers"])
        return application

    def _parts(self, application: Application, case: dict[str, Any], *, at: datetime) -> None:
        start = (at + timedelta(days=30)).date()
        # Only what a rule of this council reads is asked of its workers, so only that is answered.
        facts = {name: value for name, value in LINE_FACTS.items() if is_read(self.cast.policy, f"line.{name}")}
        if case["provision"] != "independent":
            facts.pop("initial", None)
        ResourceLine.objects.create(
            application=application,
            position=1,
            category=case["category"],
            description=case["title"],
            provider=case["provider"],
            provision=case["provision"],
            unit=case["unit"],
            pence=case["pence"] + 100 * (self.told % 9),
            start=start,
            end=start + timedelta(days=7 * case["weeks"] - 1),
            facts=facts,
        )
        Alternative.objects.bulk_create(
            [
                Alternative(
                    application=application,
                    option="In-house offer",
                    outcome="Asked twice; nobody free before the spring.",
                ),
                Alternative(
                    application=application,
                    option="Family and friends",
                    outcome="Two relatives were assessed; neither can offer a home.",
                ),
            ]
        )
        PlanAction.objects.create(
            application=application,
            action="Visit weekly and report to the manager",
            service="Social work",
            owner=str(application.worker),
            due=start + timedelta(days=7),
            review=start + timedelta(days=84),
        )
        View.objects.create(application=application, person="Mother", relation="Mother", view="Agrees to the plan.")
        OtherFunding.objects.bulk_create(
            OtherFunding(application=application, source=funder, is_possible=False) for funder in words.FUNDING_SOURCES
        )
        Document.objects.bulk_create(
            Document(
                application=application,
                reference=new_reference("D"),
                kind=kind,
                name=f"{kind.replace('_', ' ')}.pdf",
                file=self.leaflet,
                content_type="application/pdf",
                size=len(LEAFLET),
                sha256=hashlib.sha256(LEAFLET).hexdigest(),
                uploaded_at=at,
                uploaded_by=application.worker,
            )
            for kind in words.DOCUMENTS
        )

    def _sent(self, application: Application, *, to: State, at: datetime) -> bool:
        """Send a request on its way to a state; False where the council's rules stand in the way."""
        try:
            with put_down_together():
                current = requests.submit(application=application, by=application.worker, at=at, skip_notes=True)
            step = timedelta(hours=3)
            while current.state == State.WITH_MANAGER and to in {State.SUBMITTED, State.READY}:
                at += step
                with put_down_together():
                    current = requests.sign(application=current, by=self._signer(current), at=at)
            if to == State.READY and current.state == State.SUBMITTED:
                with put_down_together():
                    requests.accept(application=current, by=self.cast.administrator, at=at + step)
        except requests.RefusedError:
            return False
        return True

    def _was_sent(self, application: Application, *, to: State, at: datetime) -> bool:
        """Leave a request of long ago as its way left it: signed by everybody the policy asks, accepted, on record.

        What the services would write is written at once, since this is most of what the year is made of.
        """
        on = at.astimezone(LONDON).date()
        version, policy = panels.policy_for(council=self.cast.council, on=on)
        application = with_parts(Application.objects.filter(pk=application.pk)).get()
        worker, last = application.worker, application.worker
        assert application.panel is not None
        happenings = [_happening("request.sent", application, by=worker, at=at)]
        for number, step in enumerate(policy.sign_off_chain(application.panel.slug), start=1):
            last = signers(application, role=step.role, on=on)[0]
            given_at = at + timedelta(hours=3 * number)
            SignOff.objects.create(
                application=application,
                role=step.role,
                answer=SignOff.Answer.SIGNED,
                rule=step.rule,
                given_at=given_at,
                given_by=last,
                request_version=application.version,
            )
            happenings.append(_happening("request.signed", application, by=last, at=given_at))
        reached = at + timedelta(hours=15)
        happenings.append(_happening("request.submitted", application, by=last, at=reached))
        record_many(council=self.cast.council, happenings=happenings)
        Application.objects.filter(pk=application.pk).update(
            state=to,
            policy_version=version,
            declared_at=at,
            declared_by=worker,
            submitted_at=reached,
            submitted_by=last,
            with_user=None,
            findings=dict(assessment_of(application, at=at).as_json()),
        )
        return True

    def _signer(self, application: Application) -> User:
        if application.with_user is not None:
            return application.with_user
        if application.with_role == "team_manager":
            return self.cast.managers[application.team_id]
        return self.cast.by_role[application.with_role]

    def _on_the_way(self, panel: Panel, coming: list[Meeting]) -> None:
        """What the desks of today show: an agenda published, others ready, waiting, returned, being written."""
        before = self.now - timedelta(days=6)
        listed = [self._written(panel, at=before - timedelta(days=10)) for _ in range(4)]
        ready = [one for one in listed if self._sent(one, to=State.READY, at=before)]
        Sitting(self.cast, coming[0], is_recent=True).publish(ready[:3], at=self.now - timedelta(days=2))
        self._sent(self._written(panel, at=before), to=State.READY, at=before)
        self._sent(self._written(panel, at=before), to=State.SUBMITTED, at=before)
        for _ in range(2):
            self._sent(self._written(panel, at=before), to=State.WITH_MANAGER, at=self.now - timedelta(days=1))
        returned = self._written(panel, at=before)
        if self._sent(returned, to=State.WITH_MANAGER, at=before):
            returned.refresh_from_db()
            if returned.state == State.WITH_MANAGER:
                requests.return_to_worker(
                    application=returned,
                    reasons="Say what was tried with the extended family, and bring the costs up to date.",
                    by=self._signer(returned),
                    at=self.now - timedelta(days=1),
                )
        for _ in range(2):
            self._written(panel, at=self.now - timedelta(days=1))
        withdrawn = self._written(panel, at=before)
        requests.withdraw(
            application=withdrawn, reasons="The family found help of their own.", by=withdrawn.worker, at=before
        )


def _happening(action: str, application: Application, *, by: User, at: datetime) -> Happening:
    return Happening(
        by=by, at=at, verb=Verb.ALTERATION, action=action, subject="request", subject_ref=application.reference
    )


def _answer(kind: str, choices: tuple[str, ...], *, on: date) -> Any:
    """A plausible answer to a question of the policy, of the right kind."""
    if choices:
        return choices[0]
    return {
        "yes_no": "yes",
        "date": on.isoformat(),
        "money": "0.00",
        "number": "1",
        "person": "The allocated social worker",
    }.get(kind, "Set out in the assessment and agreed with the manager.")
