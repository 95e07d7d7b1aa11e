"""Every field of every form of the panel's work, typed wrong: said beside the field, kept on the page, not written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape, unescape
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse

from decisions import services
from decisions.models import (
    Action,
    AgendaItem,
    Approval,
    AttendanceEvent,
    Condition,
    Decision,
    Interest,
    MinuteDraft,
)
from finance.models import Commitment
from panels.models import Meeting
from people.models import Message, User
from people.permissions import Capacity
from tests.factories.decisions import PASSWORD, STARTS, Hall

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]

SCRIPT = "<script>alert(1)</script>"
BAD = {
    "empty": "",
    "long": "x" * 9000,
    "script": SCRIPT,
    "formula": '=HYPERLINK("http://x")',
    "nul": "nul\x00byte",
    "type": "[1, 2]",
}


@dataclass(frozen=True)
class Field:
    """What a field takes: `text` up to `most`; anything strict takes its own kind alone."""

    kind: str = "text"
    most: int = 0
    required: bool = False

    def takes(self, bad: str) -> bool:
        """Whether this is no mistake in this field."""
        if not bad:
            return not self.required
        return self.kind == "text" and len(bad) <= self.most and "\x00" not in bad


@dataclass(frozen=True)
class Door:
    """A form as a page sends it when it is right, and what each of its fields takes."""

    by: User
    address: str
    right: dict[str, str]
    fields: dict[str, Field]
    kept: str = ""
    before: list[Callable[[Client], Any]] = field(default_factory=list)


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        yield


def url(name: str, *args: object) -> str:
    return reverse(f"decisions:{name}", args=args)


def decision_fields(key: str) -> dict[str, Field]:
    return {
        "item_version": Field("hidden", required=True),
        "outcome": Field("choice", required=True),
        "reasons": Field(most=8000),
        "members_views": Field(most=8000),
        "review_date": Field("date", required=True),
        "no_review_reason": Field(most=300),
        f"{key}_pence": Field("money", required=True),
        f"{key}_start": Field("date", required=True),
        f"{key}_end": Field("date"),
        "condition_1_text": Field(most=500, required=True),  # somebody is named for it
        "condition_1_owner": Field(most=160),
        "action_1_text": Field(most=500, required=True),
        "action_1_owner": Field("choice", required=True),
        "action_1_due": Field("date", required=True),
    }


def decision_typed(item: AgendaItem, owner: User) -> dict[str, str]:
    assert item.application is not None
    key = f"line_{item.application.lines.get().pk}"
    typed = {
        "item_version": str(item.version),
        "outcome": "agreed",
        "reasons": "Words that are kept.",
        "members_views": "",
        "no_review_reason": "",
        f"{key}_pence": "600.00",
        "condition_1_text": "A weekly report",
        "condition_1_owner": "The provider",
        "action_1_text": "Visit the school",
        "action_1_owner": str(owner.pk),
    }
    for name, day in (
        ("review_date", "15 1 2027"),
        (f"{key}_start", "2 11 2026"),
        (f"{key}_end", "31 1 2027"),
        ("action_1_due", "3 11 2026"),
    ):
        typed |= {f"{name}_{box}": part for box, part in zip(("day", "month", "year"), day.split(), strict=True)}
    return typed


def declared(item: AgendaItem) -> Callable[[Client], Any]:
    return lambda browser: browser.post(url("item_interest", item.reference), {"answer": "none"})


def deciding(hall: Hall) -> Door:
    item = hall.called()
    assert item.application is not None
    return Door(
        by=hall.chair,
        address=url("item_decide", item.reference),
        right=decision_typed(item, hall.members[0]),
        fields=decision_fields(f"line_{item.application.lines.get().pk}"),
        kept="Words that are kept.",
        before=[declared(item)],
    )


def correcting(hall: Hall) -> Door:
    decision = hall.decided()
    item = AgendaItem.objects.get(pk=decision.item_id)
    return Door(
        by=hall.chair,
        address=url("decision_correct", decision.reference),
        right=decision_typed(item, hall.members[0]) | {"why": "A figure was wrong."},
        fields=decision_fields(f"line_{decision.application.lines.get().pk}") | {"why": Field(most=500, required=True)},
        kept="Words that are kept.",
    )


def attending(hall: Hall) -> Door:
    hall.opened()
    return Door(
        by=hall.administrator,
        address=url("attendance", hall.meeting.reference),
        right={"kind": "came", "user": "", "guest": "School nurse", "role": "finance", "substitute_for": ""},
        fields={
            "kind": Field("choice", required=True),
            "user": Field("choice"),
            "guest": Field(most=160, required=True),
            "role": Field("choice", required=True),
            "substitute_for": Field("choice"),
        },
    )


def declaring(hall: Hall) -> Door:
    item = hall.called()
    return Door(
        by=hall.members[0],
        address=url("item_interest", item.reference),
        right={"answer": "stays", "nature": "A neighbour"},
        fields={"answer": Field("choice", required=True), "nature": Field(most=300, required=True)},
    )


def declaring_for_others(hall: Hall) -> Door:
    item = hall.called()
    return Door(
        by=hall.administrator,
        address=url("item_interests", item.reference),
        right={"person": f"u{hall.members[0].pk}", "answer": "stays", "nature": "A neighbour"},
        fields={
            "person": Field("choice", required=True),
            "answer": Field("choice", required=True),
            "nature": Field(most=300, required=True),
        },
        kept="A neighbour",
    )


def carrying(hall: Hall) -> Door:
    item = hall.opened()[0]
    return Door(
        by=hall.chair,
        address=url("item_carry", item.reference),
        right={"reason": "Out of time", "to": ""},
        fields={"reason": Field(most=300, required=True), "to": Field("choice")},
        kept="Out of time",
        before=[declared(item)],
    )


def noting(hall: Hall) -> Door:
    hall.opened()
    item = AgendaItem.objects.filter(kind="standing").order_by("position")[0]
    return Door(
        by=hall.administrator,
        address=url("item_note", item.reference),
        right={"note": "Looked at."},
        fields={"note": Field(most=4000)},
    )


def listing(hall: Hall) -> Door:
    application = hall.case()
    services.begin_agenda(meeting=hall.meeting, by=hall.administrator, at=STARTS)
    return Door(
        by=hall.administrator,
        address=url("agenda_put", hall.meeting.reference, application.reference),
        right={"reason": "The head of service agreed."},
        fields={"reason": Field(most=300)},
    )


def approving(hall: Hall) -> Door:
    lead = hall.person("vice", role="service_manager_looked_after", capacity=Capacity.CHAIR)
    hall.seat(lead, "service_manager_looked_after")
    services.name_chair(meeting=hall.meeting, chair=lead, by=hall.administrator, at=STARTS)
    hall.chair = lead
    item = hall.listed(hall.case(category="ifa_foster_placement"))
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=STARTS)
    services.open_meeting(meeting=hall.meeting, by=hall.administrator, at=STARTS)
    hall.come(lead)
    decision = hall.decided(hall.called(item))
    return Door(
        by=hall.house.head,
        address=url("approve", decision.reference, "head_of_service"),
        right={"agrees": "no", "reasons": "Too dear."},
        fields={"agrees": Field("choice", required=True), "reasons": Field(most=4000, required=True)},
    )


def writing_a_cost_part(hall: Hall) -> Door:
    decision = hall.decided()
    return Door(
        by=hall.person("purse", role="accountant", capacity=Capacity.ACCOUNTANT),
        address=url("cost_record", decision.reference),
        right={"words": "Support budget, agreed rate."},
        fields={"words": Field(most=500, required=True)},
    )


def signing(hall: Hall) -> Door:
    decision = hall.costed(hall.decided())
    return Door(
        by=hall.chair,
        address=url("decision_sign", decision.reference),
        right={"password": PASSWORD},
        fields={"password": Field("secret", required=True)},
    )


def signing_minutes(hall: Hall) -> Door:
    item = hall.opened()[0]
    services.carry_forward(item=item, reason="Out of time", by=hall.chair, at=STARTS)
    services.close_meeting(meeting=hall.meeting, by=hall.administrator, at=STARTS)
    return Door(
        by=hall.chair,
        address=url("minutes", hall.meeting.reference),
        right={"password": PASSWORD},
        fields={"password": Field("secret", required=True)},
    )


def world() -> list[Any]:
    """Everything a form of these could change, but for the draft, which keeps what is typed."""
    return [
        *(model.objects.count() for model in (Decision, Commitment, Action, Condition, AttendanceEvent, Interest)),
        Message.objects.count(),
        list(AgendaItem.objects.order_by("pk").values_list("pk", "state", "version", "minutes", "position", "note")),
        list(Approval.objects.order_by("pk").values_list("answer", "reasons")),
        list(Decision.objects.order_by("pk").values_list("state", "signed_at")),
        list(Meeting.objects.order_by("pk").values_list("state", "chair_id")),
    ]


def changed(door: Door, name: str, bad: str) -> dict[str, str]:
    if door.fields[name].kind != "date":
        return door.right | {name: bad}
    boxes = dict.fromkeys((f"{name}_day", f"{name}_month", f"{name}_year"), "") if not bad else {f"{name}_day": bad}
    return door.right | boxes


@pytest.mark.parametrize(
    "form",
    [
        deciding,
        correcting,
        attending,
        declaring,
        declaring_for_others,
        carrying,
        noting,
        listing,
        approving,
        writing_a_cost_part,
        signing,
        signing_minutes,
    ],
    ids=lambda form: form.__name__,
)
def test_what_is_typed_wrong_is_said_kept_and_not_written(
    hall: Hall, signed_in: Browser, form: Callable[[Hall], Door]
) -> None:
    door = form(hall)
    browser = signed_in(door.by)
    browser.raise_request_exception = False
    for step in door.before:
        step(browser)
    wrong = []
    for name, takes in door.fields.items():
        for what, bad in BAD.items():
            with transaction.atomic():
                before = world()
                answer = browser.post(door.address, changed(door, name, bad))
                found = faults(answer, door, name, bad)
                if not takes.takes(bad) and world() != before:
                    found.append("something was written")
                transaction.set_rollback(True)
            wrong += [f"{name}, {what}: {fault}" for fault in found]

    assert wrong == []


def faults(answer: Any, door: Door, name: str, bad: str) -> list[str]:
    """What is amiss with an answer."""
    page, takes = answer.content.decode(), door.fields[name]
    if answer.status_code >= 500:
        return [f"status {answer.status_code}"]
    if SCRIPT in page:
        return ["markup was taken over"]
    if takes.takes(bad):
        return [] if answer.status_code in {200, 302} else [f"refused with {answer.status_code}"]
    said = unescape(page).replace("\x00", "")
    checks = {
        f"answered with {answer.status_code}": answer.status_code == 422,
        "no error summary": "govuk-error-summary" in page,
        "no error beside the field": takes.kind == "hidden" or "govuk-error-message" in page,
        "what was typed is gone": takes.kind in {"choice", "hidden", "secret"} or typed(bad) in said,
        "other words are gone": door.kept == door.right.get(name) or door.kept in said,
        "a password is shown": takes.kind != "secret" or not bad or typed(bad) not in said,
    }
    return [fault for fault, well in checks.items() if not well]


def typed(bad: str) -> str:
    """What can be shown or kept of it: all but a NUL."""
    return unescape(escape(bad)).replace("\x00", "")


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("box", ["minutes", "position", "key"])
def test_the_boxes_of_the_agenda_refuse_plainly(hall: Hall, signed_in: Browser, box: str, bad: str) -> None:
    item = hall.listed()
    browser = signed_in(hall.administrator)
    browser.raise_request_exception = False
    before = world()
    sent = {
        "minutes": {"minutes": item.reference, f"minutes-{item.reference}": bad},
        "position": {"move": f"{item.reference}:place", f"position-{item.reference}": bad},
        "key": {"off": bad},
    }[box]

    answer = browser.post(url("agenda_change", hall.meeting.reference), sent)

    assert world() == before
    if box == "key":
        assert answer.status_code == (404 if bad else 302)
    else:
        assert answer.status_code == 302
        assert [str(m) for m in get_messages(answer.wsgi_request)] != []
    assert SCRIPT not in browser.get(url("agenda", hall.meeting.reference)).content.decode()


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_draft_keeps_whatever_is_typed_and_does_nothing(hall: Hall, signed_in: Browser, bad: str) -> None:
    item = hall.called()
    browser = signed_in(hall.chair)
    browser.raise_request_exception = False
    before = world()

    answer = browser.post(url("item_draft", item.reference), {"reasons": bad, "review_date_day": bad})

    assert answer.status_code == 200
    assert MinuteDraft.objects.get().fields["reasons"] == typed(bad)
    assert world() == before


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("name", ["chair", "reason"])
def test_naming_a_chair_refuses_plainly(hall: Hall, signed_in: Browser, name: str, bad: str) -> None:
    hall.listed()
    services.publish_agenda(meeting=hall.meeting, by=hall.administrator, at=STARTS)
    right = {"chair": str(hall.members[0].pk), "reason": "The chair is away."}
    takes = {"chair": Field("choice", required=True), "reason": Field(most=300)}[name]
    browser = signed_in(hall.administrator)
    browser.raise_request_exception = False
    before = world()

    answer = browser.post(url("chair", hall.meeting.reference), right | {name: bad})

    assert answer.status_code == 302
    if not takes.takes(bad):
        assert world() == before
        assert [str(m) for m in get_messages(answer.wsgi_request)] != []
