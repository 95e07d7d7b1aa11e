"""The scenarios of the bench that need real processes: their pieces, and that nothing of them stays behind."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.utils import timezone

from decisions.management.bench import delivery, following, live, names
from decisions.management.bench.measure import WrongAnswerError
from decisions.management.bench.processes import running, wait_until
from decisions.management.bench.table import judge_all, lines_of
from decisions.management.bench.twin import twin_of
from decisions.management.bench.world import World
from decisions.models import Decision
from decisions.states import DecisionState
from decisions.tasks import draw_owed_sheets
from people.models import Message
from people.tasks import relay_messages


def is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sign-off", [names.ONE_BY_ONE, names.AT_ONCE]),
        ("40 followers", [names.FOLLOWED]),
        ("list of requests", []),
    ],
)
def test_only_those_asked_for_are_played(words, found, monkeypatch, settings):
    settings.REDIS_URL = ""
    monkeypatch.setattr(live, "_delivered", lambda _world, wanted, *_, **__: [told(name) for name in wanted])
    monkeypatch.setattr(live, "_line", lambda name, *_: told(name))

    assert [line["name"] for line in live.play_live(only=words, say=str)["scenarios"]] == found


def told(name: str, p95: float | None = None, *, fault: str = "") -> live.Line:
    figures = None if p95 is None else delivery.of_clock([1.0] * 18 + [p95] * 2)
    anchors = {live.DRAWN: delivery.of_clock([100.0]), live.HELLO: delivery.of_clock([1.0] * 9 + [10.0])}
    return live._told(name, figures, anchors, fault=fault)


@pytest.mark.parametrize(
    ("name", "most"),
    [(names.ONE_BY_ONE, 300.0), (names.AT_ONCE, 10_000.0), (names.FOLLOWED, 50.0)],
)
def test_the_slow_ones_are_judged_and_not_the_middle(name, most):
    lines = [told(name, most), told(name, most + 1)]

    rows = judge_all(None, {"scenarios": [{**as_dict(line), "figures": as_dict(line.figures)} for line in lines]})

    assert [(row.median, row.missed) for row in rows] == [(1.0, ()), (1.0, ("ratio",))]


def as_dict(row: object) -> dict[str, object]:
    return {field: getattr(row, field) for field in row.__dataclass_fields__}  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_machine_without_a_free_worker_says_so_in_every_line(monkeypatch, settings, tmp_path):
    settings.VAR = tmp_path
    monkeypatch.setattr(live, "WORKER", ("python", "-c", ""))
    monkeypatch.setattr(delivery, "decisions_to_sign", lambda *_: iter(()))
    monkeypatch.setattr(delivery, "warm_up", lambda _: wait_until(lambda: False, seconds=0, otherwise="nothing came"))

    lines = live._delivered(World(timezone.now()), [names.ONE_BY_ONE, names.AT_ONCE], {}, say=str)

    rows = judge_all(None, {"scenarios": [as_dict(line) for line in lines]})
    assert [text.split("  ")[-1].strip() for text in lines_of({}, rows)[1:]] == [
        "FAILED: no free worker: nothing came within 0 s"
    ] * 2


def test_a_process_and_its_children_end_with_the_block_even_when_it_fails(tmp_path):
    stubborn = "import subprocess, time; subprocess.Popen(['sleep', '60']); print('up', flush=True); "
    log = tmp_path / "log"
    group = 0

    def measured() -> None:
        nonlocal group
        with running(sys.executable, "-c", f"{stubborn}time.sleep(60)", log=log) as one:
            wait_until(lambda: "up" in log.read_text(), seconds=20, otherwise="it did not start")
            group = one.pid
            raise WrongAnswerError("what was measured failed")

    with pytest.raises(WrongAnswerError, match="what was measured failed"):
        measured()

    wait_until(lambda: not is_there(group), seconds=5, otherwise="a child did not end")


def test_what_is_written_in_the_copy_leaves_the_data_set_as_it_was(tmp_path):
    (tmp_path / "seal").mkdir()
    (tmp_path / "seal" / "demo.p12").write_bytes(b"key")
    kept = tmp_path / "panel.sqlite3"
    with closing(sqlite3.connect(kept)) as made:
        made.execute("CREATE TABLE t AS SELECT 1 AS n")
        made.commit()

    with twin_of(f"sqlite:///{kept}", tmp_path) as (address, folder):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as copy:
            copy.execute("INSERT INTO t VALUES (2)")
            copy.commit()
            assert copy.execute("SELECT n FROM t").fetchall() == [(1,), (2,)]
        assert (folder / "seal" / "demo.p12").read_bytes() == b"key"

    with closing(sqlite3.connect(kept)) as made:
        assert made.execute("SELECT n FROM t").fetchall() == [(1,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["panel.sqlite3", "seal"]


@pytest.mark.django_db
def test_a_signature_is_timed_until_the_last_letter_about_it_has_come(settings, tmp_path, monkeypatch):
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mailbox")
    settings.SEAL_P12, settings.SEAL_CA = tmp_path / "seal.p12", tmp_path / "ca.pem"
    call_command("demo_seal", verbosity=0)
    call_command("adopt_policies", "west-berkshire", verbosity=0)
    call_command("demo", verbosity=0)
    delivery.put_off_what_is_owed()
    world = World(timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_may_be_signed", lambda _decision, *, at: at is None)
        with pytest.raises(WrongAnswerError, match="no decision of the demonstration waits"):
            delivery.decisions_to_sign(world, 2)
    waiting = delivery.decisions_to_sign(world, 2)

    signed = delivery.sign(list(waiting))

    with pytest.raises(WrongAnswerError, match="the letters did not come within 0 s"):
        delivery.arrivals(signed, seconds=0)
    assert draw_owed_sheets() == 2
    relay_messages()
    spent = delivery.arrivals(signed, seconds=0)
    letters = Message.objects.filter(template="decision_issued", about_pk__in=signed)
    last = max(letter.settled for letter in letters)
    assert max(spent) == (last - max(signed.values())).total_seconds() * 1000
    assert len(list((tmp_path / "mailbox").glob("*.eml"))) == len(letters)
    assert {one.state for one in Decision.objects.filter(pk__in=signed)} == {DecisionState.ISSUED}


def test_screens_ask_once_a_pace_each_at_moments_of_its_own():
    one, other = ([*following.Moments(100.0, seed)] for seed in (1, 2))

    rounds = int(following.SECONDS / following.PACE)
    assert (len(one), one == [*following.Moments(100.0, 1)], one == other) == (rounds, True, False)
    assert all(0.6 <= later - sooner <= 1.4 for sooner, later in pairwise(one))
