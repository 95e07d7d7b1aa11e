"""A decision's money: posted whole, shown beforehand, never refused for want of budget."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from decisions.management.bench.measure import counted
from finance import services
from finance.models import Bucket, BudgetLine, Commitment, LedgerEntry
from finance.rules import Share, ShareMode, ShareState
from people.models import Council, RecordEntry, User
from tests.factories.finance import AT, asked, budget

THREE_WAYS = (
    Share("COUNCIL", ShareMode.PERCENT, Decimal(50)),
    Share("ICB", ShareMode.PERCENT, Decimal(30), ShareState.NOT_ASKED),
    Share("DSG", ShareMode.PERCENT, Decimal(20)),
)


@pytest.fixture
def funders(council: Council, accountant: User) -> None:
    services.register_funders(
        council=council, partners=[("ICB", "Health")], own=[("DSG", "Schools grant")], by=accountant, at=AT
    )


def commit(council: Council, accountant: User, **changes: object) -> services.Committed:
    source_ref = str(changes.pop("source_ref", "DEC-1/1/1"))
    return services.commit(council=council, source_ref=source_ref, by=accountant, at=AT, **asked(**changes))


def posted(committed: services.Committed) -> list[tuple[str, str, str, str, int, int]]:
    return [
        (
            entry.year.label,
            entry.budget_line.code,
            entry.funder.code,
            str(entry.effective_from),
            entry.days,
            entry.pence,
        )
        for entry in committed.entries
    ]


def test_the_confirm_page_and_the_posted_rows_are_the_same_figures(
    council: Council, accountant: User, line: BudgetLine, funders: None
) -> None:
    wanted = asked(expected_end=None, splits=THREE_WAYS)

    shown = services.what_it_would_cost(council=council, at=AT, **wanted)
    assert (Commitment.objects.count(), LedgerEntry.objects.exclude(kind="BUDGET").count()) == (0, 0)
    done = services.commit(council=council, source_ref="DEC-1/1/1", by=accountant, at=AT, **wanted)

    assert done.snapshot == shown
    assert [(r.year, r.line, r.funder, r.first_day, r.days, r.pence) for r in shown.rows] == posted(done)
    own = LedgerEntry.objects.filter(commitment=done.commitment, to_bucket=Bucket.COMMITTED)
    by_year = dict(own.values_list("year__begins").annotate(Sum("pence")).order_by())
    assert by_year == {2026: shown.in_year, 2027: shown.next_year}
    assert services.MoneySnapshot.from_json(done.commitment.snapshot) == shown


def test_the_confirm_sentence_of_vectors_one_two_and_fourteen(council: Council, accountant: User) -> None:
    line = budget(council, by=accountant, pence=15_625_000)

    shown = services.what_it_would_cost(council=council, at=AT, **asked(expected_end=None, budget_line=line))

    assert shown.sentence == (
        "Commits £118,478.57 this year and £253,585.71 next year. 24.43 weeks. £37,771.43 left on this line."
    )
    assert (shown.available_before, shown.days) == (15_625_000, 171)
    assert (shown.annualised, shown.basis) == (25_289_286, "exact days, 365")


def test_over_budget_warns_and_still_posts(council: Council, accountant: User) -> None:
    budget(council, by=accountant, pence=10_000_000)

    done = commit(council, accountant)

    assert done.was_new
    assert [check.level for check in done.snapshot.checks] == ["OVER", "OVER"]
    assert done.snapshot.warnings[0] == (
        "Over budget: Residential placements 2026/27, £18,478.57 over of £100,000.00 (118.5% used); "
        "amber from 95% used; red below £0."
    )


def test_a_kind_of_service_without_a_line_is_recorded_on_a_line_of_its_own(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    done = commit(council, accountant, service_type="hovercraft")

    assert done.commitment.budget_line.code == "UNALLOCATED"
    assert "No budget line takes hovercraft" in " ".join(done.snapshot.warnings)


def test_a_second_press_posts_nothing_and_answers_the_same(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    first = commit(council, accountant)
    rows, records = LedgerEntry.objects.count(), RecordEntry.objects.count()

    second = commit(council, accountant)

    assert (second.commitment, second.snapshot, second.was_new) == (first.commitment, first.snapshot, False)
    assert second.entries == first.entries
    assert (LedgerEntry.objects.count(), RecordEntry.objects.count()) == (rows, records)


def test_the_same_decided_line_with_other_terms_is_refused(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    commit(council, accountant)

    with pytest.raises(services.DifferentTermsError, match="with other terms"):
        commit(council, accountant, rate_pence=1)

    assert Commitment.objects.count() == 1


def test_two_lines_of_one_decision_are_two_commitments(council: Council, accountant: User, line: BudgetLine) -> None:
    one = commit(council, accountant, source_ref="DEC-1/1/1")
    two = commit(council, accountant, source_ref="DEC-1/1/2")

    assert [one.commitment.reference, two.commitment.reference] == ["C26-000001", "C26-000002"]


def test_lines_committed_at_once_are_the_same_as_one_after_the_other(
    council: Council, accountant: User, line: BudgetLine, funders: None
) -> None:
    wanted = [asked(rate_pence=100_00 * n, splits=THREE_WAYS if n % 2 else ()) for n in range(1, 5)]
    wanted.append(asked(category="never heard of"))

    with transaction.atomic():
        apart = [commit(council, accountant, source_ref=f"D:{n}", **one) for n, one in enumerate(wanted)]
        rows_apart = [posted(one) for one in apart]
        transaction.set_rollback(True)
    at_once = services.commit_all(
        council=council, asked={f"D:{n}": one for n, one in enumerate(wanted)}, by=accountant, at=AT
    )

    assert [one.snapshot for one in at_once] == [one.snapshot for one in apart]
    assert [posted(one) for one in at_once] == rows_apart
    assert [{entry.batch for entry in one.entries} for one in at_once] == [
        {entry.batch for entry in one.entries} for one in apart
    ]
    assert services.verify_ledger(council).faults == ()


def test_what_was_posted_before_is_answered_among_what_is_new(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    first = commit(council, accountant, source_ref="D:1")

    both = services.commit_all(
        council=council, asked={"D:1": asked(), "D:2": asked(rate_pence=5)}, by=accountant, at=AT
    )

    assert [(one.commitment.pk == first.commitment.pk, one.was_new) for one in both] == [(True, False), (False, True)]
    assert services.commit_all(council=council, asked={}, by=accountant, at=AT) == []


@pytest.mark.parametrize("lines", [1, 30])
def test_thirty_lines_ask_as_often_as_one(council: Council, accountant: User, line: BudgetLine, lines: int) -> None:
    commit(council, accountant, source_ref="warm")
    wanted = [asked(rate_pence=100 + n) for n in range(lines)]

    with counted() as shown:
        services.what_they_would_cost(council=council, at=AT, asked=wanted)
    with counted() as sent:
        services.commit_all(
            council=council, asked={f"D:{n}": one for n, one in enumerate(wanted)}, by=accountant, at=AT
        )

    assert (len(shown), len(sent)) == (1, 15), sent


def test_what_is_said_to_be_the_first_is_not_looked_for_and_yet_posted_once(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    with counted() as sent:
        services.commit_all(council=council, asked={"D:1": asked()}, by=accountant, at=AT, is_first=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.commit_all(council=council, asked={"D:1": asked()}, by=accountant, at=AT, is_first=True)

    assert [sql for sql in sent if "source_ref" in sql and sql.startswith("SELECT")] == []
    assert Commitment.objects.count() == 1


def test_partners_never_eat_the_councils_headroom(
    council: Council, accountant: User, line: BudgetLine, funders: None
) -> None:
    done = commit(council, accountant, splits=THREE_WAYS)
    money = done.snapshot

    assert money.available_before - money.available_after == 5_923_929 + 2_369_571
    assert money.partner_by_state == {"NOT_ASKED": 3_554_357}
    assert money.exposure == money.in_year + 3_554_357 == money.in_year_gross
    health = LedgerEntry.objects.get(funder__code="ICB")
    assert (health.from_bucket, health.to_bucket, health.pence) == (
        Bucket.PARTNER_EXPECTED,
        Bucket.PARTNER_COMMITTED,
        3_554_357,
    )


def test_an_underwritten_share_is_held_against_the_council_until_agreed(
    council: Council, accountant: User, line: BudgetLine, funders: None
) -> None:
    money = commit(council, accountant, splits=THREE_WAYS, underwrite=True).snapshot

    assert money.available_before - money.available_after == money.in_year == money.exposure == 11_847_857


def test_a_start_in_a_closed_year_is_posted_to_the_first_open_one_for_its_own_days(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    old = budget(council, by=accountant, year=2025)
    services.close_year(year=old.year, by=accountant, at=AT)

    done = commit(council, accountant, start=date(2026, 3, 25), expected_end=date(2026, 4, 7))

    assert [(e.year.begins, str(e.effective_from), e.days) for e in done.entries] == [
        (2026, "2026-03-25", 7),
        (2026, "2026-04-01", 7),
    ]
    assert done.snapshot.in_year == 970_000
    row = services.BudgetRow(code="PLACEMENTS", name="x", pence=1)
    with pytest.raises(services.PeriodClosedError, match="2025/26 is closed"):
        services.load_budget(council=council, year=2025, rows=[row], source_ref="late", by=accountant, at=AT)


def test_loading_a_budget_twice_loads_it_once(council: Council, accountant: User) -> None:
    budget(council, by=accountant, pence=500)
    line = budget(council, by=accountant, pence=500)

    assert LedgerEntry.objects.filter(budget_line=line).aggregate(Sum("pence"))["pence__sum"] == 500


def test_a_virement_keeps_the_total(council: Council, accountant: User, line: BudgetLine) -> None:
    other = budget(council, by=accountant, code="FOSTERING", pence=100)

    services.move_budget(
        source=line, target=other, pence=50, reason="Fewer homes", source_ref="V1", by=accountant, at=AT
    )

    shown = services.what_it_would_cost(council=council, at=AT, **asked(budget_line=other, rate_pence=0))
    assert shown.available_before == 150
    assert shown.checks[1].budget == 620_000_100


def test_every_posting_is_on_the_record(council: Council, accountant: User, line: BudgetLine) -> None:
    done = commit(council, accountant)

    entry = RecordEntry.objects.get(action="commitment.posted")
    assert (entry.by, entry.subject_ref) == (accountant, done.commitment.reference)
    assert entry.facts["rows"] == [row.seq for row in done.entries]


def test_bad_terms_are_refused_whole(council: Council, accountant: User, line: BudgetLine) -> None:
    with pytest.raises(ValueError, match="end is before"):
        commit(council, accountant, expected_end=date(2026, 1, 1))

    assert Commitment.objects.count() == 0


def test_the_queries_of_a_commit_do_not_grow_with_the_ledger(
    council: Council, accountant: User, line: BudgetLine
) -> None:
    commit(council, accountant, source_ref="warm")

    with counted() as one:
        commit(council, accountant, source_ref="one")
    for n in range(10):
        commit(council, accountant, source_ref=f"more-{n}")
    with counted() as last:
        commit(council, accountant, source_ref="last")

    assert (len(one), len(last)) == (15, 15)
