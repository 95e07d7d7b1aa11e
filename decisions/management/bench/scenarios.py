"""What people do all day, each as one deed whose cost is read beside a bare page's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.utils import timezone

from applications.states import State
from finance import queries as money
from finance.rules import AgendaSlot, Effect
from panels.services import policy_for
from people.permissions import Capacity

from .anchors import get, post, signed_in
from .measure import Deed
from .world import World, form_of

Median = dict[str, float]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One deed and what it may cost.

    Attributes:
        name: as it stands in the table.
        prepare: makes the deed; what it writes is taken back after the scenario.
        goal: the most the median may be, in the anchors' words.
        of: the milliseconds the median is divided by, from the anchors' medians.
        ratio: the most that quotient may be.
        queries: the most statements; None where there is no goal.
        growth: the most the median may grow from the demonstration to this data set; None where there is no goal.
    """

    name: str
    prepare: Callable[[World], Deed]
    goal: str
    of: Callable[[Median], float]
    ratio: float
    queries: int | None = None
    growth: float | None = None


def times(anchor: str) -> Callable[[Median], float]:
    """The median of one anchor."""
    return lambda medians: medians[anchor]


def my_work(capacity: Capacity) -> Callable[[World], Deed]:
    """The first page of somebody who is this to the panel."""
    return lambda world: get(signed_in(world.somebody(capacity)), "/")


def request_list(world: World) -> Deed:
    """Fifty requests of the council, newest first, with the filters."""
    return get(signed_in(world.somebody(Capacity.ADMINISTRATOR)), "/requests/")


def request_list_searched(world: World) -> Deed:
    """The same, with a word and a state."""
    client = signed_in(world.somebody(Capacity.ADMINISTRATOR))
    return get(client, "/requests/?text=placement&state=decided")


TABS = ("summary", "lines", "views", "documents", "signatures", "findings", "history", "timeline")


def one_tab(tab: str) -> Callable[[World], Deed]:
    """One request, read by its manager on the panel's side, one tab open."""

    def prepare(world: World) -> Deed:
        request = world.request(State.READY)
        client = signed_in(world.somebody(Capacity.ADMINISTRATOR))
        return get(
            client, f"/requests/{request.reference}/{tab}/tab/" if tab != "summary" else request.get_absolute_url()
        )

    return prepare


def autosave(world: World) -> Deed:
    """A worker's words of one group of fields are kept."""
    request = world.request(State.DRAFT)
    data = {"summary": "What was typed so far. " * 20, "ask": "A placement", "base_version": str(request.version)}
    return post(signed_in(request.worker), f"/requests/{request.reference}/keep/request/", data, status=200)


def submit(world: World) -> Deed:
    """A worker declares and sends a complete request."""
    request = world.request(State.READY)
    type(request).objects.filter(pk=request.pk).update(state=State.DRAFT, with_user=None, with_role="")
    request.sign_offs.update(void_at=world.now)
    data = {"declared": "on", "skip_notes": "skip"}
    return post(signed_in(request.worker), f"/requests/{request.reference}/check/", data)


def agenda(world: World) -> Deed:
    """The administrator reads an agenda of twenty."""
    world.agenda_of(20)
    return get(signed_in(world.recorder), f"/meetings/{world.meeting.reference}/agenda/")


def agenda_move(world: World) -> Deed:
    """The administrator moves the last case of twenty one place up."""
    last = world.agenda_of(20)[-1]
    data = {"move": f"{last.reference}:up"}
    return post(signed_in(world.recorder), f"/meetings/{world.meeting.reference}/agenda/change", data)


def run_sheet(world: World) -> Deed:
    """The run sheet of the next of twenty cases."""
    cases = world.agenda_of(20)
    meeting = world.open()
    world.call(cases[0])
    return get(signed_in(world.recorder), f"/meetings/{meeting.reference}/run/{cases[1].reference}/")


def live_version(world: World) -> Deed:
    """A screen asks whether anything changed; nothing did."""
    meeting = world.open()
    client, path = signed_in(world.recorder), f"/meetings/{meeting.reference}/version"
    etag = client.get(path)["ETag"]
    return get(client, path, status=304, if_none_match=etag)


def record_decision(world: World) -> Deed:
    """The chair confirms: decision, evidence, money, actions, review, audit, messages owed, in one transaction."""
    case, client = world.agenda_of(20)[0], signed_in(world.chair)
    meeting = world.open()
    case = world.call(case)
    application = case.application
    assert application is not None
    data = form_of(client.get(f"/meetings/{meeting.reference}/run/{case.reference}/").content.decode(), "/decide")
    _, policy = policy_for(council=world.council, on=timezone.localdate(world.now))
    data |= {
        "outcome": next(o.code for o in policy.outcomes(meeting.panel.slug) if o.effect == "agree"),
        "reasons": "The panel agreed. What was tried before is clear.",
        "condition_1_text": "A report every month",
        "action_1_text": "Tell the family",
        "action_1_owner": str(application.worker_id),
        "action_1_due": (timezone.localdate(world.now) + timedelta(days=14)).isoformat(),
        "confirm": "1",
    }
    return post(client, f"/items/{case.reference}/decide", data)


def funds(world: World) -> Deed:
    """What is available by line, this year."""
    return get(signed_in(world.somebody(Capacity.ACCOUNTANT)), "/funds/")


def funds_as_at(world: World) -> Deed:
    """The same as it was known a year ago."""
    day = timezone.localdate(world.now).replace(day=1)
    return get(
        signed_in(world.somebody(Capacity.ACCOUNTANT)), f"/funds/?as_at={day.replace(year=day.year - 1).isoformat()}"
    )


def what_if(world: World) -> Deed:
    """Thirty pending cases laid on the money as it stands."""
    user, on = world.somebody(Capacity.ACCOUNTANT), timezone.localdate(world.now)
    codes = sorted(money.baselines(user, on=on))
    slots = [
        AgendaSlot(
            key=f"case-{number}",
            line=codes[number % len(codes)],
            options={"agree": Effect(this_year=100_000 + number, next_year=200_000, annualised=300_000)},
        )
        for number in range(30)
    ]
    choices = {slot.key: "agree" for slot in slots}
    return partial(money.effect_of_agenda, user, slots=slots, choices=choices, on=on)


SEEN_FIRST = (
    Capacity.SOCIAL_WORKER,
    Capacity.TEAM_MANAGER,
    Capacity.SERVICE_MANAGER,
    Capacity.ADMINISTRATOR,
    Capacity.CHAIR,
    Capacity.MEMBER,
    Capacity.ACCOUNTANT,
    Capacity.COMMISSIONER,
    Capacity.HEAD_OF_SERVICE,
    Capacity.AUDITOR,
)


def pages() -> list[Scenario]:
    """Everything that is done through pages and queries, with the goals of the specification."""
    a2, floor = times("A2"), times("A3f")
    return [
        *(Scenario(f"my work: {role.label.lower()}", my_work(role), "12 × A2", a2, 12, 15, 1.3) for role in SEEN_FIRST),
        Scenario("list of requests, 50 rows, filters", request_list, "3 × A3f", floor, 3, 8, 1.1),
        Scenario("the same, searched and filtered", request_list_searched, "4 × A3f", floor, 4, 8, 1.3),
        *(Scenario(f"one request: {tab}", one_tab(tab), "8 × A2", a2, 8, 14, 1.1) for tab in TABS),
        Scenario("autosave of one group", autosave, "6 × A2", a2, 6, 8, 1.1),
        Scenario("submit", submit, "20 × A2", a2, 20, 25, 1.1),
        Scenario("agenda of 20, read", agenda, "12 × A2", a2, 12, 14, 1.1),
        Scenario("agenda of 20, move one", agenda_move, "12 × A2", a2, 12, 14, 1.1),
        Scenario("run sheet, next of 20 cases", run_sheet, "15 × A2", a2, 15, 18, 1.1),
        Scenario("live version, 304", live_version, "1.5 × A1", times("A1"), 1.5, 3, 1.0),
        Scenario("record a decision", record_decision, "30 × A2", a2, 30, 40, 1.1),
        Scenario("funds available, this year", funds, "A4 of one year + 4 × A2", _funds_allowed, 1, 10, 1.1),
        Scenario("funds as they were a year ago", funds_as_at, "2 × A4", times("A4"), 2, 10),
        Scenario("what-if of 30 cases (no page yet)", what_if, "40 × A2", a2, 40, 12, 1.1),
    ]


def _funds_allowed(medians: Median) -> float:
    return medians["A4 of one year"] + 4 * medians["A2"]
