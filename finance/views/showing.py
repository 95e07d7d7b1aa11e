"""Pages about the money: what is available, the rows behind each number, what ends soon."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from finance import queries
from finance.forms import FundsForm
from finance.models import BudgetLine, FinancialYear
from finance.rules import year_of
from people.access import SignedInRequest, requires
from people.permissions import Permission

PER_PAGE = 50
COLUMNS = (
    ("budget", "Budget"),
    ("pending", "Pending"),
    ("committed", "Committed"),
    ("actual", "Actual"),
    ("available", "Available"),
    ("forecast", "Forecast"),
)
EXPLAINED = {
    "budget": "Budget",
    "pending": "Pending: earmarked for cases not yet decided",
    "committed": "Committed: decided and still to be paid",
    "accrued": "Accrued",
    "actual": "Actual: paid, as the finance system says",
    "available": "Available: budget less pending, committed and actual",
    "forecast": "Forecast: pending, committed and actual together",
    "partners": "Shares of partners",
}


def asked(request: SignedInRequest) -> tuple[FundsForm, FinancialYear | None, date | None]:
    """Read which year and day are asked for, with the form that says so; what cannot be read counts as not asked."""
    years = list(queries.years_for(request.user))
    form = FundsForm(request.GET or None, years=years)
    given: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    day = given.get("as_at")
    begins = given.get("year") or year_of(day or timezone.localdate())
    year = next((one for one in years if one.begins == begins), years[0] if years else None)
    if year is not None and not form.errors:
        form = FundsForm(initial={"year": year.begins, "as_at": day}, years=years)
    return form, year, day


@requires(Permission.SEE_LEDGER)
@require_safe
def funds(request: SignedInRequest) -> HttpResponse:
    """What is available by budget line."""
    form, year, day = asked(request)
    may_load = request.user.may(Permission.LOAD_BUDGET)
    if year is None:
        return render(request, "finance/funds.html", {"funds": None, "form": form, "may_load": may_load})
    found = queries.funds_available(request.user, year=year, as_at=queries.end_of(day) if day else None)
    today = timezone.localdate()
    return render(
        request,
        "finance/funds.html",
        {
            "funds": found,
            "form": form,
            "day": day,
            "may_load": may_load,
            "columns": COLUMNS,
            "query": urlencode({"year": year.begins} | ({"as_at": day.isoformat()} if day else {})),
            "ending": queries.ending_soon(request.user, on=today).count(),
            "last_month_end": today.replace(day=1) - timedelta(days=1),
        },
    )


@requires(Permission.SEE_LEDGER)
@require_safe
def rows(request: SignedInRequest, figure: str, line: int | None = None) -> HttpResponse:
    """The ledger rows a number is made of, and their sum."""
    if figure not in queries.FIGURES:
        raise Http404
    _, year, day = asked(request)
    if year is None:
        raise Http404
    of_line = get_object_or_404(BudgetLine.objects.for_user(request.user), pk=line) if line else None
    if of_line is not None:
        year = of_line.year
    behind = queries.rows_behind(
        request.user, year=year, figure=figure, line=of_line, as_at=queries.end_of(day) if day else None
    )
    return render(
        request,
        "finance/rows.html",
        {
            "figure": figure,
            "explained": EXPLAINED[figure],
            "line": of_line,
            "year": year,
            "day": day,
            "sum": queries.sum_of(behind),
            "page": Paginator(behind, PER_PAGE).get_page(request.GET.get("page")),
        },
    )


@requires(Permission.SEE_LEDGER)
@require_safe
def ending(request: SignedInRequest) -> HttpResponse:
    """Commitments that end in the next eight weeks."""
    today = timezone.localdate()
    soon = queries.ending_soon(request.user, on=today)
    page = Paginator(soon, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "finance/ending.html", {"page": page, "days": queries.ENDING_SOON_DAYS, "today": today})
