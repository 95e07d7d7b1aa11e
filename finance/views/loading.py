"""What an accountant brings in: what was paid, a year's budget, a virement. Lists are looked at first, then posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from finance import queries, services
from finance.forms import BudgetListForm, ListForm, VirementForm
from finance.models import BudgetLine
from finance.rules import BudgetRow, read_actuals, read_budget, year_label, year_of
from panels.policy.words import CATEGORIES
from people.access import SignedInRequest, requires
from people.permissions import Permission
from people.services import new_reference

if TYPE_CHECKING:
    from finance.services import Imported

MOST_FAULTS = 20  # more are counted, not listed


@requires(Permission.LOAD_BUDGET)
@require_http_methods(["GET", "POST"])
def actuals(request: SignedInRequest) -> HttpResponse:
    """Import what was paid: the list is read, what it would do is shown, and it is posted on a second press."""
    columns = "reference, amount, period, source_ref"
    form = ListForm(request.POST or None, request.FILES or None, columns=columns)
    found: Imported | None = None
    if form.is_bound and form.is_valid():
        rows, faults = read_actuals(form.text.splitlines())
        _refuse(form, faults)
        if not faults:
            asked = {"council": request.council, "rows": rows, "source_ref": form.cleaned_data["source"]}
            act = services.import_actuals if "post" in request.POST else services.preview_actuals
            found = act(**asked, by=request.user, at=timezone.now())
            if "post" in request.POST:
                said = f"{len(found.posted)} of {len(rows)} rows are in the ledger."
                messages.success(request, said)
                return redirect("finance:funds")
    return render(
        request,
        "finance/actuals.html",
        {"form": form, "found": found},
        status=422 if form.errors else 200,
    )


@requires(Permission.LOAD_BUDGET)
@require_http_methods(["GET", "POST"])
def budget(request: SignedInRequest) -> HttpResponse:
    """Load figures onto the lines of a year; lines that are not there are made."""
    columns = "code, name, amount and, where wanted, cost_centre and categories"
    form = BudgetListForm(request.POST or None, request.FILES or None, columns=columns, years=_years(request))
    rows: list[BudgetRow] = []
    if form.is_bound and form.is_valid():
        rows, faults = read_budget(form.text.splitlines(), known=CATEGORIES)
        _refuse(form, faults)
        if not faults and "post" in request.POST and _loaded(request, form, rows):
            return redirect("finance:funds")
    looked_at = bool(rows) and not form.errors
    return render(
        request,
        "finance/budget.html",
        {
            "form": form,
            "rows": _beside(request, form.cleaned_data["year"], rows) if looked_at else [],
            "sum": sum(row.pence for row in rows),
            "year": year_label(form.cleaned_data["year"]) if looked_at else "",
        },
        status=422 if form.errors else 200,
    )


@requires(Permission.LOAD_BUDGET)
@require_http_methods(["GET", "POST"])
def move(request: SignedInRequest) -> HttpResponse:
    """Move budget between two lines of this year; the year's total stays."""
    lines = BudgetLine.objects.for_user(request.user).filter(year__begins=year_of(timezone.localdate()))
    lines = lines.select_related("year", "council").order_by("name", "code")
    form = VirementForm(request.POST or None, lines=lines, initial={"key": new_reference("V")})
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            services.move_budget(
                source=said["source"],
                target=said["target"],
                pence=said["pence"],
                reason=said["reason"],
                source_ref=said["key"],
                by=request.user,
                at=timezone.now(),
            )
        except services.PeriodClosedError as closed:
            form.add_error(None, str(closed))
        else:
            messages.success(request, "The budget is moved; both lines show it.")
            return redirect("finance:funds")
    return render(request, "finance/move.html", {"form": form}, status=422 if form.errors else 200)


def _loaded(request: SignedInRequest, form: BudgetListForm, rows: list[BudgetRow]) -> bool:
    """Post the figures; False, with the reason beside the year, where the year was closed meanwhile."""
    said = form.cleaned_data
    try:
        done = services.load_budget(
            council=request.council,
            year=said["year"],
            rows=rows,
            source_ref=said["source"],
            by=request.user,
            at=timezone.now(),
        )
    except services.PeriodClosedError as closed:
        form.add_error("year", str(closed))
        return False
    messages.success(request, f"{len(done)} of {len(rows)} figures are on their lines.")
    return True


def _years(request: SignedInRequest) -> list[tuple[int, str]]:
    """Last year for corrections, this one and the next, less those that are closed."""
    this = year_of(timezone.localdate())
    closed = {year.begins for year in queries.years_for(request.user) if year.state == "CLOSED"}
    return [(begins, year_label(begins)) for begins in (this, this + 1, this - 1) if begins not in closed]


def _beside(request: SignedInRequest, begins: int, rows: list[BudgetRow]) -> list[dict[str, Any]]:
    """Each figure beside what the line has, so that a slip is seen before it is posted."""
    year = queries.years_for(request.user).filter(begins=begins).first()
    positions = queries.funds_available(request.user, year=year).lines if year else ()
    has = {position.line.code: position.figures["budget"] for position in positions if position.line}
    return [{"row": row, "now": has.get(row.code, 0), "then": has.get(row.code, 0) + row.pence} for row in rows]


def _refuse(form: ListForm, faults: list[str]) -> None:
    for fault in faults[:MOST_FAULTS]:
        form.add_error("rows", fault)
    if len(faults) > MOST_FAULTS:
        form.add_error("rows", f"And {len(faults) - MOST_FAULTS} more rows cannot be read.")
