"""A council's budget lines with what stands on each: read once for everything that one decision buys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, Sum

from finance.models import Bucket, BudgetLine, ChainHead, FinancialYear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from people.models import Council

    from .purchase import Lines, PlannedRow


class Books:
    """The budget lines of a council, the newest year first, what stands on them, and the last row of the ledger.

    Read in one statement, with one more where a year is asked for that has no line. Whoever is about to post holds
    the council's head lock before, and so nothing here changes until they have.
    """

    def __init__(self, council: Council) -> None:
        self.council = council
        found: Any = (
            BudgetLine.objects.filter(council=council)
            .select_related("year")
            .annotate(
                set_pence=Sum("balances__pence", filter=Q(balances__bucket=Bucket.APPROPRIATION), default=0),
                left_pence=Sum("balances__pence", filter=Q(balances__bucket=Bucket.AVAILABLE), default=0),
                last_row=F("council__ledger_head__seq"),
            )
            .order_by("-year__begins", "code")
        )
        self.lines: list[BudgetLine] = list(found)
        self._years = {line.year.begins: line.year for line in self.lines}
        self._years_are_whole = False
        self._left: dict[int | None, int] = {line.pk: line.left_pence for line in found}
        self._set: dict[int | None, int] = {line.pk: -line.set_pence for line in found}
        self.watermark: int = (found[0].last_row if self.lines else self._last_row()) or 0

    def year(self, begins: int) -> FinancialYear | None:
        """The financial year that begins in a calendar year, where the council has it."""
        if begins not in self._years and not self._years_are_whole:
            self._years |= {year.begins: year for year in FinancialYear.objects.filter(council=self.council)}
            self._years_are_whole = True
        return self._years.get(begins)

    def year_before(self, begins: int) -> FinancialYear | None:
        """The newest year that begins earlier."""
        before = [known for known in self._years if known < begins]
        return self._years[max(before)] if before else None

    def add(self, line: BudgetLine) -> None:
        """Remember a line, and its year, that was made for a purchase; nothing stands on it."""
        self._years[line.year.begins] = line.year
        self.lines.append(line)

    def budget(self, line: BudgetLine) -> int:
        """Pence of budget set on a line."""
        return self._set.get(line.pk, 0)

    def available(self, line: BudgetLine) -> int:
        """Pence available on a line."""
        return self._left.get(line.pk, 0)

    def total(self, year: FinancialYear) -> tuple[int, int]:
        """(budget, available) of all lines of a year, in pence."""
        mine = [line for line in self.lines if line.year.begins == year.begins]
        return sum(self.budget(line) for line in mine), sum(self.available(line) for line in mine)

    def post(self, rows: Sequence[PlannedRow], lines: Lines) -> None:
        """Count rows that will be posted: so much less is available, and the ledger is so many rows longer."""
        self.watermark += len(rows)
        for row in rows:
            if row.on_council:
                line = lines.of(row.year)
                self._left[line.pk] = self.available(line) - row.pence

    def _last_row(self) -> int | None:
        return ChainHead.objects.filter(council=self.council).values_list("seq", flat=True).first()


__all__ = ["Books"]
