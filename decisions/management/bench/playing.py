"""Plays the anchors and scenarios on the database this process is connected to, and says what each cost."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from people.permissions import Capacity

from . import anchors
from .heavy import heavy
from .measure import Figures, in_turns, measure, once, undone
from .scenarios import Scenario, pages
from .world import World

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table, measured: the figures, or why there are none."""

    name: str
    goal: str
    allowed: float
    ratio: float
    queries_allowed: int | None
    growth_allowed: float | None
    figures: Figures | None
    fault: str = ""
    by: str = "median"  # which of the figures the goal is about


def play(*, with_heavy: bool, only: str, say: Say) -> dict[str, Any]:
    """Measure the anchors, then every scenario whose name has `only` in it; as JSON."""
    settings.ROOT_URLCONF = "decisions.management.bench.pages"
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    world = World(timezone.now())
    assert get_user_model().objects.exists()
    gc.collect()
    gc.freeze()
    found: dict[str, Figures] = {}
    say("anchors ...")
    with undone():
        found |= anchors.of_pages(world.somebody(Capacity.ADMINISTRATOR))
    wanted = [scenario for scenario in pages() if only in scenario.name]
    lines = []
    medians = {name: figures.median for name, figures in found.items()}
    user = world.somebody(Capacity.ADMINISTRATOR)
    for scenario in wanted:
        # A machine that others use is now fast, now slow: the anchor is measured again beside each scenario.
        with undone():
            beside = {name: figures.median for name, figures in anchors.beside(user).items()}
        lines.append(_line(scenario, world, medians | beside, say=say))
    if with_heavy:
        data = anchors.ten_thousand_cases()
        chosen = [one for one in heavy(data) if only in one.scenario.name]
        if chosen:
            say("anchors of papers ...")
            found |= anchors.of_papers()
        for one in chosen:
            medians = {name: figures.median for name, figures in found.items()}
            if one.beside is None:
                lines.append(_line(one.scenario, world, medians, say=say, is_long=one.is_long))
            else:
                name, anchor = one.beside
                say(f"{one.scenario.name} ...")
                figures, found[name] = in_turns(one.scenario.prepare(world), anchor)
                lines.append(_told(one.scenario, medians | {name: found[name].median}, figures))
    return {"anchors": {name: asdict(f) for name, f in found.items()}, "scenarios": [asdict(line) for line in lines]}


def _line(scenario: Scenario, world: World, medians: dict[str, float], *, say: Say, is_long: bool = False) -> Line:
    say(f"{scenario.name} ...")
    figures, fault = None, ""
    try:
        with undone():
            deed = scenario.prepare(world)
            figures = once(deed) if is_long else measure(deed)
    except Exception as error:  # one page that fails does not keep the others from being measured
        fault = f"{type(error).__name__}: {error}"[:300]
    return _told(scenario, medians, figures, fault=fault)


def _told(scenario: Scenario, medians: dict[str, float], figures: Figures | None, *, fault: str = "") -> Line:
    return Line(
        name=scenario.name,
        goal=scenario.goal,
        allowed=scenario.of(medians),
        ratio=scenario.ratio,
        queries_allowed=scenario.queries,
        growth_allowed=scenario.growth,
        figures=figures,
        fault=fault,
    )
