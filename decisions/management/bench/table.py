"""The one table: each scenario beside its anchor, its goal, and whether the goal is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

HEAD = ("scenario", "median ms", "p95 ms", "queries", "kB", "ratio", "goal", "growth", "met")


@dataclass(frozen=True, slots=True)
class Judged:
    """One scenario, judged. What is None was not measured or has no goal."""

    name: str
    median: float | None
    p95: float | None
    queries: int | None
    queries_before: int | None
    kilobytes: float | None
    ratio: float | None
    goal: str
    growth: float | None
    met: bool
    missed: tuple[str, ...]


def judged(line: dict[str, Any], before: dict[str, Any] | None) -> Judged:
    """Set one measured line against its goals and, where there is one, the same line of the smaller data set."""
    figures = line["figures"]
    if figures is None:
        return Judged(
            line["name"], None, None, None, None, None, None, line["goal"], None, met=False, missed=(line["fault"],)
        )
    smaller = before["figures"] if before else None
    by = line.get("by", "median")
    ratio = figures[by] / line["allowed"] if line["allowed"] else None
    # Of the ratios, not of the times: the anchors hold as many rows in every data set.
    earlier = smaller[by] / before["allowed"] if smaller and before else None
    growth = ratio / earlier if ratio is not None and earlier else None
    missed = []
    if ratio is not None and ratio > line["ratio"]:
        missed.append("ratio")
    if line["queries_allowed"] is not None and figures["queries"] > line["queries_allowed"]:
        missed.append("queries")
    if growth is not None and line["growth_allowed"] is not None and growth > line["growth_allowed"]:
        missed.append("growth")
    if smaller and figures["queries"] > smaller["queries"]:
        missed.append("queries grow")
    return Judged(
        line["name"], figures["median"], figures["p95"], figures["queries"], smaller["queries"] if smaller else None,
        figures["kilobytes"], ratio, _goal(line), growth, met=not missed, missed=tuple(missed),
    )  # fmt: skip


def _goal(line: dict[str, Any]) -> str:
    most = line["queries_allowed"]
    return f"≤ {line['goal']}" + (f", {most} q" if most is not None else "")


def judge_all(small: dict[str, Any] | None, large: dict[str, Any]) -> list[Judged]:
    """Judge every scenario of the larger data set beside the smaller one."""
    before = {line["name"]: line for line in small["scenarios"]} if small else {}
    return [judged(line, before.get(line["name"])) for line in large["scenarios"]]


def lines_of(anchors: dict[str, Any], rows: Iterable[Judged]) -> list[str]:
    """The table as text, anchors first."""
    cells: list[tuple[str, ...]] = [HEAD]
    cells += [
        (name, _ms(f["median"]), _ms(f["p95"]), str(f["queries"]), _number(f["kilobytes"]), "", "anchor", "", "")
        for name, f in anchors.items()
    ]
    cells += [_cells(row) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    return [
        "  ".join(
            cell.ljust(width) if column in {0, 6, 8} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _cells(row: Judged) -> tuple[str, ...]:
    if row.median is None:
        return (row.name, "", "", "", "", "", row.goal, "", f"FAILED: {'; '.join(row.missed)}")
    grown = row.queries_before is not None and row.queries_before != row.queries
    return (
        row.name,
        _ms(row.median),
        _ms(row.p95),
        f"{row.queries_before} → {row.queries}" if grown else str(row.queries),
        _number(row.kilobytes),
        _number(row.ratio, 2),
        row.goal,
        _number(row.growth, 2),
        "met" if row.met else f"missed: {', '.join(row.missed)}",
    )


def _ms(value: float | None) -> str:
    return _number(value, 2 if (value or 0) < 10 else 1)


def _number(value: float | None, places: int = 1) -> str:
    return "" if value is None else f"{value:,.{places}f}"
