"""The walk itself: each step as the person who takes it sees it, and what must be true after it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connections
from playwright.sync_api import Browser, expect

from applications.states import State
from decisions.models import AgendaItem, AgendaVersion, Approval, Decision, Sheet
from decisions.tasks import draw_owed_sheets, owe_reminders
from people.models import User
from people.tasks import relay_messages

from .town import PASSWORD, Town
from .walker import Walker
from .writing import FIRST, LAST, PENCE, Words, a_pdf, begin, request_of, sent, tasks_by_hand

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 10, 5, 9, 30, tzinfo=LONDON)
MEETS = datetime(2026, 10, 28, 10, 0, tzinfo=LONDON)
YEAR_ENDS = date(2027, 3, 31)


WEEK = 7
BUDGET = 34_000_00  # of the demonstration's line for support


def pounds(pence: int) -> str:
    """A sum as pages write it."""
    return f"£{pence // 100:,}.{pence % 100:02d}"


def cost(first: date, last: date) -> int:
    """Pence from a day to a day of one financial year, both counted, of a price for seven days: rounded once."""
    return round_half_up(((last - first).days + 1) * PENCE)


def whole_cost() -> int:
    """Pence of everything that was asked for: each financial year is rounded by itself."""
    return cost(FIRST, YEAR_ENDS) + cost(YEAR_ENDS + timedelta(days=1), LAST)


def round_half_up(sevenths: int) -> int:
    """Whole pence of so many sevenths."""
    return (2 * sevenths + WEEK) // (2 * WEEK)


class Walk:
    """One walk of one council: who walks, and where it has come to."""

    def __init__(
        self,
        slug: str,
        *,
        browser: Browser,
        address: str,
        folder: Any,
        words: Words | None = None,
        scripts: bool = True,
    ) -> None:
        self.town = Town(slug, at=MONDAY - timedelta(days=30))
        self.browser, self.address, self.folder, self.scripts = browser, address, folder, scripts
        self.words = words or Words()
        self.everybody: list[Walker] = []
        self.reference = self.meeting = self.item = self.decision = ""

    def as_(self, user: User) -> Walker:
        """A browser in which somebody has just signed in."""
        walker = Walker(self.browser, self.address, user, scripts=self.scripts)
        self.everybody.append(walker)
        return walker.sign_in()

    # before the meeting ------------------------------------------------------------------------------------------
    def plan(self) -> None:
        """The administrator plans a meeting out of the panel's schedule."""
        admin = self.as_(self.town.administrator)
        admin.open(f"/panels/{self.town.panel.pk}/meetings/new/").fill(
            day=(MEETS.day, MEETS.month, MEETS.year),
            starts="10:00",
            length="180",
            place="Room 1",
            chair=self.town.chair.pk,
            administrator=self.town.administrator.pk,
            reason="The room is free then.",
        )
        admin.press("Plan the meeting")
        self.meeting = admin.page.url.rstrip("/").split("/")[-1]
        admin.leave()

    def write(self, *, category: str = "therapy") -> None:
        """The worker writes from a blank form, sees what the rules say, declares and sends."""
        worker = self.as_(self.town.worker)
        self.reference = begin(worker, self.words)
        file = a_pdf(self.folder)
        tasks_by_hand(worker, self.reference, panel=self.town.panel.pk, words=self.words, file=file, category=category)
        worker.open(f"/requests/{self.reference}/tasks/")
        side = worker.page.locator("aside").inner_text()
        assert "What the rules say now" in side
        for step in self.town.policy.panel(self.town.panel.slug).sign_offs:
            assert self.town.policy.role_title(step.role) in side
        sent(worker, self.reference)
        assert self.request.state in {State.WITH_MANAGER, State.SUBMITTED}
        worker.leave()

    @property
    def request(self) -> Any:
        """The request as it stands."""
        return request_of(self.reference)

    def sign(self) -> list[str]:
        """Each manager in turn finds it waiting, reads it, signs; gives the offices that signed."""
        offices = []
        while self.request.state == State.WITH_MANAGER:
            offices.append(self.request.with_role)
            manager = self.as_(self.town.signer(self.request))
            manager.open("/requests/waiting/").follow("Weekly therapeutic support").press("Sign the request")
            manager.leave()
        return offices

    def list_and_publish(self) -> None:
        """The administrator accepts it, lists it with another, orders both ways, publishes."""
        other = self.town.another_ready(at=MONDAY)
        admin = self.as_(self.town.administrator)
        admin.open(f"/requests/{self.reference}/").press("Accept as ready")
        assert self.request.state == State.READY
        admin.open(f"/meetings/{self.meeting}/agenda/").press("Begin the agenda")
        for reference in (other.reference, self.reference):
            self._put_on(admin, reference)
        admin.open(f"/meetings/{self.meeting}/agenda/")
        self._order(admin, other.reference)
        admin.press("Publish agenda")
        assert AgendaVersion.objects.get(meeting__reference=self.meeting).number == 1
        admin.leave()

    def _put_on(self, admin: Walker, reference: str) -> None:
        form = admin.page.locator(f"form[action$='/agenda/add/{reference}']")
        if form.locator("input[name=reason]").count():
            form.locator("input[name=reason]").fill("It came by hand.")
        admin.press(re.compile(f"Put {reference} on"))

    def _order(self, admin: Walker, other: str) -> None:
        places = self._places(admin)
        assert places.index(other) < places.index(self.reference)
        self._move(admin, f"Move {self.reference} up")
        places = self._places(admin)
        assert places.index(self.reference) < places.index(other)
        admin.page.get_by_label(f"Position of {other}").fill("1")
        self._move(admin, f"Move {other} to this position")
        assert self._places(admin)[0] == other
        admin.page.get_by_label(f"Position of {self.reference}").fill("1")
        self._move(admin, f"Move {self.reference} to this position")
        assert self._places(admin)[:2] == [self.reference, other]

    def _move(self, admin: Walker, name: str) -> None:
        if self.scripts:
            admin.page.get_by_role("button", name=name).click()
            expect(admin.page.locator("#announcer")).to_contain_text(", now ")
        else:
            admin.press(name)
        admin.open(f"/meetings/{self.meeting}/agenda/")

    @staticmethod
    def _places(admin: Walker) -> list[str]:
        found: list[str] = admin.page.evaluate(
            "[...document.querySelectorAll('tr[data-row] th')].map(e => e.innerText)"
        )
        references = [re.search(r"R-[0-9A-Z]{8}", text) for text in found]
        return [match[0] if match else "" for match in references]

    def read_the_pack(self) -> None:
        """A member follows the mail to the agenda and takes the pack along."""
        member = self.as_(self.town.members(on=MEETS.date())[0]).open(f"/meetings/{self.meeting}/agenda/")
        with member.page.expect_download() as coming:
            member.page.get_by_role("button", name="Pack (PDF)").click()
        assert coming.value.suggested_filename == f"agenda-{self.meeting}-v1.pdf"
        member.leave()

    # in the meeting ----------------------------------------------------------------------------------------------
    def hold(self) -> Decision:
        """Attendance, interests, the case, its money before and after, the record; then the meeting is closed."""
        admin = self.as_(self.town.administrator)
        admin.open(f"/meetings/{self.meeting}/run/").press("Open the meeting")
        members = self.town.members(on=MEETS.date())
        admin.open(f"/meetings/{self.meeting}/attendance/")
        for person in (self.town.chair, *members):
            admin.press(re.compile(f"^Came ?: ?{person}$"))
        self.item = AgendaItem.objects.get(application__reference=self.reference).reference
        admin.open(f"/meetings/{self.meeting}/run/{self.item}/").press("Make current")
        for n, member in enumerate(members[:2]):
            self._declares(member, nature="Once worked with the provider" if n == 0 else "")
        chair = self._declares(self.town.chair, leaves=False)
        self._decides(chair)
        decision = Decision.objects.select_related("item__meeting").get(application__reference=self.reference)
        admin.open(f"/meetings/{self.meeting}/run/")
        admin.page.get_by_text("Not reached: carry forward").click()
        admin.fill(reason="Time ran out.").press("Carry forward")
        admin.open(f"/meetings/{self.meeting}/run/").press("Close the meeting")
        assert self.meeting in admin.page.url
        assert admin.page.url.endswith("/minutes/"), admin.said()
        admin.leave()
        chair.leave()
        return decision

    def _declares(self, user: User, *, nature: str = "", leaves: bool = True) -> Walker:
        """Somebody opens the case, which asks for an interest before it shows any paper."""
        walker = self.as_(user).open(f"/meetings/{self.meeting}/run/{self.item}/")
        assert self.words.last_name not in walker.said()
        walker.fill(answer="stays" if nature else "none", nature=nature).press("Go on")
        assert self.words.last_name in walker.said()
        if leaves:
            walker.leave()
        return walker

    def _decides(self, chair: Walker) -> None:
        room = chair.page.locator("[data-region=attendance]").inner_text()
        assert str(self.town.chair) in room
        assert "Once worked with the provider" in room
        quorum = chair.page.locator(".run-quorum").inner_text()
        assert quorum
        side = chair.page.locator("[data-region=money]").inner_text()
        this_year = cost(FIRST, YEAR_ENDS)
        for pence in (BUDGET, this_year, BUDGET - this_year, whole_cost() - this_year):
            assert pounds(pence) in side, (pounds(pence), side)
        outcome = next(o for o in self.town.policy.outcomes(self.town.panel.slug) if o.effect == "agree")
        for words in ("Conditions", "Actions"):
            chair.page.locator("summary").get_by_text(words, exact=True).click()
        chair.fill(
            outcome=outcome.code,
            reasons=self.words.text("It keeps the child with the family."),
            members_views=self.words.text("All support it."),
            review_date=(1, 2, 2027),
            condition_1_text=self.words.text("A report every month"),
            condition_1_owner="The provider",
            action_1_text=self.words.text("Tell the family"),
            action_1_owner=self.town.worker.pk,
            action_1_due=(11, 11, 2026),
        )
        chair.press("See what this does")
        assert chair.page.title().startswith("Confirm "), chair.said()
        said = chair.said()
        assert pounds(this_year) in said
        assert pounds(BUDGET - this_year) in said
        assert not Decision.objects.filter(application__reference=self.reference).exists()
        chair.press("Confirm and record")

    # afterwards --------------------------------------------------------------------------------------------------
    def approve(self, decision: Decision) -> None:
        """Whoever the policy names besides the panel approves."""
        for approval in decision.approvals.filter(answer=Approval.Answer.WAITING):
            officer = self.as_(self.town.cast.by_role[approval.role])
            officer.open("/approvals/").follow(decision.minute_number).fill(agrees="yes").press("Answer")
            officer.leave()

    def write_cost(self, decision: Decision) -> None:
        """Whoever the policy names writes the cost part, from the figures alone; where it names nobody, nobody does."""
        office = self.town.policy.panel(self.town.panel.slug).offices.cost_recorded_by
        if office is None or not decision.lines:
            return
        purse = self.as_(self.town.cast.by_role[office]).open("/").follow("1 cost part")
        purse.page.get_by_label("What the cost of minute").fill("Support budget, the rate of the framework.")
        purse.press("Confirm the cost")
        assert decision.cost_note.confirmed_by == self.town.cast.by_role[office]
        purse.leave()

    def sign_decision(self, decision: Decision) -> None:
        """The chair signs with the password asked for again; a wrong one signs nothing."""
        self.write_cost(decision)
        chair = self.as_(self.town.chair).open(f"/decisions/{decision.reference}/")
        chair.fill(password=PASSWORD).press(re.compile("^Sign$"))
        decision.refresh_from_db()
        assert decision.signed_by == self.town.chair
        chair.leave()

    def sheet(self, decision: Decision) -> bytes:
        """The sealed sheet, as the worker downloads it from where the mail leads."""
        sheet = Sheet.objects.get(decision=decision)
        worker = self.as_(self.town.worker).open(f"/sheets/{sheet.reference}/")
        name, pdf = worker.download("Download the sealed sheet (PDF)")
        worker.leave()
        assert name == f"decision-{self.reference}-v{decision.version}.pdf"
        return pdf

    def correct(self, decision: Decision) -> Decision:
        """The chair replaces the decision by a new version, which says why."""
        chair = self.as_(self.town.chair).open(f"/decisions/{decision.reference}/").press("Replace by a new version")
        chair.fill(why="A slip of the pen.", reasons=self.words.text("It keeps the child with her family."))
        chair.press("Replace the decision")
        new = Decision.objects.get(supersedes=decision)
        assert (new.version, new.minute_number) == (decision.version + 1, decision.minute_number)
        chair.leave()
        return new

    def verdict(self, pdf: bytes) -> str:
        """What the page that checks a sheet says of a file."""
        worker = self.as_(self.town.worker).open("/verify/")
        worker.page.locator("[name=file]").set_input_files(
            {"name": "sheet.pdf", "mimeType": "application/pdf", "buffer": pdf}
        )
        worker.press("Check the file")
        said: str = worker.page.locator("h1").inner_text()
        worker.leave()
        return said

    def seen(self) -> list[str]:
        """Every address anybody was at."""
        return [address for walker in self.everybody for address in walker.seen.addresses]


def work() -> None:
    """What the worker processes do when they wake: draw and seal, remind, send."""
    apart(draw_owed_sheets)
    apart(owe_reminders)
    apart(relay_messages)


def apart(task: Callable[[], Any]) -> Any:
    """Do something in a thread of its own, as a worker process would: the browser's loop has this one."""
    done: list[Any] = []

    def run() -> None:
        try:
            done.append(task())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done, "the task failed: see above"
    return done[0]
