"""The record: rows in one order, chained, never changed, and every kind of tampering found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from people.models import Council, RecordEntry, RecordHead
from people.models.record import Verb
from people.permissions import Capacity
from people.services import Anchor, Break, Happening, note_reads, put_down_together, record, record_many, verify_record
from people.services.record import link_hash
from tests.conftest_append_only import triggers_off


@pytest.fixture
def chain(council, staff, now):
    by = staff[Capacity.SOCIAL_WORKER]
    for n in range(1, 7):
        record(
            council=council,
            by=by,
            at=now + timedelta(minutes=n),
            verb=Verb.ALTERATION,
            action="request.changed",
            subject="request",
            subject_ref=f"R-{n}",
            facts={"n": n, "on": now.date()},
        )
    return list(RecordEntry.objects.order_by("seq"))


def tamper(sql, *params):
    """Change the table as somebody who owns the database can."""
    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute(sql, params)


def restamp(entries, *, start):
    """Write the hashes anew from a link on, as somebody does who knows how they are made."""
    previous = start
    for entry in entries:
        entry.prev_hash = previous
        entry.hash = link_hash(entry)
        tamper(
            "UPDATE people_recordentry SET action = %s, prev_hash = %s, hash = %s WHERE id = %s",
            entry.action,
            entry.prev_hash,
            entry.hash,
            entry.pk,
        )
        previous = entry.hash
    return previous


def test_rows_are_counted_and_each_holds_on_to_the_one_before(council, chain):
    assert [entry.seq for entry in chain] == [1, 2, 3, 4, 5, 6]
    assert [entry.prev_hash for entry in chain] == ["0" * 64, *(entry.hash for entry in chain[:-1])]
    assert verify_record(council=council) is None


def test_many_rows_make_the_same_chain_as_one_by_one(council, staff, now, django_assert_num_queries):
    by = staff[Capacity.AUDITOR]
    RecordHead.objects.create(council=council)

    with django_assert_num_queries(5):  # a savepoint and its end, the head, the rows, the head again
        note_reads(by=by, at=now, subject="request", subject_refs=["R-1", "R-2", "R-3"])

    assert verify_record(council=council) is None
    assert list(RecordEntry.objects.order_by("seq").values_list("subject_ref", "verb")) == [
        ("R-1", "consultation"),
        ("R-2", "consultation"),
        ("R-3", "consultation"),
    ]


def test_councils_have_chains_of_their_own(council, other_council, chain, now):
    record_many(
        council=other_council,
        happenings=[Happening(by=None, at=now, verb=Verb.COLLECTION, action="a", subject="s", subject_ref="r")],
    )

    assert RecordEntry.objects.get(council=other_council).seq == 1
    assert verify_record(council=other_council) is None


def test_a_row_falls_with_the_transaction_it_tells_of(council, now):
    def act_and_fail():
        with transaction.atomic():
            record(council=council, by=None, at=now, verb=Verb.COLLECTION, action="a", subject="s", subject_ref="r")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act_and_fail()

    assert RecordEntry.objects.count() == 0


def put_down(council, now, *references):
    for reference in references:
        record(council=council, by=None, at=now, verb=Verb.COLLECTION, action="a", subject="s", subject_ref=reference)


def on_record():
    return list(RecordEntry.objects.order_by("council", "seq").values_list("council__slug", "seq", "subject_ref"))


def test_what_is_put_down_together_is_written_at_the_end_in_order(
    council, other_council, chain, now, django_assert_num_queries
):
    RecordHead.objects.create(council=other_council)

    with django_assert_num_queries(12), put_down_together():  # three and a savepoint a council, and one around it all
        put_down(council, now, "R-7", "R-8")
        put_down(other_council, now, "R-1")
        put_down(council, now, "R-9")

    assert on_record()[6:] == [
        ("exampleshire", 7, "R-7"),
        ("exampleshire", 8, "R-8"),
        ("exampleshire", 9, "R-9"),
        (other_council.slug, 1, "R-1"),
    ]
    assert [verify_record(council=of) for of in (council, other_council)] == [None, None]


def test_of_what_is_put_down_within_the_outer_one_writes_and_what_failed_is_left_out(council, now):
    def act_and_fail():
        with put_down_together():
            put_down(council, now, "R-2")
            raise RuntimeError

    with put_down_together():
        put_down(council, now, "R-1")
        with pytest.raises(RuntimeError):
            act_and_fail()
        with put_down_together():
            put_down(council, now, "R-3")
        assert on_record() == []
        put_down(council, now, "R-4")
    put_down(council, now, "R-5")

    assert [reference for _, _, reference in on_record()] == ["R-1", "R-3", "R-4", "R-5"]
    assert verify_record(council=council) is None


def test_what_is_put_down_together_falls_with_its_transaction(council, now):
    def act_and_fail():
        with put_down_together():
            Council.objects.create(name="Nowhere", slug="nowhere")
            put_down(council, now, "R-1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act_and_fail()

    assert (on_record(), Council.objects.filter(slug="nowhere").exists()) == ([], False)


@pytest.mark.parametrize("sql", ["UPDATE people_recordentry SET action = 'x'", "DELETE FROM people_recordentry"])
def test_the_database_refuses_to_change_the_record(chain, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert RecordEntry.objects.filter(action="request.changed").count() == 6


@pytest.mark.postgres
def test_the_database_refuses_to_empty_the_record(chain):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE people_recordentry CASCADE")


def test_python_refuses_to_change_the_record(chain):
    with pytest.raises(TypeError):
        RecordEntry.objects.all().update(action="x")
    with pytest.raises(TypeError):
        RecordEntry.objects.all().delete()


def test_a_changed_row_is_found(council, chain):
    tamper("UPDATE people_recordentry SET action = 'request.read' WHERE seq = 3")

    assert verify_record(council=council) == Break(3, "its content is not what was put on record")


def test_a_row_taken_out_of_the_middle_is_found(council, chain):
    tamper("DELETE FROM people_recordentry WHERE seq = 3")

    assert verify_record(council=council) == Break(3, "link 3 is missing")


def test_two_rows_that_changed_places_are_found(council, chain):
    tamper("UPDATE people_recordentry SET seq = 100 WHERE seq = 3")
    tamper("UPDATE people_recordentry SET seq = 3 WHERE seq = 4")
    tamper("UPDATE people_recordentry SET seq = 4 WHERE seq = 100")

    assert verify_record(council=council) == Break(3, "it does not hold on to the link before it")


def test_a_row_told_twice_is_found(council, chain):
    tamper(
        "INSERT INTO people_recordentry"
        " (seq, at, verb, action, subject, subject_ref, facts, prev_hash, hash, by_id, council_id)"
        " SELECT 7, at, verb, action, subject, subject_ref, facts, prev_hash, hash, by_id, council_id"
        " FROM people_recordentry WHERE seq = 6"
    )

    assert verify_record(council=council) == Break(7, "it does not hold on to the link before it")


def test_a_chain_cut_at_its_end_is_found_by_its_head(council, chain):
    tamper("DELETE FROM people_recordentry WHERE seq > 4")

    assert verify_record(council=council) == Break(5, "the chain does not end where its head says")


def test_a_chain_cut_together_with_its_head_is_found_by_a_link_kept_elsewhere_alone(council, chain):
    tamper("DELETE FROM people_recordentry WHERE seq > 4")
    tamper("UPDATE people_recordhead SET seq = 4, hash = %s", chain[3].hash)

    assert verify_record(council=council) is None
    assert verify_record(council=council, anchor=Anchor(6, chain[5].hash)) == Break(
        5, "the chain ends before the link that was kept elsewhere"
    )


def test_a_chain_written_anew_is_found_by_a_link_kept_elsewhere_alone(council, chain):
    kept = Anchor(chain[5].seq, chain[5].hash)
    chain[2].action = "request.read"
    last = restamp(chain[2:], start=chain[1].hash)
    tamper("UPDATE people_recordhead SET hash = %s", last)

    assert verify_record(council=council) is None
    assert verify_record(council=council, anchor=kept) == Break(6, "it is not the link that was kept elsewhere")


def test_a_chain_cut_and_grown_again_is_found_by_a_link_kept_elsewhere_alone(council, chain, now):
    kept = Anchor(chain[5].seq, chain[5].hash)
    tamper("DELETE FROM people_recordentry WHERE seq > 4")
    tamper("UPDATE people_recordhead SET seq = 4, hash = %s", chain[3].hash)
    for _ in range(3):
        record(council=council, by=None, at=now, verb=Verb.COLLECTION, action="a", subject="s", subject_ref="r")

    assert verify_record(council=council) is None
    assert verify_record(council=council, anchor=kept) == Break(6, "it is not the link that was kept elsewhere")


def test_the_command_prints_the_head_and_takes_it_back_as_anchor(council, chain, capsys):
    call_command("verify_record")

    anchor = f"exampleshire:6:{chain[5].hash}"
    assert capsys.readouterr().out == f"exampleshire: 6 links hold; keep elsewhere {anchor}\n"
    call_command("verify_record", anchor=[anchor])


def test_the_command_fails_and_names_the_first_broken_link(council, chain):
    tamper("UPDATE people_recordentry SET subject_ref = 'R-9' WHERE seq >= 2")

    with pytest.raises(CommandError, match="exampleshire: link 2 is broken"):
        call_command("verify_record")


def test_the_command_refuses_what_is_no_anchor(council):
    with pytest.raises(CommandError, match="is not COUNCIL:LINK:HASH"):
        call_command("verify_record", anchor=["nonsense"])


def test_the_command_refuses_a_link_of_a_council_that_is_not_verified(council, chain):
    kept = chain[5].hash

    with pytest.raises(CommandError, match="There is no council exampelshire among those to be verified"):
        call_command("verify_record", anchor=[f"exampelshire:6:{kept}"])


def test_each_of_several_links_that_were_kept_counts(council, chain):
    first, last = f"exampleshire:2:{'0' * 64}", f"exampleshire:6:{chain[5].hash}"

    with pytest.raises(CommandError, match="link 2 is broken: it is not the link that was kept elsewhere"):
        call_command("verify_record", anchor=[first, last])
