"""A shop with a past, for reports to be asked about."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from psycopg import sql

from analytics.people.cutting import DAY
from analytics.people.sessions import activity_bounds
from analytics.registry.rollups import MATERIALIZED_VIEWS, ROLLUPS
from analytics.rollup.fill import fill_day
from analytics.rollup.refresh import refresh_view
from analytics.store.models import Event, VisitorSession
from bench.rig.copying_crowds import copy_crowd
from bench.rig.timing import median_ms
from zuka.demo.catalogue import make_catalogue
from zuka.demo.loading import FILLED, count, load
from zuka.demo.plans import Plan
from zuka.platform import clock
from zuka.platform.clock import day_bounds

# Twice the longest period, so that what it is compared with has data too.
DAYS = 180
# As many events as are invented; more are the same done by other people, put there by SQL.
INVENTED = 1_000_000
COPIED = (*FILLED, "commerce_user", "commerce_shipment", "commerce_shipment_line")
FORGET = sql.SQL("DELETE FROM {} WHERE day = %s")


@dataclass(frozen=True)
class Past:
    """What was made, and how long it took."""

    plan: Plan
    events: int
    load_seconds: float
    count_seconds: float


def make_past(events: int, *, url: str) -> Past:
    """Invent and count a shop of about so many events in the database of `url`."""
    crowds = max(events // INVENTED - 1, 0)
    plan = Plan(seed=1, days=DAYS, events=events // (crowds + 1), until=clock.now())
    began = time.perf_counter()
    _, stored = load(plan, make_catalogue(seed=plan.seed, opened_at=plan.opened_at))
    if crowds:
        first, last = day_bounds(plan.first)[0], day_bounds(plan.last)[1]
        stored += copy_crowd(url, crowds=crowds, first=first - DAY, last=last)
    loaded = time.perf_counter()
    count(plan, tables=COPIED)
    return Past(plan, stored, loaded - began, time.perf_counter() - loaded)


def refill_ms(day: date, *, runs: int) -> float:
    """Return how long it takes to count one whole day again, every rollup, where it is as it was."""
    return median_ms(lambda: fill_day(day=day), runs=runs)


def rewrite_ms(day: date, *, runs: int) -> float:
    """Return how long it takes to count one day of which nothing is stored, every rollup and visit."""
    taken = []
    for _ in range(runs):
        forget_day(day)
        taken.append(median_ms(lambda: fill_day(day=day), runs=1))
    return sorted(taken)[runs // 2]


def forget_day(day: date) -> None:
    """Delete what was counted of a day."""
    start, end = activity_bounds(day)
    with transaction.atomic(), connection.cursor() as cursor:
        for rollup in ROLLUPS.values():
            cursor.execute(FORGET.format(sql.Identifier(rollup.table)), [day])
        VisitorSession.objects.filter(started_at__gte=start, started_at__lt=end).delete()


def count_new(events: int, *, last: date) -> tuple[int, float]:
    """Count the days until `last` that hold so many events as if these were new; return their number and seconds."""
    days: list[date] = []
    found = 0
    while found < events and len(days) < DAYS - 1:
        days.append(last - timedelta(days=len(days)))
        start, end = day_bounds(days[-1])
        found += Event.objects.filter(occurred_at__gte=start, occurred_at__lt=end).count()
        forget_day(days[-1])
    began = time.perf_counter()
    for day in days[::-1]:
        fill_day(day=day)
    return found, time.perf_counter() - began


def refresh_ms(*, runs: int) -> float:
    """Return how long it takes to refresh every materialized view. Raises RuntimeError when one could not be."""
    return median_ms(refresh_all, runs=runs)


def refresh_all() -> None:
    """Refresh every materialized view."""
    for view in MATERIALIZED_VIEWS.values():
        run = refresh_view(view=view, at=clock.now())
        if run.outcome != "done":
            raise RuntimeError(f"{view.name}: {run.outcome} {run.message}")
