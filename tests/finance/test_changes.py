"""What was posted never changes: a change is a reversal and a new row, and the sums come out as if known before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finance import services
from finance.models import Bucket, BudgetLine, LedgerEntry
from finance.rules import ActualRow, Share, ShareMode, ShareState
from finance.services.corrections import reversals
from finance.services.integrity import derived_balances, kept_balances
from people.models import Council, User
from tests.factories.finance import AT, asked

HEALTH = Share("ICB", ShareMode.PERCENT, Decimal(30), ShareState.NOT_ASKED)


@pytest.fixture
def committed(council: Council, accountant: User, line: BudgetLine) -> services.Committed:
    services.register_funders(council=council, partners=[("ICB", "Health")], by=accountant, at=AT)
    return services.commit(council=council, source_ref="DEC-1", by=accountant, at=AT, **asked())


def holds(line: BudgetLine, bucket: Bucket) -> int:
    return sum(pence for (on, _, name), pence in kept_balances(line.council).items() if (on, name) == (line.pk, bucket))


def pay(council: Council, by: User, reference: str, pence: int, number: str) -> services.Imported:
    row = ActualRow(reference, pence, date(2026, 11, 1), number)
    return services.import_actuals(council=council, rows=[row], source_ref="November", by=by, at=AT)


def proven(council: Council) -> bool:
    assert services.verify_ledger(council).faults == ()
    return True


def test_a_new_rate_posts_v3_and_leaves_the_old_rows_readable(
    committed: services.Committed, accountant: User, line: BudgetLine
) -> None:
    changed = services.change_rate(
        commitment=committed.commitment,
        effective_from=date(2027, 2, 1),
        rate_pence=510_000,
        source_ref="UPLIFT-1",
        by=accountant,
        at=AT,
    )

    assert [(e.kind, e.pence, e.days) for e in changed.entries] == [
        ("REVERSAL", 11_847_857, 171),
        ("COMMIT", 7_760_000, 112),
        ("COMMIT", 4_298_571, 59),
    ]
    assert changed.pence == 210_714
    assert changed.entries[0].reverses == committed.entries[0]
    assert holds(line, Bucket.COMMITTED) == 12_058_571
    assert proven(line.council)


def test_ending_early_gives_back_the_later_days(
    committed: services.Committed, accountant: User, line: BudgetLine
) -> None:
    changed = services.end_early(
        commitment=committed.commitment, last_day=date(2027, 1, 14), source_ref="END-1", by=accountant, at=AT
    )

    assert holds(line, Bucket.COMMITTED) == 6_582_143
    assert changed.commitment.status == "ENDED"
    assert proven(line.council)


def test_a_suspension_posts_v8(committed: services.Committed, accountant: User, line: BudgetLine) -> None:
    services.suspend(
        commitment=committed.commitment,
        first_day=date(2026, 12, 1),
        last_day=date(2026, 12, 14),
        percent_retained=Decimal(50),
        source_ref="HOSPITAL-1",
        by=accountant,
        at=AT,
    )

    assert holds(line, Bucket.COMMITTED) == 11_362_857
    assert proven(line.council)


def test_a_partner_who_agrees_takes_its_share_off_the_councils_line(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    services.register_funders(council=council, partners=[("ICB", "Health")], by=accountant, at=AT)
    done = services.commit(
        council=council, source_ref="D", by=accountant, at=AT, **asked(splits=[HEALTH], underwrite=True)
    )
    assert holds(line, Bucket.COMMITTED) == 11_847_857

    services.change_split(
        commitment=done.commitment,
        effective_from=date(2026, 10, 12),
        splits=[Share("ICB", ShareMode.PERCENT, Decimal(30), ShareState.AGREED, "LETTER-7")],
        source_ref="ICB-ANSWER",
        by=accountant,
        at=AT,
    )

    assert (holds(line, Bucket.COMMITTED), holds(line, Bucket.PARTNER_COMMITTED)) == (8_293_500, 3_554_357)
    assert proven(council)


def test_a_change_posted_twice_posts_once(committed: services.Committed, accountant: User, line: BudgetLine) -> None:
    for _ in range(2):
        again = services.end_early(
            commitment=committed.commitment, last_day=date(2027, 1, 14), source_ref="END-1", by=accountant, at=AT
        )

    assert again.entries == ()
    assert holds(line, Bucket.COMMITTED) == 6_582_143


def test_reversing_and_posting_again_leaves_the_same_balances(
    committed: services.Committed, council: Council, accountant: User
) -> None:
    before = kept_balances(council)

    services.reverse(commitment=committed.commitment, source_ref="DEC-1/2", reason="Reopened", by=accountant, at=AT)
    assert sum(pence for (_, _, bucket), pence in kept_balances(council).items() if bucket == Bucket.COMMITTED) == 0
    services.commit(council=council, source_ref="DEC-1/2/1", by=accountant, at=AT, **asked())

    assert kept_balances(council) == before
    assert proven(council)


def test_nothing_is_reversed_twice_nor_a_reversal_at_all(
    committed: services.Committed, accountant: User, line: BudgetLine
) -> None:
    said = {"commitment": committed.commitment, "reason": "Reopened", "by": accountant, "at": AT}
    first = services.reverse(source_ref="R1", **said)

    assert services.reverse(source_ref="R2", **said).entries == ()
    with pytest.raises(ValueError, match="is a reversal"):
        reversals(first.entries, source_ref="R3", reason="no")


def test_a_reversal_of_a_closed_year_goes_to_the_first_open_one_with_its_days_kept(
    committed: services.Committed, council: Council, accountant: User, line: BudgetLine
) -> None:
    services.close_year(year=line.year, by=accountant, at=AT)
    entry = LedgerEntry.objects.get(commitment=committed.commitment)

    done = services.reverse(commitment=committed.commitment, source_ref="R1", reason="x", by=accountant, at=AT)

    (undone,) = done.entries
    assert (undone.year.begins, undone.effective_from, undone.effective_to) == (
        2027,
        entry.effective_from,
        entry.effective_to,
    )


def test_what_is_paid_is_counted_once(
    committed: services.Committed, council: Council, accountant: User, line: BudgetLine
) -> None:
    free = holds(line, Bucket.AVAILABLE)

    pay(council, accountant, committed.commitment.reference, 4_000_000, "INV-1")

    assert holds(line, Bucket.AVAILABLE) == free
    assert (holds(line, Bucket.COMMITTED), holds(line, Bucket.ACTUAL)) == (7_847_857, 4_000_000)


def test_what_is_paid_beyond_the_commitment_comes_out_of_what_is_available(
    committed: services.Committed, council: Council, accountant: User, line: BudgetLine
) -> None:
    free = holds(line, Bucket.AVAILABLE)

    pay(council, accountant, committed.commitment.reference, 11_900_000, "INV-1")

    assert (holds(line, Bucket.COMMITTED), holds(line, Bucket.ACTUAL)) == (0, 11_900_000)
    assert free - holds(line, Bucket.AVAILABLE) == 52_143


def test_a_credit_note_brings_the_commitment_back(
    committed: services.Committed, council: Council, accountant: User, line: BudgetLine
) -> None:
    free = holds(line, Bucket.AVAILABLE)
    pay(council, accountant, committed.commitment.reference, 11_900_000, "INV-1")
    pay(council, accountant, committed.commitment.reference, -1_000_000, "CREDIT-1")

    assert (holds(line, Bucket.COMMITTED), holds(line, Bucket.ACTUAL)) == (947_857, 10_900_000)
    assert holds(line, Bucket.AVAILABLE) == free
    assert proven(council)


def test_importing_the_same_file_again_posts_nothing_and_a_changed_amount_is_told(
    committed: services.Committed, council: Council, accountant: User, line: BudgetLine
) -> None:
    reference = committed.commitment.reference
    pay(council, accountant, reference, 500, "INV-1")
    rows = LedgerEntry.objects.count()

    again, other, lost = (
        pay(council, accountant, reference, 500, "INV-1"),
        pay(council, accountant, reference, 501, "INV-1"),
        pay(council, accountant, "NOBODY", 1, "INV-9"),
    )

    assert (len(again.already), len(other.different), len(lost.unmatched)) == (1, 1, 1)
    assert LedgerEntry.objects.count() == rows


def test_a_payment_without_a_commitment_goes_to_its_budget_line(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    pay(council, accountant, "PLACEMENTS", 700, "INV-1")

    assert (holds(line, Bucket.ACTUAL), holds(line, Bucket.AVAILABLE)) == (700, 620_000_000 - 700)


def test_funders_share_a_payment_as_they_share_the_commitment(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    services.register_funders(council=council, partners=[("ICB", "Health")], by=accountant, at=AT)
    done = services.commit(council=council, source_ref="D", by=accountant, at=AT, **asked(splits=[HEALTH]))

    pay(council, accountant, done.commitment.reference, 1_000_001, "INV-1")

    assert (holds(line, Bucket.ACTUAL), holds(line, Bucket.PARTNER_ACTUAL)) == (700_001, 300_000)
    assert proven(council)


def test_ending_before_what_was_paid_for_takes_the_difference_from_what_is_available(
    committed: services.Committed, council: Council, accountant: User, line: BudgetLine
) -> None:
    pay(council, accountant, committed.commitment.reference, 11_000_000, "INV-1")

    services.end_early(
        commitment=committed.commitment, last_day=date(2027, 1, 14), source_ref="E", by=accountant, at=AT
    )

    assert (holds(line, Bucket.COMMITTED), holds(line, Bucket.ACTUAL)) == (0, 11_000_000)
    assert holds(line, Bucket.AVAILABLE) == 620_000_000 - 11_000_000
    assert proven(council)


def test_the_year_after_next_is_added_when_a_year_begins(council: Council, accountant: User, line: BudgetLine) -> None:
    done = services.commit(council=council, source_ref="D", by=accountant, at=AT, **asked(expected_end=None))
    rows = LedgerEntry.objects.count()

    later = services.reach_horizon(commitment=done.commitment, by=accountant, at=AT.replace(year=2027))

    assert [(e.year.begins, e.days) for e in later.entries] == [(2028, 365)]
    assert LedgerEntry.objects.count() == rows + 1


steps = st.lists(
    st.tuples(
        st.sampled_from(["rate", "end", "suspend", "pay", "credit", "split"]),
        st.integers(0, 170),
        st.integers(1, 900_000),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_after_any_history_the_money_is_where_the_rules_say(
    council: Council, accountant: User, line: BudgetLine, history: list[tuple[str, int, int]]
) -> None:
    number = LedgerEntry.objects.count()
    free = holds(line, Bucket.AVAILABLE)
    done = services.commit(council=council, source_ref=f"D-{number}", by=accountant, at=AT, **asked())
    paid = 0
    for position, (what, offset, size) in enumerate(history):
        day = date.fromordinal(date(2026, 10, 12).toordinal() + offset)
        said = {"commitment": done.commitment, "source_ref": f"{number}-{position}", "by": accountant, "at": AT}
        if what == "rate":
            services.change_rate(effective_from=day, rate_pence=size, **said)
        elif what == "end":
            services.end_early(last_day=day, **said)
        elif what == "suspend":
            services.suspend(first_day=day, last_day=date(2027, 3, 31), percent_retained=Decimal(size % 101), **said)
        elif what == "split":
            share = Share("SCHOOLS", ShareMode.PERCENT, Decimal(size % 101))
            services.change_split(effective_from=day, splits=[share], **said)
        else:
            pence = size if what == "pay" else -size
            paid += pence
            pay(council, accountant, done.commitment.reference, pence, f"{number}-{position}")

    assert proven(council)
    assert derived_balances(council) == kept_balances(council)
    assert sum(derived_balances(council).values()) == 0
    mine = LedgerEntry.objects.filter(commitment=done.commitment)
    into = {
        bucket: sum(e.pence for e in mine if e.to_bucket == bucket)
        - sum(e.pence for e in mine if e.from_bucket == bucket)
        for bucket in (Bucket.COMMITTED, Bucket.ACTUAL)
    }
    assert into[Bucket.ACTUAL] == paid
    assert free - holds(line, Bucket.AVAILABLE) == sum(into.values())
