"""Policies: checked, adopted once, never changed, shown with their clauses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from panels.models import Meeting, Panel, PolicyVersion
from panels.policy import Policy
from panels.services import (
    AdoptionRefusedError,
    NoPolicyError,
    adopt,
    policy_for,
    policy_of,
    rules_in_force,
    rules_read,
)
from people.models import Council, RecordEntry
from people.permissions import Capacity
from tests.factories.panels import MeetingFactory
from tests.panels.conftest import ENTRIES


def test_adopting_keeps_the_payload_its_digest_who_and_when(write_policy, council, staff, now):
    policy = write_policy()

    version = adopt(policy=policy, by=staff[Capacity.HEAD_OF_SERVICE], at=now)

    assert (version.number, version.digest, version.effective_from) == (1, policy.digest, date(2020, 1, 1))
    assert (version.adopted_at, version.adopted_by) == (now, staff[Capacity.HEAD_OF_SERVICE])
    assert Policy.from_payload(PolicyVersion.objects.get().payload) == policy
    assert RecordEntry.objects.get(action="policy.adopted").facts["digest"] == policy.digest


def test_the_same_policy_is_adopted_once(policy, now):
    assert adopt(policy=policy, by=None, at=now) is None
    assert PolicyVersion.objects.count() == 1


def test_another_text_under_the_same_number_is_refused(policy, write_policy, now):
    changed = write_policy(entries=ENTRIES.replace("24", "48"))

    with pytest.raises(AdoptionRefusedError, match="version 2"):
        adopt(policy=changed, by=None, at=now)


def test_each_day_has_the_version_that_held_then(policy, write_policy, council, now):
    later = write_policy(version=2, entries=ENTRIES.replace("24", "48"))
    adopt(policy=later, by=None, at=now, effective_from=date(2026, 6, 1))

    assert policy_for(council=council, on=date(2026, 5, 31))[1] == policy
    assert policy_for(council=council, on=date(2026, 6, 1))[1] == later
    with pytest.raises(NoPolicyError, match="Exampleshire has adopted no policy"):
        policy_for(council=council, on=date(2019, 12, 31))


def test_a_meeting_is_read_with_the_version_that_holds_on_its_london_day(
    policy, write_policy, council, now, django_assert_num_queries
):
    later = write_policy(version=2, entries=ENTRIES.replace("24", "48"))
    adopt(policy=later, by=None, at=now, effective_from=date(2026, 6, 1))
    panel = Panel.objects.filter(council=council)[0]
    # Half past eleven in the evening of 31 May by Greenwich is half past midnight of 1 June in London.
    moments = [datetime(2026, 5, 31, 22, 30, tzinfo=UTC), datetime(2026, 5, 31, 23, 30, tzinfo=UTC)]
    for starts in moments:
        MeetingFactory(panel=panel, starts_at=starts, ends_at=starts + timedelta(hours=1))

    def asked():
        rules = rules_in_force("panel__council", "starts_at__date")
        met = Meeting.objects.filter(panel=panel).order_by("starts_at").annotate(rules=rules)
        return [rules_read(vars(meeting)["rules"], council=council) for meeting in met]

    asked()  # both policies are known from now on
    with django_assert_num_queries(1):
        read = asked()

    assert [(version.number, held) for version, held in read] == [(1, policy), (2, later)]
    assert read[0][0].effective_from == date(2020, 1, 1)
    never = Meeting.objects.annotate(rules=rules_in_force("panel__council", date(2019, 12, 31)))[0]
    with pytest.raises(NoPolicyError, match="Exampleshire has adopted no policy"):
        rules_read(vars(never)["rules"], council=council)


def test_a_policy_is_built_once_and_then_costs_one_small_query(policy, council, django_assert_num_queries):
    policy_for(council=council, on=date(2026, 3, 9))

    with django_assert_num_queries(1) as queries:
        version, again = policy_for(council=council, on=date(2026, 3, 9))

    assert "payload" not in queries[0]["sql"]
    assert policy_of(version) is again


def test_panels_follow_the_policy_and_those_it_drops_are_closed(policy, write_policy, council, now):
    dropped = Panel.objects.create(council=council, slug="old", name="Old panel")

    adopt(policy=write_policy(version=2), by=None, at=now)

    dropped.refresh_from_db()
    assert dropped.is_active is False
    assert list(Panel.objects.filter(is_active=True).values_list("slug", flat=True)) == ["resources"]


@pytest.mark.parametrize("sql", ["UPDATE panels_policyversion SET number = 9", "DELETE FROM panels_policyversion"])
def test_the_database_refuses_to_change_an_adopted_policy(policy, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_python_refuses_to_change_an_adopted_policy(policy):
    with pytest.raises(TypeError):
        PolicyVersion.objects.update(number=9)
    with pytest.raises(TypeError):
        PolicyVersion.objects.all().delete()


def test_the_command_makes_councils_and_panels_and_changes_nothing_twice(write_policy, db, capsys):
    write_policy("northton")
    write_policy("southton")

    call_command("adopt_policies")
    call_command("adopt_policies")

    assert capsys.readouterr().out.splitlines() == [
        "northton: adopted northton@1",
        "southton: adopted southton@1",
        "northton: unchanged",
        "southton: unchanged",
    ]
    assert list(Council.objects.values_list("slug", "name")) == [("northton", "Northton"), ("southton", "Southton")]
    assert Panel.objects.count() == 2


def test_the_command_adopts_the_good_and_names_the_bad(write_policy, settings, db):
    write_policy("northton")
    (settings.POLICY_ROOT / "southton").mkdir()
    (settings.POLICY_ROOT / "southton" / "council.yaml").write_text("council: 5\n")

    with pytest.raises(CommandError, match=r"southton: not adopted\nsouthton/council.yaml:"):
        call_command("adopt_policies")

    assert PolicyVersion.objects.count() == 1


def test_check_policy_passes_a_good_folder(write_policy, settings, capsys):
    write_policy()

    call_command("check_policy", str(settings.POLICY_ROOT / "exampleshire"))

    assert capsys.readouterr().out == "exampleshire@1: 2 entries, no fault.\n"


def test_check_policy_names_every_fault_with_file_and_line(write_policy, settings, capsys):
    write_policy()
    file = settings.POLICY_ROOT / "exampleshire" / "entries.yaml"
    file.write_text(
        file.read_text().replace("treatment: shown", "treatment: shwon").replace("unit: hours", "unit: ours")
    )

    with pytest.raises(CommandError, match="2 faults found"):
        call_command("check_policy", str(file.parent))

    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[:2] for line in lines] == [
        ["exampleshire/entries.yaml", "4"],
        ["exampleshire/entries.yaml", "12"],
    ]


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_check_policy_refuses_a_folder_without_a_policy(tmp_path, name):
    with pytest.raises(CommandError, match=r"is not a folder|holds no council.yaml"):
        call_command("check_policy", str(tmp_path / name))
