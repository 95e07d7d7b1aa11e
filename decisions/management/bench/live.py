"""The scenarios that need real processes: worker, web. Played on a copy of the data set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone

from . import delivery, following
from .measure import Figures
from .names import AT_ONCE, FOLLOWED, ONE_BY_ONE
from .playing import Line, Say
from .processes import WORKER, running, tool
from .world import World

DRAWN, HELLO = "A6 + A7, clock", "hello, HTTP"
LAST_MS = 10_000.0


def play_live(*, only: str, say: Say) -> dict[str, Any]:
    """Measure those of the scenarios whose name has `only` in it; as JSON, as `playing.play` gives it."""
    world = World(timezone.now())
    anchors: dict[str, Figures] = {}
    lines: list[Line] = []
    wanted = [name for name in (ONE_BY_ONE, AT_ONCE) if only in name]
    if wanted:
        say(f"the worker ({'Redis' if settings.REDIS_URL else 'files'} between it and us) ...")
        lines += _delivered(world, wanted, anchors, say=say)
    if only in FOLLOWED:
        say(f"{FOLLOWED} ...")
        lines.append(_line(FOLLOWED, lambda: _with_anchor(following.followed(world), HELLO, anchors), anchors))
    return {"anchors": {name: asdict(f) for name, f in anchors.items()}, "scenarios": [asdict(line) for line in lines]}


def _delivered(world: World, wanted: list[str], anchors: dict[str, Figures], *, say: Say) -> list[Line]:
    delivery.put_off_what_is_owed()
    deeds: dict[str, Callable[[], Figures]] = {
        ONE_BY_ONE: lambda: _with_anchor(delivery.one_by_one(waiting), DRAWN, anchors),
        AT_ONCE: lambda: delivery.at_once(waiting),
    }
    most = sum(delivery.WARM) + delivery.TURNS + delivery.TOGETHER
    waiting = delivery.decisions_to_sign(world, most)
    with running(*tool(WORKER), log=settings.VAR / "worker.log"):
        try:
            delivery.warm_up(waiting)
        except Exception as error:  # a machine without a free worker: the lines say so
            return [_told(name, None, anchors, fault=f"no free worker: {error}"[:300]) for name in wanted]
        lines = []
        for name in wanted:
            say(f"{name} ...")
            lines.append(_line(name, deeds[name], anchors))
        return lines


def _with_anchor(found: tuple[Figures, Figures], anchor: str, anchors: dict[str, Figures]) -> Figures:
    own, anchors[anchor] = found
    return own


def _line(name: str, deed: Callable[[], Figures], anchors: dict[str, Figures]) -> Line:
    try:
        return _told(name, deed(), anchors)
    except Exception as error:  # one that fails does not keep the others from being measured
        return _told(name, None, anchors, fault=f"{type(error).__name__}: {error}"[:300])


def _told(name: str, figures: Figures | None, anchors: dict[str, Figures], *, fault: str = "") -> Line:
    drawn = anchors[DRAWN].median if DRAWN in anchors else 0.0
    hello = anchors[HELLO].p95 if HELLO in anchors else 0.0
    goal, allowed, ratio = {
        ONE_BY_ONE: ("3 × (A6 + A7) at p95", drawn, 3.0),
        AT_ONCE: ("10 s for the last", LAST_MS, 1.0),
        FOLLOWED: ("5 × hello at p95", hello, 5.0),
    }[name]
    return Line(name, goal, allowed, ratio, None, None, figures, fault, by="p95")
