"""A shop with a past, for reports to be asked about."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date

from analytics.registry.rollups import MATERIALIZED_VIEWS
from analytics.rollup.fill import fill_day
from analytics.rollup.refresh import refresh_view
from bench.rig.timing import median_ms
from zuka.demo.catalogue import make_catalogue
from zuka.demo.loading import count, load
from zuka.demo.plans import Plan
from zuka.platform import clock

# Twice the longest period, so that what it is compared with has data too.
DAYS = 180


@dataclass(frozen=True)
class Past:
    """What was made, and how long it took."""

    plan: Plan
    events: int
    load_seconds: float
    count_seconds: float


def make_past(events: int) -> Past:
    """Invent and count a shop of about so many events."""
    plan = Plan(seed=1, days=DAYS, events=events, until=clock.now())
    began = time.perf_counter()
    _, stored = load(plan, make_catalogue(seed=plan.seed, opened_at=plan.opened_at))
    loaded = time.perf_counter()
    count(plan)
    return Past(plan, stored, loaded - began, time.perf_counter() - loaded)


def refill_ms(day: date, *, runs: int) -> float:
    """Return how long it takes to count one whole day again, every rollup."""
    return median_ms(lambda: fill_day(day=day), runs=runs)


def refresh_ms(*, runs: int) -> float:
    """Return how long it takes to refresh every materialized view. Raises RuntimeError when one could not be."""
    return median_ms(refresh_all, runs=runs)


def refresh_all() -> None:
    """Refresh every materialized view."""
    for view in MATERIALIZED_VIEWS.values():
        run = refresh_view(view=view, at=clock.now())
        if run.outcome != "done":
            raise RuntimeError(f"{view.name}: {run.outcome} {run.message}")
