"""Many at once: no row lost, none doubled, sums exact, and without the guards the fault shows."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from finance import services
from finance.models import Bucket, BudgetLine, ChainHead, Commitment, LedgerEntry
from finance.services import commitments, posting
from finance.services.integrity import kept_balances
from people.models import Council, User
from tests.factories import finance as factories
from tests.factories.finance import AT, asked

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parents[2]
V1 = 11_847_857


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run as many threads, all released in one instant, each with a connection of its own; faults are returned."""
    gate = threading.Barrier(count)

    def one(number: int) -> Any:
        try:
            gate.wait()
            return act(number)
        except DatabaseError as fault:
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def spent(council: Council) -> int:
    return sum(pence for (_, _, bucket), pence in kept_balances(council).items() if bucket == Bucket.COMMITTED)


@pytest.fixture
def town(transactional_db: None) -> tuple[Council, User, BudgetLine]:
    council = factories.council()
    accountant = factories.person(council)
    return council, accountant, factories.budget(council, by=accountant, pence=30 * V1)


def test_fifty_decisions_at_once_on_a_budget_for_thirty(town: tuple[Council, User, BudgetLine]) -> None:
    council, by, line = town

    done = together(
        50, lambda n: services.commit(council=council, source_ref=f"D-{n}", by=by, at=AT, **asked(budget_line=line))
    )

    assert [fault for fault in done if isinstance(fault, Exception)] == []
    over = [one for one in done if one.snapshot.checks[0].level == "OVER"]
    assert (len(over), spent(council)) == (20, 50 * V1)
    assert sorted(one.snapshot.available_before for one in done) == [30 * V1 - n * V1 for n in range(49, -1, -1)]
    assert services.verify_ledger(council).faults == ()


def test_twenty_identical_presses_have_one_effect_and_twenty_answers(town: tuple[Council, User, BudgetLine]) -> None:
    council, by, _ = town

    done = together(20, lambda _: services.commit(council=council, source_ref="D", by=by, at=AT, **asked()))

    assert len({one.commitment.reference for one in done}) == 1
    assert sorted(one.was_new for one in done) == [False] * 19 + [True]
    assert len({str(one.snapshot) for one in done}) == 1
    assert spent(council) == V1


def test_budgets_touched_in_opposite_order_never_deadlock(town: tuple[Council, User, BudgetLine]) -> None:
    council, by, line = town
    other = factories.budget(council, by=by, code="FOSTERING", pence=100 * V1)
    pairs = [(line, other), (other, line)]

    def move(number: int) -> Any:
        source, target = pairs[number % 2]
        return services.move_budget(
            source=source, target=target, pence=1, reason="x", source_ref=f"V-{number}", by=by, at=AT
        )

    done = together(30, move)

    assert [fault for fault in done if isinstance(fault, Exception)] == []
    assert services.verify_ledger(council).faults == ()


def test_two_councils_do_not_touch_each_other(town: tuple[Council, User, BudgetLine]) -> None:
    council, by, _ = town
    elsewhere = factories.council("otherton")
    colleague = factories.person(elsewhere)
    factories.budget(elsewhere, by=colleague)
    towns = [(council, by), (elsewhere, colleague)]

    def act(number: int) -> Any:
        where, who = towns[number % 2]
        return services.commit(council=where, source_ref=f"D-{number}", by=who, at=AT, **asked())

    together(20, act)

    for where in (council, elsewhere):
        assert (spent(where), services.verify_ledger(where).faults) == (10 * V1, ())


@pytest.mark.postgres
def test_teeth_without_the_lock_the_chain_breaks(
    town: tuple[Council, User, BudgetLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    council, by, line = town
    monkeypatch.setattr(commitments, "lock_head", lambda council: ChainHead.objects.get(council=council))
    monkeypatch.setattr(posting, "lock_lines", lambda lines: {one.pk: one for one in lines})

    done = together(
        20, lambda n: services.commit(council=council, source_ref=f"D-{n}", by=by, at=AT, **asked(budget_line=line))
    )

    refused = [fault for fault in done if isinstance(fault, Exception)]
    assert refused, "twenty unlocked postings cannot all get a number of their own"
    assert services.verify_ledger(council).holds, "what the lock no longer orders, the unique keys still refuse"


def test_teeth_without_looking_first_a_second_press_is_an_error_but_never_a_second_posting(
    council: Council, accountant: User, line: BudgetLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.commit(council=council, source_ref="D", by=accountant, at=AT, **asked())
    monkeypatch.setattr(commitments, "posted_before", lambda *_: {})

    with pytest.raises(IntegrityError), transaction.atomic():
        services.commit(council=council, source_ref="D", by=accountant, at=AT, **asked())

    assert (Commitment.objects.count(), spent(council)) == (1, V1)


WORKER = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from finance import services
from people.models import Council, User
from tests.factories.finance import AT, asked
council, by = Council.objects.get(), User.objects.get()
for n in range(5):
    services.commit(council=council, source_ref=f"D-{sys.argv[1]}-{n}", by=by, at=AT, **asked())
    services.commit(council=council, source_ref=f"shared-{n}", by=by, at=AT, **asked())
"""
SET_UP = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, skip_checks=True)
from tests.factories import finance as factories
town = factories.council()
factories.budget(town, by=factories.person(town))
"""
COUNT = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from finance import services
from finance.models import Commitment
from people.models import Council
print(Commitment.objects.count(), services.verify_ledger(Council.objects.get()).faults)
"""


def test_four_processes_write_one_sqlite_file_and_none_is_refused(tmp_path: Path) -> None:
    place = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'money.sqlite3'}", "VAR_DIR": str(tmp_path)}

    def run(code: str, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *words], cwd=HERE, env=place, stdout=subprocess.PIPE, text=True
        )

    assert run(SET_UP).wait() == 0
    writers = [run(WORKER, str(n)) for n in range(4)]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    told, _ = run(COUNT).communicate()

    assert told.strip() == "25 ()"


def test_nothing_stays_when_the_transaction_fails(
    council: Council, accountant: User, line: BudgetLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(commitments.people_services, "record_many", broken)
    rows = LedgerEntry.objects.count()

    with pytest.raises(RuntimeError):
        services.commit(council=council, source_ref="D", by=accountant, at=AT, **asked())

    assert (LedgerEntry.objects.count(), Commitment.objects.count()) == (rows, 0)
    assert services.verify_ledger(council).holds
