"""The requests of the demonstration as their workers write them: many at once, a statement for each kind of row."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from applications.models import (
    Alternative,
    Application,
    Child,
    Document,
    OtherFunding,
    PlanAction,
    ResourceLine,
    View,
)
from applications.queries import is_read, own_questions, with_parts
from applications.queries.versions import of_version
from panels.policy import words
from people.services import new_reference

from .cast import Cast, source
from .shelf import Shelf, version_of, write_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from panels.models import Panel

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
PARTS: tuple[Any, ...] = (ResourceLine, Alternative, PlanAction, View, OtherFunding)
TABLES = (Application, *PARTS, Document)


class Drafts:
    """Children of one council and the requests written for them, one after the other through children and cases."""

    def __init__(self, cast: Cast, *, now: datetime, shift: int) -> None:
        self.cast = cast
        self.shift = shift
        self.names = source()
        self.told = 0
        self.leaflet = default_storage.save(f"documents/{new_reference('D')}.pdf", ContentFile(LEAFLET))
        self.digest = hashlib.sha256(LEAFLET).hexdigest()
        self.children = self._children(now)

    def _children(self, now: datetime) -> list[Child]:
        firsts, lasts = self.names["child_first_names"], self.names["child_last_names"]
        made = []
        for number in range(24):
            team = self.cast.teams[number % len(self.cast.teams)]
            workers = [worker for worker in self.cast.workers if worker.team_id == team.pk]
            worker = workers[(number // len(self.cast.teams)) % len(workers)]
            born = now.date() - timedelta(days=365 * (3 + number % 13) + 17 * number)
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
                    created_at=now - timedelta(days=380),
                    created_by=worker,
                )
            )
        Child.objects.bulk_create(made)
        shelf = Shelf()
        shelf.add(*(version_of(one, by=one.created_by, at=one.created_at, why="", kind="+") for one in made))
        shelf.write([Child.history.model])
        return made

    def write(self, wanted: Sequence[tuple[Panel, datetime]], *, is_urgent: bool = False) -> list[Application]:
        """A request for each panel and moment, as a draft with every part filled in, read with its parts.

        Where it `is_urgent`, what is asked for begins on the same day and the request says that it is an emergency.
        """
        shelf = Shelf()
        for panel, at in wanted:
            self._write(shelf, panel, at=at, is_urgent=is_urgent)
        made = [application.reference for application in shelf.of(Application)]
        parts = [row for part in PARTS for row in shelf.of(part)]
        shelf.write(TABLES)
        for row in parts:
            of = row.application
            shelf.add(version_of(row, by=of.worker, at=of.created_at, why=of_version(of, 1), kind="+"))
        shelf.write([part.history.model for part in PARTS])
        read = {one.reference: one for one in with_parts(Application.objects.filter(reference__in=made))}
        written = [read[reference] for reference in made]
        for application in written:
            # Which questions the policy asks hangs on the resources, so they are answered last.
            application.answers = {
                a.question.code: _answer(a.question.kind, a.question.choices, on=application.created_at.date())
                for a in own_questions(application, self.cast.policy)
            }
            first = version_of(application, by=application.worker, at=application.created_at, why="", kind="+")
            shelf.add(first)
        write_over(Application, written, ["answers"])
        shelf.write([Application.history.model])
        return written

    def _write(self, shelf: Shelf, panel: Panel, *, at: datetime, is_urgent: bool) -> None:
        number = self.told
        self.told += 1
        areas = [child for child in self.children if not panel.area or child.team.area == panel.area]
        child = areas[number % len(areas)]
        case = self.names["cases"][(number + self.shift) % len(self.names["cases"])]
        kind = "placement" if case["category"] in words.GROUPS["placements"] else "support"
        emergency = {"emergency": {"kind": kind, "care_need": True, "risk_to_life": False}} if is_urgent else {}
        evidence = dict.fromkeys(sorted(self.cast.policy.evidence_codes), "met")
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
            facts={**FACTS, "evidence": evidence, **emergency},
        )
        shelf.add(application)
        start = timezone.localdate(at) if is_urgent else (at + timedelta(days=30)).date()
        self._parts(shelf, application, case, start=start)

    def _parts(self, shelf: Shelf, application: Application, case: dict[str, Any], *, start: date) -> None:
        # Only what a rule of this council reads is asked of its workers, so only that is answered.
        facts = {name: value for name, value in LINE_FACTS.items() if is_read(self.cast.policy, f"line.{name}")}
        if case["provision"] != "independent":
            facts.pop("initial", None)
        shelf.add(
            ResourceLine(
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
            ),
            Alternative(
                application=application, option="In-house offer", outcome="Asked twice; nobody free before the spring."
            ),
            Alternative(
                application=application,
                option="Family and friends",
                outcome="Two relatives were assessed; neither can offer a home.",
            ),
            PlanAction(
                application=application,
                action="Visit weekly and report to the manager",
                service="Social work",
                owner=str(application.worker),
                due=start + timedelta(days=7),
                review=start + timedelta(days=84),
            ),
            View(
                application=application,
                person=f"Ms {application.child.last_name}",
                relation="Mother",
                view="Agrees to the plan.",
            ),
            *(OtherFunding(application=application, source=one, is_possible=False) for one in words.FUNDING_SOURCES),
            *(self._document(application, kind) for kind in words.DOCUMENTS),
        )

    def _document(self, application: Application, kind: str) -> Document:
        return Document(
            application=application,
            reference=new_reference("D"),
            kind=kind,
            name=f"{kind.replace('_', ' ')}.pdf",
            file=self.leaflet,
            content_type="application/pdf",
            size=len(LEAFLET),
            sha256=self.digest,
            uploaded_at=application.created_at,
            uploaded_by=application.worker,
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
