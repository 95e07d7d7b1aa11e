"""Messages: owed once, sent once, never to somebody who may not look, and never twice by a guess."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from people.messages import TEMPLATES
from people.models import Message, RecordEntry
from people.models.message import MessageState
from people.permissions import Capacity
from people.services import owe_message, owe_messages, send_again
from people.services.carriers import SmtpCarrier
from people.services.relay import claim_next, compose, relay
from people.tasks import forget_messages, relay_messages
from tests.factories.panels import MeetingFactory, PanelFactory


@pytest.fixture
def owe(council, staff, now):
    def one(capacity=Capacity.ADMINISTRATOR, key="k", **more):
        given = {
            "council": council,
            "recipient": staff[capacity],
            "template": "agenda_published",
            "reference": "M-2345ABCD",
            "path": "/panels/meetings/M-2345ABCD/",
            "dedupe_key": f"{key}:{capacity}",
            "by": None,
            "at": now,
        }
        return owe_message(**(given | more))

    return one


def run(at):
    return relay(clock=lambda: at)


def states():
    return sorted(Message.objects.values_list("state", flat=True))


def test_owing_the_same_message_twice_owes_it_once(owe):
    assert owe() is not None
    assert owe() is None
    assert Message.objects.count() == 1


def test_nobody_without_an_active_account_is_owed_anything(owe, staff):
    staff[Capacity.ADMINISTRATOR].is_active = False

    assert owe() is None


@pytest.mark.parametrize(
    "wrong",
    [{"template": "hello"}, {"path": "https://elsewhere.example/"}, {"path": "//elsewhere"}, {"path": "/a?b=c"}],
)
def test_a_message_of_another_kind_or_to_another_place_is_refused(owe, wrong):
    with pytest.raises(ValueError, match=r"no message|plain path"):
        owe(**wrong)


def test_a_message_never_leaves_its_council(owe, other_staff):
    with pytest.raises(ValueError, match="never leaves"):
        owe(recipient=other_staff[Capacity.CHAIR])


@pytest.fixture
def owe_all(council, now):
    def all_of(*recipients, **more):
        given = {
            "council": council,
            "recipients": recipients,
            "template": "agenda_published",
            "reference": "M-2345ABCD",
            "path": "/panels/meetings/M-2345ABCD/",
            "event": "agenda:M-2345ABCD:1",
            "by": None,
            "at": now,
        }
        owe_messages(**(given | more))

    return all_of


def test_several_people_are_owed_a_message_each_in_one_query_and_once(owe, owe_all, staff, django_assert_num_queries):
    chair, member, gone = staff[Capacity.CHAIR], staff[Capacity.MEMBER], staff[Capacity.ACCOUNTANT]
    gone.is_active = False
    before = owe(Capacity.CHAIR, dedupe_key=f"agenda:M-2345ABCD:1:{chair.pk}", template="agenda_changed")

    with django_assert_num_queries(1):
        owe_all(chair, member, gone)
    owe_all(chair, member, gone)

    assert list(Message.objects.order_by("pk").values_list("recipient_id", "template", "dedupe_key")) == [
        (chair.pk, "agenda_changed", before.dedupe_key),
        (member.pk, "agenda_published", f"agenda:M-2345ABCD:1:{member.pk}"),
    ]


def test_a_message_of_several_is_the_same_as_one_of_one(owe, owe_all, staff, council):
    chair, member = staff[Capacity.CHAIR], staff[Capacity.MEMBER]
    owe(Capacity.CHAIR, about=council)
    owe_all(member, about=council)

    one, other = (
        {name: value for name, value in row.items() if name not in {"id", "dedupe_key", "recipient_id"}}
        for row in Message.objects.order_by("pk").values()
    )
    assert one == other
    assert set(Message.objects.values_list("recipient_id", flat=True)) == {chair.pk, member.pk}


@pytest.mark.parametrize("wrong", [{"template": "hello"}, {"path": "https://elsewhere.example/"}])
def test_a_message_to_several_of_another_kind_or_to_another_place_is_refused(owe_all, staff, wrong):
    with pytest.raises(ValueError, match=r"no message|plain path"):
        owe_all(staff[Capacity.CHAIR], **wrong)


def test_a_message_to_several_never_leaves_its_council(owe_all, staff, other_staff):
    with pytest.raises(ValueError, match="never leaves"):
        owe_all(staff[Capacity.CHAIR], other_staff[Capacity.CHAIR])

    assert Message.objects.count() == 0


def test_what_the_server_takes_is_sent(owe, sink, now):
    message = owe(on=now.date())

    run(now)

    message.refresh_from_db()
    assert (message.state, message.attempts, message.settled) == (MessageState.ACCEPTED, 1, now)
    [mail] = sink.mails
    assert mail["To"] == message.recipient.email
    assert mail["Subject"] == "Panel: an agenda is published"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == compose(message).extra_headers["Message-ID"]
    assert "Meeting: 9 March 2026" in mail.get_content()
    assert "Link: http://127.0.0.1:8000/panels/meetings/M-2345ABCD/" in mail.get_content()


def test_the_task_sends_what_is_owed(owe, sink):
    owe()

    relay_messages()

    assert states() == ["accepted"]


def test_a_lone_dot_and_lines_that_begin_with_one_arrive_as_they_are(owe, sink, now, monkeypatch):
    dotted = TEMPLATES["agenda_published"]
    monkeypatch.setitem(TEMPLATES, "agenda_published", type(dotted)(dotted.code, dotted.subject, "one\n.\n..two"))
    owe()

    run(now)

    assert sink.mails[0].get_content().splitlines()[:3] == ["one", ".", "..two"]


def test_a_refusal_for_now_is_tried_again_later_and_later(owe, sink, now):
    message = owe()
    sink.behave[message.recipient.email] = "451 come back"
    waits, at = [], now
    for _ in range(7):
        run(at)
        message.refresh_from_db()
        waits.append((message.next_try_at - at) // timedelta(minutes=1))
        at = message.next_try_at

    assert waits == [1, 2, 4, 8, 16, 30, 30]
    assert (message.state, message.fault, sink.taken) == (MessageState.OWED, "451", [])
    sink.behave.clear()
    run(at)
    assert (states(), len(sink.taken)) == (["accepted"], 1)


def test_what_is_refused_for_days_is_shown_as_failed(owe, sink, now):
    message = owe()
    sink.behave[message.recipient.email] = "451 come back"

    run(now + timedelta(days=3, minutes=1))

    assert states() == ["failed"]


@pytest.mark.parametrize(("how", "code"), [("550 nobody", "550"), ("refuse the text", "554")])
def test_a_refusal_for_good_is_shown_and_holds_up_nobody(owe, sink, now, how, code):
    refused = owe(Capacity.CHAIR)
    owe(Capacity.ADMINISTRATOR)
    sink.behave[refused.recipient.email] = how

    run(now)

    refused.refresh_from_db()
    assert (refused.state, refused.fault) == (MessageState.FAILED, code)
    assert states() == ["accepted", "failed"]


def test_a_line_lost_after_the_text_is_unknown_and_never_sent_again_by_itself(owe, sink, now):
    lost = owe(Capacity.CHAIR)
    owe(Capacity.ADMINISTRATOR)
    sink.behave[lost.recipient.email] = "drop after the text"

    run(now)
    run(now + timedelta(days=1))

    assert states() == ["accepted", "unknown"]
    assert len(sink.taken) == 2


def test_no_server_at_all_loses_nothing(owe, sink, settings, now):
    owe(Capacity.CHAIR)
    owe(Capacity.ADMINISTRATOR)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1

    run(now)
    settings.EMAIL_PORT = port
    run(now + timedelta(minutes=1))

    assert (states(), len(sink.taken)) == (["accepted", "accepted"], 2)


def test_somebody_whose_access_ended_meanwhile_gets_nothing(owe, sink, staff, council, now):
    meeting = MeetingFactory(panel=PanelFactory(council=council))
    owe(about=meeting)
    staff[Capacity.ADMINISTRATOR].roles.update(until=now.date() - timedelta(days=1))

    run(now)

    assert (states(), sink.taken) == (["suppressed"], [])


def test_somebody_whose_account_was_closed_meanwhile_gets_nothing(owe, sink, staff, now):
    owe()
    type(staff[Capacity.ADMINISTRATOR]).objects.filter(pk=staff[Capacity.ADMINISTRATOR].pk).update(is_active=False)

    run(now)

    assert (states(), sink.taken) == (["suppressed"], [])


def test_a_relay_that_died_with_a_message_leaves_it_unknown_not_sent_twice(owe, sink, now):
    owe()
    claim_next(at=now)

    run(now + timedelta(minutes=1))
    assert states() == ["claimed"]
    run(now + timedelta(minutes=3))

    assert (states(), sink.taken) == (["unknown"], [])


def test_no_transaction_is_open_while_the_server_is_spoken_to(owe, sink, now, transactional_db, monkeypatch):
    owe()
    seen, carry = [], SmtpCarrier.carry
    monkeypatch.setattr(
        SmtpCarrier, "carry", lambda self, mail: seen.append(connection.in_atomic_block) or carry(self, mail)
    )
    run(now)

    assert seen == [False]


@pytest.mark.parametrize("round_", range(3))
def test_two_relays_at_once_send_each_message_once(owe, sink, now, transactional_db, round_):
    for number in range(12):
        owe(key=str(number))
    barrier, faults = threading.Barrier(4), []

    def one():
        try:
            barrier.wait()
            run(now)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert (states(), len({mail["Message-ID"] for mail in sink.mails}), len(sink.taken)) == (["accepted"] * 12, 12, 12)


def test_somebody_may_decide_to_send_again_and_it_is_on_record(owe, sink, staff, now):
    message = owe()
    Message.objects.update(state=MessageState.UNKNOWN, settled=now)
    administrator = staff[Capacity.ADMINISTRATOR]

    assert send_again(message=message, by=administrator, at=now)
    assert not send_again(message=message, by=administrator, at=now)
    run(now)

    assert states() == ["accepted"]
    assert RecordEntry.objects.filter(action="message.sent_again", by=administrator).count() == 1


def test_a_message_of_another_council_cannot_be_sent_again(owe, other_staff, now):
    message = owe()
    Message.objects.update(state=MessageState.FAILED)

    assert not send_again(message=message, by=other_staff[Capacity.ADMINISTRATOR], at=now)


CANARY = "Zyxlophine"


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_no_message_carries_anything_of_the_case(owe, sink, council, staff, now, template):
    """Everything somebody could name around a message is a canary; none sings in the raw mail."""
    for capacity in (Capacity.ADMINISTRATOR, Capacity.CHAIR):
        person = staff[capacity]
        person.first_name = person.last_name = person.job_title = CANARY
        person.team.name = person.team.service = CANARY
        person.team.save()
        person.save()
    council.name = CANARY
    council.save()
    panel = PanelFactory(council=council, name=CANARY)
    meeting = MeetingFactory(panel=panel, place=CANARY, reason=CANARY, chair=staff[Capacity.CHAIR])
    owe(template=template, about=meeting, on=now.date(), reference="M-2345ABCD")

    run(now)

    [raw], [mail] = sink.taken, sink.mails
    everything = raw.decode() + "".join(str(value) for value in mail.values()) + mail.get_content()
    assert CANARY.casefold() not in everything.casefold()
    assert mail.get_content_type() == "text/plain"
    assert (mail["Cc"], mail["Bcc"], list(mail.iter_attachments())) == (None, None, [])
    assert mail["Subject"] == TEMPLATES[template].subject
    assert mail.get_content().splitlines()[0] == TEMPLATES[template].says


def test_the_subjects_and_words_have_no_place_for_a_variable():
    for template in TEMPLATES.values():
        assert "{" not in template.subject + template.says
        assert "%" not in template.subject + template.says


def test_a_delivery_is_forgotten_after_ninety_days_and_what_is_owed_is_not(owe):
    moment = timezone.now() - timedelta(days=90)
    for state in MessageState:
        for age in (timedelta(minutes=-1), timedelta(minutes=1)):
            Message.objects.filter(pk=owe(key=f"{state}{age}").pk).update(state=state, settled=moment - age)
    Message.objects.filter(pk=owe(key="never").pk).update(owed_at=moment - timedelta(days=900))

    assert forget_messages() == 4

    left = Message.objects.filter(settled__lt=moment).values_list("state", flat=True)
    assert set(left) == {MessageState.OWED, MessageState.CLAIMED}
    assert Message.objects.filter(settled__gt=moment).count() == len(MessageState)
    assert Message.objects.filter(settled=None).count() == 1
