"""The worker's and the managers' part of a walk: from a blank form to a request that is ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pypdf import PdfWriter

from applications.models import Application

from .walker import Walker

FIRST, LAST = date(2026, 11, 16), date(2027, 5, 13)
PENCE = 61_237  # a week: seven does not divide it
# What the rules ask beyond the form itself, by the names of the fields.
ANSWERS: dict[str, Any] = {
    "fact_court_related": "no",
    "fact_within_service_contract": "no",
    "fact_in_house_available": "no",
    "fact_low_level": "no",
    "fact_quotations": 3,
    "fact_rate": "40.00",
    "fact_national_rate": "40.00",
    "placement__outside_council_area": "no",
    "placement__high_cost": "no",
    "placement__distance_miles": 8,
    "child__sister_panel_criteria_met": "no",
    "child__placement_breakdowns": 0,
    "family__agreed_last_six_months": "0.00",
    "family__section_17_paid_before": "no",
    "joint_funding": "social_care",
    "care_reasons": "significant_harm",
    "emergency__kind": "",
    "emergency__care_need": "",
    "emergency__risk_to_life": "",
    "emergency__agreed_by": "",
    "emergency__decided_at": "",
    "support_order__requested_by_carer": "",
}
SKIP = ("emergency__", "support_order__", "means_test__")


@dataclass(frozen=True)
class Words:
    """What is typed into the personal fields; a test may put canaries here."""

    first_name: str = "Wren"
    last_name: str = "Sandpiper"
    case_reference: str = "CS-77001"
    family_reference: str = "F-77"
    mark: str = ""

    def text(self, words: str) -> str:
        """Free text, marked where the test looks for it elsewhere."""
        return f"{words} {self.mark}".strip()


def a_pdf(folder: Path, name: str = "assessment.pdf") -> Path:
    """A small real PDF."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    path = folder / name
    with path.open("wb") as file:
        writer.write(file)
    return path


def begin(worker: Walker, words: Words) -> str:
    """From the first page to an empty request for a new child; gives its reference."""
    worker.open("/requests/mine/").open("/requests/new/").follow("Add the child’s minimal record")
    worker.fill(
        case_reference=words.case_reference,
        family_reference=words.family_reference,
        first_name=words.first_name,
        last_name=words.last_name,
        date_of_birth=(14, 6, 2014),
        status="child_in_need",
    )
    worker.press("Save and start the request")
    assert worker.page.url.endswith("/tasks/"), worker.said()
    return worker.page.url.split("/")[-3]


def day(of: date) -> tuple[int, int, int]:
    """The three boxes of a date."""
    return of.day, of.month, of.year


def row(worker: Walker, code: str, add: str, **values: Any) -> None:
    """Add a row to one of the lists, answering what else its form asks."""
    worker.press(add).fill(**values)
    worker.fill_what_is_left(
        {name: v for name, v in ANSWERS.items() if name.startswith("fact_")}
        | {
            "for_line": "",
            "provision": "independent",
            "pence": "",
            "why_not_known": "",
        },
        day=(2, 10, 2026),
    )
    worker.press("Save this")
    assert f"/edit/{code}/" in worker.page.url, worker.said()


def tasks_by_hand(worker: Walker, reference: str, *, panel: int, words: Words, file: Path, category: str) -> None:
    """Every task of the list, in its order."""
    base = f"/requests/{reference}"
    worker.open(f"{base}/tasks/").follow("What the panel is asked to agree")
    worker.fill(
        panel=panel,
        title="Weekly therapeutic support",
        ask=words.text("To agree weekly support until the spring."),
        summary=words.text("The placement with relatives holds while somebody helps every week."),
    ).press("Save and go on")
    worker.follow("Assessment").fill(
        assessment_date=(14, 9, 2026),
        assessment_reference=f"A-1 {words.mark}".strip(),
        needs_analysis=words.text("Safety and school come first."),
        parenting_analysis=words.text("The parents try hard."),
        family_analysis=words.text("An aunt lives near."),
    ).press("Save and go on")
    worker.follow("Outcomes and plan").fill(
        outcomes=words.text("Lives at home and goes to school."),
        plan_short_term=words.text("Begin at once."),
        plan_long_term=words.text("Less help by summer."),
    ).press("Save and stay here")
    row(
        worker,
        "plan",
        "Add an action",
        action=words.text("Visit weekly"),
        service="Team",
        owner="The worker",
        due=(23, 11, 2026),
        review=(1, 2, 2027),
    )
    worker.open(f"{base}/tasks/").follow("Resources and costs")
    row(
        worker,
        "lines",
        "Add a resource",
        category=category,
        description=words.text("Support"),
        provider="Bridge Therapies",
        provision="independent",
        unit="weekly",
        pence=f"{PENCE / 100:.2f}",
        start=day(FIRST),
        end=day(LAST),
    )
    worker.open(f"{base}/tasks/").follow("Alternatives tried or considered")
    row(
        worker,
        "alternatives",
        "Add an alternative",
        option=words.text("Help by relatives"),
        provider="Family",
        pence="0.00",
        outcome=words.text("Not enough by itself."),
    )
    worker.open(f"{base}/tasks/").follow("Views of the child and the family").fill(
        child_views=words.text("I want to stay with my aunt."), parent_views=words.text("They agree.")
    ).press("Save and stay here")
    row(
        worker,
        "views",
        "Add somebody’s view",
        person=words.text("Aunt"),
        relation="aunt",
        has_parental_responsibility="no",
        view=words.text("She will help."),
    )
    worker.open(f"{base}/tasks/").follow("Other funding").fill(other_funding_considered="yes").press(
        "Save and stay here"
    )
    row(
        worker,
        "funding",
        "Add a source of money",
        source="education",
        is_possible="no",
        details=words.text("Asked in September; no."),
    )
    worker.open(f"{base}/tasks/").follow("Circumstances the rules ask about")
    worker.fill_what_is_left(ANSWERS, day=(2, 10, 2026))
    worker.press("Save and go on")
    for title in ("What else the council asks", "Checklist"):
        if worker.page.get_by_role("link", name=title, exact=True).count():
            worker.follow(title).fill_what_is_left({}, day=(2, 10, 2026))
            if worker.page.get_by_role("button", name="Save and go on").count():
                worker.press("Save and go on")
            else:  # the policy asks nothing of such a request here
                worker.open(f"{base}/tasks/")
    worker.follow("Documents").fill(kind="care_plan")
    worker.page.locator("[name=file]").set_input_files(file)
    worker.press("Upload")
    assert file.name in worker.said()


def sent(worker: Walker, reference: str) -> None:
    """Check the answers, declare, send."""
    worker.open(f"/requests/{reference}/tasks/")
    assert not worker.page.locator("#side-gaps").count(), worker.page.locator("aside").inner_text()
    worker.press("Check your answers and send").fill(declared=True).press("Declare and send")
    assert "/check/" not in worker.page.url, worker.said()


def request_of(reference: str) -> Application:
    """The row as it stands."""
    return Application.objects.select_related("with_user", "panel", "child", "worker").get(reference=reference)
