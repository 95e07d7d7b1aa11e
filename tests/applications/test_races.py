"""Two people at once: exactly one effect. Without the guard the race shows."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from applications import services
from applications.models import Application, SignOff
from applications.services import marking, sending, writing
from applications.states import State
from people.models import Message, RecordEntry
from people.permissions import Capacity
from tests.factories.applications import AT, House, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unlock_append_only")]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run several acts in threads that start together; what each returned or raised."""
    barrier, answers = Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            answers[index] = act()
        except Exception as refusal:
            answers[index] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_managers_sign_at_once_and_one_signature_stands() -> None:
    house = House()
    second = person(
        house.council,
        "second",
        role="team_manager",
        capacity=Capacity.TEAM_MANAGER,
        team=house.team,
        team_of=house.team,
    )
    for _ in range(5):
        sent = services.submit(application=house.whole(), by=house.worker, at=AT)
        answers = at_once(
            *[lambda by=by, sent=sent: services.sign(application=sent, by=by, at=AT) for by in (house.manager, second)]
        )
        sent.refresh_from_db()
        assert sent.state == State.SUBMITTED
        assert SignOff.objects.filter(application=sent).count() == 1
        assert Message.objects.filter(template="request_submitted", reference=sent.reference).count() == 1
        assert RecordEntry.objects.filter(action="request.signed", subject_ref=sent.reference).count() == 1
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert [type(answer) for answer in refused] == [services.NotAllowedError]
        assert "no longer waits" in str(refused[0])


def test_two_administrators_accept_at_once_and_it_happens_once() -> None:
    house = House()
    second = person(house.council, "admin2", role="panel_administrator", capacity=Capacity.ADMINISTRATOR)
    sent = services.submit(application=house.whole(), by=house.worker, at=AT, skip_notes=True)
    at_once(*[lambda by=by: services.accept(application=sent, by=by, at=AT) for by in (house.administrator, second)])
    assert RecordEntry.objects.filter(action="request.accepted").count() == 1


def unguarded(application: Application, *, by: object, at: object, why: str, **fields: object) -> Application:
    """What `change` would be without its guard: whatever the row holds by now, it is overwritten."""
    del by, at, why
    Application.objects.filter(pk=application.pk).update(version=application.version + 1, **fields)
    application.refresh_from_db()
    return application


@pytest.mark.parametrize("is_guarded", [True, False])
def test_the_version_is_what_stops_the_second(monkeypatch: pytest.MonkeyPatch, is_guarded: bool) -> None:
    """Both read before either writes, as two servers may; the row is not held, to look at the version alone."""
    house = House()
    sent = services.submit(application=house.whole(), by=house.worker, at=AT, skip_notes=True)
    ready = services.accept(application=sent, by=house.administrator, at=AT)
    first, second = (Application.objects.get(pk=ready.pk) for _ in range(2))
    monkeypatch.setattr(marking, "locked_alone", lambda application: application)
    if not is_guarded:
        monkeypatch.setattr(writing, "change", unguarded)

    answers = []
    for stale in (first, second):
        try:
            answers.append(services.mark_listed(application=stale, by=house.administrator, at=AT))
        except services.StaleError as refusal:
            answers.append(refusal)

    listed = RecordEntry.objects.filter(action="request.listed").count()
    assert listed == (1 if is_guarded else 2)
    assert isinstance(answers[1], services.StaleError) is is_guarded


def test_saving_and_sending_at_once_never_sends_what_was_not_seen() -> None:
    house = House()
    for _ in range(3):
        request = house.whole()
        at_once(
            lambda request=request: services.submit(application=request, by=house.worker, at=AT),
            lambda request=request: house.save(request, "plan", outcomes=""),
        )
        request.refresh_from_db()
        assert (request.state, request.outcomes) in {(State.WITH_MANAGER, "Safe at home."), (State.DRAFT, "")}


def test_the_guard_is_what_services_use() -> None:
    assert sending.take_step is writing.take_step
