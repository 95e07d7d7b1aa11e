"""Sending, signing and returning requests."""

from __future__ import annotations

import pytest

from applications import services
from applications.models import Application, PlanAction, SignOff, View
from applications.queries import standing_of
from applications.states import State
from decisions.management.bench.measure import counted
from people.models import Message, RecordEntry
from tests.factories.applications import AT, House

pytestmark = pytest.mark.django_db


def test_a_whole_request_is_sent_to_the_team_manager_and_signed_to_the_administrator() -> None:
    house = House()
    request = house.whole()

    sent = services.submit(application=request, by=house.worker, at=AT)
    assert (sent.state, sent.with_role, sent.with_user) == (State.WITH_MANAGER, "team_manager", house.manager)

    signed = services.sign(application=sent, by=house.manager, at=AT)
    assert (signed.state, signed.with_role, signed.submitted_at) == (State.SUBMITTED, "", AT)
    assert signed.policy_version is not None

    ready = services.accept(application=signed, by=house.administrator, at=AT)
    assert ready.state == State.READY
    told = list(Message.objects.order_by("pk").values_list("template", "recipient__username"))
    assert told == [("request_waits", "manager"), ("request_submitted", "admin"), ("request_accepted", "worker")]
    actions = set(RecordEntry.objects.filter(subject="request").values_list("action", flat=True))
    assert {"request.sent", "request.signed", "request.submitted", "request.accepted"} <= actions


@pytest.mark.parametrize("rows", [1, 30])
def test_sending_reads_the_request_once_however_long_it_is(house: House, as_user, rows: int) -> None:
    request = house.whole()
    for number in range(rows - 1):
        View.objects.create(application=request, person=f"Person {number}", relation="aunt", view="Agrees.")
        PlanAction.objects.create(application=request, action="Visit")
    client, path = as_user(house.worker), f"/requests/{request.reference}/check/"
    client.get(path)

    with counted() as sent:
        answer = client.post(path, {"declared": "on"})

    assert answer.status_code == 302
    assert len(sent) == 21, sent
    assert len([sql for sql in sent if f'FROM "{View._meta.db_table}"' in sql]) == 1
    request.refresh_from_db()
    assert request.state == State.WITH_MANAGER


def test_what_a_step_gives_back_is_what_the_database_holds() -> None:
    house = House()
    sent = services.submit(application=house.whole(), by=house.worker, at=AT)
    assert columns(sent) == columns(Application.objects.get(pk=sent.pk))

    returned = services.return_to_worker(application=sent, reasons="Say more.", by=house.manager, at=AT)
    assert columns(returned) == columns(Application.objects.get(pk=sent.pk))

    again = services.submit(application=returned, by=house.worker, at=AT)
    signed = services.sign(application=again, by=house.manager, at=AT)
    assert columns(signed) == columns(Application.objects.get(pk=sent.pk))
    assert [kept.version for kept in signed.history.order_by("version")][-4:] == [
        sent.version,
        returned.version,
        again.version,
        signed.version,
    ]


def columns(request: Application) -> dict[str, object]:
    return {field.attname: getattr(request, field.attname) for field in request._meta.concrete_fields}


def test_what_is_missing_is_refused_with_its_clause() -> None:
    house = House()
    request = house.whole()
    house.save(request, "assessment", needs_analysis="")

    with pytest.raises(services.RefusedError) as refusal:
        services.submit(application=request, by=house.worker, at=AT)

    assert [(f.rule, bool(f.clause)) for f in refusal.value.findings] == [("WB-47", True)]
    request.refresh_from_db()
    assert request.state == State.DRAFT


def test_standing_says_what_is_missing() -> None:
    house = House()
    request = house.draft()
    gaps = standing_of(request, at=AT).missing
    assert ("lines", "At least one resource, with its cost and dates") in [(g.task, g.label) for g in gaps]


def test_a_return_needs_reasons_voids_signatures_and_opens_the_request_again() -> None:
    house = House()
    request = services.submit(application=house.whole(), by=house.worker, at=AT)
    with pytest.raises(services.NotAllowedError):
        services.return_to_worker(application=request, reasons=" ", by=house.manager, at=AT)

    request = services.sign(application=request, by=house.manager, at=AT)
    back = services.return_to_worker(application=request, reasons="Costs are wrong.", by=house.administrator, at=AT)

    assert (back.state, back.with_user, back.submitted_at) == (State.RETURNED, house.worker, None)
    rows = list(SignOff.objects.order_by("pk").values_list("role", "answer", "void_at", "reasons"))
    assert rows == [("team_manager", "signed", AT, ""), ("panel_administrator", "returned", None, "Costs are wrong.")]
    again = services.submit(application=back, by=house.worker, at=AT)
    assert again.state == State.WITH_MANAGER
